"""Limits of the rooms that came later, for tenants that were set up before: 4 work hours for a drop."""

from django.db import migrations

NEW = {"drop": ["work_hours", 4]}


def add(apps, schema_editor):
    Policy = apps.get_model("categories", "Policy")
    for policy in Policy.objects.all():
        Policy.objects.filter(pk=policy.pk).update(stages=NEW | policy.stages)


class Migration(migrations.Migration):
    dependencies = [("categories", "0002_routing")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
