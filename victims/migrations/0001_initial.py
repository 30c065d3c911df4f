import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import foundation.encryption
import foundation.initial_tables
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import victims.models.cases
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('status', models.CharField(choices=[('open', 'Open'), ('in_support', 'Being supported'), ('follow_up', 'Follow-up after exit'), ('closed', 'Closed')], default='open', max_length=12)),
                    ('form', models.CharField(default='unknown', max_length=40)),
                    ('age_side', models.CharField(choices=[('adult', 'Adult'), ('minor', 'Child'), ('doubt', 'Age in doubt, treated as a child')], max_length=8)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], default='normal', max_length=8)),
                    ('language', models.CharField(blank=True, max_length=10)),
                    ('persons', models.PositiveSmallIntegerField(default=1)),
                    ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('closure_reason', models.CharField(blank=True, max_length=40)),
                    ('employer_immunity', models.BooleanField(default=False)),
                    ('asylum_confidential', models.BooleanField(default=False)),
                    ('coordination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coordinated_cases', to='agencies.agency')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_cases', to='agencies.agency')),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='agencies.membership')),
                    ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='agencies.territory')),
                ],
                options={
                    'ordering': ['-received_at', '-id'],
                    'permissions': [('status_case', 'Level 1: state only'), ('summary_case', 'Level 2: summary'), ('file_case', 'Level 3: file'), ('identity_case', 'Category: identity'), ('contact_case', 'Category: safe contact'), ('health_case', 'Category: health'), ('offence_case', 'Category: offence data'), ('residence_case', 'Category: residence')],
                    'default_permissions': (),
                },
            ), migrations.CreateModel(
                name='GrantLog',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('ended', models.BooleanField()),
                    ('case_id', models.UUIDField(db_index=True)),
                    ('agency_id', models.IntegerField()),
                    ('permission', models.CharField(max_length=20)),
                    ('ground', models.CharField(max_length=12)),
                    ('ground_id', models.UUIDField()),
                    ('until', models.DateTimeField(null=True)),
                    ('membership_id', models.BigIntegerField(null=True)),
                ],
            ), migrations.CreateModel(
                name='Profile',
                fields=[
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='profile', serialize=False, to='victims.case')),
                    ('data', foundation.encryption.EncryptedField(bound='case_id', editable=True, label='victims.profile.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='Assignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('received_at', models.DateTimeField(editable=False, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='agencies.membership')),
                    ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='victims.case')),
                ],
            ), migrations.CreateModel(
                name='Assessment',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('result', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.assessment.result')),
                    ('catalogue_version', models.CharField(max_length=80)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assessments', to='victims.case')),
                ],
                options={
                    'ordering': ['-at'],
                },
            ), migrations.CreateModel(
                name='ArchiveOpening',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('until', models.DateTimeField()),
                    ('why', models.CharField(choices=[('danger', 'Danger to life: the person must be helped now'), ('rights', 'The person asks for their file or about their data'), ('back', 'The person came back, or their situation changed'), ('law', 'A court, a claim or an inspection'), ('other', 'Another reason')], max_length=8)),
                    ('reason', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.archiveopening.reason')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='victims.case')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Archive',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('reference', models.CharField(max_length=12)),
                    ('closed_at', models.DateTimeField()),
                    ('erased_on', models.DateField()),
                    ('team', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list)),
                    ('kept', models.BooleanField(default=False)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='archives', to='victims.case')),
                ],
                options={
                    'ordering': ['-closed_at', '-id'],
                },
            ), migrations.CreateModel(
                name='CaseAccess',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('pk', models.CompositePrimaryKey('agency', 'received_at', 'case', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('received_at', models.DateTimeField()),
                    ('since', models.DateTimeField()),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'Progress only'), (2, 'Summary'), (3, 'Full case')])),
                    ('categories', models.PositiveSmallIntegerField(default=0)),
                    ('until', models.DateTimeField(null=True)),
                    ('restricted', models.BooleanField(default=False)),
                    ('lead', models.BooleanField(default=False)),
                    ('assigned', models.BooleanField(default=False)),
                    ('reference', models.CharField(max_length=12)),
                    ('status', models.CharField(choices=[('open', 'Open'), ('in_support', 'Being supported'), ('follow_up', 'Follow-up after exit'), ('closed', 'Closed')], max_length=12)),
                    ('form', models.CharField(max_length=40)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], max_length=8)),
                    ('agency', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='accesses', to='victims.case')),
                    ('territory', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.territory')),
                ],
            ), migrations.CreateModel(
                name='CaseFile',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sort', models.CharField(choices=[('identity', 'Identity paper'), ('residence', 'Residence permit or receipt'), ('attestation', 'Attestation'), ('medical', 'Medical certificate'), ('complaint', 'Complaint or police report'), ('photo', 'Photograph'), ('message', 'Screenshot or message'), ('other', 'Other document')], max_length=12)),
                    ('bit', models.PositiveSmallIntegerField(default=0)),
                    ('secret', models.BooleanField(default=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.casefile.data', null=True)),
                    ('size', models.PositiveIntegerField()),
                    ('media_type', models.CharField(max_length=100)),
                    ('extension', models.CharField(max_length=10)),
                    ('state', models.CharField(choices=[('quarantine', 'Being checked'), ('ready', 'Ready'), ('refused', 'Refused'), ('withdrawn', 'Being erased'), ('erased', 'Erased')], default='quarantine', max_length=10)),
                    ('kept_as', models.CharField(blank=True, max_length=60)),
                    ('reason', models.CharField(blank=True, choices=[('mistake', 'Added by mistake'), ('person', 'The person asked for it'), ('outdated', 'Out of date, or replaced'), ('twice', 'There twice'), ('unreadable', 'Unreadable'), ('infected', 'It holds a virus'), ('damaged', 'It cannot be read back')], max_length=10)),
                    ('missed_at', models.DateTimeField(editable=False, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='CaseLink',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('sort', models.CharField(choices=[('family', 'Same family'), ('event', 'Same place or event'), ('authors', 'Same presumed authors'), ('same_person', 'Same person')], max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='CaseText',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.casetext.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='victims.case')),
                ],
                options={
                    'ordering': ['at'],
                },
            ), migrations.CreateModel(
                name='CaseVersion',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('status', models.CharField(choices=[('open', 'Open'), ('in_support', 'Being supported'), ('follow_up', 'Follow-up after exit'), ('closed', 'Closed')], default='open', max_length=12)),
                    ('form', models.CharField(default='unknown', max_length=40)),
                    ('age_side', models.CharField(choices=[('adult', 'Adult'), ('minor', 'Child'), ('doubt', 'Age in doubt, treated as a child')], max_length=8)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], default='normal', max_length=8)),
                    ('language', models.CharField(blank=True, max_length=10)),
                    ('persons', models.PositiveSmallIntegerField(default=1)),
                    ('closure_reason', models.CharField(blank=True, max_length=40)),
                    ('agency', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('coordination', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                    ('lead', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                    ('membership', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.membership')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='victims.case')),
                    ('territory', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.territory')),
                ],
            ), migrations.CreateModel(
                name='ChildOpinion',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.childopinion.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opinions', to='victims.case')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('purpose', models.CharField(default='share_named', max_length=20)),
                    ('giver', models.CharField(choices=[('person', 'The person'), ('court', 'A court'), ('guardian', 'A guardian'), ('ad_hoc_administrator', 'An ad hoc administrator'), ('delegate', 'A person whom a judge delegated parental authority to'), ('parent', 'A parent, verified and not implicated')], default='person', max_length=24)),
                    ('parent_verified', models.BooleanField(default=False)),
                    ('parent_cleared', models.BooleanField(default=False)),
                    ('agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), blank=True, default=list)),
                    ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list)),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'Progress only'), (2, 'Summary'), (3, 'Full case')], default=2)),
                    ('categories', models.PositiveSmallIntegerField(default=0)),
                    ('explained', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list)),
                    ('language', models.CharField(blank=True, max_length=10)),
                    ('interpreter', models.CharField(blank=True, max_length=20)),
                    ('proof', models.CharField(blank=True, max_length=20)),
                    ('obtained_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='victims.case')),
                    ('obtained_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-obtained_at', '-id'],
                },
            ), migrations.CreateModel(
                name='AgreementText',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.agreementtext.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('opinion', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='text', to='victims.childopinion')),
                    ('consent', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='text', to='victims.consent')),
                ],
            ), migrations.CreateModel(
                name='Contact',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('source_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                    ('data', foundation.encryption.EncryptedField(bound='source_id', editable=True, label='contact')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='victims.case')),
                ],
            ), migrations.CreateModel(
                name='ContactVersion',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('source_id', models.UUIDField(default=uuid.uuid4)),
                    ('data', foundation.encryption.EncryptedField(bound='source_id', editable=True, label='contact')),
                    ('agency', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='victims.case')),
                    ('membership', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.membership')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='victims.contact')),
                ],
            ), migrations.CreateModel(
                name='DataRequest',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('kind', models.CharField(choices=[('access', 'Know and receive what is held about them'), ('rectification', 'Correct what is wrong or missing'), ('objection', 'Object to a use'), ('limitation', 'Limit the use: data are kept, and used no further'), ('erasure', 'Erase data')], max_length=13)),
                    ('received_on', models.DateField()),
                    ('asked_by', models.CharField(choices=[('person', 'The person'), ('guardian', 'Their legal representative'), ('lawyer', 'Their lawyer'), ('mandate', 'Somebody else, with a written mandate')], max_length=8)),
                    ('identity', models.CharField(choices=[('known', 'Known to the service that supports them'), ('paper', 'Identity paper shown, and given back'), ('mandate', 'Mandate or appointment shown, and given back'), ('pending', 'Not checked yet')], max_length=8)),
                    ('way', models.CharField(choices=[('hand', 'Handed over in person, at the service'), ('lawyer', 'Handed over to the lawyer or the representative'), ('spoken', 'Told by word of mouth, with an interpreter if needed'), ('safe', 'Sent where the person says it is safe')], default='hand', max_length=6)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.datarequest.data')),
                    ('state', models.CharField(choices=[('open', 'To be answered'), ('prolonged', 'To be answered, prolonged'), ('answered', 'Answered'), ('refused', 'Refused')], default='open', max_length=9)),
                    ('due_on', models.DateField()),
                    ('prolonged_on', models.DateField(blank=True, null=True)),
                    ('reason', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.datarequest.reason', null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('outcome', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.datarequest.outcome', null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_requests', to='victims.case')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('prolonged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-received_on', '-id'],
                },
            ), migrations.CreateModel(
                name='Departure',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('noun', models.CharField(choices=[('case', 'Case'), ('alert', 'Alert'), ('request', 'Request'), ('sent', 'Sent')], max_length=8)),
                    ('thing', models.UUIDField()),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ],
            ), migrations.CreateModel(
                name='EmergencyAccess',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('reason', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.emergencyaccess.reason')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emergencies', to='victims.case')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'verbose_name_plural': 'emergency accesses',
                    'ordering': ['-at'],
                },
            ), migrations.CreateModel(
                name='Episode',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.episode.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='episodes', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.episode')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Grant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ground', models.CharField(choices=[('lead', 'Leads the case'), ('former', 'Led the case before'), ('orientation', 'Accepted referral'), ('consent', 'Agreement of the person'), ('legal', 'Legal ground'), ('alert', 'Alert addressed to it'), ('coordination', 'Coordinates the territory the person moved to'), ('break_glass', 'Emergency access with a written reason')], max_length=12)),
                    ('ground_id', models.UUIDField()),
                    ('given_at', models.DateTimeField(auto_now_add=True)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                    ('content_object', models.ForeignKey(db_column='case_id', on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='victims.case')),
                    ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ],
            ), migrations.CreateModel(
                name='HealthNote',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.healthnote.data')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.healthnote')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='IdentificationView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('body', models.CharField(max_length=16)),
                    ('status', models.CharField(choices=[('presumed', 'Presumed victim'), ('identified', 'Identified victim'), ('recognised', 'Victim recognised by a court'), ('not_established', 'Trafficking not established')], max_length=16)),
                    ('stated_on', models.DateField()),
                    ('asylum_body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='victims.case')),
                ],
            ), migrations.CreateModel(
                name='Identity',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.identity.data')),
                    ('entered_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity', to='victims.case')),
                    ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'verbose_name_plural': 'identities',
                },
            ), migrations.CreateModel(
                name='IdentityEntry',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                ],
                options={
                    'verbose_name_plural': 'identity entries',
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='IdentityVersion',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.identity.data')),
                    ('agency', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='victims.case')),
                    ('membership', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.membership')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='victims.identity')),
                ],
            ), migrations.CreateModel(
                name='Limitation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_because', models.CharField(blank=True, choices=[('asked', 'The person asks for it to end'), ('corrected', 'The data were checked, and corrected'), ('grounds', 'The objection was examined, and not upheld'), ('claims', 'The person no longer needs the data for their rights')], max_length=9)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limitations', to='victims.case')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='LinkedPerson',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('current', models.BooleanField(default=True, editable=False)),
                    ('relation', models.CharField(choices=[('child', 'Her or his child'), ('sibling', 'Brother or sister'), ('spouse', 'Spouse or partner'), ('parent', 'Father or mother'), ('family', 'Other relative'), ('victim', 'Other presumed victim'), ('support', 'Person of trust')], max_length=8)),
                    ('age_side', models.CharField(choices=[('adult', 'Adult'), ('minor', 'Child'), ('doubt', 'Age in doubt, treated as a child')], max_length=8)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.linkedperson.data')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.linkedperson')),
                ],
                options={
                    'ordering': ['-placed_at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='LinkedPersonName',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.linkedpersonname.data')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='name', to='victims.linkedperson')),
                ],
            ), migrations.CreateModel(
                name='MatchToken',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('digest', models.BinaryField(max_length=16)),
                    ('identity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.identity')),
                ],
            ), migrations.CreateModel(
                name='Need',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.need.data')),
                    ('priority', models.CharField(choices=[('now', 'Now'), ('soon', 'Within a month'), ('later', 'Later')], default='soon', max_length=8)),
                    ('state', models.CharField(choices=[('identified', 'To be met'), ('asked', 'Asked of a service'), ('in_progress', 'Being met'), ('met', 'Met'), ('not_met', 'Not met')], default='identified', max_length=12)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('bit', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='victims.case')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='NeedText',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('bit', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('owner_id', models.IntegerField(editable=False, null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.behindbit.data')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='text', to='victims.need')),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='NeedVersion',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('bit', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('priority', models.CharField(choices=[('now', 'Now'), ('soon', 'Within a month'), ('later', 'Later')], default='soon', max_length=8)),
                    ('state', models.CharField(choices=[('identified', 'To be met'), ('asked', 'Asked of a service'), ('in_progress', 'Being met'), ('met', 'Met'), ('not_met', 'Not met')], default='identified', max_length=12)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('agency', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='victims.case')),
                    ('membership', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.membership')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='victims.need')),
                ],
            ), migrations.CreateModel(
                name='Observation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.observation.data')),
                    ('counts', models.BooleanField()),
                    ('catalogue_version', models.CharField(max_length=80)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='victims.case')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='OffenceFact',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('source_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                    ('data', foundation.encryption.EncryptedField(bound='source_id', editable=True, label='offence')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.offencefact')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='OwnLabel',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.ownlabel.data')),
                    ('reference_digest', models.CharField(max_length=64, null=True)),
                    ('nickname_digest', models.CharField(blank=True, default='', max_length=64)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                ],
            ), migrations.CreateModel(
                name='PaperDocument',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('current', models.BooleanField(default=True, editable=False)),
                    ('sort', models.CharField(choices=[('identity', 'Identity paper'), ('complaint', 'Complaint or hearing record'), ('certificate', 'Medical or social certificate'), ('residence', 'Residence or asylum paper'), ('court', 'Court document'), ('work', 'Pay slips, contract, proof of work'), ('other', 'Other document')], max_length=12)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.paperdocument.data')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.paperdocument')),
                ],
                options={
                    'ordering': ['-placed_at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='ReadingAlarm',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('kind', models.CharField(choices=[('file', 'Cases opened'), ('identity', 'Identities shown'), ('contact', 'Safe contacts shown'), ('alert', 'Alerts opened')], max_length=8)),
                    ('window', models.CharField(choices=[('hour', 'within an hour'), ('week', 'within seven days')], max_length=4)),
                    ('most', models.PositiveIntegerField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('lifted_at', models.DateTimeField(null=True)),
                    ('until', models.DateTimeField(null=True)),
                    ('reason', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.readingalarm.reason', null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('lifted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Relocation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relocations', to='victims.case')),
                    ('from_territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                    ('from_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('to_territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                    ('to_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='ReportDecision',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.reportdecision.data')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='report_decisions', to='victims.case')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Requisition',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('received_on', models.DateField()),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.requisition.data')),
                    ('state', models.CharField(choices=[('open', 'To be answered'), ('waiting', 'Waits for the authority'), ('answered', 'Answered'), ('refused', 'Not followed')], default='open', max_length=8)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                ],
                options={
                    'ordering': ['-received_on', '-id'],
                },
            ), migrations.CreateModel(
                name='RequisitionMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('state', models.CharField(choices=[('waiting', 'Waits for the authority'), ('answered', 'Answered'), ('refused', 'Not followed')], max_length=8)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.requisitionmove.data')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('requisition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='victims.requisition')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='ResidenceFact',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.residencefact.data')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.residencefact')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='Restriction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('archived_at', models.DateTimeField(null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='restrictions', to='victims.case')),
                ],
            ), migrations.CreateModel(
                name='SecretNote',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('current', models.BooleanField(default=True, editable=False)),
                    ('reference', models.CharField(editable=False, max_length=12)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.secretnote.data')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.secretnote')),
                ],
                options={
                    'ordering': ['-placed_at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='Statement',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('status', models.CharField(choices=[('presumed', 'Presumed victim'), ('identified', 'Identified victim'), ('recognised', 'Victim recognised by a court'), ('not_established', 'Trafficking not established')], max_length=16)),
                    ('function', models.CharField(max_length=120)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.statement.data')),
                    ('stated_on', models.DateField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('asylum', models.BooleanField(default=False, editable=False)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='victims.case')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='SupportAction',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('bit', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('owner_id', models.IntegerField(editable=False, null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.behindbit.data')),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('done_on', models.DateField(blank=True, null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='victims.need')),
                ],
                options={
                    'ordering': ['due_on', 'at', 'id'],
                },
            ), migrations.CreateModel(
                name='TimelineEntry',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('current', models.BooleanField(default=True, editable=False)),
                    ('sort', models.CharField(choices=[('message', 'Message'), ('internal', 'Internal note'), ('review', 'Where things stand'), ('request', 'Question to the services'), ('report', 'Report')], max_length=8)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='victims.timelineentry.data')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replaced_by', to='victims.timelineentry')),
                ],
                options={
                    'ordering': ['-placed_at', '-id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='ProfileVersion',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('data', foundation.encryption.EncryptedField(bound='case_id', editable=True, label='victims.profile.data')),
                    ('agency', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='victims.case')),
                    ('membership', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.membership')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='victims.profile')),
                ],
            ), migrations.AddConstraint(
                model_name='case',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('closure_reason__gt', ''), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closure_reason', '')), _connector='OR'), name='closed_with_a_reason'),
            ), migrations.AddConstraint(
                model_name='case',
                constraint=models.CheckConstraint(condition=models.Q(('persons__gte', 1)), name='at_least_one_person'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='case',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "victims_caseversion" ("age_side", "closure_reason", "coordination_id", "form", "language", "lead_id", "persons", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "territory_id", "urgency") VALUES (NEW."age_side", NEW."closure_reason", NEW."coordination_id", NEW."form", NEW."language", NEW."lead_id", NEW."persons", NOW(), \'insert\', NEW."id", NEW."status", NEW."territory_id", NEW."urgency"); RETURN NULL;', hash='4facd6b0f263f95bc4887a95dbea16ec35661785', operation='INSERT', pgid='pgtrigger_insert_insert_a90d0', table='victims_case', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='case',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."age_side" IS DISTINCT FROM (NEW."age_side") OR OLD."closure_reason" IS DISTINCT FROM (NEW."closure_reason") OR OLD."coordination_id" IS DISTINCT FROM (NEW."coordination_id") OR OLD."form" IS DISTINCT FROM (NEW."form") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."persons" IS DISTINCT FROM (NEW."persons") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency"))', func='INSERT INTO "victims_caseversion" ("age_side", "closure_reason", "coordination_id", "form", "language", "lead_id", "persons", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "territory_id", "urgency") VALUES (NEW."age_side", NEW."closure_reason", NEW."coordination_id", NEW."form", NEW."language", NEW."lead_id", NEW."persons", NOW(), \'update\', NEW."id", NEW."status", NEW."territory_id", NEW."urgency"); RETURN NULL;', hash='40a23837088065dea31f9f7040d847b95e98fcf3', operation='UPDATE', pgid='pgtrigger_update_update_6d982', table='victims_case', when='AFTER')),
            ), migrations.AddIndex(
                model_name='assignment',
                index=models.Index(fields=['case'], name='assignment_case'),
            ), migrations.AddIndex(
                model_name='assignment',
                index=models.Index(fields=['membership', 'received_at', 'case'], include=('agency',), name='assignment_newest'),
            ), migrations.AddConstraint(
                model_name='assignment',
                constraint=models.UniqueConstraint(fields=('agency', 'membership', 'case'), name='assigned_once'),
            ), migrations.AddIndex(
                model_name='archive',
                index=models.Index(fields=['agency', '-closed_at', '-id'], name='archive_newest'),
            ), migrations.AddConstraint(
                model_name='archive',
                constraint=models.UniqueConstraint(fields=('case', 'agency'), name='archived_once'),
            ), migrations.AddIndex(
                model_name='caseaccess',
                index=models.Index(fields=['agency', 'status', 'received_at', 'case'], name='access_status'),
            ), migrations.AddIndex(
                model_name='caseaccess',
                index=models.Index(fields=['agency', 'position'], name='access_position'),
            ), migrations.AddIndex(
                model_name='caseaccess',
                index=models.Index(condition=models.Q(('assigned', False), models.Q(('status', 'closed'), _negated=True)), fields=['agency', 'received_at', 'case'], name='access_unassigned'),
            ), migrations.AddConstraint(
                model_name='caseaccess',
                constraint=models.UniqueConstraint(fields=('case', 'agency'), include=('level', 'categories', 'until', 'lead', 'restricted', 'since'), name='access_case_agency'),
            ), migrations.AddIndex(
                model_name='casefile',
                index=models.Index(fields=['case', '-at', '-id'], name='file_newest'),
            ), migrations.AddIndex(
                model_name='casefile',
                index=models.Index(condition=models.Q(('secret', True)), fields=['agency', '-at', '-id'], name='file_secret_newest'),
            ), migrations.AddIndex(
                model_name='casefile',
                index=models.Index(condition=models.Q(('kept_as__gt', ''), models.Q(('state', 'ready'), _negated=True)), fields=['at'], name='file_due'),
            ), migrations.AddConstraint(
                model_name='caselink',
                constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='one_case_then_the_other'),
            ), migrations.AddConstraint(
                model_name='caselink',
                constraint=models.UniqueConstraint(fields=('one', 'other', 'sort'), name='linked_once_a_sort'),
            ), migrations.AddIndex(
                model_name='caseversion',
                index=models.Index(fields=['pgh_obj', '-pgh_id'], name='case_versions'),
            ), migrations.AddConstraint(
                model_name='consent',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('giver', 'parent'), _negated=True), models.Q(('parent_cleared', True), ('parent_verified', True)), _connector='OR'), name='a_parent_is_verified_and_not_implicated'),
            ), migrations.AddConstraint(
                model_name='agreementtext',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent__isnull', False), ('opinion', None)), models.Q(('consent', None), ('opinion__isnull', False)), _connector='OR'), name='about_one_agreement_or_one_opinion'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='contact',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "victims_contactversion" ("case_id", "data", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."case_id", NEW."data", NOW(), \'insert\', NEW."id", NEW."source_id"); RETURN NULL;', hash='747550628feaa995d754c8815cc09a99c04e3677', operation='INSERT', pgid='pgtrigger_insert_insert_89069', table='victims_contact', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='contact',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."data" IS DISTINCT FROM (NEW."data") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id"))', func='INSERT INTO "victims_contactversion" ("case_id", "data", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."case_id", NEW."data", NOW(), \'update\', NEW."id", NEW."source_id"); RETURN NULL;', hash='29657047ff8db41aedbc39523ae7892881c0b008', operation='UPDATE', pgid='pgtrigger_update_update_82ec2', table='victims_contact', when='AFTER')),
            ), migrations.AddIndex(
                model_name='contactversion',
                index=models.Index(fields=['case', '-pgh_id'], name='contact_versions'),
            ), migrations.AddIndex(
                model_name='datarequest',
                index=models.Index(fields=['case', '-received_on', '-id'], name='data_request_newest'),
            ), migrations.AddIndex(
                model_name='datarequest',
                index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_on'], name='data_request_due'),
            ), migrations.AddConstraint(
                model_name='datarequest',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on', models.Func(models.F('received_on'), output_field=models.DateField(), template="(%(expressions)s + interval '1 months')::date")), ('prolonged_by', None), ('prolonged_on', None), ('reason', None)), models.Q(('due_on', models.Func(models.F('received_on'), output_field=models.DateField(), template="(%(expressions)s + interval '3 months')::date")), ('prolonged_by__isnull', False), ('prolonged_on__lte', models.Func(models.F('received_on'), output_field=models.DateField(), template="(%(expressions)s + interval '1 months')::date")), ('reason__isnull', False)), _connector='OR'), name='data_request_due_in_one_month_or_three'),
            ), migrations.AddConstraint(
                model_name='datarequest',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('outcome', None), ('prolonged_on', None), ('state', 'open')), models.Q(('ended_at', None), ('ended_by', None), ('outcome', None), ('prolonged_on__isnull', False), ('state', 'prolonged')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('outcome__isnull', False), ('state', 'refused')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('outcome__isnull', False), ('state', 'answered'), models.Q(('identity', 'pending'), _negated=True)), _connector='OR'), name='data_request_ended_with_words'),
            ), migrations.AddIndex(
                model_name='departure',
                index=models.Index(fields=['agency', 'noun', 'position'], name='departure_position'),
            ), migrations.AddIndex(
                model_name='departure',
                index=models.Index(fields=['changed_at'], name='departure_age'),
            ), migrations.AddIndex(
                model_name='grant',
                index=models.Index(fields=['ground_id'], name='grant_ground'),
            ), migrations.AddIndex(
                model_name='grant',
                index=models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='grant_until'),
            ), migrations.AddConstraint(
                model_name='grant',
                constraint=models.UniqueConstraint(fields=('content_object', 'group', 'permission', 'ground', 'ground_id'), name='one_grant_a_ground'),
            ), migrations.AddConstraint(
                model_name='identificationview',
                constraint=models.UniqueConstraint(fields=('case', 'body', 'status', 'asylum_body'), name='one_view_a_body_and_status', nulls_distinct=False),
            ), pgtrigger.migrations.AddTrigger(
                model_name='identity',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "victims_identityversion" ("case_id", "data", "id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."data", NEW."id", NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='51fe1bdb4761424ee929c997b72a0214f99bd052', operation='INSERT', pgid='pgtrigger_insert_insert_9b57d', table='victims_identity', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='identity',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."data" IS DISTINCT FROM (NEW."data") OR OLD."id" IS DISTINCT FROM (NEW."id"))', func='INSERT INTO "victims_identityversion" ("case_id", "data", "id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."data", NEW."id", NOW(), \'update\', NEW."id"); RETURN NULL;', hash='d418d38ce0983edec2e2577f05eac026a3cb096c', operation='UPDATE', pgid='pgtrigger_update_update_7d799', table='victims_identity', when='AFTER')),
            ), migrations.AddIndex(
                model_name='identityversion',
                index=models.Index(fields=['case', '-pgh_id'], name='identity_versions'),
            ), migrations.AddConstraint(
                model_name='limitation',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='limited_once_at_a_time'),
            ), migrations.AddConstraint(
                model_name='limitation',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_because', ''), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_because__gt', ''), ('ended_by__isnull', False)), _connector='OR'), name='limitation_ended_with_a_reason'),
            ), migrations.AddIndex(
                model_name='matchtoken',
                index=models.Index(fields=['digest', 'identity'], name='token_digest'),
            ), migrations.AddConstraint(
                model_name='need',
                constraint=models.CheckConstraint(condition=models.Q(('bit__in', (0, 4, 16))), name='need_of_a_known_category'),
            ), migrations.AddConstraint(
                model_name='need',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason__gt', ''), ('state', 'not_met')), models.Q(models.Q(('state', 'not_met'), _negated=True), ('reason', '')), _connector='OR'), name='not_met_with_a_reason'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='need',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "victims_needversion" ("agency_id", "bit", "case_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "reason", "state") VALUES (NEW."agency_id", NEW."bit", NEW."case_id", NOW(), \'insert\', NEW."id", NEW."priority", NEW."reason", NEW."state"); RETURN NULL;', hash='d5751526cc7031255fd94d3f092c8dae9e0a6496', operation='INSERT', pgid='pgtrigger_insert_insert_98ab6', table='victims_need', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='need',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."bit" IS DISTINCT FROM (NEW."bit") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "victims_needversion" ("agency_id", "bit", "case_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "reason", "state") VALUES (NEW."agency_id", NEW."bit", NEW."case_id", NOW(), \'update\', NEW."id", NEW."priority", NEW."reason", NEW."state"); RETURN NULL;', hash='cc942224c93e2986a0dcf1d4d61ba257357167f7', operation='UPDATE', pgid='pgtrigger_update_update_870e1', table='victims_need', when='AFTER')),
            ), migrations.AddIndex(
                model_name='needversion',
                index=models.Index(fields=['case', '-pgh_id'], name='need_versions'),
            ), migrations.AddIndex(
                model_name='ownlabel',
                index=models.Index(fields=['agency', 'nickname_digest'], name='label_nickname'),
            ), migrations.AddConstraint(
                model_name='ownlabel',
                constraint=models.UniqueConstraint(fields=('case', 'agency'), name='one_label_an_agency'),
            ), migrations.AddConstraint(
                model_name='ownlabel',
                constraint=models.UniqueConstraint(fields=('agency', 'reference_digest'), name='own_reference_once'),
            ), migrations.AddIndex(
                model_name='readingalarm',
                index=models.Index(fields=['membership', '-at'], name='reading_alarm_member'),
            ), migrations.AddIndex(
                model_name='requisition',
                index=models.Index(fields=['case', 'agency', '-received_on', '-id'], name='requisition_newest'),
            ), migrations.AddIndex(
                model_name='requisition',
                index=models.Index(condition=models.Q(('ended_at', None)), fields=['agency'], name='requisition_waits'),
            ), migrations.AddConstraint(
                model_name='requisition',
                constraint=models.CheckConstraint(condition=models.Q(('due_on', None), ('due_on__gte', models.F('received_on')), _connector='OR'), name='requisition_due_after_receipt'),
            ), migrations.AddConstraint(
                model_name='requisition',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['open', 'waiting'])), models.Q(('ended_at__isnull', False), ('state__in', ['answered', 'refused'])), _connector='OR'), name='requisition_ended_by_its_state'),
            ), migrations.AddConstraint(
                model_name='requisitionmove',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'answered', 'refused'])), name='requisition_moved_on'),
            ), migrations.AddConstraint(
                model_name='restriction',
                constraint=models.UniqueConstraint(fields=('case', 'agency'), name='restricted_once'),
            ), migrations.AddIndex(
                model_name='secretnote',
                index=models.Index(fields=['agency', '-placed_at', '-id'], name='secret_newest'),
            ), migrations.AddIndex(
                model_name='timelineentry',
                index=models.Index(condition=models.Q(('current', True)), fields=['case', '-placed_at', '-id'], name='timeline_newest'),
            ), migrations.AddIndex(
                model_name='profileversion',
                index=models.Index(fields=['case', '-pgh_id'], name='profile_versions'),
            ), pgtrigger.migrations.AddTrigger(
                model_name='profile',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "victims_profileversion" ("by_id", "case_id", "data", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."by_id", NEW."case_id", NEW."data", NOW(), \'insert\', NEW."case_id"); RETURN NULL;', hash='8b4a4c107e7ecdf2c98d40af7477440a48652187', operation='INSERT', pgid='pgtrigger_insert_insert_286c9', table='victims_profile', when='AFTER')),
            ), pgtrigger.migrations.AddTrigger(
                model_name='profile',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."data" IS DISTINCT FROM (NEW."data"))', func='INSERT INTO "victims_profileversion" ("by_id", "case_id", "data", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."by_id", NEW."case_id", NEW."data", NOW(), \'update\', NEW."case_id"); RETURN NULL;', hash='aa2412a8819da483d370c5a6cac1981d073bf3af', operation='UPDATE', pgid='pgtrigger_update_update_059c1', table='victims_profile', when='AFTER')),
            )],
        ),
    ]
