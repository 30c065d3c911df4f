"""Back up the database: `--wal` streams its WAL for ever, without an option a base backup is taken.

`--files` copies the files of the store.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.backups import files as kept_files
from foundation.backups import taking


class Command(BaseCommand):
    help = (
        "Takes a base backup into BACKUP_DIR and removes those older than --keep days (never the last two), with the"
        " WAL that none of the others needs. --wal receives WAL until it is stopped; --check fails when a restoration"
        " would lose more than it should. Needs BACKUP_DATABASE_URL (nrm_backup) and no key of the platform."
        " --files needs neither: it copies the sealed files of the store into FILES_BACKUP_DIR, and removes copies of"
        " those deleted --keep days ago."
    )

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--wal", action="store_true", help="receive the stream of WAL until stopped")
        group.add_argument(
            "--anew", action="store_true", help="let the stream begin behind WAL that the server removed unreceived"
        )
        group.add_argument("--check", action="store_true", help="exit 1 unless base and WAL are fresh")
        group.add_argument("--files", action="store_true", help="copy the files of the store, once")
        parser.add_argument("--keep", type=int, default=14, metavar="DAYS", help="age from which a base goes (14)")
        parser.add_argument("--hours", type=float, default=26, help="--check: greatest age of the last base (26)")
        parser.add_argument("--behind", type=int, default=1 << 20, help="--check: greatest lag of the WAL (1 MiB)")

    def handle(self, *args, wal, anew, check, files, keep, hours, behind, **options):
        folder = Path(settings.BACKUP_DIR).absolute()
        try:
            if wal:
                command = taking.stream(folder)
                os.execve(command[0], command, taking.plain_environment() | taking.address())  # noqa: S606
            if anew:
                first = taking.begin_anew(folder)
                self.stdout.write(f"The stream begins with {first}. Start it, and take a base backup at once.")
            elif files:
                self._copy_files(timedelta(days=keep))
            elif check:
                self._check(folder, timedelta(hours=hours), behind)
            else:
                self._take(folder, timedelta(days=keep))
        except taking.BackupError as error:
            raise CommandError(str(error)) from error

    def _take(self, folder: Path, keep: timedelta) -> None:
        base = taking.take(folder)
        said = base.said
        rows = sum(said["rows"].values())
        self.stdout.write(f"{base.path}: {rows} rows in {len(said['rows'])} tables at {said['at']}.")
        self.stdout.write(f"Keys that encrypted in it, kept elsewhere: {', '.join(said['keys'])}.")
        for old in taking.forget(folder, keep):
            self.stdout.write(f"{old.path} removed: older than {keep.days} days.")

    def _copy_files(self, keep: timedelta) -> None:
        copied, removed = kept_files.copy(settings.FILES_BACKUP_DIR, keep)
        self.stdout.write(f"{settings.FILES_BACKUP_DIR}: {copied} files copied, {removed} removed.")

    def _check(self, folder: Path, oldest: timedelta, most: int) -> None:
        known, lag = taking.bases(folder), taking.lag()
        if not known:
            raise CommandError("There is no base backup.")
        age = datetime.now(UTC) - known[-1].at
        if age > oldest:
            raise CommandError(f"The last base backup is {age.total_seconds() / 3600:.0f} hours old.")
        if lag is None:
            raise CommandError("No stream of WAL is received: whatever is written now would be lost.")
        if lag > most:
            raise CommandError(f"{lag} bytes of WAL are not received yet.")
        self.stdout.write(f"Last base {age.total_seconds() / 3600:.1f} hours ago; {lag} bytes of WAL not received.")
