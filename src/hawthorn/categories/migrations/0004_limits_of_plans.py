"""Limits of plans for grids, for tenants that were set up before."""

from django.db import migrations

NEW = {"plan": ["workdays", 10], "plan_consult": ["days", 15]}


def add(apps, schema_editor):
    Policy = apps.get_model("categories", "Policy")
    for policy in Policy.objects.all():
        Policy.objects.filter(pk=policy.pk).update(stages=NEW | policy.stages)


class Migration(migrations.Migration):
    dependencies = [("categories", "0003_limits")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
