"""Fetch a requisition that the actor's agency received, and say what of the case the agency may hand over."""

from foundation.errors import NotFound
from victims.models import CaseAccess, Requisition

from .words import NEEDS, Given


def requisitions_of(actor):
    """Return the requisitions that the actor's agency received in the cases it works on."""
    return Requisition.objects.visible_to(actor).select_related("case", "agency", "by__user", "ended_by__user")


def visible_requisition(actor, pk) -> Requisition:
    """Return one of them. Raises NotFound."""
    found = requisitions_of(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def open_requisitions(actor):
    """Return those that wait for an answer, the first received first."""
    return requisitions_of(actor).filter(ended_at=None).order_by("received_on", "id")


def may_give(access: CaseAccess) -> list[Given]:
    """Return the categories of data that the agency reads of the case."""
    return [one for one in Given if _reads(access, *NEEDS.get(one, (0, 0)))]


def _reads(access: CaseAccess, level: int, bit: int) -> bool:
    return access.level >= level and (not bit or bool(access.categories & bit))
