"""Puts the due work of this room into its slot."""

from django.apps import AppConfig


class HintsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.hints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register hinting and learning."""
        from hawthorn.hints import tasks
        from hawthorn.kernel.slots import DUE_WORK

        DUE_WORK.put("hints", tasks.hints)
        DUE_WORK.put("learning", tasks.learning)
