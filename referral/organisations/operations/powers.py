"""Ask, as the national coordination, that an agency may do more than the least it began with.

A second coordinator agrees or refuses (operations/coverage.py). The database says what can be given to whom
(referral/sql/powers.sql, nrm.power_lacks).
"""

from django.db import connection

from agencies.accounts import operations as accounts
from agencies.models import Agency, Category, DeskChange, Level, Service
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record

What = DeskChange.What
# everything that can be given; the database keeps those that this agency lacks
ALL = [
    *((What.LEVEL, str(level.value)) for level in (Level.SUMMARY, Level.FILE)),
    *((What.CATEGORY, str(category.value)) for category in Category),
    *((what, "") for what in (What.SUPPORTS, What.ALERTS, What.REQUESTS, What.NATIONWIDE)),
    (What.MANDATE, Agency.Mandate.TERRITORIAL.value),
    *((What.OFFICE, office.value) for office in Agency.Office if office),
]


def coordinates_nationally(actor) -> bool:
    """Return whether the actor is a coordinator of the national coordination."""
    return accounts.ask("SELECT nrm.coordinates_nationally(%s)", actor.pk)


def agencies(actor):
    """Return the active agencies by name, without the national coordination. Raises NotAllowed for others than it."""
    if not coordinates_nationally(actor):
        raise NotAllowed("national")
    found = Agency.objects.filter(active=True, desk__isnull=False).exclude(mandate=Agency.Mandate.NATIONAL)
    return found.select_related("desk", "territory").order_by("name")


def agency(actor, pk) -> Agency:
    """Return one of them. Raises NotAllowed, NotFound."""
    found = agencies(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def lacking(found: Agency) -> set[tuple[str, str]]:
    """Return what this agency may still be given, as (what, value), without what waits already."""
    every = ALL + [(What.SERVICE, code) for code in Service.objects.values_list("pk", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.what, w.value FROM unnest(%s::text[], %s::text[]) w(what, value), agencies_agency a"
            " JOIN agencies_desk d ON d.agency_id = a.group_id"
            " WHERE a.group_id = %s AND nrm.power_lacks(a, d, w.what, w.value)",
            [[str(what) for what, _value in every], [value for _what, value in every], found.pk],
        )
        lacks = set(cursor.fetchall())
    return lacks - set(found.desk.changes.filter(state=DeskChange.State.WAITING).values_list("what", "value"))


def somebody_reads(found: Agency) -> bool:
    """Return whether a member of this agency works on cases: without one its desk would receive for nobody."""
    return accounts.ask("SELECT nrm.somebody_reads(%s)", found.pk)


def ask(actor, pk, wanted: list[tuple[str, str]]) -> str:
    """Ask for these, (what, value), together; return the batch that a second person decides.

    An office is asked alone: the coordination of the place of the agency agrees to it.

    Raises NotAllowed, NotFound, and WrongState when one of them is held, waits already or cannot be given.
    """
    found = agency(actor, pk)
    whats, values = [str(what) for what, _value in wanted], [value for _what, value in wanted]
    with guarded():
        batch = accounts.ask("SELECT nrm.ask_powers(%s, %s::text[], %s::text[])", found.pk, whats, values)
    record("powers.ask", found)
    return batch
