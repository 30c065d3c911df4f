"""Print an activation code for an account that no administrator can help (decisions 27 and 29)."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils import timezone

from agencies.accounts import operations as accounts
from agencies.models import ActivationCode, User
from agencies.models.accounts import CODE_LIFE
from journal.models import Entry


class Command(BaseCommand):
    help = "Prints a code to tell by voice, for the account of this address. The one before ends; the journal keeps it."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *args, address, **options):
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: codes are written by the owner of the database.")
        user = User.objects.using("owner").filter(email=address.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("No account that may sign in has this address.")
        code = accounts.new_code()
        until = timezone.now() + CODE_LIFE
        kept = {"digest": accounts.digest(user.email, code), "until": until, "by": None}
        with transaction.atomic(using="owner"):
            ActivationCode.objects.using("owner").update_or_create(user=user, defaults=kept)
            Entry.objects.using("owner").create(action="account.code", subject="user", subject_id=str(user.pk))
        self.stdout.write(" ".join(accounts.grouped(code)))
        self.stdout.write(f"Good until {until:%Y-%m-%d %H:%M} UTC, once, at /activer/.")
