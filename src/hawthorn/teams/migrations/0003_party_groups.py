import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def add_kind(apps, schema_editor):
    """Counties that were set up before have the kind of post too."""
    PostKind = apps.get_model("teams", "PostKind")
    for county in PostKind.objects.values_list("county", flat=True).distinct():
        if not PostKind.objects.filter(county=county, code="party_group").exists():
            PostKind.objects.create(county_id=county, code="party_group", label="党小组", level="grid", scope="hands", sort=19)


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0002_leaves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PartyGroup',
            fields=[
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='teams.post')),
                ('number', models.PositiveSmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PartyClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=4)),
                ('since', models.DateTimeField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.partygroup')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'kind'), name='party_claim_once'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ('home', 'unit'))), name='party_claim_kind'),
                ],
            },
        ),
        migrations.RunPython(add_kind, migrations.RunPython.noop),
    ]
