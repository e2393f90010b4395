"""Django's handle on this room."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.territory"
    default_auto_field = "django.db.models.BigAutoField"
