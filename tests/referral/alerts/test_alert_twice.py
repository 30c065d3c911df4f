"""The same alert sent twice at the same moment, from two connections: one alert, one reference, one move."""

import threading
import uuid

import pytest
from django.db import connections, transaction

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.models import Alert, AlertDesk
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)
DANGER = {"territory": "75", "minor": "no", "callback": "01 99 00 00 00", "kind": "danger", "danger": "yes"}


@pytest.fixture
def people(transactional_db):
    f.national()
    unit = f.coordination()
    school = f.agency(Kind.EDUCATION, desk=False)
    return {"nurse": f.member(school, Role.FRONTLINE), "coord": f.member(unit, Role.COORDINATOR)}


def at_once(act, times=4):
    """Run `act` in as many connections, released together; what each gives, or the error it met."""
    start, found = threading.Barrier(times), []

    def one():
        try:
            start.wait(10)
            with transaction.atomic():
                found.append(act())
        except Exception as error:  # noqa: BLE001 the test compares whatever came
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def test_danger_clicked_four_times(people):
    nurse, draft = people["nurse"], uuid.uuid4()

    def click():
        with acting_as(nurse):
            return alerts.send_danger(nurse, draft, DANGER).reference

    found = at_once(click)
    assert len(found) == 4 and len(set(found)) == 1, found
    with acting_as(nurse):
        assert Alert.objects.get().moves.count() == 1
    with acting_as(people["coord"]):
        assert AlertDesk.objects.count() == 1


def test_a_draft_sent_four_times(people):
    nurse = people["nurse"]
    draft = f.draft(nurse)

    def click():
        with acting_as(nurse):
            return alerts.send_alert(nurse, draft.pk).reference

    found = at_once(click)
    assert found == [draft.reference] * 4
    with acting_as(nurse):
        assert Alert.objects.get().moves.count() == 1
