"""Puts the loops, the figures an errand looks into, and the checks of this room into their slots."""

from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.patrols"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loops, details, choices and checks."""
        from hawthorn.kernel.slots import CHECKS, CHOICES, COMMANDS, DETAILS, LOOPS
        from hawthorn.patrols import errand_actions, errand_queries, models, queries
        from hawthorn.patrols.rules import errands

        for loop, detail in ((errands.ERRANDS, models.Errand), (errands.ERRAND_PARTS, models.ErrandPart)):
            LOOPS.put(loop.name, loop)
            DETAILS.put(loop.name, detail)
        CHOICES.put("known_figures", errand_queries.FIGURES)
        COMMANDS.put("ask_grids", errand_actions.ask_grids)
        CHECKS.put("patrols", queries.strays)
        CHECKS.put("errands", errand_queries.miscounted)
