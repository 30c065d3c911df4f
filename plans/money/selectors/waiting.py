"""Read lines of money that wait for a member."""

from django.db.models import Exists, OuterRef, Q

from plans import access
from plans.models import BudgetLine, LineReview, Mandate, Provenance, bodies, coordination


def to_check(actor):
    """Return the lines entered that the actor may check: not checked, returned, replaced, nor another body's."""
    returned = LineReview.objects.filter(line=OuterRef("pk"), sort=LineReview.Sort.RETURNED)
    return (
        BudgetLine.objects.live(actor).filter(provenance=Provenance.ENTERED, checked_at=None).filter(~Exists(returned))
    ).exclude(pk__in=_for_another(actor).values("pk"))


def _for_another(actor):
    """Return the lines for which operations.entered_for_another is true."""
    own, here = bodies.body_of(actor), access.payers().values("profile")
    funder = Q(envelope__funder__in=here) & ~Q(envelope__funder=own)
    lead = Q(envelope__measure__lead__in=here) & ~Q(envelope__measure__lead=own)
    return BudgetLine.objects.filter(funder | lead, body=own)


def to_sign(actor):
    """Return the checked lines without a signature."""
    return BudgetLine.objects.live(actor).filter(checked_at__isnull=False, signed_at=None)


def returned(actor):
    """Return the lines the actor's body is asked to look at again; all such lines for the coordination."""
    question = LineReview.objects.filter(line=OuterRef("pk"), sort=LineReview.Sort.RETURNED)
    rows = BudgetLine.objects.live(actor).filter(checked_at=None).filter(Exists(question))
    return rows if coordination.coordinates(actor) else rows.filter(body=bodies.body_of(actor))


def to_take(actor):
    """Return the lines the coordination entered for the actor's body: it takes them over before they are checked."""
    body = bodies.body_of(actor)
    owned = Q(envelope__funder=body) | Q(envelope__measure__lead=body)
    rows = BudgetLine.objects.live(actor).filter(owned, provenance=Provenance.ENTERED, checked_at=None)
    return rows.filter(body__in=Mandate.objects.live().values("body")).exclude(body=body)


def lines_in_question(lines) -> set[int]:
    """Return the keys of unchecked lines with an open question, as far as row security shows it to the reader."""
    open_ones = [line.pk for line in lines if line.checked_at is None]
    found = LineReview.objects.filter(line__in=open_ones, sort=LineReview.Sort.RETURNED)
    return set(found.values_list("line_id", flat=True))
