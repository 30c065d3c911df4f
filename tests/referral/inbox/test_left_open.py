"""Alerts that nobody closed: listed after a year, and told each month to the desks that have them and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Membership, Role
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


def sent(house, days: int, also=()) -> Alert:
    """An alert that was sent to the coordination (and `also`) and moved last this many days ago."""
    alert = f.sent_alert(house[1], desks=[house[0].agency_id, *also])
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
    assert "Alertes de plus d'un an restées ouvertes" in text(Hand(lead).get("alert-inbox", query="?view=handled"))


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


def test_what_a_case_of_another_desk_followed_is_neither_listed_nor_told(house):
    """The desk that opened no case sees no link: it was told to call the person back."""
    lead, _author, other = house
    followed, left = (sent(house, 400, [other.agency_id]) for _ in range(2))
    with acting_as(lead):
        open_case(lead, followed.pk)
    aged(followed, 400)
    for member in (lead, other):
        assert followed.reference not in listed(member)
        assert left.reference in listed(member)
    assert reminded() == {lead.pk, other.pk}


@pytest.mark.parametrize("ended", ["closed", "nothing_to_do", "redirected"])
def test_a_desk_whose_share_is_over_is_neither_shown_nor_told_the_alert(house, ended):
    lead, _author, other = house
    alert = sent(house, 400, [other.agency_id])
    assert reminded() == {lead.pk, other.pk}
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert, agency=other.agency_id).update(answer=ended, live=ended != "redirected")
    aged(alert, 440)
    assert reminded() == {lead.pk}
    assert alert.reference in listed(lead)
    assert alert.reference not in listed(other)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=False)
    aged(alert, 475)
    assert reminded() == set(), "no desk has it"


def late(member) -> None:
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(cases_from=timezone.now())


def off(member) -> None:
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(active=False)


def test_what_nobody_reads_any_more_waits_again_for_those_who_came_since(house):
    lead, _author, other = house
    alert = sent(house, 400)
    mate = f.member(lead.agency, Role.COORDINATOR)
    late(mate)
    assert reminded() == {lead.pk}
    assert alert.reference not in listed(mate)
    off(lead)
    assert mate.pk in waited()
    assert alert.reference in listed(mate)
    assert alert.reference in text(Hand(mate).get("alert-inbox"))
    assert waiting(alert) == 1
    assert waited() == set(), "once"


def test_what_its_author_adds_is_read_by_those_who_came_since(house):
    """Told to a desk where nobody reads the alert, it was told to nobody, and put off the reminder by a year."""
    lead, author, _other = house
    alert = sent(house, 30)
    mate = f.member(lead.agency, Role.COORDINATOR)
    late(mate)
    off(lead)
    assert alert.reference not in text(Hand(mate).get("alert-inbox"))
    with acting_as(author):
        additions.add_to_alert(author, alert.pk, "Il l'a retrouvée.")
    fan_out()
    assert mate.pk in told("alert_addition") and waiting(alert) == 1
    assert alert.reference in text(Hand(mate).get("alert-inbox"))


def test_where_nobody_works_any_more_it_waits_as_one_that_nobody_answers(house):
    _lead, author, other = house
    alert = f.sent_alert(author, desks=[other.agency_id])
    aged(alert, 400)
    off(other)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).exclude(agency=other.agency_id).delete()
        assert AlertDesk.objects.filter(alert=alert).count() == 1
    assert (waited(), waiting(alert)) == (set(), 1)


def waited() -> set[int]:
    reminded()
    return told("alert_escalated")


def waiting(alert) -> int:
    """Return at how many desks the alert waits, with a time limit."""
    with as_role("nrm_owner"):
        return AlertDesk.objects.filter(alert=alert).exclude(due_at=None).count()


@pytest.mark.parametrize("why", ["read at another desk", "refused, and kept", "a case followed", "closed"])
def test_what_somebody_reads_or_nobody_waits_for_does_not_wait_again(house, why):
    lead, author, other = house
    alert = sent(house, 400, [other.agency_id] if why == "read at another desk" else [])
    with as_role("nrm_owner"):
        if why == "refused, and kept":
            AlertDesk.objects.filter(alert=alert).update(answer_by=None)
        if why == "a case followed":
            Alert.objects.filter(pk=alert.pk).update(case_status="open")
        if why == "closed":
            Alert.objects.filter(pk=alert.pk).update(state="closed")
    off(lead)
    assert (waited(), waiting(alert)) == (set(), 0)


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
