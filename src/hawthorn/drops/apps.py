"""Puts the loop of this room into its slot."""

from django.apps import AppConfig


class DropsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.drops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the loop."""
        from hawthorn.drops import models, queries, rules
        from hawthorn.kernel.slots import DETAILS, LOOPS, PROMISES

        LOOPS.put("drops", rules.DROPS)
        DETAILS.put("drops", models.Drop)
        PROMISES.put("drops", queries.promised)
