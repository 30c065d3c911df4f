"""« Permanence » by its page: what is wrong is said beside what was typed, and nothing is kept of it."""

import pytest

from agencies.models import DutyHours, Role
from tests import factories as f
from tests.referral.pages import Hand, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand(db):
    return Hand(f.member(f.shelter(), Role.AGENCY_ADMIN))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"opens_0_0": "25:99", "closes_0_0": "12:00"}, "Écrivez l'heure comme 08:30."),
        ({"opens_0_0": "08:30"}, "Écrivez les deux heures, ou aucune."),
    ],
)
def test_hours_that_cannot_be_are_said_and_kept_on_the_page(hand, typed, said):
    answer = hand.post("duty", form="hours", **typed)
    assert answer.status_code == 200
    assert said in text(answer)
    assert f'value="{typed["opens_0_0"]}"' in text(answer)
    assert not DutyHours.objects.exists()


def test_hours_are_saved_and_a_form_of_another_page_is_not(hand):
    assert hand.post("duty", form="elsewhere", opens_0_0="08:30", closes_0_0="12:00").status_code == 403
    assert not DutyHours.objects.exists()
    assert hand.post("duty", form="hours", opens_0_0="08:30", closes_0_0="12:00").status_code == 302
    assert DutyHours.objects.count() == 1
