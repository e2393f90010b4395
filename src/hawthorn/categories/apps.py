"""Django's handle on this room."""

from django.apps import AppConfig


class CategoriesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.categories"
    default_auto_field = "django.db.models.BigAutoField"
