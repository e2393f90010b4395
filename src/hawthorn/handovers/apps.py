"""Puts the loops of this room, its commands, checks and due work into their slots."""

from django.apps import AppConfig


class HandoversConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.handovers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loops, what their steps do to posts and lists, checks, and due work."""
        from hawthorn.handovers import models, queries, rules, tasks
        from hawthorn.handovers.actions import handing, posts
        from hawthorn.kernel.slots import CHECKS, COMMANDS, DETAILS, DUE_WORK, LOOPS

        for loop, detail in zip(rules.LOOPS, (models.Vacancy, models.Handover), strict=True):
            LOOPS.put(loop.name, loop)
            DETAILS.put(loop.name, detail)
        COMMANDS.put("appoint", posts.fill)
        COMMANDS.put("abolish_post", posts.abolish)
        COMMANDS.put("keep_handed", handing.keep_handed)
        COMMANDS.put("in_hands", queries.in_hands)
        CHECKS.put("handovers", queries.problems)
        DUE_WORK.put("vacancies", tasks.vacancies)
        DUE_WORK.put("handovers", tasks.handovers)
