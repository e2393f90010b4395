"""Django's handle on this room."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.tenants"
    default_auto_field = "django.db.models.BigAutoField"
