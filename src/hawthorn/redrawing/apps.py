"""The room as Django knows it."""

from django.apps import AppConfig


class RedrawingConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.redrawing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loop, detail, command, checks and due work."""
        from hawthorn.kernel.slots import CHECKS, COMMANDS, DETAILS, DUE_WORK, LOOPS
        from hawthorn.redrawing import models, queries, rules, tasks
        from hawthorn.redrawing.actions import plans, switching

        LOOPS.put("plans", rules.PLANS)
        DETAILS.put("plans", models.Plan)
        COMMANDS.put("switch_grids", switching.switch)
        COMMANDS.put("plan_stands", lambda *, plan, town, now: plans.stand(plan=plan, town=town))
        CHECKS.put("joins", queries.strays)
        CHECKS.put("plans", plans.changed_plans)
        CHECKS.put("grids_of_items", queries.misplaced_words)
        DUE_WORK.put("proposals", tasks.draw_proposals)
        DUE_WORK.put("catch_up", tasks.catch_up)
