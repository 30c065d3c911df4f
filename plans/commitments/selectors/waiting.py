"""Count what waits for a member in the register, for the hub."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from plans.models import Commitment, CommitmentCheck, CommitmentOpinion
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates

from .register import positions, rows

SHOWN = 5  # opinions to release that are named


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
    return _drafts(actor).count()


def _drafts(actor):
    """Return the opinions that the actor's agency wrote and did not release."""
    return CommitmentOpinion.objects.visible_to(actor).filter(agency=actor.agency_id, released_at=None)


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
    said = gettext("opinion to release, on %(commitment)s")
    of = _drafts(actor).order_by("commitment").values_list("commitment", flat=True)[:SHOWN]
    return [(reverse("plans:commitment", args=[code]), 1, said % {"commitment": code}) for code in of]
