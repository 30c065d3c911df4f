"""Write the journal."""

import logging

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from foundation import actor as acting
from foundation.encryption import first_key, known_keys, seal, sealed_columns, unseal

from . import words
from .models import Entry, KeyProbe

log = logging.getLogger(__name__)
PROBE = b"A key of this database."
# a stored value begins with the id of its key and a zero byte
HELD = (
    "SELECT DISTINCT substring({column} from 1 for position('\\x00'::bytea in {column}) - 1) FROM {table}"
    " WHERE {column} IS NOT NULL AND position('\\x00'::bytea in {column}) > 0"
)
LOST = (
    "FIELD_KEYS cannot decrypt what this database holds: the key {key} is missing or wrong. Nothing was started or"
    " changed. Put the former keys back (development: secrets.env of STATE_DIR; production: the environment), new ones"
    " before them. Without them every case, identity and contact written until now stays sealed for ever."
)


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
            raise ImproperlyConfigured(LOST.format(key=probe.key)) from error


def _keys_held(using: str) -> set[str]:
    """Return the ids of the keys that encrypted the columns of this database, read from what is stored."""
    connection, found = connections[using], set()
    there, quoted = set(connection.introspection.table_names()), connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, field in sealed_columns():
            if model._meta.db_table not in there:
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
                raise ImproperlyConfigured(LOST.format(key=held))
    probe = KeyProbe(key=key, sealed=seal(PROBE, label="probe", bound=key))
    KeyProbe.objects.using(using).bulk_create([probe], ignore_conflicts=True)
