"""How many commitments wait for a member: the number on its door."""

from django.utils.translation import gettext, ngettext

from plans.models import Commitment, CommitmentCheck, CommitmentOpinion
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates

from .register import positions, rows


def waiting(actor) -> int:
    """The coordination: positions to check. A ministry: its commitments that are late or to be completed. The others:
    their opinions still in draft."""
    if coordinates(actor):
        return sum(not hasattr(position, "verdict") for position in positions().values())
    if is_state(actor):
        mine = rows(Commitment.objects.public()).filter(in_charge=body_of(actor))
        asked = positions([commitment.pk for commitment in mine])
        return sum(commitment.late or _incomplete(asked.get(commitment.pk)) for commitment in mine)
    return CommitmentOpinion.objects.visible_to(actor).filter(agency=actor.agency_id, released_at=None).count()


def _incomplete(position) -> bool:
    verdict = getattr(position, "verdict", None)
    return verdict is not None and verdict.verdict == CommitmentCheck.Verdict.TO_COMPLETE


def at_hand(actor) -> list[tuple[str, int, str]]:
    """What this member has to do here, each with the address of its rows: (address, number, words)."""
    if coordinates(actor):
        unchecked = waiting(actor)
        words = ngettext("position to be checked", "positions to be checked", unchecked)
        return [("?unchecked=on", unchecked, words)]
    if is_state(actor):
        mine = rows(Commitment.objects.public()).filter(in_charge=body_of(actor))
        return [(f"?charge={body_of(actor)}", mine.count(), gettext("in your charge"))]
    return []
