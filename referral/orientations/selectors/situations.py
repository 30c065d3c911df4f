"""Read of which collective situation a received request is, as its frozen summary says; nothing else of the event."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from referral.models import Orientation, OrientationDesk, OrientationSheet, SituationCase

MOST = 500  # requests looked through for the next one of a situation


class Place(NamedTuple):
    """Hold the situation of a request, the person's number in it and language."""

    situation: str
    number: int
    language: str


def place_of_case(actor, case) -> dict:
    """Return what the summary says of the actor's collective situation with this case; {} without one. One query."""
    lines = SituationCase.objects.visible_to(actor).filter(case=case).select_related("situation")
    line = lines.order_by("-at", "-pk").first()
    return {"situation": line.situation.reference, "situation_number": line.number} if line else {}


def places(orientations: Iterable[UUID]) -> dict[UUID, Place]:
    """Return {orientation id: Place} of those of these requests whose sheet the reader may read. One query."""
    sheets = OrientationSheet.objects.filter(part="summary", orientation__in=[*orientations])
    return {
        sheet.orientation_id: Place(data["situation"], data["situation_number"], data.get("language") or "")
        for sheet in sheets
        if "situation" in (data := sheet.data)
    }


def waiting(actor) -> dict[UUID, Place]:
    """Return {orientation id: Place} of the requests that the actor's desk has to answer, a question it asked apart."""
    rows = OrientationDesk.objects.of(actor).filter(live=True, answers=True, due_at__isnull=False)
    rows = rows.exclude(state=Orientation.State.QUESTION).order_by("answer_by", "id")[:MOST]
    return places(rows.values_list("orientation", flat=True))


def following(actor, orientation: Orientation) -> tuple[UUID, Place, int] | None:
    """Return the next request to answer of the same situation by number, and how many there are; None without one.

    To be asked before this request is answered: a desk that declined reads its sheet no more.
    """
    here = places([orientation.pk]).get(orientation.pk)
    if here is None:
        return None
    found = [
        (place.number <= here.number, place.number, pk, place)
        for pk, place in waiting(actor).items()
        if place.situation == here.situation and pk != orientation.pk
    ]
    if not found:
        return None
    *_order, pk, place = min(found)
    return pk, place, len(found)
