"""Django's handle on this room."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.teams"
    default_auto_field = "django.db.models.BigAutoField"
