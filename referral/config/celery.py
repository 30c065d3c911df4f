"""Configure the Celery application. Tasks are declared with `foundation.tasks.task`."""

import os
import sys
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging

from . import logs
from .environment import DEVELOPMENT

if Path(sys.argv[0]).name == "celery" and not DEVELOPMENT:  # a command of manage.py says it to who typed it
    sys.excepthook = logs.last_word
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "referral.config.settings")
app = Celery("repere")
app.config_from_object("django.conf:settings", namespace="CELERY")
# the packages with a room `tasks`; tests/guarantees/test_rooms.py finds one that is missing
WITH_TASKS = [
    "agencies.kept",
    "journal",
    "notifications",
    "plans",
    "plans.participation",
    "referral",
    "referral.erasure",
    "referral.exports",
    "referral.imports",
    "referral.sandbox",
    "victims.access",
    "victims.files",
]
app.autodiscover_tasks(WITH_TASKS)


@setup_logging.connect
def keep_logging(**kwargs) -> None:
    """Take the place of Celery's own configuration: LOGGING of the settings is already there."""
