import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import foundation.encryption
import foundation.initial_tables
import oauth2_provider.generators
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('full_name', models.CharField(max_length=120)),
                    ('language', models.CharField(default='fr', max_length=5)),
                    ('phone', models.CharField(blank=True, max_length=30)),
                    ('charter', models.CharField(blank=True, max_length=10)),
                    ('charter_at', models.DateTimeField(blank=True, null=True)),
                    ('is_active', models.BooleanField(default=True)),
                    ('is_staff', models.BooleanField(default=False)),
                    ('date_joined', models.DateTimeField(auto_now_add=True)),
                    ('factor_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='Agency',
                fields=[
                    ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='auth.group')),
                    ('code', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=200)),
                    ('acronym', models.CharField(blank=True, max_length=40)),
                    ('kind', models.CharField(choices=[('coordination', 'National coordination'), ('justice', 'Justice'), ('interior', 'Police, gendarmerie, prefectures'), ('labour', 'Labour inspection'), ('education', 'Education'), ('social_affairs', 'Social affairs'), ('health', 'Health'), ('foreign_affairs', 'Foreign affairs'), ('asylum', 'Asylum'), ('child_protection', 'Child protection'), ('equality', "Equality and women's rights"), ('finance', 'Budget, customs, seized assets'), ('independent', 'Independent authority'), ('international', 'International organisation'), ('ngo', 'Association'), ('ngo_network', 'Network of associations'), ('union', 'Trade union'), ('employer', 'Company'), ('local_authority', 'Local authority')], max_length=20)),
                    ('mandate', models.CharField(blank=True, choices=[('', 'None'), ('territorial', 'Coordination of a territory'), ('national', 'National coordination')], default='', max_length=12)),
                    ('max_level', models.PositiveSmallIntegerField(choices=[(1, 'Progress only'), (2, 'Summary'), (3, 'Full case')], default=3)),
                    ('may_hold', models.PositiveSmallIntegerField(default=0)),
                    ('supports_people', models.BooleanField(default=False)),
                    ('office', models.CharField(blank=True, choices=[('', 'None'), ('crip', 'CRIP: takes in reports of concern about children'), ('prosecutor', 'Prosecutor'), ('prefecture', 'Prefecture')], default='', max_length=12)),
                    ('entitlements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, null=True)),
                    ('time_zone', models.CharField(default='Europe/Paris', max_length=40)),
                    ('active', models.BooleanField(default=True)),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='agencies.agency')),
                ],
                options={
                    'verbose_name_plural': 'agencies',
                    'ordering': ['name'],
                },
            ), migrations.CreateModel(
                name='Directory',
                fields=[
                    ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=250)),
                    ('acronym', models.CharField(blank=True, max_length=40)),
                    ('kind', models.CharField(choices=[('coordination', 'National coordination'), ('justice', 'Justice'), ('interior', 'Police, gendarmerie, prefectures'), ('labour', 'Labour inspection'), ('education', 'Education'), ('social_affairs', 'Social affairs'), ('health', 'Health'), ('foreign_affairs', 'Foreign affairs'), ('asylum', 'Asylum'), ('child_protection', 'Child protection'), ('equality', "Equality and women's rights"), ('finance', 'Budget, customs, seized assets'), ('independent', 'Independent authority'), ('international', 'International organisation'), ('ngo', 'Association'), ('ngo_network', 'Network of associations'), ('union', 'Trade union'), ('employer', 'Company'), ('local_authority', 'Local authority')], max_length=20)),
                    ('ministry', models.CharField(blank=True, max_length=120)),
                    ('scope', models.CharField(max_length=20)),
                    ('is_template', models.BooleanField(default=False)),
                    ('website', models.URLField(blank=True)),
                    ('phone', models.CharField(blank=True, max_length=20)),
                    ('department', models.CharField(blank=True, max_length=4)),
                    ('unlisted', models.BooleanField(default=False)),
                    ('provenance', models.CharField(max_length=40)),
                    ('note_fr', models.TextField(blank=True)),
                    ('active', models.BooleanField(default=True)),
                ],
                options={
                    'verbose_name_plural': 'directory',
                    'ordering': ['name'],
                },
            ), migrations.CreateModel(
                name='Helpline',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=20)),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(blank=True, max_length=120)),
                    ('kind', models.CharField(max_length=20)),
                    ('use_fr', models.CharField(max_length=200)),
                    ('use_en', models.CharField(blank=True, max_length=200)),
                    ('free', models.BooleanField(default=True)),
                    ('order', models.PositiveSmallIntegerField(default=0)),
                    ('provenance', models.CharField(max_length=40)),
                    ('hours_fr', models.CharField(blank=True, max_length=120)),
                    ('hours_en', models.CharField(blank=True, max_length=120)),
                    ('opening', models.JSONField(null=True)),
                    ('languages_fr', models.CharField(blank=True, max_length=120)),
                    ('languages_en', models.CharField(blank=True, max_length=120)),
                    ('audience_fr', models.CharField(blank=True, max_length=200)),
                    ('audience_en', models.CharField(blank=True, max_length=200)),
                    ('cost_fr', models.CharField(blank=True, max_length=120)),
                    ('cost_en', models.CharField(blank=True, max_length=120)),
                    ('text_relay_fr', models.CharField(blank=True, max_length=160)),
                    ('text_relay_en', models.CharField(blank=True, max_length=160)),
                    ('note_fr', models.CharField(blank=True, max_length=300)),
                    ('note_en', models.CharField(blank=True, max_length=300)),
                    ('source', models.CharField(blank=True, max_length=300)),
                    ('source_en', models.CharField(blank=True, max_length=300)),
                    ('read_on', models.DateField(null=True)),
                    ('reviewed_on', models.DateField(null=True)),
                    ('active', models.BooleanField(default=True)),
                ],
                options={
                    'ordering': ['order'],
                },
            ), migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('person', 'Person'), ('service', 'Program'), ('system', 'System')], default='person', max_length=8)),
                    ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('frontline', 'Frontline'), ('case_worker', 'Case worker'), ('coordinator', 'Coordinator'), ('agency_admin', 'Agency administrator'), ('policy', 'Public policy'), ('statistician', 'Statistician'), ('auditor', 'Auditor'), ('dpo', 'Data protection officer'), ('platform_admin', 'Platform administrator')], max_length=16), default=list)),
                    ('title', models.CharField(blank=True, max_length=120)),
                    ('active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('arrived_at', models.DateTimeField(blank=True, null=True)),
                    ('cases_from', models.DateTimeField(blank=True, null=True)),
                    ('code_at', models.DateTimeField(blank=True, null=True)),
                ],
            ), migrations.CreateModel(
                name='Service',
                fields=[
                    ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('label_fr', models.CharField(max_length=120)),
                    ('label_en', models.CharField(max_length=120)),
                ],
                options={
                    'ordering': ['label_fr'],
                },
            ), migrations.CreateModel(
                name='ProviderLink',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                ],
            ), migrations.CreateModel(
                name='Desk',
                fields=[
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='desk', serialize=False, to='agencies.agency')),
                    ('receives_alerts', models.BooleanField(default=False)),
                    ('receives_orientations', models.BooleanField(default=False)),
                    ('nationwide', models.BooleanField(default=False)),
                    ('takes_adults', models.BooleanField(default=True)),
                    ('takes_minors', models.BooleanField(default=False)),
                    ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                    ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list)),
                    ('places', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('places_updated_at', models.DateTimeField(blank=True, null=True)),
                    ('phone', models.CharField(blank=True, max_length=30)),
                    ('second', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stands_in_for', to='agencies.desk')),
                    ('services', models.ManyToManyField(blank=True, to='agencies.service')),
                ],
            ), migrations.AddField(
                model_name='agency',
                name='profile',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='agencies.directory'),
            ), migrations.CreateModel(
                name='Sandbox',
                fields=[
                    ('membership', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sandbox', serialize=False, to='agencies.membership')),
                    ('client_id', models.CharField(max_length=40, unique=True)),
                    ('secret', models.CharField(max_length=255)),
                    ('database', models.CharField(blank=True, max_length=63)),
                    ('made_of', models.CharField(blank=True, max_length=64)),
                    ('wanted_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_at', models.DateTimeField(null=True)),
                    ('used_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('ended', models.BooleanField(default=False)),
                ],
            ), migrations.AddField(
                model_name='membership',
                name='agency',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='agencies.agency'),
            ), migrations.AddField(
                model_name='membership',
                name='code_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='membership',
                name='invited_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='membership',
                name='user',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL),
            ), migrations.CreateModel(
                name='MemberChange',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('act', models.CharField(choices=[('invite', 'Invited'), ('roles', 'Other roles'), ('on', 'Switched on again'), ('off', 'Switched off'), ('code', 'New code'), ('files', 'Cases that nobody sees, to take over'), ('locked', 'Many wrong passwords or codes'), ('factor', 'Second factor lost'), ('unused', 'Account not used: it will be switched off'), ('stays', 'Account not used, and needed'), ('program', 'New program'), ('scopes', 'A program would do more'), ('secret', 'New secret of a program'), ('key', 'New key of a program'), ('keycut', 'Key of a program cut'), ('cut', 'Program cut'), ('hook', 'What happens is posted to an address of a program')], max_length=8)),
                    ('cases', models.PositiveIntegerField(null=True)),
                    ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('frontline', 'Frontline'), ('case_worker', 'Case worker'), ('coordinator', 'Coordinator'), ('agency_admin', 'Agency administrator'), ('policy', 'Public policy'), ('statistician', 'Statistician'), ('auditor', 'Auditor'), ('dpo', 'Data protection officer'), ('platform_admin', 'Platform administrator')], max_length=16), default=list)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read the alerts, requests and cases of your organisation'), ('alert', 'Send alerts, a danger to life too, and follow its own'), ('work', 'Work on alerts, requests and cases: answer, write, decide'), ('administer', 'Administer: free places, colleagues assigned to a case')], max_length=10), default=list)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('state', models.CharField(choices=[('told', 'Told'), ('waiting', 'Waits for a second person'), ('agreed', 'Agreed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='KeptForm',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('browser', models.CharField(max_length=64)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='agencies.keptform.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', 'id'],
                },
            ), migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('place', models.CharField(max_length=64)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='agencies.draft.data')),
                    ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['saved_at', 'id'],
                },
            ), migrations.CreateModel(
                name='ApiClient',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('client_id', models.CharField(db_index=True, default=oauth2_provider.generators.generate_client_id, max_length=255, unique=True, verbose_name='client ID')),
                    ('redirect_uris', models.TextField(blank=True, help_text='Allowed URIs list, space separated', verbose_name='redirect URIs')),
                    ('post_logout_redirect_uris', models.TextField(blank=True, default='', help_text='Allowed Post Logout URIs list, space separated', verbose_name='post logout redirect URIs')),
                    ('client_type', models.CharField(choices=[('confidential', 'Confidential'), ('public', 'Public')], max_length=32, verbose_name='client type')),
                    ('authorization_grant_type', models.CharField(choices=[('authorization-code', 'Authorization code'), ('urn:ietf:params:oauth:grant-type:device_code', 'Device Code'), ('implicit', 'Implicit'), ('password', 'Resource owner password-based'), ('client-credentials', 'Client credentials'), ('openid-hybrid', 'OpenID connect hybrid')], max_length=44, verbose_name='authorization grant type')),
                    ('client_secret', oauth2_provider.models.ClientSecretField(blank=True, db_index=True, default=oauth2_provider.generators.generate_client_secret, help_text='Client secret for authentication', max_length=255, verbose_name='client secret')),
                    ('hash_client_secret', models.BooleanField(default=True, verbose_name='hash client secret')),
                    ('name', models.CharField(blank=True, max_length=255, verbose_name='name')),
                    ('skip_authorization', models.BooleanField(default=False, verbose_name='skip authorization')),
                    ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                    ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                    ('algorithm', models.CharField(blank=True, choices=[('', 'No OIDC support'), ('RS256', 'RSA with SHA-2 256'), ('HS256', 'HMAC with SHA-2 256')], default='', max_length=5, verbose_name='algorithm')),
                    ('allowed_origins', models.TextField(blank=True, default='', help_text='Allowed origins list to enable CORS, space separated', verbose_name='allowed origins')),
                    ('registration_source', models.CharField(choices=[('manual', 'Manual'), ('dcr', 'Dynamic Client Registration'), ('cimd', 'Client ID Metadata Document')], default='manual', help_text='How this application was registered (manual, DCR per RFC 7591, or CIMD)', max_length=32, verbose_name='registration source')),
                    ('cimd_expires_at', models.DateTimeField(blank=True, default=None, help_text='When the cached Client ID Metadata Document should be re-fetched', null=True, verbose_name='CIMD expires at')),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read the alerts, requests and cases of your organisation'), ('alert', 'Send alerts, a danger to life too, and follow its own'), ('work', 'Work on alerts, requests and cases: answer, write, decide'), ('administer', 'Administer: free places, colleagues assigned to a case')], max_length=10), default=list)),
                    ('former_secret', models.CharField(blank=True, max_length=255)),
                    ('former_until', models.DateTimeField(null=True)),
                    ('key', models.JSONField(null=True)),
                    ('former_key', models.JSONField(null=True)),
                    ('former_key_until', models.DateTimeField(null=True)),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                    ('membership', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_client', to='agencies.membership')),
                ],
                options={
                    'abstract': False,
                    'swappable': 'OAUTH2_PROVIDER_APPLICATION_MODEL',
                },
            ), migrations.CreateModel(
                name='ProgramCall',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('operation', models.CharField(max_length=120)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('took', models.PositiveIntegerField()),
                    ('trace', models.CharField(max_length=64)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='ReferenceVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('value', models.UUIDField()),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_reference_version')],
                },
            ), migrations.AddField(
                model_name='directory',
                name='services',
                field=models.ManyToManyField(blank=True, to='agencies.service'),
            ), migrations.CreateModel(
                name='Session',
                fields=[
                    ('session_data', models.TextField(verbose_name='session data')),
                    ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                    ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('began_at', models.DateTimeField(null=True)),
                    ('device', models.CharField(blank=True, max_length=40)),
                    ('place', models.CharField(blank=True, max_length=64)),
                    ('mark', models.CharField(blank=True, max_length=64)),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ), migrations.CreateModel(
                name='Territory',
                fields=[
                    ('code', models.CharField(max_length=4, primary_key=True, serialize=False)),
                    ('sort', models.CharField(choices=[('region', 'Region'), ('department', 'Department'), ('collectivity', 'Overseas collectivity')], max_length=12)),
                    ('label_fr', models.CharField(max_length=80)),
                    ('label_en', models.CharField(max_length=80)),
                    ('seat', models.CharField(blank=True, default='', max_length=60)),
                    ('time_zone', models.CharField(default='Europe/Paris', max_length=40)),
                    ('lat', models.FloatField(null=True)),
                    ('lon', models.FloatField(null=True)),
                    ('neighbours', models.ManyToManyField(blank=True, to='agencies.territory')),
                    ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='agencies.territory')),
                ],
                options={
                    'verbose_name_plural': 'territories',
                    'ordering': ['code'],
                },
            ), migrations.AddField(
                model_name='agency',
                name='territory',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='agencies.territory'),
            ), migrations.CreateModel(
                name='Tries',
                fields=[
                    ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('pair', 'Pair'), ('browser', 'Browser'), ('account', 'Account'), ('address', 'Address'), ('total', 'Total'), ('word', 'Word'), ('rate', 'Rate'), ('known', 'Known'), ('once', 'Once'), ('window', 'Window')], max_length=8)),
                    ('level', models.FloatField()),
                    ('at', models.DateTimeField()),
                    ('until', models.DateTimeField()),
                ],
                options={
                    'verbose_name_plural': 'tries',
                    'indexes': [models.Index(fields=['at'], name='tries_by_age')],
                },
            ), migrations.CreateModel(
                name='ActivationCode',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('digest', models.CharField(max_length=64)),
                    ('until', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='DutyMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('phone', models.CharField(blank=True, max_length=30)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.membership')),
                    ('desk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='duty_list', to='agencies.desk')),
                ],
                options={
                    'ordering': ['id'],
                },
            ), migrations.CreateModel(
                name='DutyHours',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                    ('opens', models.TimeField()),
                    ('closes', models.TimeField()),
                    ('desk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='agencies.desk')),
                ],
                options={
                    'verbose_name_plural': 'duty hours',
                    'ordering': ['weekday', 'opens'],
                },
            ), migrations.CreateModel(
                name='DeskChange',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('batch', models.UUIDField(db_index=True)),
                    ('what', models.CharField(choices=[('territory', 'Place'), ('service', 'Service'), ('form', 'Form of exploitation'), ('adults', 'Adults'), ('minors', 'Children and ages in doubt'), ('second', 'Back-up service'), ('level', 'How much of a case it may be given'), ('category', 'What it may be given in addition'), ('supports', 'May lead a case'), ('alerts', 'Its desk receives alerts'), ('requests', 'Its desk receives requests'), ('nationwide', 'Works in the whole country'), ('mandate', 'Coordinates its territories'), ('office', 'Is by law')], max_length=10)),
                    ('value', models.CharField(blank=True, max_length=60)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting for the coordination'), ('agreed', 'Agreed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='waiting', max_length=10)),
                    ('taken_at', models.DateTimeField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('desk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='agencies.desk')),
                    ('stand_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.desk')),
                ],
                options={
                    'ordering': ['-at', 'what', 'value'],
                },
            ), migrations.AddField(
                model_name='desk',
                name='territories',
                field=models.ManyToManyField(blank=True, related_name='desks', to='agencies.territory'),
            ), migrations.CreateModel(
                name='Capacity',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('places', models.PositiveSmallIntegerField(null=True)),
                    ('at', models.DateTimeField()),
                    ('by_id', models.BigIntegerField(null=True)),
                    ('desk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='capacities', to='agencies.desk')),
                ],
                options={
                    'verbose_name_plural': 'capacities',
                    'ordering': ['-at', '-id'],
                },
            ), migrations.AddConstraint(
                model_name='membership',
                constraint=models.UniqueConstraint(fields=('user', 'agency'), name='one_membership_per_person_and_agency'),
            ), migrations.AddConstraint(
                model_name='membership',
                constraint=models.UniqueConstraint(condition=models.Q(('kind', 'system')), fields=('agency',), name='one_system_member'),
            ), migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'person'), ('user__isnull', False)), models.Q(models.Q(('kind', 'person'), _negated=True), ('user__isnull', True)), _connector='OR'), name='only_persons_sign_in'),
            ), migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('roles__overlap', ['auditor', 'dpo', 'platform_admin', 'statistician']), _negated=True), models.Q(('roles__overlap', ['case_worker', 'coordinator', 'frontline']), _negated=True), _connector='OR'), name='apart_roles_never_with_case_roles'),
            ), migrations.AddIndex(
                model_name='memberchange',
                index=models.Index(fields=['agency', '-at', '-id'], name='member_change_list'),
            ), migrations.AddConstraint(
                model_name='memberchange',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('membership',), name='one_change_waits_a_member'),
            ), migrations.AddConstraint(
                model_name='draft',
                constraint=models.UniqueConstraint(fields=('membership', 'place'), name='draft_once'),
            ), migrations.AddIndex(
                model_name='programcall',
                index=models.Index(fields=['membership', '-at', '-id'], name='program_call_list'),
            ), migrations.AddIndex(
                model_name='programcall',
                index=models.Index(fields=['at'], name='program_call_by_age'),
            ), migrations.AddIndex(
                model_name='session',
                index=models.Index(fields=['expire_date'], name='session_by_end'),
            ), migrations.AddConstraint(
                model_name='agency',
                constraint=models.CheckConstraint(condition=models.Q(('mandate', ''), models.Q(('max_level__lte', 2), ('may_hold', 0)), _connector='OR'), name='coordination_holds_summary_only'),
            ), migrations.AddConstraint(
                model_name='dutymember',
                constraint=models.UniqueConstraint(fields=('desk', 'membership'), name='once_on_the_duty_list'),
            ), migrations.AddConstraint(
                model_name='dutyhours',
                constraint=models.UniqueConstraint(fields=('desk', 'weekday', 'opens'), name='one_stretch_an_opening'),
            ), migrations.AddConstraint(
                model_name='deskchange',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('desk', 'what', 'value'), name='asked_once_at_a_time'),
            ), migrations.AddIndex(
                model_name='capacity',
                index=models.Index(fields=['desk', '-at', '-id'], name='capacity_history'),
            )],
        ),
    ]
