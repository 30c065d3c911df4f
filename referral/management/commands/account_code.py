"""Print an activation code for an account that no administrator can help (decisions 27 and 29)."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from agencies.accounts.operations import grouped
from agencies.models import User
from referral.organisations.operations import founding


class Command(BaseCommand):
    help = "Prints a code to tell by voice, for the account of this address. The one before ends; the journal keeps it."

    def add_arguments(self, parser):
        parser.add_argument("address")
        parser.add_argument(
            "--lost-factor",
            action="store_true",
            help="take the second factors away too: the person sets up others with the code",
        )

    def handle(self, *args, address, lost_factor, **options):
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: codes are written by the owner of the database.")
        user = User.objects.using("owner").filter(email=address.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("No account that may sign in has this address.")
        with transaction.atomic(using="owner"):
            code, until = founding.code_for(user)
            if lost_factor:
                founding.take_factors_away(user)
        self.stdout.write(" ".join(grouped(code)))
        self.stdout.write(f"Good until {until:%Y-%m-%d %H:%M} UTC, once, at /activer/.")
