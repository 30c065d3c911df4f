"""Save searches under a name; find a case, an alert or an orientation by its reference."""

from django.db.models import Q

from agencies.members.rules import WRITES
from agencies.models import Level
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from journal.operations import record
from journal.selectors import read_quota
from referral.models import Alert, AlertDesk, Orientation, SavedSearch
from victims.models import CaseAccess
from victims.own_labels.selectors import labelled, under_label

from . import filters as desk_filters
from .rules import NotAReference, canonical

AT_MOST = 30  # searches of a member
AN_HOUR = 60  # lookups by reference; nobody is read more of them aloud


class Full(Exception):
    """Signal that the member has AT_MOST saved searches."""


def address(search: SavedSearch) -> str:
    """Return the address of the list with the filters of the search."""
    return desk_filters.LISTS[search.listed].address(search.data["query"])


def own_search(actor, pk) -> SavedSearch:
    """Return a search of this member. Raises NotFound, also for a search of a colleague."""
    search = SavedSearch.objects.of(actor).filter(pk=pk).first()
    if search is None:
        raise NotFound
    return search


def save_search(actor, listed: str, query: str, name: str) -> SavedSearch:
    """Save the valid filters of a query string. Raises NotFound for an unknown list, NotAllowed, Full."""
    if listed not in desk_filters.LISTS:
        raise NotFound
    if actor.sight != "case":
        raise NotAllowed("search")
    if SavedSearch.objects.of(actor).count() >= AT_MOST:
        raise Full
    kept = desk_filters.LISTS[listed].kept(actor, query)
    return SavedSearch.objects.create(membership=actor, listed=listed, data={"name": name, "query": kept})


def rename_search(actor, pk, name: str) -> None:
    """Rename a saved search of this member. Raises NotFound."""
    search = own_search(actor, pk)
    search.data = {**search.data, "name": name}
    search.save(update_fields=["data"])


def delete_search(actor, pk) -> None:
    """Delete a search of this member. Raises NotFound."""
    own_search(actor, pk).delete()


def find(actor, typed: str) -> list:
    """Return what the member sees under this reference: access rows of cases, alerts, orientations.

    A case is also found by the own reference or the nickname that the member's agency gave it (`label`).

    Empty both for what does not exist and for what is not visible. Every lookup is journalled and counted, whatever it
    finds, so that trying references in turn is noticed. Raises NotAllowed, read_quota.Exhausted; NotAReference for a
    text that is no reference and no label.
    """
    if not actor.has(*WRITES):
        raise NotAllowed("find")
    read_quota.require(actor, "search.reference", AN_HOUR)
    record("search.reference")
    try:
        reference = canonical(typed)
    except NotAReference:
        reference = ""
    named = Q(reference=reference) | Q(case__in=under_label(actor, typed))
    cases = labelled(actor, CaseAccess.objects.of(actor).filter(named).select_related("territory"))
    if not reference:
        if not cases:
            raise NotAReference
        return cases
    alerts = Alert.objects.visible_to(actor).filter(reference=reference).exclude(state=Alert.State.DRAFT)
    orientations = Orientation.objects.visible_to(actor).filter(reference=reference)
    return [*cases, *alerts, *orientations]


def page_of(actor, found) -> tuple[str, list] | None:
    """Return (route, arguments) of the page of a result; None when the member may see the line only."""
    if isinstance(found, CaseAccess):
        return ("referral:case-detail", [found.case_id]) if found.level >= Level.SUMMARY else None
    if isinstance(found, Orientation):
        return "referral:orientation-detail", [found.pk]
    received = AlertDesk.objects.of(actor).filter(alert=found).exists()
    return ("referral:inbox-alert" if received else "referral:alert-detail"), [found.pk]
