"""Say whether mails and text messages leave this database; hold them back, or let them leave."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.db.models import Min

from journal.models import Entry
from notifications.models import Event, Notice
from notifications.operations import fence

NO_OWNER = "Set DATABASE_OWNER_URL: only the owner of the database says where it lives."
WAITING = [Notice.State.QUEUED, Notice.State.SENDING]


class Command(BaseCommand):
    help = (
        "A restored backup, a promoted replica and a copy send nothing until --lift declares this database the platform"
        " (at SITE_URL). Both acts are in the journal. Without an option: says what waits and whether it may leave."
    )

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--lift", action="store_true", help="this is the platform: what waits leaves")
        group.add_argument("--hold", action="store_true", help="hold back everything until --lift")

    def handle(self, *args, lift, hold, **options):
        if "owner" not in connections:
            raise CommandError(NO_OWNER)
        if lift:
            self._write("sending.lift", fence.lift)
        elif hold:
            self._write("sending.hold", fence.hold)
        reason = fence.reason("owner")
        self.stdout.write(f"Held back: {reason}." if reason else f"Mails and text messages leave, for {fence.site()}.")
        found = Notice.objects.using("owner").filter(channel__in=["mail", "sms"], state__in=WAITING)
        oldest = found.aggregate(at=Min("at"))["at"]
        since = f", the oldest of {oldest:%Y-%m-%d %H:%M} UTC" if oldest else ""
        events = Event.objects.using("owner").filter(fanned_at=None).count()
        messages, become = _waiting(found.count(), "message"), _waiting(events, "event")
        self.stdout.write(f"{messages[0].upper()}{messages[1:]}{since}; {become} to become messages.")

    def _write(self, action, change) -> None:
        with transaction.atomic(using="owner"):
            change("owner")
            Entry.objects.using("owner").create(action=action, subject="installation", subject_id="1")


def _waiting(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun} waits" if number < 2 else f"{number} {noun}s wait"
