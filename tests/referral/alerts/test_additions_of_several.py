"""What is added to an alert waits at each service that has it, for its own person, until that service itself acts."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db.models import F

from foundation.actor import SYSTEM, acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.alerts.operations import additions
from referral.inbox.operations import silent_desks
from referral.inbox.operations.alerts import close_alert, redirect_alert, take_note
from referral.inbox.operations.reminders import remind_desks
from referral.models import Alert, AlertDesk, AlertLink
from referral.orientations.operations import orientations
from referral.routing.selectors.desks import holding
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents.operations import withdraw_consent

from .awaited import ADULT, CHILD, asked, awaited, desks, handed_over, lay, opened, sent

pytestmark = pytest.mark.django_db
READ_IT = "/complement-lu/"
ADDED, GIRL = "Il est revenu ce matin, il veut parler", "Une fille de 15 ans est avec lui"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return lay()


def add(w, alert, words=ADDED):
    with acting_as(w.nurse):
        additions.add_to_alert(w.nurse, alert.pk, words)


def holds(alert) -> set[int]:
    with as_role("nrm_owner"):
        return holding(Alert.objects.get(pk=alert.pk))


@pytest.mark.parametrize("answers", [CHILD, ADULT], ids=["child", "adult"])
def test_a_request_of_one_lead_reads_nothing_for_another(w, answers):
    """Each of the two had its person helped; what was added may be about either of them."""
    alert = sent(w, answers, to=[w.home])
    cases = {who: opened(who, alert) for who in (w.coordinator, w.worker)}
    for who, case in cases.items():
        asked(who, case, w.helper, state="accepted")
    assert not awaited(alert)
    add(w, alert)
    assert awaited(alert) == {w.unit.name, w.home.name}
    asked(w.coordinator, cases[w.coordinator], w.other)
    assert awaited(alert) == {w.home.name}, "it did nothing since"
    asked(w.worker, cases[w.worker], w.other)
    assert not awaited(alert)


def test_the_request_of_a_lead_without_a_desk_is_read_by_the_coordination_of_its_case(w):
    """Near miss: the coordination answers for a case whose lead does not have the alert."""
    alert, second = sent(w, CHILD), f.bare_case(w.coordinator)
    first = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    handed_over(w, first)
    asked(w.coordinator, second, w.other)
    assert not awaited(alert)
    add(w, alert)
    assert awaited(alert) == {w.unit.name}
    asked(w.helper, first, w.other)
    assert not awaited(alert)


@pytest.mark.parametrize("words", [ADDED, GIRL], ids=["closed", "child"])
def test_a_service_that_closed_has_the_alert_again_and_is_not_offered(w, words):
    alert = sent(w, ADULT, to=[w.home])
    with acting_as(w.worker):
        close_alert(w.worker, alert.pk, reason="followed")
    assert holds(alert) == {w.unit.pk}
    if words == ADDED:
        with acting_as(w.coordinator):
            close_alert(w.coordinator, alert.pk, reason="followed")
        assert holds(alert) == set()
    add(w, alert, words)
    assert {w.unit.name, w.home.name} <= awaited(alert)
    assert {w.unit.pk, w.home.pk} <= holds(alert)


def test_a_service_that_sent_it_on_has_it_no_more(w):
    """Near miss: what is added comes back to who had closed it, not to who gave it away."""
    alert = sent(w, ADULT, to=[w.home])
    with acting_as(w.worker):
        redirect_alert(w.worker, alert.pk, [w.unit.pk], reason="competence")
    with acting_as(w.coordinator):
        close_alert(w.coordinator, alert.pk, reason="followed")
    assert holds(alert) == set()
    add(w, alert)
    assert awaited(alert) == {w.unit.name} and holds(alert) == {w.unit.pk}


def older(alert, hours: float, *fields) -> None:
    """As if that much time had passed for these moments of its desks."""
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(**{name: F(name) - timedelta(hours=hours) for name in fields})


def silent(w, alert) -> bool:
    with acting_as(w.coordinator):
        return alert.pk in {item.subject_id for item in silent_desks.waiting(w.coordinator)}


def reminded(alert) -> int:
    with as_role("nrm_worker"), acting_as(SYSTEM):
        remind_desks()
    with as_role("nrm_owner"):
        return Event.objects.filter(subject_id=alert.pk, kind="alert_reminder").count()


def test_half_of_the_time_is_that_of_the_time_limit_that_an_addition_began(w):
    """A service that had closed it was past half of its time in the minute of the addition."""
    alert = sent(w, ADULT, to=[w.home])
    older(alert, 40, "received_at", "due_at", "answer_by")
    assert silent(w, alert) and reminded(alert) == 2, "the first time limit: one each"
    older(alert, 200, "received_at")
    for who in (w.worker, w.coordinator):
        with acting_as(who):
            close_alert(who, alert.pk, reason="followed")
    add(w, alert)
    assert awaited(alert) == {w.unit.name, w.home.name}
    assert not silent(w, alert) and reminded(alert) == 2, "72 h have just begun"
    older(alert, 40, "due_from", "due_at", "answer_by")
    assert silent(w, alert) and reminded(alert) == 4, "each is told at the real half"
    assert reminded(alert) == 4, "once"


def test_who_owes_nothing_else_notes_that_it_has_read(w):
    """The author added « merci »: the lead had to say that it acts, or ask one more service, to end its time limit."""
    alert, page = sent(w, CHILD, to=[w.home]), Hand(w.coordinator)
    cases = {who: opened(who, alert) for who in (w.coordinator, w.worker)}
    for who, case in cases.items():
        asked(who, case, w.helper, state="accepted")
    assert READ_IT not in text(page.get("inbox-alert", alert.pk)), "nothing was added"
    assert page.post("alert-take-note", alert.pk, added=0).status_code == 409
    add(w, alert)
    assert READ_IT in text(page.get("inbox-alert", alert.pk))
    assert page.post("alert-take-note", alert.pk, added=0).status_code == 409, "one that the page did not show"
    assert awaited(alert) == {w.unit.name, w.home.name}
    assert page.post("alert-take-note", alert.pk, added=1).status_code == 302
    assert desks(alert) == {w.unit.name: ("case", False), w.home.name: ("case", True)}, "each for itself"
    assert READ_IT not in text(page.get("inbox-alert", alert.pk))
    with acting_as(w.worker):
        take_note(w.worker, alert.pk)
    assert not awaited(alert)
    add(w, alert)
    assert awaited(alert) == {w.unit.name, w.home.name}, "and again"


def test_who_withdrew_her_agreement_is_not_said_to_be_helped_when_something_is_added(w):
    """The page offered « Complément lu », and refused it each time it was pressed."""
    alert, page = sent(w, ADULT), Hand(w.coordinator)
    case = opened(w.coordinator, alert)
    agreed = f.consent(w.coordinator, case, agencies=[w.helper.agency_id], level=3)
    f.orientation(w.coordinator, case, w.helper.agency, state="accepted", answerer=w.helper, level=3, consent=agreed)
    with acting_as(w.coordinator):
        withdraw_consent(w.coordinator, agreed.pk)
    assert not awaited(alert), "it is her decision"
    add(w, alert)
    assert awaited(alert) == {w.unit.name}
    said = text(page.get("inbox-alert", alert.pk))
    assert READ_IT not in said and "Aucune aide n'est en cours" in said


@pytest.mark.parametrize("state", ["nothing", "joined", "declined"])
def test_who_owes_something_reads_and_its_time_limit_runs(w, state):
    alert = sent(w, CHILD)
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper) if state != "nothing" else None
    add(w, alert)
    if state == "joined":
        with acting_as(w.coordinator):
            AlertLink.objects.create(alert=alert, case=f.bare_case(w.coordinator))
    elif state == "declined":
        with acting_as(w.helper):
            orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert READ_IT not in text(Hand(w.coordinator).get("inbox-alert", alert.pk))
    with acting_as(w.coordinator), pytest.raises(WrongState):
        take_note(w.coordinator, alert.pk)
    assert awaited(alert) == {w.unit.name}
