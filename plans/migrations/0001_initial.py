import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import foundation.encryption
import foundation.initial_tables
import plans.models.participation
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_initial'),
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='Advice',
                fields=[
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('audience', models.CharField(choices=[('company', 'Company'), ('union', 'Union')], max_length=10)),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                    ('text_fr', models.TextField()),
                    ('text_en', models.TextField(blank=True)),
                ],
                options={
                    'verbose_name_plural': 'advice',
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Axis',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('number', models.PositiveSmallIntegerField()),
                    ('title_fr', models.CharField(max_length=250)),
                    ('title_en', models.CharField(blank=True, max_length=250)),
                ],
                options={
                    'verbose_name_plural': 'axes',
                    'ordering': ['plan', 'number'],
                },
            ), migrations.CreateModel(
                name='CommitmentBody',
                fields=[
                    ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                ],
                options={
                    'verbose_name_plural': 'commitment bodies',
                    'ordering': ['order'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='CommitmentSource',
                fields=[
                    ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('title_fr', models.CharField(max_length=400)),
                    ('title_en', models.CharField(blank=True, max_length=400)),
                    ('access_fr', models.TextField(blank=True)),
                    ('dated', models.CharField(blank=True, max_length=10)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='CommitmentTheme',
                fields=[
                    ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                ],
                options={
                    'ordering': ['order'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='CommitmentUrgency',
                fields=[
                    ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                ],
                options={
                    'verbose_name_plural': 'commitment urgencies',
                    'ordering': ['order'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='FigureSeries',
                fields=[
                    ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=200)),
                    ('label_en', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'verbose_name_plural': 'figure series',
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='FocalPoint',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('start', models.DateField()),
                    ('end', models.DateField(blank=True, null=True)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='focal_points', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                ],
                options={
                    'ordering': ['body', models.OrderBy(models.F('territory'), nulls_first=True), '-start'],
                },
            ), migrations.CreateModel(
                name='NameWithdrawal',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('number', models.PositiveSmallIntegerField(default=0)),
                    ('reason', models.CharField(choices=[('name', 'the name of a person'), ('contact', 'a phone number, an e-mail or an address'), ('recognisable', 'what lets a person be recognised'), ('place', 'a place where people are protected'), ('number', 'the number of a document or of proceedings')], max_length=12)),
                    ('passage', models.CharField(blank=True, max_length=80)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('restored_at', models.DateTimeField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['contribution', 'number'],
                },
            ), migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('place', models.PositiveSmallIntegerField()),
                    ('number', models.CharField(max_length=20)),
                    ('text_fr', models.TextField()),
                    ('text_en', models.TextField(blank=True)),
                ],
                options={
                    'ordering': ['questionnaire', 'place'],
                },
            ), migrations.CreateModel(
                name='SectorGuide',
                fields=[
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                    ('intro_fr', models.TextField()),
                    ('intro_en', models.TextField(blank=True)),
                    ('signs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list)),
                    ('vigilance_fr', models.TextField()),
                    ('vigilance_en', models.TextField(blank=True)),
                    ('steps_fr', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                    ('steps_en', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list)),
                    ('helplines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list)),
                    ('bodies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('stage', models.CharField(choices=[('planned', 'Planned'), ('voted', 'Voted'), ('committed', 'Committed'), ('paid', 'Paid'), ('unknown', 'Stage not said by the source')], default='voted', max_length=10)),
                    ('opens', models.DateField()),
                    ('closes', models.DateField()),
                    ('note', models.CharField(blank=True, max_length=400)),
                    ('told_at', models.DateTimeField(blank=True, null=True)),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-year', '-opens'],
                },
            ), migrations.CreateModel(
                name='CampaignAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('lines', models.PositiveSmallIntegerField()),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='plans.campaign')),
                ],
                options={
                    'ordering': ['-at'],
                },
            ), migrations.CreateModel(
                name='CampaignDraft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content', models.JSONField(default=dict)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('given_note', models.CharField(blank=True, max_length=300)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='plans.campaign')),
                    ('given_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agencies.membership')),
                    ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='CampaignReminder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='plans.campaign')),
                ],
                options={
                    'ordering': ['-at'],
                },
            ), migrations.CreateModel(
                name='Commitment',
                fields=[
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.CharField(max_length=20, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('paragraph', models.CharField(blank=True, max_length=120)),
                    ('paragraph_en', models.CharField(blank=True, max_length=120)),
                    ('text_fr', models.TextField(max_length=2000)),
                    ('text_en', models.TextField(blank=True, max_length=2000)),
                    ('due_date', models.DateField(blank=True, null=True)),
                    ('active', models.BooleanField(default=True)),
                    ('repeats', models.ManyToManyField(blank=True, related_name='repeated_by', to='plans.commitment')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='plans.commitmentbody')),
                    ('from_text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='plans.commitmentsource')),
                    ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='plans.commitmenttheme')),
                    ('urgency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.commitmenturgency')),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='CommitmentOpinion',
                fields=[
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('stance', models.CharField(choices=[('agrees', 'Agrees with the official position'), ('partly', 'Agrees in part'), ('contests', 'Contests the official position'), ('alone', 'Given when no official position was recorded')], max_length=8)),
                    ('text', models.TextField(max_length=4000)),
                    ('evidence', models.TextField(blank=True, max_length=2000)),
                    ('released_at', models.DateTimeField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='plans.commitment')),
                ],
                options={
                    'ordering': ['-released_at', '-at'],
                },
            ), migrations.CreateModel(
                name='CommitmentProgress',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('status', models.CharField(choices=[('not_started', 'Not started'), ('in_progress', 'In progress'), ('partial', 'Partly implemented'), ('done', 'Implemented'), ('obsolete', 'Obsolete')], max_length=12)),
                    ('on', models.DateField()),
                    ('text', models.TextField(max_length=4000)),
                    ('evidence', models.TextField(blank=True, max_length=2000)),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('next_step', models.CharField(blank=True, max_length=300)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='progress', to='plans.commitment')),
                    ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                ],
                options={
                    'verbose_name_plural': 'commitment progress',
                    'ordering': ['-on', '-at', '-id'],
                },
            ), migrations.CreateModel(
                name='CommitmentCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('verdict', models.CharField(choices=[('confirmed', 'Confirmed by the coordination'), ('to_complete', 'To be completed, says the coordination')], max_length=12)),
                    ('text', models.TextField(blank=True, max_length=2000)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('progress', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='plans.commitmentprogress')),
                ],
            ), migrations.CreateModel(
                name='Consultation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=plans.models.participation.contribution_reference, editable=False, max_length=12, unique=True)),
                    ('subject', models.CharField(choices=[('plan', 'A plan'), ('catalogue', 'The shared indicators'), ('procedures', 'The procedures'), ('other', 'Another subject')], max_length=10)),
                    ('target', models.CharField(blank=True, max_length=60)),
                    ('title', models.CharField(max_length=200)),
                    ('text', models.TextField(max_length=8000)),
                    ('questions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=400), blank=True, default=list)),
                    ('opens', models.DateField()),
                    ('closes', models.DateField()),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('withdrawn_reason', models.CharField(blank=True, max_length=400)),
                    ('told_at', models.DateTimeField(blank=True, null=True)),
                    ('outcome', models.TextField(blank=True, max_length=8000)),
                    ('outcome_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-opens', '-id'],
                },
            ), migrations.CreateModel(
                name='Contribution',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=plans.models.participation.contribution_reference, editable=False, max_length=12, unique=True)),
                    ('subject', models.CharField(blank=True, choices=[('plan', 'A plan'), ('measure', 'A measure'), ('commitment', 'A commitment'), ('indicator', 'An indicator'), ('procedure', 'A procedure')], max_length=10)),
                    ('target', models.CharField(blank=True, max_length=60)),
                    ('author_kind', models.CharField(blank=True, choices=[('association', 'Association'), ('union', 'Trade union'), ('company', 'Company'), ('survivor_with_support', 'Survivors, with the support of an association'), ('local_authority', 'Local authority'), ('independent', 'Independent body'), ('state', 'State body'), ('international', 'International organisation')], max_length=24)),
                    ('title', models.CharField(max_length=200)),
                    ('text', models.TextField(blank=True, max_length=8000)),
                    ('answers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(blank=True, max_length=3000), blank=True, default=list)),
                    ('confidential', models.BooleanField(default=False)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Sent'), ('published', 'Published'), ('set_aside', 'Set aside'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('submitted_at', models.DateTimeField(blank=True, null=True)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ('set_aside_reason', models.CharField(blank=True, max_length=600)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='plans.consultation')),
                ],
                options={
                    'ordering': ['-saved_at', '-id'],
                },
            ), migrations.CreateModel(
                name='ContributionMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=10)),
                    ('after', models.CharField(max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=600)),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('contribution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='plans.contribution')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='DatasetRelease',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('dataset', models.CharField(max_length=40)),
                    ('number', models.PositiveIntegerField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('rows', models.PositiveIntegerField()),
                    ('csv', models.BinaryField()),
                    ('json', models.BinaryField()),
                    ('csv_sha256', models.CharField(max_length=64)),
                    ('json_sha256', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['dataset', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('dataset', 'number'), name='one_release_per_number')],
                },
            ), migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('text', models.TextField(max_length=5000)),
                    ('due', models.DateField(blank=True, null=True)),
                    ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='plans.commitment')),
                    ('responsible', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='agencies.directory')),
                ],
                options={
                    'ordering': ['meeting', 'number'],
                },
            ), migrations.CreateModel(
                name='DecisionFollowUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField(default=django.utils.timezone.localdate)),
                    ('state', models.CharField(choices=[('started', 'Under way'), ('done', 'Done'), ('blocked', 'Blocked'), ('dropped', 'Dropped')], max_length=8)),
                    ('text', models.CharField(blank=True, max_length=500)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='plans.decision')),
                ],
                options={
                    'ordering': ['decision', '-on', '-id'],
                },
            ), migrations.CreateModel(
                name='Envelope',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=60, unique=True)),
                    ('series', models.SlugField(blank=True, max_length=60)),
                    ('label_fr', models.CharField(max_length=250)),
                    ('label_en', models.CharField(blank=True, max_length=250)),
                    ('programme', models.CharField(blank=True, max_length=20)),
                    ('action', models.CharField(blank=True, max_length=80)),
                    ('resource_kind', models.CharField(choices=[('financial', 'Money'), ('material', 'Places and equipment'), ('human', 'People at work')], max_length=10)),
                    ('unit', models.CharField(choices=[('EUR', 'euros'), ('place', 'places'), ('site', 'sites'), ('vehicle', 'vehicles'), ('interpreting_hour', 'hours of interpreting'), ('partner', 'partners'), ('FTE', 'full-time equivalents'), ('volunteer', 'volunteers')], max_length=20)),
                    ('scope_fr', models.TextField(max_length=2000)),
                    ('scope_en', models.TextField(blank=True)),
                    ('beneficiary', models.CharField(blank=True, choices=[('', 'Not said'), ('state', 'Services of the State'), ('local', 'Local authorities'), ('association', 'Associations'), ('person', 'The people concerned'), ('other', 'Others benefit')], default='', max_length=12)),
                    ('money_source', models.CharField(blank=True, choices=[('', 'Not said'), ('state', 'Budget of the State'), ('agrasc', 'Confiscated assets'), ('eu', 'European Union'), ('local', 'Local authorities'), ('social', 'Social security'), ('own', "The organisation's own means"), ('other', 'Other')], default='', max_length=8)),
                    ('knowledge', models.CharField(blank=True, choices=[('', 'No'), ('survey', 'Survey or statistics'), ('observatory', 'Observatory or research'), ('training', 'Training')], default='', max_length=12)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='envelopes', to='plans.commitment')),
                    ('funder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='agencies.directory')),
                    ('overlaps', models.ManyToManyField(blank=True, to='plans.envelope')),
                    ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.service')),
                ],
                options={
                    'ordering': ['label_fr', 'code'],
                },
            ), migrations.CreateModel(
                name='BudgetLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(blank=True, max_length=60, null=True, unique=True)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('period_fr', models.CharField(blank=True, max_length=120)),
                    ('period_en', models.CharField(blank=True, max_length=120)),
                    ('stage', models.CharField(choices=[('planned', 'Planned'), ('voted', 'Voted'), ('committed', 'Committed'), ('paid', 'Paid'), ('unknown', 'Stage not said by the source')], max_length=10)),
                    ('nature', models.CharField(blank=True, choices=[('', 'Neither'), ('AE', 'Commitment authorisations (AE)'), ('CP', 'Payment appropriations (CP)')], default='', max_length=2)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True)),
                    ('exactness', models.CharField(choices=[('exact', 'Exact amount'), ('estimated', 'Estimated share of a larger amount'), ('not_isolable', 'Cannot be isolated in the budget'), ('withdrawn', 'Withdrawn')], default='exact', max_length=12)),
                    ('share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                    ('on', models.DateField(blank=True, null=True)),
                    ('evidence', models.CharField(blank=True, max_length=400)),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('checked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('signed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='plans.budgetline')),
                    ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='plans.envelope')),
                ],
                options={
                    'ordering': ['-year', 'envelope', 'stage', 'nature', 'at', 'id'],
                },
            ), migrations.CreateModel(
                name='EnvelopeBeneficiary',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200)),
                    ('public_source', models.CharField(blank=True, max_length=400)),
                    ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='beneficiaries', to='plans.envelope')),
                ],
                options={
                    'verbose_name_plural': 'envelope beneficiaries',
                    'ordering': ['envelope', 'name'],
                },
            ), migrations.CreateModel(
                name='BeneficiaryCorrection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(choices=[('another', 'It was another association'), ('not_given', 'The grant was not given, or was taken back'), ('spelling', 'Its name was badly written'), ('source', 'The document does not say so, or is another one'), ('danger', 'Naming it puts people in danger')], max_length=12)),
                    ('was_public', models.BooleanField(default=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='beneficiary_corrections', to='plans.envelope')),
                    ('beneficiary', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='plans.envelopebeneficiary')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Evaluation',
                fields=[
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('code', models.SlugField(blank=True, max_length=40, null=True, unique=True)),
                    ('kind', models.CharField(choices=[('final', 'Final evaluation'), ('mid_term', 'Mid-term evaluation'), ('yearly', 'Yearly evaluation'), ('opinion', 'Opinion on the plan')], max_length=10)),
                    ('on', models.DateField(blank=True, null=True)),
                    ('title_fr', models.CharField(blank=True, max_length=250)),
                    ('title_en', models.CharField(blank=True, max_length=250)),
                    ('text_fr', models.TextField(blank=True, max_length=20000)),
                    ('text_en', models.TextField(blank=True, max_length=20000)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Waits for a second person'), ('released', 'Released')], default='draft', max_length=8)),
                    ('asked_at', models.DateTimeField(blank=True, null=True)),
                    ('returned', models.CharField(blank=True, max_length=300)),
                    ('released_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('evaluator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='agencies.directory')),
                ],
                options={
                    'ordering': ['plan', '-on', 'created_at'],
                },
            ), migrations.CreateModel(
                name='EvaluationNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('text', models.TextField(max_length=5000)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='plans.evaluation')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='EvidenceRequest',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('wanted', models.TextField(blank=True, max_length=2000)),
                    ('due_on', models.DateField()),
                    ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='plans.question')),
                ],
                options={
                    'ordering': ['due_on', 'body'],
                },
            ), migrations.CreateModel(
                name='AnswerDraft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text_fr', models.TextField(blank=True, max_length=20000)),
                    ('text_en', models.TextField(blank=True, max_length=20000)),
                    ('as_of', models.DateField(blank=True, null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='plans.evidencerequest')),
                ],
            ), migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('number', models.PositiveSmallIntegerField()),
                    ('text_fr', models.TextField(blank=True, max_length=20000)),
                    ('text_en', models.TextField(blank=True, max_length=20000)),
                    ('as_of', models.DateField()),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='plans.evidencerequest')),
                ],
                options={
                    'ordering': ['request', '-number'],
                },
            ), migrations.CreateModel(
                name='FocalContact',
                fields=[
                    ('point', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contact', serialize=False, to='plans.focalpoint')),
                    ('function', models.CharField(max_length=160)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=30)),
                ],
            ), migrations.CreateModel(
                name='LineReview',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sort', models.CharField(choices=[('checked', 'Checked by the coordination'), ('returned', 'To be looked at again'), ('signed', 'Signed by an auditor')], max_length=8)),
                    ('text', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='plans.budgetline')),
                    ('line_body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Mandate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('function_fr', models.CharField(max_length=160)),
                    ('function_en', models.CharField(blank=True, max_length=160)),
                    ('legal_basis_fr', models.CharField(max_length=250)),
                    ('legal_basis_en', models.CharField(blank=True, max_length=250)),
                    ('contact', models.CharField(blank=True, max_length=200)),
                    ('start', models.DateField()),
                    ('end', models.DateField(blank=True, null=True)),
                    ('given_on', models.DateField(blank=True, null=True)),
                    ('cut_end', models.DateField(blank=True, null=True)),
                    ('annulled_on', models.DateField(blank=True, null=True)),
                    ('annulled_reason', models.CharField(blank=True, max_length=300)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='agencies.directory')),
                    ('cut', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.mandate')),
                ],
                options={
                    'ordering': ['-start'],
                },
            ), migrations.CreateModel(
                name='Measure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('number', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('place', models.PositiveSmallIntegerField(default=0)),
                    ('title_fr', models.CharField(max_length=300)),
                    ('title_en', models.CharField(blank=True, max_length=300)),
                    ('text_fr', models.TextField(blank=True, max_length=6000)),
                    ('text_en', models.TextField(blank=True)),
                    ('start', models.DateField(blank=True, null=True)),
                    ('end', models.DateField(blank=True, null=True)),
                    ('not_funded', models.BooleanField(default=False)),
                    ('not_funded_reason', models.CharField(blank=True, max_length=300)),
                    ('vouched_on', models.DateField(blank=True, null=True)),
                    ('procedures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                    ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list)),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('withdrawn_reason', models.CharField(blank=True, max_length=300)),
                    ('axis', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='plans.axis')),
                    ('carried_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried_to', to='plans.measure')),
                    ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_measures', to='agencies.directory')),
                    ('partners', models.ManyToManyField(blank=True, related_name='joined_measures', to='agencies.directory')),
                    ('vouched_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                ],
                options={
                    'ordering': ['plan', 'axis__number', 'place', 'code'],
                },
            ), migrations.AddField(
                model_name='envelope',
                name='measure',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='envelopes', to='plans.measure'),
            ), migrations.AddField(
                model_name='decision',
                name='measure',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='plans.measure'),
            ), migrations.AddField(
                model_name='commitment',
                name='measures',
                field=models.ManyToManyField(blank=True, related_name='commitments', to='plans.measure'),
            ), migrations.CreateModel(
                name='MeasureOpinion',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('measure', models.CharField(max_length=40)),
                    ('status', models.CharField(blank=True, choices=[('planned', 'Planned'), ('started', 'Started'), ('partial', 'Partly done'), ('done', 'Done'), ('not_done', 'Not done'), ('abandoned', 'Abandoned')], max_length=10)),
                    ('score', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('evidence', models.CharField(blank=True, max_length=500)),
                    ('comment', models.TextField(blank=True, max_length=5000)),
                    ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opinions', to='plans.evaluation')),
                ],
                options={
                    'ordering': ['evaluation', 'measure'],
                },
            ), migrations.CreateModel(
                name='MeasureProgress',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('status', models.CharField(choices=[('planned', 'Planned'), ('started', 'Started'), ('partial', 'Partly done'), ('done', 'Done'), ('not_done', 'Not done'), ('abandoned', 'Abandoned')], max_length=10)),
                    ('on', models.DateField()),
                    ('text', models.TextField(blank=True, max_length=2000)),
                    ('evidence', models.CharField(blank=True, max_length=300)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='plans.measure')),
                ],
                options={
                    'verbose_name_plural': 'measure progress',
                    'ordering': ['-on', '-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Meeting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(blank=True, max_length=40, null=True, unique=True)),
                    ('on', models.DateField()),
                    ('month_only', models.BooleanField(default=False)),
                    ('title_fr', models.CharField(max_length=250)),
                    ('title_en', models.CharField(blank=True, max_length=250)),
                    ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('not_held', 'Not held'), ('postponed', 'Postponed'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                    ('reason_fr', models.CharField(blank=True, max_length=300)),
                    ('reason_en', models.CharField(blank=True, max_length=300)),
                    ('agenda_published_at', models.DateTimeField(blank=True, null=True)),
                    ('people', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('postponed_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.meeting')),
                ],
                options={
                    'ordering': ['-on', '-id'],
                },
            ), migrations.AddField(
                model_name='decision',
                name='meeting',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='plans.meeting'),
            ), migrations.CreateModel(
                name='AgendaItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.CharField(max_length=300)),
                    ('state', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'On the agenda'), ('declined', 'Not taken')], default='proposed', max_length=8)),
                    ('answer', models.CharField(blank=True, max_length=300)),
                    ('place', models.PositiveSmallIntegerField(default=0)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='plans.meeting')),
                ],
                options={
                    'ordering': ['meeting', 'place', 'at', 'id'],
                },
            ), migrations.CreateModel(
                name='Metric',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label_fr', models.CharField(max_length=250)),
                    ('label_en', models.CharField(blank=True, max_length=250)),
                    ('unit', models.CharField(max_length=40)),
                    ('baseline', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('baseline_on', models.DateField(blank=True, null=True)),
                    ('target', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('target_on', models.DateField(blank=True, null=True)),
                    ('feed', models.CharField(blank=True, max_length=40)),
                    ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='plans.measure')),
                ],
                options={
                    'ordering': ['measure', 'id'],
                },
            ), migrations.CreateModel(
                name='MetricValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('on', models.DateField()),
                    ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('evidence', models.CharField(max_length=300)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('metric', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='plans.metric')),
                ],
                options={
                    'ordering': ['-on', '-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Minutes',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(default=1)),
                    ('text', models.TextField(blank=True, max_length=50000)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='plans.meeting')),
                ],
                options={
                    'verbose_name_plural': 'minutes',
                    'ordering': ['meeting', '-number'],
                },
            ), migrations.CreateModel(
                name='WithdrawnPassage',
                fields=[
                    ('withdrawal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sealed', serialize=False, to='plans.namewithdrawal')),
                    ('text', foundation.encryption.EncryptedField(bound='withdrawal_id', editable=True, label='plans.withdrawnpassage.text')),
                ],
            ), migrations.AddField(
                model_name='namewithdrawal',
                name='contribution',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawn_names', to='plans.contribution'),
            ), migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('kind', models.CharField(choices=[('national', 'National plan against trafficking'), ('related', 'Other plan with measures on trafficking')], default='national', max_length=10)),
                    ('number', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('title_fr', models.CharField(max_length=250)),
                    ('title_en', models.CharField(blank=True, max_length=250)),
                    ('summary_fr', models.TextField(blank=True, max_length=4000)),
                    ('summary_en', models.TextField(blank=True, max_length=4000)),
                    ('start', models.DateField(blank=True, null=True)),
                    ('end', models.DateField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('consultation', 'In consultation'), ('arbitration', 'In arbitration'), ('published', 'Published'), ('amended', 'Amended'), ('closed', 'Closed')], default='draft', max_length=12)),
                    ('published_on', models.DateField(blank=True, null=True)),
                    ('measures_announced', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('axes_announced', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('recorded_on', models.DateField(blank=True, null=True)),
                    ('amending_since', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_plans', to='agencies.directory')),
                ],
                options={
                    'ordering': ['kind', models.OrderBy(models.F('number'), nulls_last=True), 'code'],
                },
            ), migrations.AddField(
                model_name='measure',
                name='plan',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='plans.plan'),
            ), migrations.AddField(
                model_name='evaluation',
                name='plan',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='plans.plan'),
            ), migrations.AddField(
                model_name='envelope',
                name='plan',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='envelopes', to='plans.plan'),
            ), migrations.AddField(
                model_name='axis',
                name='plan',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='axes', to='plans.plan'),
            ), migrations.CreateModel(
                name='PlanMove',
                fields=[
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=12)),
                    ('after', models.CharField(max_length=12)),
                    ('reason', models.TextField(blank=True, max_length=1000)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='plans.plan')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='PlanVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(choices=[('history', 'As the pack knows it'), ('consultation', 'Text put to consultation'), ('publication', 'Publication'), ('amendment', 'Amendment'), ('import', 'Completed from the official list'), ('review', 'Mid-term review'), ('closing', 'Closing')], max_length=12)),
                    ('reason_fr', models.TextField(blank=True)),
                    ('content', models.JSONField()),
                    ('checksum', models.CharField(max_length=64)),
                    ('gate', models.JSONField(default=list)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='plans.plan')),
                ],
                options={
                    'ordering': ['plan', '-number'],
                },
            ), migrations.AddField(
                model_name='evaluation',
                name='version',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planversion'),
            ), migrations.CreateModel(
                name='PublicFigure',
                fields=[
                    ('provenance', models.CharField(choices=[('seen', 'Read in the source named'), ('inferred', 'Read, its place here is deduced'), ('to_verify', 'From memory, to be checked'), ('general_knowledge', 'From memory'), ('project_proposal', 'Proposed by the project'), ('official', 'Official list, vouched for by the coordination'), ('entered', 'Entered by the body concerned')], default='entered', max_length=20)),
                    ('source', models.TextField(blank=True)),
                    ('note_fr', models.TextField(blank=True)),
                    ('note_en', models.TextField(blank=True)),
                    ('edited_at', models.DateTimeField(blank=True, null=True)),
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('year', models.PositiveSmallIntegerField()),
                    ('population_fr', models.CharField(max_length=120)),
                    ('population_en', models.CharField(blank=True, max_length=120)),
                    ('metric_fr', models.CharField(max_length=160)),
                    ('metric_en', models.CharField(blank=True, max_length=160)),
                    ('value', models.DecimalField(decimal_places=2, max_digits=12)),
                    ('unit', models.CharField(max_length=20)),
                    ('publication', models.CharField(max_length=200)),
                    ('other_value', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                    ('other_publication', models.CharField(blank=True, max_length=200)),
                    ('to_check', models.BooleanField(default=False)),
                    ('approximate', models.BooleanField(default=False)),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='plans.figureseries')),
                ],
                options={
                    'ordering': ['series', 'order'],
                },
            ), migrations.CreateModel(
                name='PushedFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('metric', models.CharField(choices=[('hours_to_accepted', 'Half of the situations had an accepted referral within'), ('hours_to_answer', 'Half of the requests had a first answer within'), ('oriented', 'Situations with a first accepted referral'), ('refused_no_place', 'Situations refused at least once for lack of place'), ('children_protected', 'Children protected within a day'), ('places_declared', 'Free places that shelters declared at the end of the period'), ('children_protected_share', 'Share of children protected within a day')], max_length=40)),
                    ('unit', models.CharField(choices=[('hours', 'hours'), ('situations', 'situations'), ('places', 'places'), ('percent', '%')], max_length=10)),
                    ('period_start', models.DateField()),
                    ('period_end', models.DateField()),
                    ('value', models.DecimalField(blank=True, decimal_places=1, max_digits=12, null=True)),
                    ('masked', models.BooleanField(default=False)),
                    ('pushed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                ],
                options={
                    'ordering': ['metric', '-period_start', models.OrderBy(models.F('territory'), nulls_first=True)],
                },
            ), migrations.CreateModel(
                name='FinalAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('number', models.PositiveSmallIntegerField()),
                    ('text_fr', models.TextField(blank=True, max_length=20000)),
                    ('text_en', models.TextField(blank=True, max_length=20000)),
                    ('as_of', models.DateField()),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='final_answers', to='plans.question')),
                ],
                options={
                    'ordering': ['question', '-number'],
                },
            ), migrations.CreateModel(
                name='Questionnaire',
                fields=[
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('title_fr', models.CharField(max_length=250)),
                    ('title_en', models.CharField(blank=True, max_length=250)),
                    ('received_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('state', models.CharField(choices=[('draft', 'Being prepared'), ('open', 'Open'), ('closed', 'Closed')], default='draft', max_length=8)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questionnaires', to='plans.commitmentbody')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('round', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questionnaires', to='plans.commitmentsource')),
                ],
                options={
                    'ordering': ['-received_on', '-at'],
                },
            ), migrations.AddField(
                model_name='question',
                name='questionnaire',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='plans.questionnaire'),
            ), migrations.CreateModel(
                name='Response',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('verdict', models.CharField(choices=[('accepted', 'Followed'), ('partly', 'Partly followed'), ('not_followed', 'Not followed')], max_length=12)),
                    ('text', models.TextField(max_length=4000)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('contribution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='plans.contribution')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='RightOfReply',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('measure', models.CharField(blank=True, max_length=40)),
                    ('text', models.TextField(max_length=5000)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='plans.evaluation')),
                ],
                options={
                    'verbose_name_plural': 'rights of reply',
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Seat',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('college', models.CharField(choices=[('state', 'State'), ('civil_society', 'Civil society'), ('independent', 'Independent authorities'), ('survivors', 'Survivors')], max_length=14)),
                    ('start', models.DateField()),
                    ('end', models.DateField(blank=True, null=True)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='agencies.directory')),
                ],
                options={
                    'ordering': ['college', 'body__name', 'start'],
                },
            ), migrations.CreateModel(
                name='Attendance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('presence', models.CharField(choices=[('present', 'Present'), ('excused', 'Excused'), ('absent', 'Absent')], max_length=8)),
                    ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='plans.meeting')),
                    ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='plans.seat')),
                ],
                options={
                    'verbose_name_plural': 'attendance',
                    'ordering': ['meeting', 'seat'],
                },
            ), migrations.CreateModel(
                name='Signal',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=plans.models.participation.contribution_reference, editable=False, max_length=12, unique=True)),
                    ('month', models.DateField()),
                    ('signs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20))),
                    ('persons', models.CharField(choices=[('1', 'One person'), ('2-5', '2 to 5'), ('6-20', '6 to 20'), ('20+', 'More than 20'), ('unknown', 'Not known')], max_length=8)),
                    ('done', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('informed', 'The people were told whom to call'), ('emergency', 'Police or emergency services were called'), ('inspection', 'The labour inspectorate was told'), ('alert', 'An alert was sent on this platform'), ('supplier', 'The supplier or subcontractor was questioned'), ('internal', "The company's own alert procedure was used"), ('nothing', 'Nothing yet')], max_length=12))),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('read_for_child', models.PositiveSmallIntegerField(default=0)),
                    ('alert_reference', models.CharField(blank=True, max_length=12)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='plans.sectorguide')),
                    ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='SurveyFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField()),
                    ('question', models.CharField(choices=[('total', 'Altogether'), ('form', 'Form of exploitation'), ('sex', 'Sex'), ('age_group', 'Age group'), ('nationality_group', 'Nationality group'), ('detection', 'How the person was detected')], max_length=20)),
                    ('code', models.CharField(max_length=40)),
                    ('order', models.PositiveSmallIntegerField()),
                    ('value', models.PositiveIntegerField(blank=True, null=True)),
                    ('masked', models.BooleanField(default=False)),
                    ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-year', 'order'],
                    'constraints': [models.UniqueConstraint(fields=('year', 'question', 'code'), name='one_survey_figure_per_answer'), models.CheckConstraint(condition=models.Q(models.Q(('masked', True), ('value__isnull', True)), models.Q(('masked', False), ('value__isnull', False)), _connector='OR'), name='a_masked_answer_has_no_value'), models.CheckConstraint(condition=models.Q(models.Q(('code', 'organisations'), ('question', 'total')), ('value', None), ('value', 0), ('value__gte', 11), _connector='OR'), name='no_small_answer')],
                },
            ), migrations.CreateModel(
                name='SurvivorSummary',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200)),
                    ('text', models.TextField(max_length=8000)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='summaries', to='plans.consultation')),
                ],
                options={
                    'verbose_name_plural': 'survivor summaries',
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='YearStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField()),
                    ('text', models.TextField(max_length=2000)),
                    ('cost', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='plans.measure')),
                ],
                options={
                    'ordering': ['measure', 'year'],
                },
            ), migrations.CreateModel(
                name='Admission',
                fields=[
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('state', models.CharField(choices=[('proposed', 'To be decided'), ('admitted', 'Admitted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                    ('code', models.SlugField(max_length=60)),
                    ('name', models.CharField(max_length=200)),
                    ('acronym', models.CharField(blank=True, max_length=40)),
                    ('kind', models.CharField(choices=[('coordination', 'National coordination'), ('justice', 'Justice'), ('interior', 'Police, gendarmerie, prefectures'), ('labour', 'Labour inspection'), ('education', 'Education'), ('social_affairs', 'Social affairs'), ('health', 'Health'), ('foreign_affairs', 'Foreign affairs'), ('asylum', 'Asylum'), ('child_protection', 'Child protection'), ('equality', "Equality and women's rights"), ('finance', 'Budget, customs, seized assets'), ('independent', 'Independent authority'), ('international', 'International organisation'), ('ngo', 'Association'), ('ngo_network', 'Network of associations'), ('union', 'Trade union'), ('employer', 'Company'), ('local_authority', 'Local authority')], max_length=20)),
                    ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                    ('website', models.URLField(blank=True)),
                    ('first_name', models.CharField(blank=True, max_length=120)),
                    ('first_email', models.EmailField(blank=True, max_length=254)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('admitted', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('first', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.directory')),
                    ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                ],
                options={
                    'ordering': ['-at'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('code',), name='one_proposal_at_a_time')],
                },
            ), migrations.AddConstraint(
                model_name='campaign',
                constraint=models.CheckConstraint(condition=models.Q(('closes__gte', models.F('opens'))), name='campaign_closes_after_it_opens'),
            ), migrations.AddConstraint(
                model_name='campaign',
                constraint=models.UniqueConstraint(fields=('year', 'stage'), name='one_campaign_per_year_and_stage'),
            ), migrations.AddConstraint(
                model_name='campaigndraft',
                constraint=models.UniqueConstraint(fields=('campaign', 'body'), name='one_draft_per_body'),
            ), migrations.AddConstraint(
                model_name='commitmentopinion',
                constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('commitment', 'agency'), name='one_draft_opinion_a_unit'),
            ), migrations.AddConstraint(
                model_name='commitmentprogress',
                constraint=models.CheckConstraint(condition=models.Q(('status', 'contested'), _negated=True), name='contested_comes_from_an_opinion'),
            ), migrations.AddConstraint(
                model_name='commitmentprogress',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='done_shows_its_evidence'),
            ), migrations.AddConstraint(
                model_name='commitmentcheck',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'to_complete'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='what_is_missing_is_said'),
            ), migrations.AddConstraint(
                model_name='consultation',
                constraint=models.CheckConstraint(condition=models.Q(('closes__gte', models.F('opens'))), name='consultation_ends_after_it_opens'),
            ), migrations.AddConstraint(
                model_name='consultation',
                constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='withdrawn_consultation_says_why'),
            ), migrations.AddIndex(
                model_name='contribution',
                index=models.Index(condition=models.Q(('settled_at', None), ('state__in', ['submitted', 'published'])), fields=['due_at', 'id'], name='contribution_waiting'),
            ), migrations.AddIndex(
                model_name='contribution',
                index=models.Index(fields=['agency', '-saved_at', '-id'], name='contribution_mine'),
            ), migrations.AddIndex(
                model_name='contribution',
                index=models.Index(condition=models.Q(('state', 'published')), fields=['-published_at', '-id'], name='contribution_published'),
            ), migrations.AddConstraint(
                model_name='contribution',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('consultation', None), models.Q(('subject', ''), _negated=True), models.Q(('target', ''), _negated=True)), models.Q(models.Q(('consultation', None), _negated=True), ('subject', ''), ('target', '')), _connector='OR'), name='contribution_is_about_one_thing'),
            ), migrations.AddConstraint(
                model_name='contribution',
                constraint=models.CheckConstraint(condition=models.Q(('confidential', False), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='confidential_is_never_published'),
            ), migrations.AddConstraint(
                model_name='contribution',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_kind', 'survivor_with_support'), _negated=True), ('confidential', True), _connector='OR'), name='survivors_are_never_published_raw'),
            ), migrations.AddConstraint(
                model_name='contribution',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'set_aside'), _negated=True), models.Q(('set_aside_reason', ''), _negated=True), _connector='OR'), name='set_aside_says_why'),
            ), migrations.AddConstraint(
                model_name='contribution',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_kind', 'independent'), _negated=True), models.Q(('state', 'set_aside'), _negated=True), _connector='OR'), name='independent_is_never_moderated'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 0), ('amount__isnull', False), ('exactness__in', ['exact', 'estimated'])), models.Q(('amount', None), ('exactness__in', ['not_isolable', 'withdrawn'])), _connector='OR'), name='amount_when_it_is_known'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(('share', None), models.Q(('exactness', 'estimated'), ('share__gt', 0), ('share__lte', 100)), _connector='OR'), name='share_of_an_estimate'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(('reason', ''), models.Q(('replaces', None), _negated=True), _connector='OR'), name='reason_of_a_correction'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('exactness', 'withdrawn'), _negated=True), models.Q(('replaces', None), _negated=True), _connector='OR'), name='withdraws_a_line'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('provenance', 'entered'), _negated=True), models.Q(('agency__isnull', False), ('body__isnull', False), ('by__isnull', False)), _connector='OR'), name='who_entered_a_line'),
            ), migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.UniqueConstraint(models.F('envelope'), models.F('year'), models.F('period_fr'), models.F('stage'), models.F('nature'), condition=models.Q(('provenance', 'entered'), ('replaces', None)), name='one_line_entered_per_place'),
            ), migrations.AddConstraint(
                model_name='answerdraft',
                constraint=models.UniqueConstraint(fields=('request', 'agency'), name='one_draft_answer_a_unit'),
            ), migrations.AddConstraint(
                model_name='answer',
                constraint=models.UniqueConstraint(fields=('request', 'number'), name='one_answer_per_number'),
            ), migrations.AddConstraint(
                model_name='answer',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_fr', ''), _negated=True), models.Q(('text_en', ''), _negated=True), _connector='OR'), name='an_answer_says_something'),
            ), migrations.AddConstraint(
                model_name='focalpoint',
                constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='focal_ends_after_it_starts'),
            ), migrations.AddConstraint(
                model_name='linereview',
                constraint=models.UniqueConstraint(condition=models.Q(('sort', 'returned'), _negated=True), fields=('line', 'sort'), name='checked_once_signed_once'),
            ), migrations.AddConstraint(
                model_name='linereview',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('sort', 'returned'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='returned_says_why'),
            ), migrations.AddConstraint(
                model_name='mandate',
                constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='mandate_ends_after_it_starts'),
            ), migrations.AddConstraint(
                model_name='mandate',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('annulled_on', None), ('annulled_reason', '')), models.Q(models.Q(('annulled_reason', ''), _negated=True), ('given_on__isnull', False), models.Q(('annulled_on', models.F('given_on')), ('annulled_on__lt', models.F('start')), _connector='OR')), _connector='OR'), name='mandate_annulled_in_time'),
            ), migrations.AddConstraint(
                model_name='mandate',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('annulled_on', None)), expressions=[(models.Func('start', 'end', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_mandate_at_a_time'),
            ), migrations.AddConstraint(
                model_name='measureopinion',
                constraint=models.UniqueConstraint(fields=('evaluation', 'measure'), name='one_opinion_per_measure'),
            ), migrations.AddConstraint(
                model_name='measureopinion',
                constraint=models.CheckConstraint(condition=models.Q(('score', None), ('score__lte', 4), _connector='OR'), name='score_from_0_to_4'),
            ), migrations.AddConstraint(
                model_name='decision',
                constraint=models.UniqueConstraint(fields=('meeting', 'number'), name='one_decision_per_number'),
            ), migrations.AddConstraint(
                model_name='agendaitem',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='declined_item_says_why'),
            ), migrations.AddConstraint(
                model_name='minutes',
                constraint=models.UniqueConstraint(fields=('meeting', 'number'), name='one_minutes_per_number'),
            ), migrations.AddConstraint(
                model_name='minutes',
                constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='corrected_minutes_say_why'),
            ), migrations.AddConstraint(
                model_name='namewithdrawal',
                constraint=models.UniqueConstraint(fields=('contribution', 'number'), name='one_mark_per_number'),
            ), migrations.AddConstraint(
                model_name='namewithdrawal',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('passage', ''), ('restored_at', None)), ('restored_at__isnull', False), _connector='OR'), name='what_was_taken_out_is_not_kept_in_clear'),
            ), migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='plan_ends_after_it_starts'),
            ), migrations.AddConstraint(
                model_name='plan',
                constraint=models.UniqueConstraint(condition=models.Q(('kind', 'national')), fields=('number',), name='one_plan_per_number'),
            ), migrations.AddConstraint(
                model_name='measure',
                constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='measure_ends_after_it_starts'),
            ), migrations.AddConstraint(
                model_name='measure',
                constraint=models.CheckConstraint(condition=models.Q(('not_funded', False), models.Q(('not_funded_reason', ''), _negated=True), _connector='OR'), name='not_funded_says_why'),
            ), migrations.AddConstraint(
                model_name='measure',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('provenance', 'official'), ('vouched_by__isnull', False), ('vouched_on__isnull', False)), models.Q(models.Q(('provenance', 'official'), _negated=True), ('vouched_by', None), ('vouched_on', None)), _connector='OR'), name='official_says_who_vouched'),
            ), migrations.AddConstraint(
                model_name='envelope',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('resource_kind', 'financial'), ('unit', 'EUR')), models.Q(('resource_kind', 'material'), ('unit__in', ['place', 'site', 'vehicle', 'interpreting_hour', 'partner'])), models.Q(('resource_kind', 'human'), ('unit__in', ['FTE', 'volunteer'])), _connector='OR'), name='unit_of_its_kind'),
            ), migrations.AddConstraint(
                model_name='axis',
                constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('plan', 'number'), name='one_axis_per_number'),
            ), migrations.AddConstraint(
                model_name='planversion',
                constraint=models.UniqueConstraint(fields=('plan', 'number'), name='one_version_per_number'),
            ), migrations.AddConstraint(
                model_name='evaluation',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('released_at', None), ('state', 'draft')), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False), ('released_at', None), ('state', 'proposed')), models.Q(('agency', None), ('state', 'released')), models.Q(('released_at__isnull', False), ('state', 'released')), _connector='OR'), name='evaluation_released_on_a_day'),
            ), migrations.AddConstraint(
                model_name='evaluation',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'proposed'])), fields=('plan', 'agency'), name='one_draft_evaluation_per_plan'),
            ), migrations.AddConstraint(
                model_name='pushedfigure',
                constraint=models.UniqueConstraint(fields=('metric', 'period_start', 'period_end', 'territory'), name='one_figure_per_period_and_place', nulls_distinct=False),
            ), migrations.AddConstraint(
                model_name='pushedfigure',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('masked', True), ('value__isnull', True)), models.Q(('masked', False), ('value__isnull', False)), _connector='OR'), name='a_masked_figure_has_no_value'),
            ), migrations.AddConstraint(
                model_name='pushedfigure',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('unit__in', ['situations', 'places']), _negated=True), ('value', None), ('value', 0), ('value__gte', 11), _connector='OR'), name='no_small_count'),
            ), migrations.AddConstraint(
                model_name='pushedfigure',
                constraint=models.CheckConstraint(condition=models.Q(('period_end__gt', models.F('period_start'))), name='figure_of_a_whole_period'),
            ), migrations.AddConstraint(
                model_name='finalanswer',
                constraint=models.UniqueConstraint(fields=('question', 'number'), name='one_final_answer_per_number'),
            ), migrations.AddConstraint(
                model_name='evidencerequest',
                constraint=models.UniqueConstraint(fields=('question', 'body'), name='one_request_a_body_and_question'),
            ), migrations.AddConstraint(
                model_name='questionnaire',
                constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('received_on'))), name='questionnaire_due_once_received'),
            ), migrations.AddConstraint(
                model_name='question',
                constraint=models.UniqueConstraint(fields=('questionnaire', 'number'), name='one_question_per_number'),
            ), migrations.AddConstraint(
                model_name='response',
                constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='answer_says_why'),
            ), migrations.AddConstraint(
                model_name='seat',
                constraint=models.CheckConstraint(condition=models.Q(('end', None), ('end__gte', models.F('start')), _connector='OR'), name='seat_ends_after_it_starts'),
            ), migrations.AddConstraint(
                model_name='seat',
                constraint=models.UniqueConstraint(condition=models.Q(('end', None)), fields=('body', 'college'), name='one_running_seat_per_body_and_college'),
            ), migrations.AddConstraint(
                model_name='attendance',
                constraint=models.UniqueConstraint(fields=('meeting', 'seat'), name='one_presence_per_seat'),
            ), migrations.AddIndex(
                model_name='signal',
                index=models.Index(fields=['-at', '-id'], name='signal_list'),
            ), migrations.AddIndex(
                model_name='signal',
                index=models.Index(fields=['agency', '-at', '-id'], name='signal_mine'),
            ), migrations.AddConstraint(
                model_name='signal',
                constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='signal_says_the_month_only'),
            ), migrations.AddConstraint(
                model_name='yearstep',
                constraint=models.UniqueConstraint(fields=('measure', 'year'), name='one_step_per_year'),
            ), migrations.AddConstraint(
                model_name='yearstep',
                constraint=models.CheckConstraint(condition=models.Q(('cost', None), ('cost__gte', 0), _connector='OR'), name='cost_is_no_debt'),
            )],
        ),
    ]
