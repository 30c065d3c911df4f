"""Alerts that nobody closed: listed after a year, and told each month to the desks that have them and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Notice
from referral.alerts.operations import additions
from referral.alerts.operations.alerts import open_case
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.models import Alert, AlertAddition, AlertDesk, AlertMove
from referral.tasks import figures, forget
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    f.national()
    lead = f.member(f.coordination(), Role.COORDINATOR)
    return lead, f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), f.member(f.shelter())


def sent(house, days: int) -> Alert:
    """An alert that was sent to the coordination and moved last this many days ago."""
    alert = f.sent_alert(house[1], desks=[house[0].agency_id])
    with acting_as(house[0]):
        open_alert(house[0], alert.pk)
    aged(alert, days)
    return alert


def aged(alert, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    with as_role("nrm_owner"):
        AlertMove.objects.filter(alert=alert).update(at=at)
        AlertAddition.objects.filter(alert=alert).update(at=at)
        AlertDesk.objects.filter(alert=alert).update(received_at=at, due_at=None)
        Alert.objects.filter(pk=alert.pk).update(sent_at=at)


def listed(member) -> str:
    return text(Hand(member).get("alerts-left-open"))


def reminded() -> set[int]:
    with as_role("nrm_owner"):
        Notice.objects.all().delete()
    for _ in range(2):
        with as_role("nrm_worker"):
            figures()
        fan_out()
    return told("alert_left_open")


def test_what_nobody_closed_for_a_year_is_listed_and_told_each_month(house):
    lead, author, other = house
    alert = sent(house, 364)
    assert alert.reference not in listed(lead) and reminded() == set()
    for days, expected in ((366, {lead.pk}), (371, set()), (373, {lead.pk}), (404, {lead.pk})):
        aged(alert, days)
        assert reminded() == expected, days
        assert alert.reference in listed(lead)
    assert "Aucune alerte n'est restée ouverte" in listed(other)
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        assert Alert.objects.filter(pk=alert.pk).exists(), "it waits for somebody"
    assert "Alertes restées ouvertes" in text(Hand(lead).get("alert-inbox", query="?view=handled"))


def test_what_was_added_to_closed_or_followed_by_a_case_is_not(house):
    lead, author, _other = house
    added, closed, followed = (sent(house, 400) for _ in range(3))
    with acting_as(author):
        additions.add_to_alert(author, added.pk, "Encore")
    with acting_as(lead):
        close_alert(lead, closed.pk, reason="other_help")
        open_case(lead, followed.pk)
    for alert in (closed, followed):
        aged(alert, 400)
    page = listed(lead)
    assert not [alert for alert in (added, closed, followed) if alert.reference in page]
    assert reminded() == set()


def test_the_list_asks_as_much_of_two_alerts_as_of_twelve(house, django_assert_max_num_queries):
    counts = []
    hand = Hand(house[0])
    hand.get("alerts-left-open")
    for more in (2, 10):
        for _ in range(more):
            sent(house, 400)
        with django_assert_max_num_queries(60) as asked:
            assert hand.get("alerts-left-open").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
