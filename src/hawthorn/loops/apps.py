"""Puts the choices every room uses into their slot."""

from django.apps import AppConfig


class LoopsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.loops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register choices."""
        from hawthorn.kernel.slots import CHOICES
        from hawthorn.loops.choices import PROVIDERS

        for name, provider in PROVIDERS.items():
            CHOICES.put(name, provider)
