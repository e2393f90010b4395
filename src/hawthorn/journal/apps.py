"""Django's handle on this room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.journal"
    default_auto_field = "django.db.models.BigAutoField"
