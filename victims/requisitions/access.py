"""Fetch a requisition that the actor's agency received, and say what of the case the agency may hand over."""

from django.db.models import Prefetch, Q
from django.db.models.functions import Now

from foundation.errors import NotFound
from victims.cases.access import may_write
from victims.models import Case, CaseAccess, Requisition, RequisitionMove

from .rules import REREAD
from .words import NEEDS, Given


def requisitions_of(actor):
    """Return the requisitions that the actor's agency received, with their moves, also in cases that it reads no
    more."""
    moves = RequisitionMove.objects.visible_to(actor).select_related("by__user")
    found = Requisition.objects.visible_to(actor).select_related("agency", "by__user")
    return found.prefetch_related(Prefetch("moves", moves, to_attr="moved"))


def visible_requisition(actor, pk) -> Requisition:
    """Return one of them. Raises NotFound."""
    found = requisitions_of(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def to_follow(actor):
    """Return those that wait, and those ended of late: one person alone said what was given to justice, or that nothing
    was, and the others see it. The first received first."""
    found = requisitions_of(actor).filter(Q(ended_at=None) | Q(ended_at__gt=Now() - REREAD))
    return found.order_by("received_on", "id")


def reads_case(actor, found: Requisition) -> bool:
    """Return whether the section of this case is open to the actor."""
    access = CaseAccess.objects.of(actor).filter(case=found.case_id).first()
    return access is not None and may_write(actor, access)


def own_hold(actor, found: Requisition):
    """Return what the agency put last to keep this case from being erased: the one that stands first; None without."""
    holds = Case.holds.rel.related_model.objects.visible_to(actor)  # of a subject above this one
    mine = holds.filter(case=found.case_id, agency=actor.agency_id)
    return min(mine.order_by("-at"), key=lambda hold: not hold.stands, default=None)


def held(actor, case_id) -> list[Given]:
    """Return the categories of data that the agency reads of the case at this moment."""
    access = CaseAccess.objects.of(actor).filter(case=case_id).first()
    return [one for one, need in NEEDS.items() if access and _reads(access, *need)]


def may_give(actor, case_id) -> list[Given]:
    """Return what the agency may hand over: what it reads, and what it holds by itself."""
    return [*held(actor, case_id), Given.OWN]


def _reads(access: CaseAccess, level: int, bit: int) -> bool:
    return access.level >= level and (not bit or bool(access.categories & bit))
