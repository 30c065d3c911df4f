"""Write and read health, offence and residence: for holders of the category. Each reading is journalled."""

from django.core.exceptions import ValidationError

from agencies.members.rules import WORKS
from agencies.models import Category
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import visible_case
from victims.models import Case, CaseAccess

from .selectors import TABLES

NAMES = {Category.HEALTH: "health", Category.OFFENCE: "offence", Category.RESIDENCE: "residence"}


def _held(actor, case_id, bit) -> Case:
    """Return the case. Raises NotFound unless the actor's agency holds this category on it."""
    case = visible_case(actor, case_id)
    if not CaseAccess.objects.of(actor).get(case=case.pk).categories & bit:
        raise NotFound
    return case


def write_entry(actor, case_id, bit, *, data: dict, replaces=None):
    """Write an entry. `replaces`: id of the entry it corrects, which stays readable.

    Raises NotFound without the category, NotAllowed for a role that does not work on cases, WrongState when that entry
    was already corrected.
    """
    case, table = _held(actor, case_id, bit), TABLES[bit]
    if not actor.has(*WORKS):
        raise NotAllowed("write")
    former = None
    if replaces:
        former = table.objects.filter(case=case, pk=replaces).first()
        if former is None:
            raise NotFound
        if table.objects.filter(replaces=former).exists():
            raise WrongState("replaced")
    with guarded():
        entry = table.objects.create(case=case, by=actor, data=data, replaces=former)
    record(f"{NAMES[bit]}.write", entry, case_id=case.pk)
    return entry


def read_entries(actor, case_id, bit) -> list:
    """Return all entries, newest first, corrected ones last. The reading is journalled in the same transaction."""
    case = _held(actor, case_id, bit)
    found = list(TABLES[bit].objects.filter(case=case).select_related("by__agency", "replaced_by"))
    record(f"{NAMES[bit]}.read", case, case_id=case.pk)
    return sorted(found, key=is_corrected)


def read_entry(actor, case_id, bit, entry_id):
    """Return one current entry, to correct it. The reading is journalled.

    Raises NotFound for an entry of another case, and for one that came with the alert: it has no author who could
    correct it.
    """
    case = _held(actor, case_id, bit)
    try:
        entry = TABLES[bit].objects.filter(case=case, pk=entry_id, by__isnull=False, replaced_by=None).first()
    except ValidationError:  # not a UUID
        entry = None
    if entry is None:
        raise NotFound
    record(f"{NAMES[bit]}.read", entry, case_id=case.pk)
    return entry


def is_corrected(entry) -> bool:
    """Return whether a newer entry replaces this one."""
    return hasattr(entry, "replaced_by")
