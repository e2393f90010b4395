import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handovers', '0001_tables'),
        ('loops', '0004_lean_indexes'),
        ('teams', '0002_leaves'),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='loops.item')),
                ('leaver', models.BigIntegerField()),
                ('left_at', models.DateTimeField()),
                ('is_kept', models.BooleanField(default=True)),
                ('giver', models.BigIntegerField(null=True)),
                ('given_at', models.DateTimeField(null=True)),
                ('taker', models.BigIntegerField(null=True)),
                ('open_items', models.PositiveIntegerField(default=0)),
                ('promises', models.PositiveIntegerField(default=0)),
                ('mark', models.CharField(blank=True, max_length=64)),
                ('holding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.holding')),
                ('over', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.post')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.post')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_kept', True)), fields=('holding',), name='one_handover_a_holding'),
                    models.CheckConstraint(condition=models.Q(('taker__isnull', True), models.Q(('taker', models.F('leaver')), ('taker', models.F('giver')), _connector='OR', _negated=True), _connector='OR'), name='handover_two_people'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Handed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_promise', models.BooleanField()),
                ('handover', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loops.item')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loops.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('handover', 'item'), name='handed_once')],
            },
        ),
    ]
