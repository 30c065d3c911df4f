import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
import django.utils.timezone
import foundation.encryption
import foundation.initial_tables
import uuid
import victims.models.cases
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_initial'),
        ('victims', '0001_initial'),
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='Alert',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('opened', 'Read'), ('acted', 'Case opened'), ('taken_up', 'Being dealt with'), ('redirected', 'Redirected'), ('closed', 'Closed')], default='draft', max_length=12)),
                    ('form', models.CharField(default='unknown', max_length=40)),
                    ('age_side', models.CharField(blank=True, choices=[('adult', 'Adult'), ('minor', 'Child'), ('doubt', 'Age in doubt, treated as a child')], max_length=8)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], default='normal', max_length=8)),
                    ('agreement', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('not_asked', 'Not asked')], max_length=10)),
                    ('persons', models.PositiveSmallIntegerField(default=1)),
                    ('reachable_until', models.DateTimeField(null=True)),
                    ('employer_immunity', models.BooleanField(default=False)),
                    ('case_status', models.CharField(blank=True, max_length=12)),
                    ('kept_cases', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), editable=False, null=True)),
                    ('stays_kept', models.BooleanField(default=False, editable=False)),
                    ('step', models.PositiveSmallIntegerField(default=1)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('saved_at', models.DateTimeField(auto_now=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ), migrations.CreateModel(
                name='AlertAddition',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('text', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.alertaddition.text')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='AlertDesk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('live', models.BooleanField(default=True)),
                    ('answers', models.BooleanField(default=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('opened', 'Read'), ('acted', 'Case opened'), ('taken_up', 'Being dealt with'), ('redirected', 'Redirected'), ('closed', 'Closed')], max_length=12)),
                    ('rung', models.PositiveSmallIntegerField(default=0)),
                    ('answer_by', models.DateTimeField(null=True)),
                    ('due_from', models.DateTimeField(null=True)),
                    ('opened_at', models.DateTimeField(null=True)),
                    ('received_at', models.DateTimeField()),
                    ('answer', models.CharField(blank=True, choices=[('', 'No answer'), ('case', 'Case opened'), ('acting', 'Acting'), ('with_person', 'Somebody is with the person'), ('closed', 'Closed'), ('reached', 'Reached by phone'), ('nothing_to_do', 'Nothing to do, confirmed'), ('redirected', 'Forwarded')], default='', max_length=16)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('case_at', models.DateTimeField(null=True)),
                    ('followed_at', models.DateTimeField(null=True)),
                    ('told_at', models.DateTimeField(null=True)),
                    ('taken_at', models.DateTimeField(null=True)),
                    ('reference', models.CharField(max_length=12)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], max_length=8)),
                    ('age_side', models.CharField(choices=[('adult', 'Adult'), ('minor', 'Child'), ('doubt', 'Age in doubt, treated as a child')], max_length=8)),
                    ('form', models.CharField(max_length=40)),
                    ('kept_cases', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), editable=False, null=True)),
                    ('stays_kept', models.BooleanField(default=False, editable=False)),
                ],
            ), migrations.CreateModel(
                name='AlertLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
            ), migrations.CreateModel(
                name='AlertMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=20)),
                    ('after', models.CharField(max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('comment', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.move.comment', null=True)),
                    ('to_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('due_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='AnswerTime',
                fields=[
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='answer_time', serialize=False, to='agencies.agency')),
                    ('answers', models.PositiveIntegerField()),
                    ('median', models.DurationField()),
                    ('computed_at', models.DateTimeField()),
                ],
            ), migrations.CreateModel(
                name='Breach',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('kind', models.CharField(choices=[('device', 'Telephone, computer or key lost or stolen'), ('addressee', 'Sent or shown to the wrong person'), ('account', 'Account used by somebody else'), ('read', 'Read without a reason of work'), ('paper', 'Paper lost, stolen or found'), ('loss', 'Data destroyed, altered or out of reach'), ('other', 'Something else')], max_length=9)),
                    ('known_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField()),
                    ('ongoing', models.BooleanField(default=False)),
                    ('apart', models.BooleanField(default=False)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.breach.data')),
                    ('assessed', models.BooleanField(default=False)),
                    ('cnil', models.CharField(blank=True, choices=[('', 'Notification of the CNIL to be decided'), ('notified', 'CNIL notified'), ('no_risk', 'CNIL not notified: no risk for persons')], default='', max_length=8)),
                    ('cnil_agreed', models.BooleanField(default=False)),
                    ('notified_at', models.DateTimeField(blank=True, null=True)),
                    ('persons', models.CharField(blank=True, choices=[('', 'Information of the persons to be decided'), ('informed', 'Persons informed'), ('not_informed', 'Persons not informed, with a reason')], default='', max_length=12)),
                    ('persons_agreed', models.BooleanField(default=False)),
                    ('decided_id', models.UUIDField(blank=True, null=True)),
                    ('closing_id', models.UUIDField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name_plural': 'breaches',
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='BreachEntry',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sort', models.CharField(choices=[('assess', 'What was found out'), ('ended', 'The breach is stopped'), ('goes_on', 'The breach goes on'), ('notified', 'CNIL notified'), ('more', 'CNIL told more'), ('no_risk', 'CNIL not notified: no risk for persons'), ('informed', 'Persons informed'), ('not_informed', 'Persons not informed, with a reason'), ('readings', 'What an account has read'), ('told', 'Services that lead these cases told'), ('agree', 'A second person agrees'), ('undecide', 'Decisions taken back: to be taken again'), ('close', 'Closing asked for'), ('keep', 'Closing refused'), ('confirm', 'Closed by a second person'), ('reopen', 'Opened again')], max_length=12)),
                    ('happened_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_id', models.UUIDField(blank=True, null=True)),
                    ('since', models.DateTimeField(blank=True, null=True)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                    ('cases', models.PositiveIntegerField(blank=True, null=True)),
                    ('identities', models.PositiveIntegerField(blank=True, null=True)),
                    ('alerts', models.PositiveIntegerField(blank=True, null=True)),
                    ('nobody', models.PositiveIntegerField(blank=True, null=True)),
                    ('elsewhere', models.PositiveIntegerField(blank=True, null=True)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.breachentry.data')),
                ],
                options={
                    'verbose_name_plural': 'breach entries',
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='CaseImport',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('state', models.CharField(choices=[('uploaded', 'Columns to match'), ('checking', 'Being checked'), ('matched', 'Checked, nothing loaded yet'), ('loading', 'Loading'), ('loaded', 'Loaded'), ('failed', 'Nothing loaded'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('discarded', 'Given up')], default='uploaded', max_length=10)),
                    ('content', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.caseimport.content', null=True)),
                    ('total', models.PositiveIntegerField(default=0)),
                    ('checked', models.PositiveIntegerField(default=0)),
                    ('good', models.PositiveIntegerField(default=0)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('only_good', models.BooleanField(default=False)),
                    ('left_out', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('ended_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='CaseMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=20)),
                    ('after', models.CharField(max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('comment', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.move.comment', null=True)),
                    ('to_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('due_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='CaseOutcome',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.caseoutcome.data')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='Export',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('listed', models.CharField(max_length=20)),
                    ('purpose', models.CharField(choices=[('supervision', 'Follow-up of the work of our service'), ('report', 'Activity report or yearly survey'), ('meeting', 'Working meeting about these cases'), ('duty', 'Request of a court or of an inspection'), ('other', 'Another reason')], max_length=12)),
                    ('format', models.CharField(choices=[('csv', 'Table for any program (CSV)'), ('xlsx', 'Spreadsheet (XLSX)'), ('ods', 'Free spreadsheet (ODS)'), ('json', 'For a program (JSON)')], default='csv', max_length=4)),
                    ('content', models.CharField(choices=[('list', 'What the list shows'), ('htcds', 'The cases in the HTCDS standard, without identity or contact'), ('htcds_named', 'The cases in the HTCDS standard, with identity and contact')], default='list', max_length=12)),
                    ('total', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('asked', 'Asked'), ('waiting', 'Waits for a second person'), ('queued', 'About to be made'), ('building', 'Being made'), ('ready', 'Ready'), ('fetched', 'Handed over'), ('refused', 'Refused'), ('cancelled', 'Given up'), ('stopped', 'Stopped'), ('expired', 'Out of time')], default='asked', max_length=10)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='ImportMatching',
                fields=[
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='agencies.agency')),
                    ('data', foundation.encryption.EncryptedField(bound='agency_id', editable=True, label='referral.importmatching.data')),
                ],
            ), migrations.CreateModel(
                name='LegalReason',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('case_id', models.UUIDField(editable=False, null=True)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.legalreason.data')),
                ],
            ), migrations.CreateModel(
                name='Orientation',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('verb', models.CharField(choices=[('refer', 'Refer: the lead stays'), ('transfer', 'Transfer: the addressee leads')], default='refer', max_length=10)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('opened', 'Read'), ('question', 'Question asked: the sender is to answer'), ('accepted', 'Accepted'), ('in_progress', 'In progress'), ('completed', 'Completed'), ('declined', 'Declined'), ('expired', 'No answer'), ('withdrawn', 'Withdrawn'), ('consent_withdrawn', 'Agreement withdrawn')], default='draft', max_length=20)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], default='normal', max_length=8)),
                    ('legal_ground', models.CharField(blank=True, choices=[('child_in_danger', 'Child in danger (CASF L226-2-1 to the CRIP, L226-4 to the prosecutor, L226-2-2 between professionals bound by secrecy)'), ('vital_danger', 'Danger to life (Code pénal 223-6)'), ('article_40', "Public official's duty to report (CPP 40)")], max_length=20)),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'Progress only'), (2, 'Summary'), (3, 'Full case')], default=2)),
                    ('categories', models.PositiveSmallIntegerField(default=0)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                    ('exclusive', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('answer_by', models.DateTimeField(null=True)),
                    ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='received_orientations', to='agencies.agency')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orientations', to='victims.case')),
                    ('consent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orientations', to='victims.consent')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('rerouted_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rerouted_to', to='referral.orientation')),
                    ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sent_orientations', to='agencies.agency')),
                    ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='agencies.service')),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ), migrations.CreateModel(
                name='AlertContact',
                fields=[
                    ('alert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contact', serialize=False, to='referral.alert')),
                    ('data', foundation.encryption.EncryptedField(bound='alert_id', editable=True, label='contact')),
                ],
            ), migrations.CreateModel(
                name='AlertContent',
                fields=[
                    ('alert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='content', serialize=False, to='referral.alert')),
                    ('data', foundation.encryption.EncryptedField(bound='alert_id', editable=True, label='referral.alertcontent.data')),
                ],
            ), migrations.CreateModel(
                name='AlertOffence',
                fields=[
                    ('alert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='offence', serialize=False, to='referral.alert')),
                    ('data', foundation.encryption.EncryptedField(bound='alert_id', editable=True, label='offence')),
                ],
            ), migrations.AddField(
                model_name='alert',
                name='agency',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sent_alerts', to='agencies.agency'),
            ), migrations.AddField(
                model_name='alert',
                name='author',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='agencies.membership'),
            ), migrations.AddField(
                model_name='alert',
                name='territory',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='agencies.territory'),
            ), migrations.AddField(
                model_name='alertaddition',
                name='alert',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='additions', to='referral.alert'),
            ), migrations.AddField(
                model_name='alertaddition',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='alertdesk',
                name='agency',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='alertdesk',
                name='alert',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desks', to='referral.alert'),
            ), migrations.AddField(
                model_name='alertdesk',
                name='in_charge',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='alertdesk',
                name='taken_by',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='alertdesk',
                name='territory',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory'),
            ), migrations.AddField(
                model_name='alertlink',
                name='alert',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='referral.alert'),
            ), migrations.AddField(
                model_name='alertlink',
                name='case',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alert_links', to='victims.case'),
            ), migrations.AddField(
                model_name='alertmove',
                name='agency',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='alertmove',
                name='alert',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='referral.alert'),
            ), migrations.AddField(
                model_name='alertmove',
                name='instead_of',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='alertmove',
                name='membership',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breach',
                name='agency',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='breach',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breach',
                name='closed_by',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breach',
                name='closing_by',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breach',
                name='cnil_by',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breach',
                name='persons_by',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breachentry',
                name='account',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='breachentry',
                name='breach',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='referral.breach'),
            ), migrations.AddField(
                model_name='breachentry',
                name='by',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='caseimport',
                name='agency',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='caseimport',
                name='asked_by',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='caseimport',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='casemove',
                name='agency',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='casemove',
                name='case',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='victims.case'),
            ), migrations.AddField(
                model_name='casemove',
                name='membership',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='caseoutcome',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='caseoutcome',
                name='case',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='victims.case'),
            ), migrations.AddField(
                model_name='caseoutcome',
                name='move',
                field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='outcome', to='referral.casemove'),
            ), migrations.CreateModel(
                name='CaseTerm',
                fields=[
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='term', serialize=False, to='victims.case')),
                    ('closed_at', models.DateTimeField()),
                    ('erased_on', models.DateField()),
                    ('archived_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['erased_on'], name='term_due'), models.Index(condition=models.Q(('archived_at', None)), fields=['closed_at'], name='term_active')],
                },
            ), migrations.CreateModel(
                name='Checklist',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('procedure', models.CharField(max_length=64)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.checklist.data', null=True)),
                    ('version', models.CharField(max_length=20)),
                    ('sealed', models.BooleanField(default=False, editable=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklists', to='victims.case')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='ClientKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('route', models.CharField(max_length=60)),
                    ('key', models.CharField(max_length=80)),
                    ('digest', models.CharField(max_length=64)),
                    ('made', models.UUIDField()),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='Clock',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('step', models.PositiveSmallIntegerField()),
                    ('sealed', models.BooleanField(default=False, editable=False)),
                    ('state', models.CharField(choices=[('running', 'Running'), ('met', 'Met'), ('stopped', 'Stopped')], default='running', max_length=8)),
                    ('counted_on', models.DateField()),
                    ('due_at', models.DateTimeField()),
                    ('remind_at', models.DateTimeField(null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='victims.case')),
                    ('checklist', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='referral.checklist')),
                ],
                options={
                    'ordering': ['due_at', 'id'],
                },
            ), migrations.CreateModel(
                name='ClockMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('sealed', models.BooleanField(default=False, editable=False)),
                    ('action', models.CharField(choices=[('start', 'Started'), ('meet', 'Met'), ('stop', 'Stopped'), ('extend', 'New date'), ('resume', 'Runs again')], max_length=8)),
                    ('due_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, choices=[('decision', 'A decision or a law sets another date'), ('renewed', 'Renewed'), ('mistake', 'The date was wrong'), ('choice', 'The person chose otherwise'), ('pointless', 'No longer has an object'), ('step', 'The step was settled')], max_length=12)),
                    ('words', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.clockmove.words', null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('clock', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='referral.clock')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='DeskAnswer',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('code', models.CharField(choices=[('acting', 'Our service is acting'), ('with_person', 'Somebody is with the person'), ('stand_down', 'The other services have nothing to do')], max_length=16)),
                    ('text', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.deskanswer.text')),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='referral.alert')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Erasure',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('digest', models.CharField(max_length=64)),
                    ('at', models.DateTimeField()),
                    ('kind', models.CharField(choices=[('case', 'Case, with its alerts and requests'), ('alert', 'Alert that no case followed')], max_length=8)),
                    ('ground', models.CharField(choices=[('time', 'Its time was over'), ('replayed', 'Erased again after the restoration of a backup')], max_length=8)),
                    ('outside', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ['-at', '-id'],
                    'indexes': [models.Index(fields=['-at', '-id'], name='erasure_newest'), models.Index(condition=models.Q(('outside', False)), fields=['id'], name='erasure_inside')],
                },
            ), migrations.CreateModel(
                name='ExportFile',
                fields=[
                    ('export', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='referral.export')),
                    ('columns', models.JSONField(default=list)),
                    ('link', models.CharField(blank=True, max_length=64)),
                    ('link_until', models.DateTimeField(null=True)),
                ],
            ), migrations.CreateModel(
                name='ExportOrder',
                fields=[
                    ('export', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='order', serialize=False, to='referral.export')),
                    ('data', foundation.encryption.EncryptedField(bound='export_id', editable=True, label='referral.exportorder.data')),
                ],
            ), migrations.CreateModel(
                name='ExportMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=20)),
                    ('after', models.CharField(max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('comment', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.move.comment', null=True)),
                    ('to_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='referral.export')),
                    ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='ExportPiece',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('first', models.PositiveIntegerField()),
                    ('rows', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.exportpiece.rows')),
                    ('archive', models.BinaryField(null=True)),
                    ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='referral.export')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='ImportedCase',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('line', models.PositiveIntegerField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('stamp', models.CharField(blank=True, editable=False, max_length=32)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported', to='victims.case')),
                    ('origin', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='referral.caseimport')),
                ],
            ), migrations.CreateModel(
                name='ImportPiece',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('first', models.PositiveIntegerField()),
                    ('rows', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.importpiece.rows')),
                    ('faults', models.PositiveIntegerField(null=True)),
                    ('faulty', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.importpiece.faulty', null=True)),
                    ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64, null=True), default=list)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('origin', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='referral.caseimport')),
                ],
            ), migrations.CreateModel(
                name='LegalHold',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('ground', models.CharField(choices=[('complaint', 'Complaint or proceedings under way'), ('claim', 'Claim or request of the person'), ('inspection', 'Inspection or audit'), ('law', 'Another reason in law')], max_length=12)),
                    ('state', models.CharField(choices=[('asked', 'Holds, to be confirmed'), ('standing', 'Holds'), ('ending', 'Holds, its end is to be confirmed'), ('ended', 'Ended')], default='asked', max_length=10)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.legalhold.data')),
                    ('review_on', models.DateField()),
                    ('end_asked_at', models.DateTimeField(null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='victims.case')),
                    ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('end_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['review_on', 'id'],
                },
            ), migrations.CreateModel(
                name='LegalShare',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('orientation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='legal_share', serialize=False, to='referral.orientation')),
                    ('reference', models.CharField(max_length=12)),
                    ('ground', models.CharField(choices=[('child_in_danger', 'Child in danger (CASF L226-2-1 to the CRIP, L226-4 to the prosecutor, L226-2-2 between professionals bound by secrecy)'), ('vital_danger', 'Danger to life (Code pénal 223-6)'), ('article_40', "Public official's duty to report (CPP 40)")], max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sent_at', models.DateTimeField(editable=False, null=True)),
                ],
                options={
                    'ordering': ['-at', '-orientation_id'],
                },
            ), migrations.CreateModel(
                name='DeskCall',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('function', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.deskcall.function')),
                    ('until', models.DateTimeField(null=True)),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='referral.alert')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('called', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('orientation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='referral.orientation')),
                ],
                options={
                    'ordering': ['-recorded_at', '-id'],
                },
            ), migrations.CreateModel(
                name='Match',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('first_reference', models.CharField(max_length=12)),
                    ('second_reference', models.CharField(max_length=12)),
                    ('state', models.CharField(choices=[('open', 'To be looked at'), ('apart', 'Two people'), ('contact', 'Leads put in contact'), ('linked', 'Linked'), ('merged', 'Merged'), ('lapsed', 'No longer alike')], default='open', max_length=8)),
                    ('strength', models.CharField(choices=[('strong', 'Very likely'), ('likely', 'Likely')], max_length=8)),
                    ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list)),
                    ('digest', models.CharField(max_length=64)),
                    ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('former', models.JSONField(null=True)),
                    ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('kept', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ],
                options={
                    'verbose_name_plural': 'matches',
                    'ordering': ['-found_at', '-id'],
                },
            ), migrations.CreateModel(
                name='MatchAlarm',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('day', models.DateField()),
                    ('count', models.PositiveIntegerField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('seen_at', models.DateTimeField(null=True)),
                    ('finding', models.CharField(blank=True, max_length=20)),
                    ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='MatchFinding',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='referral.match')),
                ],
            ), migrations.CreateModel(
                name='MatchMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=20)),
                    ('after', models.CharField(max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('comment', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.move.comment', null=True)),
                    ('to_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('keep', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='referral.match')),
                    ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='NationalFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('period_start', models.DateField()),
                    ('part', models.CharField(choices=[('all', 'All situations'), ('form', 'Form of exploitation'), ('territory', 'Département'), ('age', 'Age')], max_length=10)),
                    ('code', models.CharField(blank=True, max_length=40)),
                    ('value', models.PositiveIntegerField(blank=True, null=True)),
                    ('masked', models.BooleanField(default=False)),
                    ('kept_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-period_start', 'part', 'code'],
                    'constraints': [models.UniqueConstraint(fields=('period_start', 'part', 'code'), name='one_national_figure_a_quarter'), models.CheckConstraint(condition=models.Q(models.Q(('masked', True), ('value', None)), models.Q(('masked', False), ('value__isnull', False)), _connector='OR'), name='a_masked_national_figure_has_no_value'), models.CheckConstraint(condition=models.Q(('value', None), models.Q(('value__gte', 15), django.db.models.lookups.Exact(django.db.models.functions.math.Mod('value', 5), 0)), _connector='OR'), name='no_small_national_figure')],
                },
            ), migrations.CreateModel(
                name='OrientationDesk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('live', models.BooleanField(default=True)),
                    ('answers', models.BooleanField(default=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('answer_by', models.DateTimeField(null=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('opened', 'Read'), ('question', 'Question asked: the sender is to answer'), ('accepted', 'Accepted'), ('in_progress', 'In progress'), ('completed', 'Completed'), ('declined', 'Declined'), ('expired', 'No answer'), ('withdrawn', 'Withdrawn'), ('consent_withdrawn', 'Agreement withdrawn')], max_length=20)),
                    ('received_at', models.DateTimeField()),
                    ('reference', models.CharField(max_length=12)),
                    ('urgency', models.CharField(choices=[('vital', 'Danger to life'), ('high', 'Urgent'), ('normal', 'Not urgent')], max_length=8)),
                    ('case_id', models.UUIDField(editable=False, null=True)),
                    ('kept_cases', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), editable=False, null=True)),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('in_charge', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agencies.membership')),
                    ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desks', to='referral.orientation')),
                ],
            ), migrations.CreateModel(
                name='OrientationMessage',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('case_id', models.UUIDField(editable=False, null=True)),
                    ('sender_id', models.IntegerField(editable=False, null=True)),
                    ('sort', models.CharField(choices=[('question', 'Question'), ('answer', 'Answer'), ('message', 'Message')], default='message', max_length=8)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('words', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.orientationmessage.words')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='referral.orientation')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='OrientationMove',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('action', models.CharField(max_length=20)),
                    ('before', models.CharField(max_length=20)),
                    ('after', models.CharField(max_length=20)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('comment', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.move.comment', null=True)),
                    ('to_agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('case_id', models.UUIDField(editable=False, null=True)),
                    ('sender_id', models.IntegerField(editable=False, null=True)),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='referral.orientation')),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='OrientationSheet',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('case_id', models.UUIDField(editable=False, null=True)),
                    ('sender_id', models.IntegerField(editable=False, null=True)),
                    ('part', models.CharField(max_length=12)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.orientationsheet.data')),
                    ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='referral.orientation')),
                ],
            ), migrations.CreateModel(
                name='ReflectionOffer',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('offered_on', models.DateField()),
                    ('answer', models.CharField(choices=[('accepted', 'Takes the thirty days'), ('declined', 'Does not want it'), ('thinking', 'Has not answered yet')], max_length=10)),
                    ('answered_on', models.DateField(null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reflection_offers', to='victims.case')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='SavedSearch',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('listed', models.CharField(max_length=20)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.savedsearch.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='agencies.membership')),
                ],
                options={
                    'verbose_name_plural': 'saved searches',
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='Situation',
                fields=[
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('reference', models.CharField(default=victims.models.cases.new_reference, editable=False, max_length=12, unique=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sort', models.CharField(choices=[('raid', 'Inspection or police operation'), ('place', 'Place where people are held or work'), ('network', 'Network'), ('other', 'Another event')], max_length=10)),
                    ('happened_on', models.DateField()),
                    ('form', models.CharField(default='unknown', max_length=40)),
                    ('place', models.CharField(blank=True, max_length=20)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.situation.data')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='situations', to='agencies.agency')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='agencies.territory')),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ), migrations.CreateModel(
                name='SituationAlert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='situation_lines', to='referral.alert')),
                    ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alert_lines', to='referral.situation')),
                ],
            ), migrations.CreateModel(
                name='SituationBatch',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('count', models.PositiveSmallIntegerField()),
                    ('first', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('planned', 'To be opened'), ('opened', 'Cases opened'), ('dropped', 'Not to be opened')], default='planned', max_length=8)),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.situationbatch.data', null=True)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='referral.situation')),
                ],
                options={
                    'ordering': ['first', 'at'],
                },
            ), migrations.CreateModel(
                name='SituationCase',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('agreement', models.CharField(choices=[('not_asked', 'Not asked yet'), ('yes', 'Yes, to all of it'), ('part', 'To a part of it'), ('later', 'Wants time to think'), ('no', 'No')], default='not_asked', max_length=10)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='referral.situationbatch')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='situation_lines', to='victims.case')),
                    ('consent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='victims.consent')),
                    ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_lines', to='referral.situation')),
                ],
                options={
                    'ordering': ['number'],
                },
            ), migrations.CreateModel(
                name='StepAct',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('sealed', models.BooleanField(default=False, editable=False)),
                    ('step', models.PositiveSmallIntegerField()),
                    ('action', models.CharField(choices=[('done', 'Done'), ('waived', 'Not done, with a reason'), ('not_applicable', 'Does not apply'), ('reopened', 'To do again')], max_length=16)),
                    ('on', models.DateField(null=True)),
                    ('reason', models.CharField(blank=True, choices=[('refused', 'The person does not want it'), ('elsewhere', 'Already done by another service'), ('risk', 'It would put the person in danger'), ('impossible', 'Not possible here'), ('other', 'Another reason')], max_length=12)),
                    ('words', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.stepact.words', null=True)),
                    ('tells', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list)),
                    ('by_sender', models.BooleanField(default=False)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='victims.case')),
                    ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='referral.checklist')),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ), migrations.CreateModel(
                name='SurveyAnswer',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('data', foundation.encryption.EncryptedField(bound='id', editable=True, label='referral.surveyanswer.data')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='UnmetNeed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('profile', models.CharField(choices=[('adult', 'Adults'), ('minor', 'Children and ages in doubt')], max_length=8)),
                    ('month', models.DateField()),
                    ('refusals', models.PositiveIntegerField()),
                    ('situations', models.PositiveIntegerField()),
                    ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.service')),
                    ('territory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.territory')),
                ],
                options={
                    'ordering': ['-month', 'service', 'territory', 'profile'],
                },
            ), migrations.AddIndex(
                model_name='alert',
                index=models.Index(fields=['author', '-created_at', '-id'], name='alert_author'),
            ), migrations.AddIndex(
                model_name='alert',
                index=models.Index(fields=['agency', '-created_at', '-id'], name='alert_agency'),
            ), migrations.AddIndex(
                model_name='alert',
                index=models.Index(fields=['agency', 'position'], name='alert_position'),
            ), migrations.AddIndex(
                model_name='alertdesk',
                index=models.Index(condition=models.Q(('live', True)), fields=['agency', 'due_at', 'id'], name='alert_inbox'),
            ), migrations.AddIndex(
                model_name='alertdesk',
                index=models.Index(condition=models.Q(('due_at__isnull', False), ('live', True)), fields=['agency', 'answer_by', 'id'], name='alert_promised'),
            ), migrations.AddIndex(
                model_name='alertdesk',
                index=models.Index(condition=models.Q(('due_at__isnull', True), ('live', True)), fields=['agency', 'id'], name='alert_handled'),
            ), migrations.AddIndex(
                model_name='alertdesk',
                index=models.Index(condition=models.Q(('due_at__isnull', False), ('live', True)), fields=['due_at'], name='alert_due'),
            ), migrations.AddIndex(
                model_name='alertdesk',
                index=models.Index(fields=['agency', 'position'], name='alert_desk_position'),
            ), migrations.AddConstraint(
                model_name='alertdesk',
                constraint=models.UniqueConstraint(fields=('alert', 'agency'), name='alert_desk_once'),
            ), migrations.AddConstraint(
                model_name='alertlink',
                constraint=models.UniqueConstraint(fields=('alert', 'case'), name='linked_once'),
            ), migrations.AddIndex(
                model_name='breach',
                index=models.Index(fields=['-at', '-id'], name='breach_newest'),
            ), migrations.AddIndex(
                model_name='breach',
                index=models.Index(fields=['agency', '-at', '-id'], name='breach_of_agency'),
            ), migrations.AddIndex(
                model_name='breach',
                index=models.Index(condition=models.Q(('closed_at', None)), fields=['due_at'], name='breach_due'),
            ), migrations.AddConstraint(
                model_name='breach',
                constraint=models.CheckConstraint(condition=models.Q(('due_at', models.Func(models.F('known_at'), output_field=models.DateTimeField(), template="%(expressions)s + interval '72 hours'")), ('known_at__lte', models.F('at'))), name='breach_due_72_hours_after_it_was_known'),
            ), migrations.AddConstraint(
                model_name='breach',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('cnil', 'notified'), ('notified_at__isnull', False)), models.Q(models.Q(('cnil', 'notified'), _negated=True), ('notified_at', None)), _connector='OR'), name='breach_notified_on_a_day'),
            ), migrations.AddConstraint(
                model_name='breach',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('cnil_agreed', False), models.Q(('cnil', ''), _negated=True), _connector='OR'), models.Q(('persons_agreed', False), models.Q(('persons', ''), _negated=True), _connector='OR')), name='breach_agreed_once_decided'),
            ), migrations.AddConstraint(
                model_name='breach',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('closing_by', None), ('closing_id', None)), models.Q(('assessed', True), ('closing_by__isnull', False), ('closing_id__isnull', False), ('ongoing', False), models.Q(('cnil', ''), _negated=True), models.Q(('persons', ''), _negated=True), models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('closed_by', models.F('closing_by')), _negated=True)), _connector='OR')), _connector='OR'), name='breach_closed_by_two_after_both_decisions'),
            ), migrations.AddIndex(
                model_name='breachentry',
                index=models.Index(fields=['breach', 'at', 'id'], name='breach_entries'),
            ), migrations.AddConstraint(
                model_name='breachentry',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('happened_at__isnull', False), ('sort__in', ['notified', 'more', 'informed'])), models.Q(models.Q(('sort__in', ['notified', 'more', 'informed']), _negated=True), ('happened_at', None)), _connector='OR'), name='breach_entry_says_when'),
            ), migrations.AddConstraint(
                model_name='breachentry',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('cases__isnull', False), ('since__lte', models.F('until')), ('sort', 'readings'), ('alerts__isnull', False), ('elsewhere', None), ('nobody', None)), models.Q(('account', None), ('alerts', None), ('identities', None), ('since', None), ('sort', 'told'), ('until', None), ('cases__isnull', False), ('elsewhere__isnull', False), ('nobody__isnull', False)), models.Q(models.Q(('sort__in', ['readings', 'told']), _negated=True), ('account', None), ('alerts', None), ('cases', None), ('identities', None), ('since', None), ('until', None), ('elsewhere', None), ('nobody', None)), _connector='OR'), name='breach_entry_says_whose_readings'),
            ), migrations.AddIndex(
                model_name='caseimport',
                index=models.Index(fields=['agency', 'position'], name='import_position'),
            ), migrations.AddIndex(
                model_name='casemove',
                index=models.Index(fields=['case', 'at', 'id'], name='case_moves'),
            ), migrations.AddConstraint(
                model_name='checklist',
                constraint=models.UniqueConstraint(fields=('case', 'procedure'), name='one_checklist_a_procedure'),
            ), migrations.AddConstraint(
                model_name='checklist',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('data__isnull', True), ('procedure__in', ('mineur_information_preoccupante', 'delai_reflexion')), ('sealed', False)), models.Q(('data__isnull', False), ('procedure__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='procedure_in_clear_is_named'),
            ), migrations.AddConstraint(
                model_name='clientkey',
                constraint=models.UniqueConstraint(fields=('membership', 'route', 'key'), name='one_answer_a_key'),
            ), migrations.AddIndex(
                model_name='clock',
                index=models.Index(fields=['case', 'state', 'due_at'], name='clock_case'),
            ), migrations.AddIndex(
                model_name='clock',
                index=models.Index(condition=models.Q(('state', 'running')), fields=['due_at', 'id'], name='clock_due'),
            ), migrations.AddIndex(
                model_name='clock',
                index=models.Index(fields=['position'], name='clock_position'),
            ), migrations.AddIndex(
                model_name='clock',
                index=models.Index(condition=models.Q(('remind_at__isnull', False), ('state', 'running')), fields=['remind_at'], name='clock_remind'),
            ), migrations.AddConstraint(
                model_name='clock',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('checklist', 'step'), name='one_clock_runs_a_step'),
            ), migrations.AddField(
                model_name='exportfile',
                name='membership',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='exportorder',
                name='agency',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddIndex(
                model_name='export',
                index=models.Index(fields=['by', '-at', '-id'], name='export_asker'),
            ), migrations.AddIndex(
                model_name='export',
                index=models.Index(fields=['agency', '-at', '-id'], name='export_agency'),
            ), migrations.AddIndex(
                model_name='export',
                index=models.Index(fields=['by', 'position'], name='export_position'),
            ), migrations.AddIndex(
                model_name='export',
                index=models.Index(condition=models.Q(('state__in', ['waiting', 'queued', 'building', 'ready'])), fields=['state', 'due_at'], name='export_due'),
            ), migrations.AddConstraint(
                model_name='export',
                constraint=models.CheckConstraint(condition=models.Q(('total__gte', 1)), name='export_of_something'),
            ), migrations.AddConstraint(
                model_name='exportpiece',
                constraint=models.UniqueConstraint(fields=('export', 'first'), name='export_piece_once'),
            ), migrations.AddConstraint(
                model_name='importpiece',
                constraint=models.UniqueConstraint(fields=('origin', 'first'), name='import_piece_once'),
            ), migrations.AddIndex(
                model_name='legalhold',
                index=models.Index(condition=models.Q(('state', 'ended'), _negated=True), fields=['case'], name='hold_standing'),
            ), migrations.AddField(
                model_name='legalshare',
                name='addressee',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='legalshare',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.membership'),
            ), migrations.AddField(
                model_name='legalshare',
                name='case',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='legal_shares', to='victims.case'),
            ), migrations.AddField(
                model_name='legalshare',
                name='opinion',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='victims.childopinion'),
            ), migrations.AddField(
                model_name='legalshare',
                name='sender',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
            ), migrations.AddField(
                model_name='legalreason',
                name='share',
                field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reason', to='referral.legalshare'),
            ), migrations.AddIndex(
                model_name='orientation',
                index=models.Index(fields=['sender', '-created_at', '-id'], name='orientation_sender'),
            ), migrations.AddIndex(
                model_name='orientation',
                index=models.Index(fields=['sender', 'position'], name='orientation_position'),
            ), migrations.AddIndex(
                model_name='orientation',
                index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['sender', 'answer_by', 'id'], name='orientation_waiting'),
            ), migrations.AddConstraint(
                model_name='orientation',
                constraint=models.CheckConstraint(condition=models.Q(('sender', models.F('addressee')), _negated=True), name='orientation_goes_to_another_agency'),
            ), migrations.AddConstraint(
                model_name='orientation',
                constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('consent__isnull', False), ('legal_ground__gt', ''), _connector='OR'), name='sent_with_agreement_or_legal_ground'),
            ), migrations.AddConstraint(
                model_name='orientation',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('verb', 'transfer'), _negated=True), ('level__gte', 2), _connector='OR'), name='who_leads_sees_the_summary'),
            ), migrations.AddConstraint(
                model_name='deskcall',
                constraint=models.CheckConstraint(condition=models.Q(('alert', None), ('orientation', None), _connector='XOR'), name='a_call_is_about_one_thing'),
            ), migrations.AddIndex(
                model_name='match',
                index=models.Index(fields=['unit', 'state', '-found_at', '-id'], name='match_list'),
            ), migrations.AddConstraint(
                model_name='match',
                constraint=models.UniqueConstraint(fields=('first', 'second'), name='one_match_a_pair'),
            ), migrations.AddConstraint(
                model_name='match',
                constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='match_in_order'),
            ), migrations.AddConstraint(
                model_name='match',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kept__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('kept', None)), _connector='OR'), name='merged_into_one'),
            ), migrations.AddConstraint(
                model_name='matchalarm',
                constraint=models.UniqueConstraint(fields=('member', 'day'), name='one_alarm_a_day'),
            ), migrations.AddIndex(
                model_name='matchfinding',
                index=models.Index(fields=['by', 'at'], name='finding_by'),
            ), migrations.AddIndex(
                model_name='orientationdesk',
                index=models.Index(condition=models.Q(('due_at__isnull', False), ('live', True)), fields=['agency', 'answer_by', 'id'], name='orientation_inbox'),
            ), migrations.AddIndex(
                model_name='orientationdesk',
                index=models.Index(fields=['agency', '-received_at', '-id'], name='orientation_received'),
            ), migrations.AddIndex(
                model_name='orientationdesk',
                index=models.Index(condition=models.Q(('due_at__isnull', False), ('live', True)), fields=['due_at'], name='orientation_due'),
            ), migrations.AddIndex(
                model_name='orientationdesk',
                index=models.Index(fields=['agency', 'position'], name='request_position'),
            ), migrations.AddConstraint(
                model_name='orientationdesk',
                constraint=models.UniqueConstraint(fields=('orientation', 'agency'), name='orientation_desk_once'),
            ), migrations.AddConstraint(
                model_name='orientationsheet',
                constraint=models.UniqueConstraint(fields=('orientation', 'part'), name='one_sheet_a_part'),
            ), migrations.AddConstraint(
                model_name='reflectionoffer',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', 'thinking'), ('answered_on', None)), models.Q(models.Q(('answer', 'thinking'), _negated=True), ('answered_on__gte', models.F('offered_on'))), _connector='OR'), name='answered_after_the_offer'),
            ), migrations.AddIndex(
                model_name='situation',
                index=models.Index(fields=['agency', '-created_at', '-id'], name='situation_agency'),
            ), migrations.AddIndex(
                model_name='situation',
                index=models.Index(fields=['agency', 'position'], name='situation_position'),
            ), migrations.AddConstraint(
                model_name='situationalert',
                constraint=models.UniqueConstraint(fields=('situation', 'alert'), name='alert_in_situation_once'),
            ), migrations.AddConstraint(
                model_name='situationcase',
                constraint=models.UniqueConstraint(fields=('situation', 'case'), name='case_in_situation_once'),
            ), migrations.AddConstraint(
                model_name='stepact',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'waived'), ('reason__gt', ''), ('words__isnull', False)), models.Q(models.Q(('action', 'waived'), _negated=True), ('reason', '')), _connector='OR'), name='waived_with_a_reason'),
            ), migrations.AddConstraint(
                model_name='stepact',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'done'), ('on__isnull', False)), models.Q(models.Q(('action', 'done'), _negated=True), ('on', None)), _connector='OR'), name='done_on_a_day'),
            ), migrations.AddConstraint(
                model_name='surveyanswer',
                constraint=models.UniqueConstraint(fields=('agency', 'year'), name='one_survey_answer_per_year'),
            ), migrations.AddConstraint(
                model_name='unmetneed',
                constraint=models.UniqueConstraint(fields=('service', 'territory', 'profile', 'month'), name='one_figure_a_month'),
            ), migrations.AddIndex(
                model_name='legalshare',
                index=models.Index(fields=['position'], name='legal_share_position'),
            )],
        ),
    ]
