"""Limits of handovers and of Party groups' tasks, for tenants that were set up before."""

from django.db import migrations

NEW = {"handover": ["workdays", 3], "group_task": ["workdays", 3]}


def add(apps, schema_editor):
    Policy = apps.get_model("categories", "Policy")
    for policy in Policy.objects.all():
        Policy.objects.filter(pk=policy.pk).update(stages=NEW | policy.stages)


class Migration(migrations.Migration):
    dependencies = [("categories", "0004_limits_of_plans")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
