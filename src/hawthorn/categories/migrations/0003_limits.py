"""Limits of drops, problems, meetings and releases, for tenants that were set up before."""

from django.db import migrations

NEW = {"drop": ["work_hours", 4], "problem": ["days", 14], "meeting": ["workdays", 1], "meeting_every": ["days", 7], "release": ["workdays", 2]}


def add(apps, schema_editor):
    Policy = apps.get_model("categories", "Policy")
    for policy in Policy.objects.all():
        Policy.objects.filter(pk=policy.pk).update(stages=NEW | policy.stages)


class Migration(migrations.Migration):
    dependencies = [("categories", "0002_routing")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
