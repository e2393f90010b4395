"""Django's handle on this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.web"
    default_auto_field = "django.db.models.BigAutoField"
