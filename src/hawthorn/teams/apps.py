"""Puts the due work of this room into its slot."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register due work."""
        from hawthorn.kernel.slots import DUE_WORK
        from hawthorn.teams import actions

        DUE_WORK.put("leaves", actions.forget_leaves)
