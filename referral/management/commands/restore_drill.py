"""Restore the database from its backup alone, at a given second, and check the copy."""

import shutil
import tempfile
import time
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils.dateparse import parse_datetime

from foundation.backups import taking
from foundation.backups.restoring import Copy
from foundation.encryption import sealed_columns, unseal
from foundation.files import kept as kept_files
from journal.operations import check_keys
from notifications.operations import fence

SAMPLE = 50  # newest values of each encrypted column, and files of each table
NEWEST = "SELECT {column}, {bound}::text FROM {table} WHERE {column} IS NOT NULL ORDER BY ctid DESC LIMIT %s"


class Command(BaseCommand):
    help = (
        "Restores the last base backup before --at, and the WAL up to that second, into a fresh place; compares it with"
        " what the backup wrote down, decrypts, asks access_check, and says how long it took (RTO) and what would be"
        " lost (RPO). Exit 1 when a check fails. Needs FIELD_KEYS; with --keep the place is left, a whole PostgreSQL"
        " data directory that sends nothing before manage.py fence --lift."
    )

    def add_arguments(self, parser):
        parser.add_argument("--at", type=parse_datetime, help="ISO 8601 with its zone (default: all there is)")
        parser.add_argument("--into", type=Path, help="a directory that does not exist yet (default: a temporary one)")
        parser.add_argument("--keep", action="store_true", help="leave the copy in --into")
        parser.add_argument("--user", help="who runs the server of the copy, when root restores")

    def handle(self, *args, at, into, keep, user, **options):
        if at and at.tzinfo is None:
            raise CommandError("Say the zone of --at: 2026-11-27T14:03:05+01:00, or …Z.")
        if into and into.exists():
            raise CommandError(f"{into} exists: name a fresh place.")
        folder, self.failed = Path(settings.BACKUP_DIR).absolute(), 0
        fitting = [base for base in taking.bases(folder) if at is None or base.at <= at]
        if not fitting:
            raise CommandError(f"{folder} holds no base backup of before that second.")
        place = into or Path(tempfile.mkdtemp(prefix="repere-restored-", dir=settings.BACKUP_DIR))
        began = time.monotonic()
        try:
            copy = Copy(fitting[-1], place, user, kept=keep)
            try:
                self._restore(copy, folder, at)
                self._check(copy, at, began)
            finally:
                copy.close()
                if not keep:
                    copy.remove()
        except taking.BackupError as error:
            raise CommandError(str(error)) from error
        finally:
            if not keep:
                shutil.rmtree(place, ignore_errors=True)
        if self.failed:
            raise CommandError(f"{self.failed} checks failed.")

    def _restore(self, copy: Copy, folder: Path, at: datetime | None) -> None:
        copy.lay_out(folder / "wal")
        self.say(True, f"base backup of {copy.base.said['at']} verified and laid out")
        copy.pause_at(copy.base.said["lsn"])
        with transaction.atomic(using="restored"):
            found = taking.counts("restored")
        said = copy.base.said
        wrong = [name for name, rows in said["rows"].items() if found["rows"].get(name) != rows]
        self.say(
            not wrong and found["rows"].keys() == said["rows"].keys(),
            f"rows as when it was taken: {sum(found['rows'].values())} in {len(found['rows'])} tables {wrong or ''}",
        )
        self.say(found["journal"] == said["journal"], f"journal, each entry: {found['journal']['entries']} the same")
        copy.open_at(at)

    def _check(self, copy: Copy, at: datetime | None, began: float) -> None:
        try:
            check_keys("restored")
            self.say(True, "keys: each probe opens")
        except ImproperlyConfigured as error:
            self.say(False, f"keys: {error}")
        read, lost = self._decrypt()
        self.say(not lost, f"encrypted values: {read} read, {lost} unreadable")
        read, lost = self._open_files()
        self.say(not lost, f"files: {read} open with their row, {lost} missing or another's")
        try:
            call_command("access_check", database="restored", stdout=(said := StringIO()))
            self.say(True, f"access: {said.getvalue().strip()}")
        except CommandError as error:
            self.say(False, f"access: {error}")
        reason = fence.reason("restored")
        self.say(bool(reason), f"fence: nothing leaves the copy ({reason or 'IT WOULD SEND'})")
        ((entries, last),) = copy.ask("SELECT count(*), max(at) FROM journal_entry")
        kept = copy.base.said["journal"]["entries"]
        self.say(entries >= kept, f"journal: {entries - kept} entries since the base backup, the last of {last}")
        ((until,),) = copy.ask("SELECT pg_last_xact_replay_timestamp()")
        self.say(at is None or until is None or until <= at, f"last change restored: {until}")
        self.stdout.write(f"RTO {time.monotonic() - began:.1f} s, from the files to the last check.")
        if until:
            gap, before = ((at or datetime.now(UTC)) - until).total_seconds(), "the second asked" if at else "now"
            self.stdout.write(f"RPO: the copy ends with the change of {until}, {gap:.1f} s before {before}.")

    def _decrypt(self) -> tuple[int, int]:
        """Return how many of the newest values of each encrypted column are read, and how many are not."""
        read = lost = 0
        connection = connections["restored"]
        quoted = connection.ops.quote_name
        with connection.cursor() as cursor:
            for model, field in sealed_columns():
                table, column = quoted(model._meta.db_table), quoted(field.column)
                bound = quoted(model._meta.get_field(field.bound).column)
                cursor.execute(NEWEST.format(table=table, column=column, bound=bound), [SAMPLE])
                for stored, value in cursor.fetchall():
                    try:
                        unseal(stored, label=field.label, bound=value)
                        read += 1
                    except (KeyError, InvalidTag):
                        lost += 1
        return read, lost

    def _open_files(self) -> tuple[int, int]:
        """Return how many rows of a sample have their file in the copy of the store, and how many have not."""
        read = lost = 0
        for kept in kept_files.KEPT:
            for row in kept_files.rows(kept, "restored").order_by("-pk")[:SAMPLE]:
                try:
                    sealed = (settings.FILES_BACKUP_DIR / getattr(row, kept.column)).read_bytes()
                except OSError:
                    sealed = b""
                well = kept_files.opens(kept, row, sealed)
                read, lost = read + well, lost + (not well)
        return read, lost

    def say(self, well: bool, text: str) -> None:
        self.failed += not well
        self.stdout.write(f"{'ok    ' if well else 'FAILED'} {text}")
        self.stdout.flush()
