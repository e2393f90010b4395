"""What items are found by, with the index each database has for it; documents of what is there already."""

import django.db.models.deletion
from django.db import migrations, models

from hawthorn.loops import search_sql


def index(apps, schema_editor):
    for statement in search_sql.made(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def unindex(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in [*search_sql.dropped_triggers(), f"DROP TABLE {search_sql.FTS}"]:
            schema_editor.execute(statement, params=None)


def fill(apps, schema_editor):
    from hawthorn.loops.searching import FIRST_WORDS, document

    item, text, wording = (apps.get_model("loops", name) for name in ("Item", "Text", "Wording"))
    last = 0
    while items := list(item.objects.filter(pk__gt=last).order_by("pk")[:1000]):
        last = items[-1].pk
        said = {}
        for one in text.objects.filter(item__in=items, seq=1, field__in=FIRST_WORDS, erased_at=None).order_by("id"):
            said.setdefault(one.item_id, []).append(one.words)
        wording.objects.bulk_create([wording(item_id=i.pk, tokens=document(i, said.get(i.pk, []))) for i in items])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("loops", "0001_tables")]
    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="loops.item"
                    ),
                ),
                ("tokens", models.TextField()),
            ],
        ),
        migrations.RunPython(index, unindex),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
