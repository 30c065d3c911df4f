"""The worker's application. Tasks are declared with `agencies.tasks.task`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "referral.config.settings")
app = Celery("repere")
app.config_from_object("django.conf:settings", namespace="CELERY")
for module in ("tasks", "export_tasks", "import_tasks", "participation_tasks"):
    app.autodiscover_tasks(related_name=module)
