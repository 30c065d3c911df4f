import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
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
                    ('audience', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('holders', 'Holders'), ('desk', 'Desk'), ('author', 'Author'), ('sender', 'Sender'), ('lead', 'Lead'), ('coordination', 'Coordination'), ('national', 'National'), ('audit', 'Audit'), ('asker', 'Asker'), ('second', 'Second'), ('members', 'Members'), ('person', 'Person'), ('admins', 'Admins')], max_length=12))),
                    ('agencies', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list)),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('fanned_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('fanned_at', None)), fields=['at'], name='event_waiting')],
                },
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
                    ('channel', models.CharField(choices=[('app', 'App'), ('mail', 'Mail'), ('sms', 'Sms')], max_length=8)),
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
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='notifications.event')),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='agencies.membership')),
                ],
                options={
                    'ordering': ['-at', '-id'],
                    'indexes': [models.Index(fields=['membership', 'channel', '-at', '-id'], name='notice_list'), models.Index(condition=models.Q(('channel', 'app'), ('read_at', None)), fields=['membership'], name='notice_unread'), models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['due_at'], name='notice_waiting')],
                    'constraints': [models.UniqueConstraint(fields=('event', 'membership', 'channel'), name='told_once')],
                },
            ), migrations.CreateModel(
                name='Preference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('mail', models.BooleanField(default=True)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='agencies.membership')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('membership', 'kind'), name='one_preference_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'alert_vital'), _negated=True), ('mail', True), _connector='OR'), name='vital_cannot_be_muted')],
                },
            )],
        ),
    ]
