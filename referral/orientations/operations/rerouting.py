"""Send a declined or expired orientation to another service: same need, ground, level and categories."""

from uuid import UUID

from agencies.models import Agency
from foundation.workflow import NotAllowed, WrongState
from referral.models import LegalReason, Orientation
from referral.routing.selectors import ranking
from referral.routing.selectors.desks import Suggestion

from .coverage import check_covered, reason_not_to_send
from .orientations import draft_orientation, sides, visible

ENDED_UNSERVED = (Orientation.State.DECLINED, Orientation.State.EXPIRED)
OFFERED = 3


def reroute_orientation(actor, orientation_id, addressee: Agency) -> Orientation:
    """Draft the same orientation for `addressee`, linked to the former one.

    Raises NotFound, NotAllowed unless the actor sent it and still leads, WrongState unless it was declined or expired,
    Uncovered when agreement or ground does not cover this service.
    """
    asked = visible(actor, orientation_id)
    if "sender" not in sides(actor, asked):
        raise NotAllowed("reroute")
    if asked.state not in ENDED_UNSERVED:
        raise WrongState(asked.state)
    check_covered(_same_request(asked, addressee))
    return draft_orientation(
        actor,
        asked.case,
        addressee=addressee,
        service=asked.service,
        urgency=asked.urgency,
        legal_reason=reason_of(asked),
        exclusive=asked.exclusive,
        rerouted_from=asked,
        **_terms(asked),
    )


def standing_draft(actor, case, key: str | None) -> Orientation | None:
    """Return the unsent draft of the actor's agency on this case with id `key`, or None."""
    try:
        named = UUID(key or "")
    except ValueError:
        return None
    return Orientation.objects.sent_by(actor).filter(pk=named, case=case, state=Orientation.State.DRAFT).first()


def reason_of(asked: Orientation) -> str:
    """Return why it goes without agreement, for its sender, the coordination and the audit; else an empty text."""
    kept = LegalReason.objects.filter(share=asked.pk).first()
    return kept.data if kept else ""


def next_services(actor, asked: Orientation, suggested: int | None = None) -> list[Suggestion]:
    """Return the services to ask next: the one the desk suggested, then the best ranked not asked yet."""
    case = asked.case
    known = Orientation.objects.sent_by(actor).filter(case=case, service=asked.service_id)
    already = set(known.exclude(state=Orientation.State.DRAFT).values_list("addressee_id", flat=True))
    found = ranking.ranked_for_orientation(case, asked.service_id, sender_id=actor.agency_id, language=case.language)
    free = [s for s in found if not s.blocked and (s.agency.pk not in already or s.agency.pk == suggested)]
    for s in free:  # tell before the button is pressed whether the same level and categories are possible
        s.blocked = reason_not_to_send(_same_request(asked, s.agency))
    return sorted(free, key=lambda s: (s.agency.pk != suggested, bool(s.blocked)))[:OFFERED]


def _same_request(asked: Orientation, addressee: Agency) -> Orientation:
    """Return the same orientation for another addressee, unsaved, to be checked."""
    terms = {"service": asked.service, **_terms(asked)}
    return Orientation(case=asked.case, sender=asked.sender, addressee=addressee, **terms)


def _terms(asked: Orientation) -> dict:
    return {
        "verb": asked.verb,
        "consent": asked.consent,
        "legal_ground": asked.legal_ground,
        "level": asked.level,
        "categories": asked.categories,
    }
