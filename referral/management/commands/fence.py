"""Say whether mails and text messages leave this database; hold them back, or let them leave."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.db.models import Min

from journal.models import Entry
from notifications.models import Event, Notice
from notifications.operations import fence
from referral.erasure.documents import NoRegister, read
from referral.erasure.operations import came_back, left_out

NO_OWNER = "Set DATABASE_OWNER_URL: only the owner of the database says where it lives."
NO_REGISTER = (
    "{}. The register says which cases were erased since the backup. Only when it is lost: --no-register, and tell the"
    " data protection officer."
)
CAME_BACK = (
    "{} erased case(s) or alert(s) came back with the backup: run manage.py replay_erasures first, nothing was lifted."
)
UNSIGNED = (
    "{} line(s) of the register were signed by no key of the journal: {}. Nothing was lifted: somebody wrote there, or"
    " a former key is missing (--key, once for each). Once you know which: --pass-unsigned, and they erase nothing."
)
LEFT_OUT = (
    "{} erasure(s) of this database stood in the register, and are not in this register: it is of another folder, or a"
    " new one (give the folder of the checkpoints by --folder), or lines were taken away (give the copy that is kept"
    " elsewhere). Nothing was lifted. Only when neither is found: --pass-missing, and tell the data protection officer."
)
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
        parser.add_argument(
            "--folder", type=Path, help="of the register of erasures; JOURNAL_CHECKPOINTS when not given"
        )
        parser.add_argument("--key", action="append", default=[], help="a public key of the journal, once for each")
        parser.add_argument("--pass-unsigned", action="store_true", help="lift although lines of it are not signed")
        parser.add_argument("--pass-missing", action="store_true", help="lift although lines of it were taken away")
        parser.add_argument("--no-register", action="store_true", help="lift although the register of erasures is lost")

    def handle(self, *args, lift, hold, **options):
        if "owner" not in connections:
            raise CommandError(NO_OWNER)
        if lift:
            self._ask_register(**options)
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

    def _ask_register(
        self,
        no_register: bool,
        pass_unsigned: bool,
        pass_missing: bool,
        folder: Path | None,
        key: list[str],
        **_rest,
    ) -> None:
        """Refuse to lift while a case stands here that the register outside says was erased, lines of it are not
        signed, or it lacks what stood in it. What was held back by hand is asked too: a copy may have been.

        Raises CommandError.
        """
        if no_register or not fence.reason("owner"):
            return
        try:
            register = read(folder or Path(settings.JOURNAL_CHECKPOINTS), key)
        except NoRegister as error:
            raise CommandError(NO_REGISTER.format(error)) from None
        if register.unsigned and not pass_unsigned:
            raise CommandError(UNSIGNED.format(len(register.unsigned), ", ".join(map(str, register.unsigned))))
        if (missing := left_out(register.named, "owner")) and not pass_missing:
            raise CommandError(LEFT_OUT.format(missing))
        if cases := came_back(register.named, "owner"):
            raise CommandError(CAME_BACK.format(len(cases)))

    def _write(self, action, change) -> None:
        with transaction.atomic(using="owner"):
            change("owner")
            Entry.objects.using("owner").create(action=action, subject="installation", subject_id="1")


def _waiting(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun} waits" if number < 2 else f"{number} {noun}s wait"
