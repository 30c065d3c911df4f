"""Join an alert to a case: what its pages say of it afterwards, and what is asked first when the two differ."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.referral.pages import Hand, text

pytestmark = pytest.mark.django_db
OPENED, JOINED = "Dossier ouvert à partir de cette alerte :", "Dossier auquel cette alerte est rattachée :"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {"nurse": nurse, "coord": f.member(unit, Role.COORDINATOR)}


def test_a_page_says_whether_the_case_was_opened_from_the_alert_or_joined(world):
    first, second = f.sent_alert(world["nurse"]), f.sent_alert(world["nurse"])
    case, hand = f.case(world["coord"], alert=first), Hand(world["coord"])
    assert hand.post("alert-join", second.pk, reference=case.reference).status_code == 302
    opened, joined = text(hand.get("inbox-alert", first.pk)), text(hand.get("inbox-alert", second.pk))
    assert OPENED in opened and JOINED not in opened and case.reference in opened
    assert JOINED in joined and OPENED not in joined and case.reference in joined


def test_the_agency_that_wrote_an_alert_reads_the_same_of_it(world):
    lead = f.member(f.shelter())
    case = f.own_case(lead)
    joined = f.sent_alert(lead, recipients=[])
    with acting_as(lead):
        first = case.alert_links.get().alert
    hand = Hand(lead)
    assert hand.post("alert-join", joined.pk, reference=case.reference).status_code == 302
    assert OPENED in text(hand.get("alert-detail", first.pk))
    page = text(hand.get("alert-detail", joined.pk))
    assert JOINED in page and OPENED not in page
