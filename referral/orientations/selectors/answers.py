"""Read how requests were answered, as far as the reader sees (the worker reads all), and who else could be asked."""

from django.db.models import F, Min

from agencies.models import Desk
from referral.models import Orientation, OrientationMove

# the end without an answer counts, so that silence is not fast
ANSWERS = ("accept", "decline", "ask", "expire")


def first_answers():
    """Return rows of (addressee, sent_at, answered_at), one a request: the first answer of its addressee."""
    moves = OrientationMove.objects.filter(action__in=ANSWERS, agency=F("orientation__addressee")).order_by()
    of_request = moves.values("orientation", addressee=F("orientation__addressee"), sent_at=F("orientation__sent_at"))
    return of_request.annotate(answered_at=Min("at"))


def refusals_for_lack_of_places():
    """Return the moves by which a desk declined because it had no place."""
    return OrientationMove.objects.filter(action="decline", reason="no_place").order_by()


def others_asked(orientation: Orientation):
    """Return the desks to which a like orientation could be sent, without its sender and addressee."""
    desks = Desk.objects.filter(receives_orientations=True, agency__active=True)
    return desks.exclude(pk__in=[orientation.sender_id, orientation.addressee_id])
