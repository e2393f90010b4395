"""Puts the loops of this room into their slots."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loops, details, choices."""
        from hawthorn.kernel.slots import CHOICES, DETAILS, LOOPS, PROMISES
        from hawthorn.matters import models, queries, rules

        for loop in rules.LOOPS:
            LOOPS.put(loop.name, loop)
        for name, model in (("matters", models.Matter), ("assists", models.Assist), ("approvals", models.Approval)):
            DETAILS.put(name, model)
        DETAILS.put("instructions", models.Instruction)
        DETAILS.put("tellings", models.Telling)
        CHOICES.put("matters", queries.MATTER_CHOICES)
        PROMISES.put("matters", queries.promised)
        PROMISES.put("tellings", queries.owed)
