"""Puts the due work of this room into its slot."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.assessments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register due work."""
        from hawthorn.assessments import tasks
        from hawthorn.kernel.slots import DUE_WORK

        DUE_WORK.put("months", tasks.close_months)
