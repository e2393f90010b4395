import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('loops', '0004_lean_indexes'),
        ('teams', '0003_party_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupTask',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='loops.item')),
                ('taker', models.BigIntegerField(null=True)),
                ('until', models.DateTimeField()),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loops.item')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.post')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.post')),
            ],
        ),
    ]
