"""Puts the loop of this room, its commands and its due work into their slots."""

from django.apps import AppConfig


class HandoversConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.handovers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the loop, what its steps do to posts, and its due work."""
        from hawthorn.handovers import actions, models, rules, tasks
        from hawthorn.kernel.slots import COMMANDS, DETAILS, DUE_WORK, LOOPS

        LOOPS.put("vacancies", rules.VACANCIES)
        DETAILS.put("vacancies", models.Vacancy)
        COMMANDS.put("appoint", actions.appoint)
        COMMANDS.put("abolish_post", actions.abolish_post)
        DUE_WORK.put("vacancies", tasks.vacancies)
