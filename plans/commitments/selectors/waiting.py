"""Count what waits for a member in the register, for the hub."""

from django.utils.translation import gettext, ngettext

from plans.models import Commitment, CommitmentCheck, CommitmentOpinion
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates

from .register import positions, rows


def waiting(actor) -> int:
    """Count what the actor has to do.

    The coordination: positions to check. A ministry: its commitments that are late or to be completed. Others: their
    draft opinions.
    """
    if coordinates(actor):
        return sum(not hasattr(position, "verdict") for position in positions().values())
    if is_state(actor):
        mine = rows(Commitment.objects.public()).filter(in_charge=body_of(actor))
        last = positions([commitment.pk for commitment in mine])
        return sum(commitment.late or _incomplete(last.get(commitment.pk)) for commitment in mine)
    return CommitmentOpinion.objects.visible_to(actor).filter(agency=actor.agency_id, released_at=None).count()


def _incomplete(position) -> bool:
    verdict = getattr(position, "verdict", None)
    return verdict is not None and verdict.verdict == CommitmentCheck.Verdict.TO_COMPLETE


def actions_waiting(actor) -> list[tuple[str, int, str]]:
    """Return what the actor has to do, with the address of the rows: (address, number, words)."""
    if coordinates(actor):
        unchecked = waiting(actor)
        words = ngettext("position to be checked", "positions to be checked", unchecked)
        return [("?unchecked=on", unchecked, words)]
    if is_state(actor):
        mine = rows(Commitment.objects.public()).filter(in_charge=body_of(actor))
        return [(f"?charge={body_of(actor)}", mine.count(), gettext("in your charge"))]
    return []
