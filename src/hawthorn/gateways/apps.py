"""Puts the loop of this room and its due work into their slots."""

from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.gateways"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the loop and due work."""
        from hawthorn.gateways import gaps, messages_jobs, models, rules, tasks
        from hawthorn.kernel.slots import DETAILS, DUE_WORK, LOOPS

        LOOPS.put("set_up_gaps", rules.SET_UP_GAPS)
        DETAILS.put("set_up_gaps", models.SetUpGap)
        DUE_WORK.put("set-up", gaps.renew)
        DUE_WORK.put("outbox", tasks.send_due)
        DUE_WORK.put("sheets", messages_jobs.work_due)
        DUE_WORK.put("kept_sheets", messages_jobs.sweep_due)
