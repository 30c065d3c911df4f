"""States of a request, and whether an agreement covers what it carries."""

from referral.models import Orientation
from victims.models import Consent

State = Orientation.State
WAITING = (State.SENT, State.OPENED, State.QUESTION)
CARRIED = (State.ACCEPTED, State.IN_PROGRESS)


def suffices(case, consent: Consent) -> bool:
    """Whether this giver can agree for this person: a child's own word is its opinion, never alone an agreement."""
    return not (case.is_minor and consent.giver == Consent.Giver.PERSON)
