"""Write and correct entries of the thread of a case. A correction is a new version."""

from foundation.errors import guarded
from journal.operations import record
from victims.cases.access import former_version, must_write
from victims.models import TimelineEntry


def write_entry(actor, case_id, *, sort: str, text: str) -> TimelineEntry:
    """Write an entry. Raises NotAllowed unless the agency leads the case or reads the file."""
    case = must_write(actor, case_id)
    with guarded():
        made = TimelineEntry.objects.create(case=case, agency=actor.agency, by=actor, sort=sort, data={"text": text})
    record("timeline.write", made, case_id=case.pk)
    return made


def correct_entry(actor, pk, *, text: str) -> TimelineEntry:
    """Write a new version of an entry of one's own agency; the former stays readable.

    Raises NotFound, NotAllowed, WrongState when it was corrected meanwhile.
    """
    former = former_version(actor, TimelineEntry, pk)
    with guarded():
        made = TimelineEntry.objects.create(
            case_id=former.case_id,
            agency=actor.agency,
            by=actor,
            sort=former.sort,
            data={"text": text},
            replaces_id=former.pk,
        )
    record("timeline.correct", made, case_id=former.case_id)
    return made


def versions(actor, entry) -> list:
    """Return all versions of an entry, newest first, in one query: they share case, time and agency."""
    same = type(entry).objects.visible_to(actor).filter(case=entry.case_id, placed_at=entry.placed_at)
    found = {row.pk: row for row in same.select_related("agency", "by__user")}
    after = {row.replaces_id: row for row in found.values() if row.replaces_id}
    first = found[entry.pk]
    while first.replaces_id in found:
        first = found[first.replaces_id]
    chain = [first]
    while chain[-1].pk in after:
        chain.append(after[chain[-1].pk])
    return chain[::-1]
