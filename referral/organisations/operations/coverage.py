"""Read what services ask to receive in addition, and decide it: a stand-in for itself, then the coordination.

The database checks the same conditions (referral/sql/desk_changes.sql).
"""

from itertools import groupby

from agencies.accounts import operations as accounts
from agencies.models import Agency, Category, DeskChange, Level, Role, Service, Territory
from foundation.errors import NotFound, guarded
from indicators.codes.selectors import FORMS, labels
from journal.operations import record
from referral.organisations.operations.powers import coordinates_nationally

ACTS = ("take", "agree", "refuse", "withdraw")
State = DeskChange.State


def changes(actor):
    """Return what this member's agency asked, decides, or would stand in for."""
    people = (
        "desk__agency",
        "unit",
        "stand_in__agency",
        "by__user",
        "taken_by__user",
        "decided_by__user",
        "ended_by__user",
    )
    return DeskChange.objects.visible_to(actor).select_related(*people).order_by("-at", "batch", "what", "value")


def to_decide(actor):
    """Return the rows that wait for this member."""
    return DeskChange.objects.to_decide(actor)


def batches(rows) -> list[list[DeskChange]]:
    """Return the rows by what was asked together, each with `words`."""
    found = list(rows)
    services = {service.pk: str(service) for service in Service.objects.filter(pk__in=[row.value for row in found])}
    places = {place.pk: str(place) for place in Territory.objects.filter(pk__in=[row.value for row in found])}
    forms = labels(FORMS)[FORMS]
    levels = {str(one.value): str(one.label) for one in Level}
    kinds = {str(one.value): str(one.label) for one in Category}
    offices = {str(one.value): str(one.label) for one in Agency.Office}
    named = {"service": services, "territory": places, "form": forms}
    named |= {"level": levels, "category": kinds, "office": offices}
    for row in found:
        row.words = str(row.stand_in) if row.stand_in else named.get(row.what, {}).get(row.value, row.value)
        if row.what == DeskChange.What.MANDATE:
            row.words = ""
    return [list(together) for _key, together in groupby(found, key=lambda row: row.batch)]


def batch(actor, pk) -> list[DeskChange]:
    """Return what was asked together. Raises NotFound."""
    found = batches(changes(actor).filter(batch=pk))
    if not found:
        raise NotFound
    return found[0]


def open_acts(actor, rows: list[DeskChange]) -> list[str]:
    """Return what this member may do with a batch that waits."""
    one = rows[0]
    if one.state != State.WAITING:
        return ["withdraw"] if _ends_office(actor, one) else []
    mine = to_decide(actor).filter(batch=one.batch).exists()
    taking = one.stand_in_id == actor.agency_id and one.taken_at is None and actor.has(Role.AGENCY_ADMIN)
    acts = ["take", "refuse"] if taking else ["agree", "refuse"] if mine else []
    if one.asked_above:
        return acts + (["withdraw"] if coordinates_nationally(actor) else [])
    return acts + (["withdraw"] if one.desk_id == actor.agency_id and actor.has(Role.AGENCY_ADMIN) else [])


def _ends_office(actor, one: DeskChange) -> bool:
    """Return whether this member may end this office: it was given and is held, and no préfecture: nrm.office_given."""
    given = one.value != Agency.Office.PREFECTURE and one.what == DeskChange.What.OFFICE and one.state == State.AGREED
    if not given or one.desk.agency.office != one.value:
        return False
    return DeskChange.objects.filter(pk=one.pk).decided_by(actor).exists()


def decide(actor, pk, act: str, reason: str = "") -> None:
    """Run `take` (the stand-in), `agree` or `refuse` (the coordination) or `withdraw` (who asked), once.

    `withdraw` ends an office that was given.

    Raises NotAllowed, NotFound, WrongState.
    """
    desk = batch(actor, pk)[0].desk
    with guarded():
        accounts.ask("SELECT nrm.decide_desk(%s, %s, %s)", pk, act, reason)
    record(f"desk.{act}", desk)
