"""An alert about a person who leaves soon: its time limit, counted from the sending, and what its row says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.templatetags.words import moment
from referral.models import AlertDesk
from referral.routing.rules.deadlines import first_due
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


# two hours before is past, or nearly: ten minutes, or half of what is left
@pytest.mark.parametrize(("left", "expected"), [(84, 10), (121, 10), (140, 20), (12, 6), (2, 1)])
def test_an_alert_is_not_born_late(left, expected):
    now = timezone.now()
    for urgency in ("normal", "high"):
        due = first_due(urgency, now, now + timedelta(minutes=left))
        assert (due - now).total_seconds() / 60 == expected, urgency
    assert (first_due("vital", now, now + timedelta(minutes=left)) - now).total_seconds() / 60 == min(expected, 10)


@pytest.mark.parametrize("left", [0, -5, -3000])
def test_a_moment_that_is_past_shortens_nothing(left):
    """As the database counts it: nobody is asked to answer in ten minutes for a departure that was last month."""
    now = timezone.now()
    for urgency in ("normal", "high", "vital"):
        assert first_due(urgency, now, now + timedelta(minutes=left)) == first_due(urgency, now), urgency


def test_its_row_says_until_when_the_person_can_be_reached():
    f.national()
    unit, nurse = f.coordination(), f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    until = (timezone.now() + timedelta(minutes=84)).replace(microsecond=0)
    alert, other = f.sent_alert(nurse, reachable_until=until.isoformat()), f.sent_alert(nurse)
    hand = Hand(f.member(unit, Role.COORDINATOR))
    page = text(hand.get("alert-inbox"))
    assert alert.reference in page and "joignable là jusqu'au " + moment(until).replace("\xa0", " ") in page
    assert "en retard" not in page and "10 min restantes" in page
    assert other.reference in page and page.count("joignable là jusqu'au") == 1  # near miss: nobody said when
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(due_at=None, answer="acting")
    assert "joignable là jusqu'au" not in text(hand.get("alert-inbox", query="?view=handled"))
