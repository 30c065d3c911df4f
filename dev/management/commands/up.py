"""Run `manage.py up`: database, broker, migrations, data, web and worker, until Ctrl-C."""

import os
import sys

from django.core.management.base import BaseCommand

from dev.services import state


class Command(BaseCommand):
    help = "Start the whole platform on this machine. Addresses in the environment replace embedded services."
    requires_system_checks = []

    def handle(self, *args, **options):
        """Replace this process: the supervisor only waits, and needs no Django in memory."""
        os.chdir(state.ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "dev.services.supervisor"])  # noqa: S606
