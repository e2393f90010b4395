"""The database refuses to change or remove events and seals."""

from django.db import migrations

from hawthorn.journal.sql import triggers


def refuse(apps, schema_editor):
    for statement in triggers(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables")]
    operations = [migrations.RunPython(refuse, migrations.RunPython.noop)]
