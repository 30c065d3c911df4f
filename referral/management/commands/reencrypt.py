"""Encrypt anew, with the first key of FIELD_KEYS, what another key of the ring encrypted."""

import time
from collections import Counter

from cryptography.exceptions import InvalidTag
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, models, transaction
from psycopg2.extras import execute_values

from foundation.encryption import KEYED, EncryptedField, first_key, seal, sealed_columns, unseal
from foundation.files import kept as kept_files
from foundation.files.sealing import NotOpened
from foundation.files.storing import Missing
from journal.models import KeyProbe
from journal.operations import plant_probe
from notifications.operations import fence
from referral.factors import operations as factors

HELD = (
    "SELECT encode(substring({column} from 1 for position('\\x00'::bytea in {column}) - 1), 'escape'), count(*)"
    " FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
)
# rows that somebody writes at this moment are left to the next pass: this command waits for nobody's lock
BATCH = (
    "SELECT {pk}, {column}, {bound}::text AS bound_to FROM {table} WHERE {pk} > %s AND {column} IS NOT NULL"
    " AND substring({column} from 1 for %s) <> %s ORDER BY {table}.{pk} LIMIT %s FOR UPDATE SKIP LOCKED"
)
FIRST_BATCH = BATCH.replace("{pk} > %s AND ", "")
WRITE = "UPDATE {table} t SET {column} = v.sealed FROM (VALUES %s) v (pk, sealed) WHERE t.{pk} = v.pk"
PASSES, REST = 100, 1.0  # passes at most, seconds between two when rows were being written


class Command(BaseCommand):
    help = (
        "Encrypts every column and every file anew with the first key of FIELD_KEYS, in small transactions, while"
        " people work; killed, it goes on where it was when it is started again. Before: every process has both keys,"
        " the new one first."
        " Digests need the former key for a month more. Runs as owner. --check says what each key holds, and exits 1"
        " while another than the first one holds anything."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="rows of a transaction (500)")
        parser.add_argument("--pause", type=float, default=0, help="seconds between two transactions (0)")
        parser.add_argument("--check", action="store_true", help="count, and change nothing")

    def handle(self, *args, batch, pause, check, **options):
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the database encrypts anew.")
        if check:
            self._check()
            return
        if fence.reason("owner") and any(True for kept in kept_files.KEPT for _ in kept_files.rows(kept, "owner")):
            raise CommandError(
                "This is a copy (manage.py fence): its store of files may be the platform's, whose documents would be"
                " sealed by keys it has not. Give the copy a store of its own, then lift the fence."
            )
        plant_probe("owner")
        self.batch, self.pause, self.unreadable, done, began = batch, pause, set(), 0, time.monotonic()
        done += factors.seal_anew("owner")
        for _ in range(PASSES):
            done += sum(self._column(model, field) for model, field in sealed_columns())
            done += sum(self._files(kept) for kept in kept_files.KEPT)
            left = self._left()
            if left <= len(self.unreadable):
                break
            time.sleep(REST)
        self.stdout.write(f"{done} values encrypted anew in {time.monotonic() - began:.1f} s.")
        if left:
            raise CommandError(
                f"{left} values are not: {len(self.unreadable)} cannot be read. The former key must stay."
            )
        gone = KeyProbe.objects.using("owner").exclude(key=first_key())
        for key in gone.values_list("key", flat=True):
            self.stdout.write(
                f"Key {key} encrypts nothing any more: keep it last in FIELD_KEYS for a month, then take it out."
            )
        gone.delete()

    def _column(self, model: type[models.Model], field: EncryptedField) -> int:
        """Encrypt one column anew, batch after batch in the order of its key; return the number of values."""
        pk, last, done, known = model._meta.pk, None, 0, first_key().encode() + b"\0"
        names = self._names(model, field)
        while True:
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                # no trigger: nothing was corrected, so no version, no new position, no guard of what is frozen
                cursor.execute("SET LOCAL session_replication_role = replica")
                values = [len(known), known, self.batch]
                if last is None:
                    cursor.execute(FIRST_BATCH.format(**names), values)
                else:
                    cursor.execute(BATCH.format(**names), [last, *values])
                rows = cursor.fetchall()
                anew = [(key, self._anew(model, field, key, bytes(stored), bound)) for key, stored, bound in rows]
                written = [(key, sealed) for key, sealed in anew if sealed is not None]
                if written:
                    kind = pk.rel_db_type(connections["owner"])
                    execute_values(
                        cursor,
                        WRITE.format(**names),
                        written,
                        template=f"(%s::{kind}, %s::bytea)",
                        page_size=self.batch,
                    )
                for key, _ in written if model in KEYED else ():
                    self._digests(model, key)
            if not rows:
                return done
            last, done = rows[-1][0], done + len(written)
            time.sleep(self.pause)

    def _anew(self, model, field, key, stored: bytes, bound: str) -> bytes | None:
        """Return the value encrypted with the first key; None, noted, when no key of the ring reads it."""
        try:
            return seal(unseal(stored, label=field.label, bound=bound), label=field.label, bound=bound)
        except (KeyError, InvalidTag):
            if (one := (model._meta.db_table, field.column, key)) not in self.unreadable:
                self.unreadable.add(one)
                self.stderr.write(f"{one[0]}.{one[1]} of {key} cannot be read.")
            return None

    def _digests(self, model, key) -> None:
        """Compute again the keyed digests of a row, by which its encrypted words are found."""
        row = model._base_manager.using("owner").get(pk=key)
        model._base_manager.using("owner").filter(pk=key).update(**KEYED[model](row))

    def _files(self, kept: kept_files.Kept) -> int:
        """Encrypt the files of one table anew, each while its row is held; return their number."""
        done, here = 0, kept_files.rows(kept, "owner")
        for pk in list(here.values_list("pk", flat=True)):
            with transaction.atomic(using="owner"):
                row = here.filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
                try:
                    done += row is not None and kept_files.encrypt_anew(kept, row)
                except Missing:
                    self.stderr.write(f"The file of {kept.model._meta.db_table} {pk} is missing.")
                except NotOpened:
                    if (one := (kept.model._meta.db_table, kept.column, pk)) not in self.unreadable:
                        self.unreadable.add(one)
                        self.stderr.write(f"The file of {one[0]} {pk} cannot be read.")
            time.sleep(self.pause)
        return done

    def _names(self, model, field) -> dict[str, str]:
        quoted, bound = connections["owner"].ops.quote_name, model._meta.get_field(field.bound)
        said = {
            "table": model._meta.db_table,
            "pk": model._meta.pk.column,
            "column": field.column,
            "bound": bound.column,
        }
        return {name: quoted(value) for name, value in said.items()}

    def _held(self) -> Counter[str]:
        """Return how many values each key holds."""
        found: Counter[str] = factors.keys_held("owner")
        with connections["owner"].cursor() as cursor:
            for model, field in sealed_columns():
                names = self._names(model, field)
                cursor.execute(HELD.format(**names))
                for key, rows in cursor.fetchall():
                    found[key] += rows
        for kept in kept_files.KEPT:
            held = (kept_files.key_held(kept, row) for row in kept_files.rows(kept, "owner"))
            found.update(key for key in held if key)
        return found

    def _left(self) -> int:
        held = self._held()
        return held.total() - held[first_key()]

    def _check(self) -> None:
        held = self._held()
        for key, rows in held.most_common():
            self.stdout.write(f"{key}: {rows} values{', the first key' if key == first_key() else ''}")
        if left := held.total() - held[first_key()]:
            raise CommandError(f"{left} values are encrypted with another key than the first one: run reencrypt.")
