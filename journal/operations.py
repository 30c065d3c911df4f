"""Write the journal, keep it by month, seal it; find lost keys.

Sealing numbers the entries, signs checkpoints of them, forgets old ones, and goes on after a restoration: each function
is one transaction of due work, in system mode, and `taken` keeps a second sealer out.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.db.models import Max
from django.db.models.functions import Now

from foundation import actor as acting
from foundation.encryption import first_key, known_keys, seal, sealed_columns, unseal
from foundation.statements.signing import tell
from foundation.tasks import database_now, taken

from . import words
from .models import Checkpoint, Entry, KeyProbe, Unsealed
from .rules import (
    COLUMNS,
    LOCK,
    LOST,
    START,
    Signer,
    digest_of,
    digest_of_line,
    holds,
    key_ring,
    leaf_of,
    root_of,
    whole_number,
)
from .rules import known_keys as known_public_keys

log = logging.getLogger(__name__)
PROBE = b"A key of this database."
# a stored value begins with the id of its key and a zero byte
HELD = (
    "SELECT DISTINCT substring({column} from 1 for position('\\x00'::bytea in {column}) - 1) FROM {table}"
    " WHERE {column} IS NOT NULL AND position('\\x00'::bytea in {column}) > 0"
)
KEY_LOST = (
    "FIELD_KEYS cannot decrypt what this database holds: the key {key} is missing or wrong. Nothing was started or"
    " changed. Put the former keys back (development: secrets.env of STATE_DIR; production: the environment), new ones"
    " before them. Without them every case, identity and contact written until now stays sealed for ever."
)

BATCH = 20_000  # entries of one checkpoint at most
FAULTS = "journal_faults"
SEALED_AFTER = timedelta(hours=1)  # the end of a month, its last entries are
WAITING = f"""
SELECT u.entry::text, e.xmin::text::bigint, {COLUMNS} FROM (SELECT entry FROM journal_unsealed LIMIT %s) u
  LEFT JOIN journal_entry e ON e.id = u.entry ORDER BY e.at, u.entry
"""  # noqa: S608, made of our own constants

# Django makes a plain table: it becomes the partition of what has no month of its own. The column is the database's: no
# model names it, no role of the application may. The partitions stand in a schema where none of them has a right
SPLIT = """
DO $$ DECLARE made text[]; line text; named regclass; BEGIN
  IF (SELECT relkind FROM pg_class WHERE oid = 'public.journal_entry'::regclass) = 'p' THEN
    RETURN;
  END IF;
  made := ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index
                WHERE indrelid = 'public.journal_entry'::regclass AND NOT indisprimary);
  FOR named IN SELECT indexrelid::regclass FROM pg_index
               WHERE indrelid = 'public.journal_entry'::regclass AND NOT indisprimary LOOP
    EXECUTE format('DROP INDEX %s', named);
  END LOOP;
  ALTER TABLE public.journal_entry ADD COLUMN month date NOT NULL
    DEFAULT (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC'))::date;
  ALTER TABLE public.journal_entry DROP CONSTRAINT journal_entry_pkey;
  CREATE SCHEMA IF NOT EXISTS journal_months;
  ALTER TABLE public.journal_entry SET SCHEMA journal_months;
  ALTER TABLE journal_months.journal_entry RENAME TO entry_other;
  CREATE TABLE public.journal_entry (LIKE journal_months.entry_other INCLUDING DEFAULTS) PARTITION BY RANGE (month);
  ALTER TABLE public.journal_entry ADD CONSTRAINT journal_entry_pkey PRIMARY KEY (id, month);
  FOREACH line IN ARRAY made LOOP EXECUTE line; END LOOP;
  ALTER TABLE public.journal_entry ATTACH PARTITION journal_months.entry_other DEFAULT;
END $$
"""


def record(act: str, subject=None, *, case_id=None) -> None:
    """Write one entry for the current actor, in the caller's transaction; when it cannot be written, the act fails.

    `subject`: model instance, stored as label and key, or None. Raises `words.UnknownAct` in development and tests; in
    production an undeclared act is written too, and logged as an error.
    """
    if act not in words.acts():
        if settings.REFUSE_UNKNOWN_ACTS:
            raise words.UnknownAct(act)
        log.error("Act outside the catalogue: %s", act)
    _write(act, Entry.Outcome.DONE, subject, case_id)


def record_refusal(route: str) -> None:
    """Record that the page or API address named `route` refused the current actor."""
    _write(route, Entry.Outcome.REFUSED)


def _write(action, outcome, subject=None, case_id=None) -> None:
    actor = acting.current()
    person = None if actor in (None, acting.SYSTEM) else actor
    if actor is None:
        tell("nobody")
    Entry.objects.create(
        membership_id=person and person.pk,
        agency_id=person and person.agency_id,
        action=action,
        outcome=outcome,
        subject=subject._meta.model_name if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        case_id=case_id,
    )


def check_keys(using: str = "default", *, planted: bool = True) -> None:
    """Raise ImproperlyConfigured when a key that encrypted in this database is missing from the ring, or is another.

    `planted`: raise too when no probe stands there; a database filled before probes is migrated first.
    """
    probes = list(KeyProbe.objects.using(using).order_by("key"))
    if planted and not probes:
        raise ImproperlyConfigured("No probe of the keys stands in this database. Run migrate: it plants one.")
    for probe in probes:
        try:
            unseal(probe.sealed, label="probe", bound=probe.key)
        except (KeyError, InvalidTag) as error:
            raise ImproperlyConfigured(KEY_LOST.format(key=probe.key)) from error


def _keys_held(using: str) -> set[str]:
    """Return the ids of the keys that encrypted the columns of this database, read from what is stored."""
    there, found = connections[using], set()
    tables, quoted = set(there.introspection.table_names()), there.ops.quote_name
    with there.cursor() as cursor:
        for model, field in sealed_columns():
            if model._meta.db_table not in tables:
                continue
            cursor.execute(HELD.format(table=quoted(model._meta.db_table), column=quoted(field.column)))
            found |= {bytes(row[0]).decode("ascii", "replace") for row in cursor.fetchall()}
    return found


def plant_probe(using: str) -> None:
    """Store the probe of the key that encrypts now. As the owner of the database, after each migrate.

    Where none stands yet, raises ImproperlyConfigured when a column holds what another key encrypted.
    """
    key = first_key()
    if not KeyProbe.objects.using(using).exists():
        for held in sorted(_keys_held(using)):
            if held not in known_keys():
                raise ImproperlyConfigured(KEY_LOST.format(key=held))
    probe = KeyProbe(key=key, sealed=seal(PROBE, label="probe", bound=key))
    KeyProbe.objects.using(using).bulk_create([probe], ignore_conflicts=True)


def is_of_before(using: str) -> bool:
    """Return whether the journal of this database was begun in one table, by an earlier version."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('journal_entry') AND relkind = 'r')"
        )
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM journal_entry)")
        return cursor.fetchone()[0]


def partition(using: str) -> None:
    """Make the table of the journal one that is kept by month; nothing when it is."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(SPLIT)


def make_first_months(using: str) -> None:
    """Make the partitions of this month and the next two, by the function that due work asks too."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT nrm.months_ahead()")


class Behind(Exception):
    """Signal that the checkpoints outside go further than this database: it was restored from an older copy."""


def seal_entries(last_outside: dict | None) -> Checkpoint | None:
    """Sign a checkpoint of the entries that wait, of none too, and return it; None while another one seals.

    `last_outside`: the last line that stands outside. Raises Behind.
    """
    began = _begin()
    if began is None:
        return None
    head = _head()
    if last_outside and (head is None or last_outside["number"] > head.number):
        raise Behind(f"Checkpoint {last_outside['number']} stands outside; the last of this database is "
                     f"{head.number if head else 'none'}. After a restoration: manage.py journal_resume.")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [BATCH + 1])
        rows = cursor.fetchall()
    whole, rows = len(rows) <= BATCH, rows[:BATCH]
    _at, near = began
    found = [
        (pk, digest_of(columns), whole_number(xmin, near)) if xmin else (pk, LOST, 0) for pk, xmin, *columns in rows
    ]
    made = _sign(began, line_of(head) if head else None, Checkpoint.Kind.SEALED, found, whole=whole)
    Unsealed.objects.filter(pk__in=[pk for pk, *_ in found]).delete()
    return made


def forget_entries() -> int:
    """Delete the entries of the months that are old, and sign that they are gone; return how many entries went.

    By whole months, which are dropped: what was sealed within an hour after one goes with it, so that nothing of it is
    left in a later checkpoint but what waited for longer.
    """
    began = _begin()
    if began is None:
        return 0
    head = _head()
    old = Checkpoint.objects.filter(at__lt=end_of_old(began[0]) + SEALED_AFTER).exclude(ids=[])
    last = old.aggregate(last=Max("number"))["last"]
    if head is None or last is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.forget_entries(%s)", [last])
        gone = cursor.fetchone()[0]
    _sign(began, line_of(head), Checkpoint.Kind.FORGOTTEN, [], through=last)
    return gone


def make_months() -> int:
    """Make the partitions of this month and the next two that are not there; return how many were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.make_months()")
        return cursor.fetchone()[0]


def end_of_old(now: datetime) -> datetime:
    """Return the end of the last month that goes: the one whose first day is nearly as old as an entry may be."""
    day = (now - Checkpoint.KEPT + Checkpoint.SPARE).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def resume(last_outside: dict) -> Checkpoint:
    """Go on after the last line outside in a database restored from a copy that ended before it.

    The signed line says which checkpoints this database does not know. Raises ValueError when it is not behind.
    """
    with transaction.atomic():
        began = _begin()
        if began is None:
            raise ValueError("the journal is being sealed")
        head = _head()
        known = head.number if head else 0
        if last_outside["number"] <= known:
            raise ValueError("this database knows every checkpoint that stands outside")
        return _sign(began, last_outside, Checkpoint.Kind.RESUMED, [], through=known)


def waiting_outside(number: int) -> list[Checkpoint]:
    """Return up to this many checkpoints that do not stand outside yet, the oldest first; none while another writes."""
    return list(Checkpoint.objects.filter(written_at=None)[:number]) if taken(*LOCK) else []


def written(made: Checkpoint) -> None:
    """Store that a checkpoint stands outside. Its digests stay there; its ids stay here until they are forgotten."""
    Checkpoint.objects.filter(pk=made.pk).update(written_at=Now(), digests=b"", xacts=[])


def note_faults(number: int) -> None:
    """Store how many faults a comparison found, for /metrics."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_figure (name, value, at) VALUES (%s, %s, now())"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
            [FAULTS, number],
        )


def signed_beside(line: dict, purpose: bytes) -> dict:
    """Return a line that stands beside the checkpoints, signed with the key of the journal for this purpose alone."""
    return Signer(settings.JOURNAL_KEY).signed(line, purpose)


def signs(publics: list[str], purpose: bytes) -> Callable[[dict], bool]:
    """Return what tells whether one of these public keys signed such a line; of none, those of this installation.

    Raises ValueError for a text that is no key, ImproperlyConfigured where this installation knows none.
    """
    ring = key_ring(publics) if publics else known_public_keys()
    return lambda line: holds(line, ring, purpose)


def line_of(made: Checkpoint) -> dict:
    """Return the line of a checkpoint, without its entries."""
    return {
        "number": made.number,
        "at": _text(made.at),
        "xact": made.xact,
        "kind": str(made.kind),
        "first": made.first,
        "size": made.size,
        "whole": made.whole,
        "through": made.through,
        "root": made.root,
        "previous": made.previous,
        "key": made.key,
        "signature": made.signature,
    }


def whole_line(made: Checkpoint) -> dict:
    """Return the line of a checkpoint that does not stand outside yet, with its entries."""
    digests = bytes(made.digests)
    return line_of(made) | {
        "entries": [
            [pk.hex, digests[at * 32 : at * 32 + 32].hex(), xact]
            for at, (pk, xact) in enumerate(zip(made.ids, made.xacts, strict=True))
        ]
    }


def _head() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-number").defer("ids", "digests").first()


def _begin() -> tuple[datetime, int] | None:
    """Keep other sealers out; return the hour, and the number of this transaction; None while another one seals.

    The number is given after the hour was read: who has a higher one wrote nothing before. No function of ours gives
    it, which the owner of the database could replace.
    """
    at = database_now()  # first: taking the turn writes, and gives this transaction its number
    if not taken(*LOCK):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_current_xact_id()::text::bigint")
        return at, cursor.fetchone()[0]


def _sign(
    began: tuple[datetime, int], previous: dict | None, kind: str, found: list[tuple[str, bytes, int]], *,
    whole=True, through=None,
) -> Checkpoint:  # fmt: skip
    at, xact = began
    leaves = [leaf_of(pk.replace("-", ""), digest.hex(), number) for pk, digest, number in found]
    line = Signer(settings.JOURNAL_KEY).signed(
        {
            "number": previous["number"] + 1 if previous else 1,
            "at": _text(at),
            "xact": xact,
            "kind": str(kind),
            "first": previous["first"] + previous["size"] if previous else 1,
            "size": len(found),
            "whole": whole,
            "through": through,
            "root": root_of(leaves),
            "previous": digest_of_line(previous) if previous else START,
        }
    )
    made = Checkpoint(
        **line | {"at": at}, ids=[pk for pk, *_ in found], digests=b"".join(digest for _, digest, _ in found),
        xacts=[number for *_, number in found],
    )  # fmt: skip
    Checkpoint.objects.bulk_create([made])  # an INSERT that returns nothing
    return made


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
