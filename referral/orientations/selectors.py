"""Read how requests were answered: as far as the reader sees; the worker reads all of them."""

from django.db.models import F, Min

from referral.models import OrientationMove

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
