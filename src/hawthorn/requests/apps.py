"""Puts the loop of this room into its slot."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the loop."""
        from hawthorn.kernel.slots import CHECKS, DETAILS, LOOPS, PROMISES
        from hawthorn.requests import models, queries, rules

        LOOPS.put("complaints", rules.COMPLAINTS)
        DETAILS.put("complaints", models.Complaint)
        CHECKS.put("complaints", queries.unseen)
        PROMISES.put("complaints", queries.owed)
