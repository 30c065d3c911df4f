"""The same thing asked twice at once, on connections of their own: done once, and the second is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.alerts.operations import alerts
from referral.inbox.operations import alerts as inbox
from referral.models import Orientation, OrientationMove
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, CaseAccess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    f.national()
    school = f.agency(Kind.EDUCATION, desk=False)
    return {
        "nurse": f.member(school, Role.FRONTLINE),
        "coord": f.member(f.coordination(), Role.COORDINATOR),
        "home": f.member(f.shelter()),
    }


def twice(actor, act) -> list[str]:
    """Runs `act` in two threads at once; « done » or « late » for each."""
    gate = Barrier(2)

    def one(_):
        try:
            with acting_as(actor):
                gate.wait(10)
                act()
            return "done"
        except WrongState:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_two_clicks_make_one_case(people):
    alert = f.sent_alert(people["nurse"])
    assert twice(people["coord"], lambda: alerts.open_case(people["coord"], alert.pk)) == ["done", "late"]
    with as_role("nrm_owner"):
        assert Case.objects.count() == 1


def test_two_clicks_make_one_draft(people):
    case, service = f.case(people["coord"], author=people["nurse"]), f.service()
    consent = f.consent(people["coord"], case)

    def draft():
        orientations.draft_orientation(
            people["coord"], case, addressee=people["home"].agency, service=service, consent=consent
        )

    assert twice(people["coord"], draft) == ["done", "done"]
    with as_role("nrm_owner"):
        assert Orientation.objects.count() == 1


def test_two_colleagues_read_for_the_first_time_at_once(people):
    """Reading is no answer: the second one reads too, and the author or the sender is told once."""
    coord, home = people["coord"], people["home"]
    sent = [f.sent_alert(people["nurse"]) for _ in range(5)]
    made = [f.orientation(coord, f.case(coord, author=people["nurse"]), home.agency) for _ in range(5)]
    for alert in sent:
        assert twice(coord, lambda pk=alert.pk: inbox.open_alert(coord, pk)) == ["done", "done"]
    for each in made:
        assert twice(home, lambda pk=each.pk: orientations.open_orientation(home, pk)) == ["done", "done"]
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="alert_opened", subject_id__in=[a.pk for a in sent]).count() == 5
        assert Event.objects.filter(kind="orientation_opened").count() == 5


def test_sent_and_accepted_once(people):
    case = f.case(people["coord"], author=people["nurse"])
    made = f.orientation(people["coord"], case, people["home"].agency, state="draft")
    send = twice(people["coord"], lambda: orientations.send_orientation(people["coord"], made.pk))
    accept = twice(people["home"], lambda: orientations.accept_orientation(people["home"], made.pk))
    assert send == accept == ["done", "late"]
    with as_role("nrm_owner"):
        assert list(OrientationMove.objects.values_list("action", flat=True)) == ["send", "accept"]
        assert Event.objects.filter(kind="orientation_sent").count() == 1
        assert Event.objects.filter(kind="orientation_accepted").count() == 1
        assert CaseAccess.objects.filter(agency=people["home"].agency_id).count() == 1
