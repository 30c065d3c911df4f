"""The next alert: goes round the inbox in its order, from the one shown, and keeps the filters of the list."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from referral.inbox.display import CASES_KEPT, OF_CASES
from referral.models import AlertDesk
from tests import factories as f
from tests.costs import queries
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
NEXT = re.compile(r'href="([^"]+)">Alerte suivante : ([^<]+)</a>')
CHILDREN = "?age_side=minor"
CLOSED = {"close-reason": "duplicate"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {"nurse": nurse, "coord": f.member(unit, Role.COORDINATOR)}


def waiting(world, *answers: dict) -> list:
    """Send an alert for each of these answers, due one minute after another."""
    alerts, now = [f.sent_alert(world["nurse"], **told) for told in answers], timezone.now()
    with as_role("nrm_owner"):
        for minutes, alert in enumerate(alerts, 1):
            AlertDesk.objects.filter(alert=alert).update(answer_by=now + timedelta(minutes=minutes))
    return alerts


def case_of(alert) -> Case:
    with as_role("nrm_owner"):
        return Case.objects.get(alert_links__alert=alert)


def walk(hand, alert, steps: int, query: str = "") -> list[str]:
    """Return the references that « Alerte suivante » leads to, pressed so many times from an alert."""
    address, seen = reverse("referral:inbox-alert", args=[alert.pk]) + query, []
    for _ in range(steps):
        address, reference = NEXT.findall(text(hand.client.get(address)))[-1]
        seen.append(reference)
    return seen


def test_setting_alerts_aside_goes_round_the_whole_inbox(world):
    ordinary, vital, last, other = waiting(world, {}, {"danger": "yes"}, {}, {"danger": "yes"})
    hand = Hand(world["coord"])
    for alert in (vital, other):
        hand.get("inbox-alert", alert.pk)  # read, and set aside
    order = [a.reference for a in (vital, other, ordinary, last)]
    for place, alert in enumerate((vital, other, ordinary, last)):
        assert walk(hand, alert, 4) == [*order[place + 1 :], *order[: place + 1]], "in the order of the list, and round"


def test_a_danger_to_life_that_nobody_read_comes_before_ordinary_alerts(world):
    shown, other, danger = waiting(world, {}, {}, {"danger": "yes"})
    hand = Hand(world["coord"])
    assert walk(hand, shown, 4) == [danger.reference, shown.reference, other.reference, danger.reference]


def test_the_page_says_how_many_wait_and_nothing_when_none_does(world):
    shown, _second, taken = waiting(world, {}, {}, {})
    hand = Hand(world["coord"])
    assert "2 autres alertes attendent que quelqu'un s'en charge" in text(hand.get("inbox-alert", shown.pk))
    hand.post("alert-charge", taken.pk, act="mine")
    assert "1 autre alerte attend que quelqu'un s'en charge" in text(hand.get("inbox-alert", shown.pk))
    assert "Alerte suivante" not in text(hand.get("inbox-alert", shown.pk, query="?urgency=vital"))


def test_after_an_answer_one_goes_on_from_where_the_alert_stood(world):
    first, closed, third = waiting(world, {}, {}, {})
    hand = Hand(world["coord"])
    back = hand.post("alert-close", closed.pk, **CLOSED)
    assert NEXT.findall(text(hand.client.get(back.url)))[-1][1] == third.reference
    opened = hand.post("alert-open-case", third.pk)
    assert NEXT.findall(text(hand.client.get(opened.url)))[-1][1] == first.reference


def test_the_filters_of_the_list_go_with_the_reader(world):
    adult, child, other = waiting(world, {}, {"minor": "yes"}, {"minor": "yes"})
    hand = Hand(world["coord"])
    page = text(hand.get("alert-inbox", query=CHILDREN + "&late=&nonsense=1"))
    assert f'href="/boite/{child.pk}/{CHILDREN}"' in page
    assert walk(hand, child, 3, CHILDREN) == [other.reference, child.reference, other.reference]
    page = text(hand.get("inbox-alert", child.pk, query=CHILDREN))
    assert "1 autre alerte attend que quelqu'un s'en charge, avec les mêmes filtres" in page
    assert f'href="/boite/{CHILDREN}"' in page, "the way back"
    forms = re.findall(r'<form method="post" action="(/boite/[^"]+)"', page)
    assert forms and all(action.endswith(CHILDREN) for action in forms), "so do the acts"
    back = hand.post("alert-charge", other.pk, query=CHILDREN, act="mine", listed="1")
    assert back.url == f"/boite/{CHILDREN}"
    stays = hand.post("alert-charge", other.pk, query=CHILDREN, act="mine")
    assert stays.url == f"/boite/{other.pk}/{CHILDREN}"
    back = hand.post("alert-close", child.pk, query=CHILDREN, **CLOSED)
    assert back.url == f"/boite/{CHILDREN}"
    page = text(hand.client.get(back.url))
    assert "Alerte suivante" not in page and adult.reference not in page, "no child waits any more"


def sent_for(hand, case, home) -> str:
    """Send a request for a case, and return the page that says so."""
    sent = hand.post("orientation-preview", f.orientation(hand.member, case, home, state="draft").pk)
    return text(hand.client.get(sent.url))


def test_the_filters_stay_through_the_case_until_its_request_is_sent(world):
    _adult, opened, joined, last = waiting(world, {}, *[{"minor": "yes"}] * 3)
    hand, home = Hand(world["coord"]), f.shelter()
    answer = hand.post("alert-open-case", opened.pk, query=CHILDREN, need="safe_housing")
    case = case_of(opened)
    following = (f"/boite/{joined.pk}/{CHILDREN}", joined.reference)
    assert following in NEXT.findall(text(hand.client.get(answer.url))), "on the way to a service"
    assert following in NEXT.findall(sent_for(hand, case, home)), "once it is asked"
    other = f.case(world["coord"], author=world["nurse"], minor="yes")
    hand.post("alert-join", joined.pk, query=CHILDREN, reference=other.reference)
    assert (f"/boite/{last.pk}/{CHILDREN}", last.reference) in NEXT.findall(sent_for(hand, other, home)), "joined too"


def test_a_case_opened_from_the_whole_inbox_leads_back_to_it(world):
    first, second, _child = waiting(world, {}, {}, {"minor": "yes"})
    hand, home = Hand(world["coord"]), f.shelter()
    case = f.case(world["coord"], author=world["nurse"], minor="yes")
    hand.post("alert-join", first.pk, reference=case.reference, same=case.reference)
    assert (f"/boite/{second.pk}/", second.reference) in NEXT.findall(sent_for(hand, case, home))
    assert OF_CASES not in hand.client.session, "nothing to keep"


def test_the_session_keeps_the_filters_of_the_last_cases_alone(world):
    hand = Hand(world["coord"])
    for alert in waiting(world, *[{"minor": "yes"}] * (CASES_KEPT + 1)):
        hand.post("alert-open-case", alert.pk, query=CHILDREN)
    kept = hand.client.session[OF_CASES]
    assert len(kept) == CASES_KEPT and set(kept.values()) == {CHILDREN[1:]}
    assert str(case_of(alert).pk) in kept


def test_when_nobody_is_missing_any_more_what_still_waits_is_said(world):
    """A case opened without anything after it, or an alert in charge of somebody: the inbox holds them all the same."""
    first, taken, last, child = waiting(world, {}, {}, {}, {"minor": "yes"})
    hand = Hand(world["coord"])
    hand.post("alert-open-case", first.pk)
    for alert in (taken, child):
        hand.post("alert-charge", alert.pk, act="mine")
    link = '<a href="/boite/">4 alertes attendent encore une première démarche</a>'
    assert link in text(hand.get("inbox-alert", last.pk))
    opened = hand.post("alert-open-case", last.pk)
    assert link in text(hand.client.get(opened.url)), "its own too, as the list shows it"
    page = text(hand.get("inbox-alert", last.pk, query="?age_side=adult"))
    assert "3 alertes attendent encore une première démarche, avec les mêmes filtres</a>" in page
    page = text(hand.get("inbox-alert", child.pk, query=CHILDREN))
    assert "attend encore" not in page and "Alerte suivante" not in page, "it alone is left"


def test_the_case_just_opened_is_not_said_to_wait_when_it_is_alone(world):
    (only,) = waiting(world, {})
    hand = Hand(world["coord"])
    opened = hand.post("alert-open-case", only.pk)
    assert "attend encore une première démarche" not in text(hand.client.get(opened.url))


def test_after_the_last_alert_of_the_inbox_nothing_is_said(world):
    (only,) = waiting(world, {})
    hand = Hand(world["coord"])
    back = hand.post("alert-close", only.pk, **CLOSED)
    page = text(hand.client.get(back.url))
    assert "attend encore" not in page and "Alerte suivante" not in page


def test_nothing_but_filters_of_the_list_is_carried(world):
    shown, _other = waiting(world, {}, {})
    hand, odd = Hand(world["coord"]), "?urgency=nonsense&next=//ailleurs.example/&cursor=x"
    page = text(hand.get("inbox-alert", shown.pk, query=odd)).partition("<main")[2]
    assert "nonsense" not in page and "ailleurs" not in page and "Alerte suivante" in page
    back = hand.post("alert-close", shown.pk, query=odd, **CLOSED)
    assert back.url == "/boite/"


def test_an_alert_asks_no_more_of_the_database_for_it(world):
    shown, _other = waiting(world, {}, {"danger": "yes"})
    hand = Hand(world["coord"])
    alone = queries(lambda: hand.get("inbox-alert", shown.pk))
    waiting(world, {}, {}, {"danger": "yes"})
    assert queries(lambda: hand.get("inbox-alert", shown.pk)) == alone
