"""Django's handle on this room."""

from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.gateways"
    default_auto_field = "django.db.models.BigAutoField"
