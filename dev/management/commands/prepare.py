"""Run `manage.py prepare`: everything needed before the first request, with the time of each step."""

import json
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from dev.demo.people import ACCOUNTS

STEPS = {
    "compile_translations": "French sentences",
    "migrate": "Database tables, walls and rights",
    "load_domain": "Domain pack",
    "load_plans": "Plans, commitments, public figures",
    "load_demo": "Demonstration data",
}


class Command(BaseCommand):
    help = "Translations, migrations, domain pack, demonstration data. Safe to repeat; works as the owner."
    requires_system_checks = []

    def handle(self, *args, **options):
        for name in STEPS:
            started = time.monotonic()
            call_command(name, verbosity=0)
            self.stdout.write(f"  {STEPS[name]:<44}{time.monotonic() - started:6.1f} s")
            self.stdout.flush()
        path = Path(settings.STATE_DIR) / "accounts.json"
        path.write_text(json.dumps(list(ACCOUNTS), default=str, ensure_ascii=False))
