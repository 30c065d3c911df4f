"""Run `manage.py make_sandbox_template`: make the database that test spaces of programs are copied from."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from referral.sandbox.operations import template


class Command(BaseCommand):
    help = "Makes or updates the template of test spaces (SANDBOX_TEMPLATE): tables, domain pack, fictitious world."

    def handle(self, *args, **options):
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: the template is made by the owner.")
        try:
            self.stdout.write(f"Template of test spaces: {template.make()[:12]}")
        except template.NotATemplate as error:
            raise CommandError(str(error)) from error
