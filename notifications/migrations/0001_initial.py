import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import foundation.encryption
import foundation.initial_tables
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
                name='Event',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=40)),
                    ('subject', models.CharField(max_length=12)),
                    ('subject_id', models.UUIDField()),
                    ('reference', models.CharField(max_length=20)),
                    ('audience', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('holders', 'Holders'), ('desk', 'Desk'), ('author', 'Author'), ('sender', 'Sender'), ('lead', 'Lead'), ('coordination', 'Coordination'), ('national', 'National'), ('audit', 'Audit'), ('asker', 'Asker'), ('second', 'Second'), ('members', 'Members'), ('person', 'Person'), ('admins', 'Admins'), ('readers', 'Readers')], max_length=12))),
                    ('agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('fanned_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('fanned_at', None)), fields=['at'], name='event_waiting'), models.Index(fields=['at'], name='event_oldest'), models.Index(fields=['reference'], name='event_reference')],
                },
            ), migrations.CreateModel(
                name='Hook',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('url', models.CharField(max_length=500)),
                    ('agreed_at', models.DateTimeField(null=True)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('paused_why', models.CharField(blank=True, choices=[('hand', 'By an administrator'), ('failed', 'It took nothing for five days'), ('gone', 'It answered 410: no longer there')], max_length=6)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last', models.BigIntegerField(default=0)),
                    ('failures', models.PositiveSmallIntegerField(default=0)),
                    ('failing_since', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('asked', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hooks', to='agencies.memberchange')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hooks', to='agencies.membership')),
                ],
            ), migrations.CreateModel(
                name='HookSecret',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('value', foundation.encryption.EncryptedField(bound='id', editable=True, label='notifications.hooksecret.value')),
                    ('until', models.DateTimeField(null=True)),
                    ('hook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='notifications.hook')),
                ],
            ), migrations.CreateModel(
                name='Installation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('cluster', models.CharField(max_length=20)),
                    ('timeline', models.BigIntegerField()),
                    ('database', models.BigIntegerField()),
                    ('site', models.CharField(max_length=253)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_installation')],
                },
            ), migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.BigIntegerField(default=0, editable=False)),
                    ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('channel', models.CharField(choices=[('app', 'App'), ('mail', 'Mail'), ('sms', 'Sms'), ('hook', 'Hook')], max_length=8)),
                    ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('dropped', 'Dropped'), ('failed', 'Failed')], default='queued', max_length=8)),
                    ('kind', models.CharField(max_length=40)),
                    ('subject', models.CharField(max_length=12)),
                    ('subject_id', models.UUIDField()),
                    ('reference', models.CharField(max_length=20)),
                    ('at', models.DateTimeField()),
                    ('as_author', models.BooleanField(default=False)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('read_at', models.DateTimeField(null=True)),
                    ('priority', models.GeneratedField(db_persist=True, expression=models.Case(models.When(kind='alert_vital', then=0), models.When(kind__in=('campaign_opened', 'campaign_reminder', 'evaluation_asked', 'evaluation_waiting', 'evaluation_decided', 'evaluation_released', 'evaluation_reply', 'evaluation_answered', 'consultation_opened', 'contribution_answered', 'contribution_name_withdrawn', 'contribution_name_restored', 'contribution_due', 'contribution_late', 'evidence_asked', 'evidence_reminder', 'meeting_planned', 'meeting_moved', 'agenda_published', 'minutes_published', 'account_unused', 'member_unused', 'capacity_stale'), then=2), default=1), output_field=models.SmallIntegerField())),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='notifications.event')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ), migrations.CreateModel(
                name='HookDelivery',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('position', models.BigIntegerField()),
                    ('vital', models.BooleanField(default=False)),
                    ('state', models.CharField(choices=[('queued', 'Waits'), ('sent', 'Taken'), ('dropped', 'Not sent: the program no longer sees it'), ('failed', 'Given up after five days')], default='queued', max_length=8)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('first_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('problem', models.CharField(blank=True, choices=[('name', 'the name has no address'), ('address', 'the name leads to an address that is not public'), ('refused', 'no connection'), ('tls', 'the certificate is not good for this name'), ('time', 'no answer in time'), ('answer', 'another answer than 2xx')], max_length=8)),
                    ('hook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.hook')),
                    ('notice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.notice')),
                ],
                options={
                    'ordering': ['-position'],
                },
            ), migrations.CreateModel(
                name='Preference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('mail', models.BooleanField(default=True)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='agencies.membership')),
                ],
            ), migrations.AddConstraint(
                model_name='hook',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused_at', None), ('paused_why', '')), models.Q(('paused_at__isnull', False), models.Q(('paused_why', ''), _negated=True)), _connector='OR'), name='hook_paused_for_a_reason'),
            ), migrations.AddConstraint(
                model_name='hooksecret',
                constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('hook',), name='one_newest_secret_a_hook'),
            ), migrations.AddIndex(
                model_name='notice',
                index=models.Index(fields=['membership', 'channel', '-at', '-id'], name='notice_list'),
            ), migrations.AddIndex(
                model_name='notice',
                index=models.Index(condition=models.Q(('channel', 'app'), ('read_at', None)), fields=['membership'], name='notice_unread'),
            ), migrations.AddIndex(
                model_name='notice',
                index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['priority', 'channel', 'due_at'], name='notice_waiting'),
            ), migrations.AddIndex(
                model_name='notice',
                index=models.Index(condition=models.Q(('channel', 'mail'), ('state', 'sent')), fields=['priority', 'sent_at'], name='notice_left'),
            ), migrations.AddConstraint(
                model_name='notice',
                constraint=models.UniqueConstraint(fields=('event', 'membership', 'channel'), name='told_once'),
            ), migrations.AddIndex(
                model_name='hookdelivery',
                index=models.Index(condition=models.Q(('state', 'queued')), fields=['hook', '-vital', 'position'], name='hook_waiting'),
            ), migrations.AddIndex(
                model_name='hookdelivery',
                index=models.Index(fields=['at'], name='hook_delivery_age'),
            ), migrations.AddConstraint(
                model_name='hookdelivery',
                constraint=models.UniqueConstraint(fields=('hook', 'position'), name='hook_one_position'),
            ), migrations.AddConstraint(
                model_name='hookdelivery',
                constraint=models.UniqueConstraint(fields=('hook', 'notice'), name='hook_told_once'),
            ), migrations.AddConstraint(
                model_name='preference',
                constraint=models.UniqueConstraint(fields=('membership', 'kind'), name='one_preference_a_kind'),
            ), migrations.AddConstraint(
                model_name='preference',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'alert_vital'), _negated=True), ('mail', True), _connector='OR'), name='vital_cannot_be_muted'),
            )],
        ),
    ]
