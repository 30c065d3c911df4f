"""Read of which lot a received request is, as its frozen summary says: the requests of one collective situation to one
service.

A lot has a mark of its own for each addressee. Two services that compare what they received do not learn that they help
persons of the same situation, nor from a number how many others there are (docs/decisions/0014).
"""

import base64
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.utils.crypto import salted_hmac

from referral.models import Orientation, OrientationDesk, OrientationSheet, SituationCase

MOST = 500  # requests looked through for the next one of a lot
LENGTH = 6  # characters of a mark


class Place(NamedTuple):
    """Hold the lot of a request and the language of its person."""

    lot: str
    language: str


def lot_of(actor, orientation: Orientation) -> dict:
    """Return the part of a summary that names its lot; {} for a request that rests on no answer of a collective
    situation of the actor. One query at most."""
    if orientation.consent_id is None:
        return {}
    lines = SituationCase.objects.visible_to(actor).filter(case=orientation.case_id, consent=orientation.consent_id)
    found = lines.values_list("situation", flat=True).first()
    return {"lot": _mark(found, orientation.addressee_id)} if found else {}


def _mark(situation: UUID, addressee: int) -> str:
    digest = salted_hmac("referral.orientations.lot", f"{situation} {addressee}", algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def places(orientations: Iterable[UUID]) -> dict[UUID, Place]:
    """Return {orientation id: Place} of those of these requests whose sheet the reader may read. One query."""
    sheets = OrientationSheet.objects.filter(part="summary", orientation__in=[*orientations])
    return {
        sheet.orientation_id: Place(data["lot"], data.get("language") or "")
        for sheet in sheets
        if "lot" in (data := sheet.data)
    }


def waiting(actor) -> dict[UUID, Place]:
    """Return {orientation id: Place} of the requests that the actor's desk has to answer, a question it asked apart, by
    time left. Two queries."""
    rows = OrientationDesk.objects.of(actor).filter(live=True, answers=True, due_at__isnull=False)
    rows = rows.exclude(state=Orientation.State.QUESTION).order_by("answer_by", "id")[:MOST]
    order = list(rows.values_list("orientation", flat=True))
    found = places(order)
    return {pk: found[pk] for pk in order if pk in found}


def following(actor, orientation: Orientation) -> tuple[UUID, Place, int] | None:
    """Return the next request to answer of the same lot, and how many there are; None without one.

    To be asked before this request is answered: a desk that declined reads its sheet no more.
    """
    here = places([orientation.pk]).get(orientation.pk)
    if here is None:
        return None
    found = [(pk, place) for pk, place in waiting(actor).items() if place.lot == here.lot and pk != orientation.pk]
    return (*found[0], len(found)) if found else None
