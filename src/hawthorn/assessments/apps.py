"""Puts the loops, checks and due work of this room into their slots."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.assessments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loops, details, checks and due work."""
        from hawthorn.assessments import choices, models, queries, tasks
        from hawthorn.assessments.actions import meetings
        from hawthorn.assessments.rules import LOOPS as MINE
        from hawthorn.kernel.slots import CHECKS, CHOICES, DETAILS, DUE_WORK, LOOPS, PROMISES

        details = {"meetings": models.Meeting, "commitments": models.Commitment, "problems": models.Problem, "releases": models.Release}
        for loop in MINE:
            LOOPS.put(loop.name, loop)
            DETAILS.put(loop.name, details[loop.name])
        CHOICES.put("closed_meetings", choices.ClosedMeetings())
        CHOICES.put("problem_of_month", choices.OfMonth())
        CHECKS.put("minutes", meetings.changed_minutes)
        DUE_WORK.put("months", tasks.close_months)
        PROMISES.put("commitments", queries.promised)
