"""Puts the due work of this room into its slot."""

from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.gateways"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register due work."""
        from hawthorn.gateways import messages_jobs, tasks
        from hawthorn.kernel.slots import DUE_WORK

        DUE_WORK.put("outbox", tasks.send_due)
        DUE_WORK.put("sheets", messages_jobs.work_due)
