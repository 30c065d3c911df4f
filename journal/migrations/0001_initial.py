import django.contrib.postgres.fields
import foundation.initial_tables
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        foundation.initial_tables.CreateTables(
            operations=[migrations.CreateModel(
                name='Figure',
                fields=[
                    ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                    ('value', models.FloatField()),
                    ('at', models.DateTimeField()),
                ],
            ), migrations.CreateModel(
                name='Heartbeat',
                fields=[
                    ('kind', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('holder', models.CharField(blank=True, max_length=32)),
                ],
            ), migrations.CreateModel(
                name='KeyProbe',
                fields=[
                    ('key', models.CharField(max_length=12, primary_key=True, serialize=False)),
                    ('sealed', models.BinaryField()),
                ],
            ), migrations.CreateModel(
                name='Unsealed',
                fields=[
                    ('entry', models.UUIDField(primary_key=True, serialize=False)),
                ],
                options={
                    'verbose_name_plural': 'unsealed',
                },
            ), migrations.CreateModel(
                name='Checkpoint',
                fields=[
                    ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('xact', models.BigIntegerField(default=0)),
                    ('kind', models.CharField(choices=[('sealed', 'sealed'), ('forgotten', 'forgotten'), ('resumed', 'resumed')], default='sealed', max_length=9)),
                    ('first', models.BigIntegerField()),
                    ('size', models.IntegerField(default=0)),
                    ('whole', models.BooleanField(default=True)),
                    ('through', models.BigIntegerField(null=True)),
                    ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list)),
                    ('digests', models.BinaryField(default=b'')),
                    ('xacts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list)),
                    ('root', models.CharField(max_length=64)),
                    ('previous', models.CharField(max_length=64)),
                    ('key', models.CharField(max_length=16)),
                    ('signature', models.CharField(max_length=88)),
                    ('written_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['number'],
                    'indexes': [models.Index(condition=models.Q(('written_at', None)), fields=['number'], name='checkpoint_inside')],
                },
            ), migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('membership_id', models.BigIntegerField(null=True)),
                    ('agency_id', models.IntegerField(null=True)),
                    ('action', models.CharField(max_length=60)),
                    ('outcome', models.CharField(choices=[('done', 'Done'), ('refused', 'Refused')], default='done', max_length=8)),
                    ('subject', models.CharField(blank=True, max_length=30)),
                    ('subject_id', models.CharField(blank=True, max_length=40)),
                    ('case_id', models.UUIDField(null=True)),
                ],
                options={
                    'verbose_name_plural': 'entries',
                    'ordering': ['-at', '-id'],
                    'indexes': [models.Index(fields=['-at', '-id'], name='entry_newest'), models.Index(fields=['action', '-at'], name='entry_action'), models.Index(fields=['subject_id', '-at'], name='entry_subject'), models.Index(fields=['case_id', '-at'], name='entry_case'), models.Index(fields=['membership_id', '-at'], name='entry_member')],
                },
            )],
        ),
    ]
