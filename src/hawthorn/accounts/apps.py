"""Django's handle on this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.accounts"
    default_auto_field = "django.db.models.BigAutoField"
