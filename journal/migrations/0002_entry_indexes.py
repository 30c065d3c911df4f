from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["-at", "-id"], name="entry_newest")),
        migrations.AddIndex("entry", models.Index(fields=["action", "-at"], name="entry_action")),
        migrations.AddIndex("entry", models.Index(fields=["subject_id", "-at"], name="entry_subject")),
    ]
