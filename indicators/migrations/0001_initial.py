import django.contrib.postgres.fields
import django.db.models.deletion
import foundation.initial_tables
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='CodeList',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ],
                options={
                    'ordering': ['code'],
                },
            ), migrations.CreateModel(
                name='LegalText',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('title_fr', models.CharField(max_length=200)),
                    ('title_en', models.CharField(blank=True, max_length=200)),
                    ('topic', models.CharField(max_length=40)),
                    ('summary_fr', models.TextField()),
                    ('summary_en', models.TextField(blank=True)),
                    ('provenance', models.CharField(max_length=20)),
                    ('citation', models.TextField(blank=True)),
                    ('active', models.BooleanField(default=True)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='PackFile',
                fields=[
                    ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('version', models.CharField(max_length=20)),
                    ('date', models.DateField()),
                    ('checksum', models.CharField(max_length=64)),
                    ('validated_by', models.CharField(max_length=200, null=True)),
                    ('loaded_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['name'],
                },
            ), migrations.CreateModel(
                name='Procedure',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(choices=[('alert', 'Alert'), ('detection', 'Detection'), ('referral', 'Referral'), ('protection', 'Protection'), ('rights', 'Rights'), ('justice', 'Justice'), ('residence', 'Residence'), ('asylum', 'Asylum'), ('care', 'Care'), ('compensation', 'Compensation'), ('inclusion', 'Inclusion'), ('return', 'Return')], max_length=16)),
                    ('urgency', models.CharField(max_length=8)),
                    ('profiles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20))),
                    ('label_fr', models.CharField(max_length=160)),
                    ('label_en', models.CharField(max_length=160)),
                    ('trigger_fr', models.TextField()),
                    ('trigger_en', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('active', models.BooleanField(default=True)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Sheet',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=80)),
                    ('label_en', models.CharField(max_length=80)),
                    ('title_fr', models.CharField(max_length=120)),
                    ('title_en', models.CharField(max_length=120)),
                    ('look_for_fr', models.TextField()),
                    ('look_for_en', models.TextField()),
                    ('first_words_fr', models.TextField()),
                    ('first_words_en', models.TextField()),
                    ('avoid_fr', models.TextField()),
                    ('avoid_en', models.TextField()),
                    ('alert_fr', models.TextField()),
                    ('alert_en', models.TextField()),
                    ('duty_fr', models.TextField()),
                    ('duty_en', models.TextField()),
                    ('after_fr', models.TextField()),
                    ('after_en', models.TextField()),
                    ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20))),
                    ('bodies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True)),
                    ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40))),
                    ('legal_texts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40))),
                    ('procedures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40))),
                    ('alerts', models.JSONField()),
                    ('active', models.BooleanField(default=True)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Catalogue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('indicators', 'Shared indicators'), ('short_grids', 'Short grids')], max_length=20)),
                    ('version', models.CharField(max_length=20)),
                    ('date', models.DateField()),
                    ('checksum', models.CharField(max_length=64)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('validated_by', models.CharField(max_length=200, null=True)),
                    ('reading', models.JSONField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='one_catalogue_per_version')],
                },
            ), migrations.CreateModel(
                name='Dimension',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(max_length=120)),
                    ('phase', models.CharField(max_length=20)),
                    ('palermo_element', models.CharField(max_length=20)),
                    ('scored', models.BooleanField()),
                    ('catalogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dimensions', to='indicators.catalogue')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Indicator',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=20)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('part', models.CharField(max_length=40)),
                    ('profile', models.CharField(max_length=20)),
                    ('form', models.CharField(max_length=40)),
                    ('concept', models.CharField(blank=True, max_length=40)),
                    ('label_fr', models.CharField(max_length=250)),
                    ('label_en', models.CharField(max_length=250)),
                    ('strength', models.CharField(choices=[('strong', 'Strong'), ('medium', 'Medium'), ('weak', 'Weak')], max_length=6)),
                    ('strength_status', models.CharField(max_length=30)),
                    ('known_by', models.CharField(default='observed', max_length=20)),
                    ('guidance_fr', models.TextField(blank=True)),
                    ('guidance_en', models.TextField(blank=True)),
                    ('source', models.CharField(max_length=40)),
                    ('catalogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='indicators.catalogue')),
                    ('dimension', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='indicators.dimension')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='ProcedureStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('order', models.PositiveSmallIntegerField()),
                    ('actor_kind', models.CharField(max_length=20)),
                    ('action_fr', models.TextField()),
                    ('action_en', models.TextField(blank=True)),
                    ('consent', models.CharField(choices=[('required', 'Informed agreement needed'), ('required_unless', 'Agreement asked for; the law allows exceptions'), ('informed_only', 'The person is told; their agreement is not needed'), ('child_opinion', "The child's opinion is heard"), ('not_required', 'No agreement needed: protection')], max_length=16)),
                    ('legal_basis', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                    ('deadline_value', models.PositiveSmallIntegerField(null=True)),
                    ('deadline_unit', models.CharField(blank=True, choices=[('hour', 'hours'), ('day', 'days'), ('working', 'working days'), ('month', 'months'), ('year', 'years')], max_length=8)),
                    ('counted_from', models.CharField(blank=True, max_length=20)),
                    ('deadline_fr', models.CharField(blank=True, max_length=200)),
                    ('deadline_en', models.CharField(blank=True, max_length=200)),
                    ('target', models.BooleanField(default=False)),
                    ('inform_fr', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list)),
                    ('inform_en', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(blank=True), blank=True, default=list)),
                    ('next_procedures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                    ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='indicators.procedure')),
                ],
                options={
                    'ordering': ['procedure', 'order'],
                },
            ), migrations.CreateModel(
                name='Ruleset',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=200)),
                    ('label_en', models.CharField(max_length=200)),
                    ('parts', models.JSONField()),
                    ('status', models.CharField(max_length=30)),
                    ('rules', models.JSONField()),
                    ('catalogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rulesets', to='indicators.catalogue')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='ShortGrid',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=20)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('version', models.CharField(max_length=20)),
                    ('validated_by', models.CharField(max_length=200, null=True)),
                    ('form', models.CharField(max_length=40)),
                    ('age_side', models.CharField(max_length=10)),
                    ('label_fr', models.CharField(max_length=160)),
                    ('label_en', models.CharField(max_length=160)),
                    ('reach', models.JSONField()),
                    ('catalogue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grids', to='indicators.catalogue')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='ShortGridItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('order', models.PositiveSmallIntegerField()),
                    ('indicator', models.CharField(max_length=20)),
                    ('question_fr', models.CharField(max_length=250)),
                    ('question_en', models.CharField(max_length=250)),
                    ('known_by', models.CharField(default='observed', max_length=20)),
                    ('why_fr', models.CharField(max_length=250)),
                    ('paired_indicator', models.CharField(blank=True, max_length=20)),
                    ('grid', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='indicators.shortgrid')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Code',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=160)),
                    ('label_en', models.CharField(max_length=160)),
                    ('data', models.JSONField(blank=True, default=dict)),
                    ('active', models.BooleanField(default=True)),
                    ('code_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='indicators.codelist')),
                ],
                options={
                    'ordering': ['code_list', 'order'],
                    'constraints': [models.UniqueConstraint(fields=('code_list', 'code'), name='one_code_per_list')],
                },
            ), migrations.AddConstraint(
                model_name='dimension',
                constraint=models.UniqueConstraint(fields=('catalogue', 'code'), name='one_dimension_per_code'),
            ), migrations.AddConstraint(
                model_name='indicator',
                constraint=models.UniqueConstraint(fields=('catalogue', 'code'), name='one_indicator_per_code'),
            ), migrations.AddConstraint(
                model_name='procedurestep',
                constraint=models.UniqueConstraint(fields=('procedure', 'order'), name='one_step_per_place'),
            ), migrations.AddConstraint(
                model_name='ruleset',
                constraint=models.UniqueConstraint(fields=('catalogue', 'code'), name='one_ruleset_per_code'),
            ), migrations.AddConstraint(
                model_name='shortgrid',
                constraint=models.UniqueConstraint(fields=('catalogue', 'code'), name='one_grid_per_code'),
            ), migrations.AddConstraint(
                model_name='shortgrid',
                constraint=models.UniqueConstraint(fields=('catalogue', 'form', 'age_side'), name='one_grid_per_form_and_side'),
            ), migrations.AddConstraint(
                model_name='shortgriditem',
                constraint=models.UniqueConstraint(fields=('grid', 'indicator'), name='one_item_per_indicator'),
            ), migrations.AddConstraint(
                model_name='shortgriditem',
                constraint=models.UniqueConstraint(fields=('grid', 'order'), name='one_item_per_place'),
            )],
        ),
    ]
