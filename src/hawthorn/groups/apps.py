"""Puts the loop of this room into its slots."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Registers the room under its own name."""

    name = "hawthorn.groups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register loop, detail and choices."""
        from hawthorn.groups import models, queries, rules
        from hawthorn.kernel.slots import CHOICES, DETAILS, LOOPS

        LOOPS.put("group_tasks", rules.GROUP_TASKS)
        DETAILS.put("group_tasks", models.GroupTask)
        CHOICES.put("task_matters", queries.TaskMatters())
        CHOICES.put("group_grids", queries.GroupGrids())
