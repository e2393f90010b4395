"""Django's handle on this room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.files"
    default_auto_field = "django.db.models.BigAutoField"
