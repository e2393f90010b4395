"""The room as Django knows it."""

from django.apps import AppConfig


class RedrawingConfig(AppConfig):
    """Registers the room under its own name, and its check."""

    name = "hawthorn.redrawing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check."""
        from hawthorn.kernel.slots import CHECKS
        from hawthorn.redrawing import queries

        CHECKS.put("joins", queries.strays)
