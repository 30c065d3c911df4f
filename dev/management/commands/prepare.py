"""Run `manage.py prepare`: everything needed before the first request, with the time of each step."""

import json
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from agencies.models import Agency
from dev.demo.people import ACCOUNTS

STEPS = {
    "compile_translations": "French sentences",
    "migrate": "Database tables, walls and rights",
    "load_domain": "Domain pack",
    "load_plans": "Plans, commitments, public figures",
    "load_demo": "Demonstration data",
    "make_sandbox_template": "Template of test spaces",
}


class Command(BaseCommand):
    help = "Translations, migrations, domain pack, demonstration data. Safe to repeat; works as the owner."
    requires_system_checks = []

    def handle(self, *args, **options):
        for name in STEPS:
            started = time.monotonic()
            if name == "make_sandbox_template" and not settings.SANDBOX_TEMPLATE:
                continue
            if name == "load_demo" and settings.SANDBOX_TEMPLATE:
                _copy_while_empty(settings.SANDBOX_TEMPLATE)
            call_command(name, verbosity=0)
            self.stdout.write(f"  {STEPS[name]:<44}{time.monotonic() - started:6.1f} s")
            self.stdout.flush()
        path = Path(settings.STATE_DIR) / "accounts.json"
        path.write_text(json.dumps(list(ACCOUNTS), default=str, ensure_ascii=False))


def _copy_while_empty(template: str) -> None:
    """Make the template of test spaces a copy of a database that nobody is in yet: ten seconds less than migrating it.

    On a developer's machine only. Elsewhere a copy of the platform's own database is never made.
    """
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() or Agency.objects.using("owner").exists():
            return
    name, here = owner.ops.quote_name(template), owner.settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
    owner.settings_dict["NAME"] = "postgres"
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {owner.ops.quote_name(here)}")
    finally:
        owner.close()
        owner.settings_dict["NAME"] = here
