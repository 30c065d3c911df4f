"""Who reports stands beside the person: the embassy of an employer is warned of on the author's own pages too."""

from copy import deepcopy

import pytest

from foundation.actor import acting_as
from referral.models import Alert
from tests import factories as f
from tests.referral.pages import Hand, text

from .alert_pages import STEP1, STEP2, STEP3, Browser, make_people

pytestmark = pytest.mark.django_db
EMBASSY = "N'appelez jamais l'ambassade ou le consulat de l'employeur"
SEEN = {"sign": ["FR-DOM-10"], "by_FR-DOM-10": "observed"}


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return make_people()


@pytest.fixture
def nurse(client, people):
    return Browser(client, people["nurse"])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"employer_immunity": "on", "form": "domestic_servitude"}, SEEN, True),
        ({"employer_immunity": "on"}, STEP2, True),
        ({}, STEP2, False),
    ],
)
def test_check_receipt_and_follow_up_say_it_at_the_top(nurse, first, second, said):
    draft = nurse.start()
    nurse.fill(draft, {**STEP1, **first}, second, STEP3)
    check = text(nurse.get("alert-step", draft, 4))
    nurse.post("alert-step", draft, 4, go="send")
    receipt, follow_up = text(nurse.get("alert-received", draft)), text(nurse.get("alert-detail", draft))
    for page, below in ((check, "Qui la lira"), (receipt, "Prévenus maintenant"), (follow_up, "Suivi de l'alerte")):
        assert page.count(EMBASSY) == int(said)
        assert below in page and (not said or page.index(EMBASSY) < page.index(below))


def test_the_receipt_of_a_danger_says_it_where_it_was_noted(nurse, people):
    """The four questions do not ask it: an alert of danger by the pages may."""
    sent = f.sent_alert(people["nurse"], danger="yes", employer_immunity=True)
    assert EMBASSY in text(nurse.get("alert-received", sent.pk))


def test_a_colleague_who_reads_no_answer_does_not_read_this_one(nurse, people):
    sent = f.sent_alert(people["nurse"], employer_immunity=True)
    with acting_as(people["worker"]):
        assert Alert.objects.visible_to(people["worker"]).filter(pk=sent.pk).exists()
    page = text(Hand(people["worker"]).get("alert-detail", sent.pk))
    assert "Les réponses" in page and EMBASSY not in page


def test_where_a_service_is_chosen_for_a_request(people):
    for immune in (True, False):
        case = f.case(people["coord"], author=people["nurse"], employer_immunity=immune)
        page = text(Hand(people["coord"]).get("orientation-new", case.pk, query="?service=safe_housing"))
        assert page.count(EMBASSY) == int(immune)
