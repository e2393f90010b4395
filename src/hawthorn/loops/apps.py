"""Puts the choices every room uses into their slot."""

from django.apps import AppConfig


class LoopsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.loops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register choices."""
        from hawthorn.kernel.slots import CHOICES, DUE_WORK
        from hawthorn.loops import tasks
        from hawthorn.loops.choices import PROVIDERS

        DUE_WORK.put("time_outs", tasks.time_outs)
        DUE_WORK.put("nudges", tasks.nudges)
        DUE_WORK.put("erasures", tasks.erasures)
        DUE_WORK.put("seals", tasks.seals)
        DUE_WORK.put("sizes", tasks.sizes)

        for name, provider in PROVIDERS.items():
            CHOICES.put(name, provider)
