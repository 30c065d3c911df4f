"""What is added to an alert waits at each service that has it, for its own person, until that service itself acts."""

from copy import deepcopy

import pytest

from foundation.actor import acting_as
from referral.alerts.operations import additions
from referral.inbox.operations.alerts import close_alert, redirect_alert
from referral.models import Alert, AlertLink
from referral.routing.selectors.desks import holding
from tests import factories as f
from tests.roles import as_role

from .awaited import ADULT, CHILD, asked, awaited, handed_over, lay, opened, sent

pytestmark = pytest.mark.django_db
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
