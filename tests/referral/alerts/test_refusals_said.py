"""What a page says of an adult who refused, of a report that an alert does not make, and of a second case."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.inbox.operations import alerts as inbox
from tests import factories as f
from tests.referral.pages import Hand, text

pytestmark = pytest.mark.django_db
REFUSED = "La personne a refusé que d'autres soient prévenus"
ON_ARTICLE_40 = {
    "minor": "no",
    "agreement": "no",
    "share_anyway": True,
    "legal_ground": "article_40",
    "legal_reason": "Faits graves, écrits pour cet essai.",
}
TO_REPORT = "Cette alerte ne remplace pas votre avis au procureur (article 40)"
ANOTHER = "Un dossier est déjà ouvert à partir de cette alerte."
NUMBERS = "Numéros des services qui n'ont pas répondu"


@pytest.fixture
def unit(db):
    return Hand(f.member(f.coordination(), Role.COORDINATOR))


@pytest.fixture
def author(db):
    return Hand(f.member(f.agency(Kind.INTERIOR, desk=False), Role.FRONTLINE))


def read(hand, alert) -> str:
    with acting_as(hand.member):
        inbox.open_alert(hand.member, alert.pk)
    return text(hand.get("inbox-alert", alert.pk)).replace("\xa0", " ")


def test_desk_reads_first_that_the_adult_refused_and_who_alerted_what_it_still_owes(unit, author):
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id], **ON_ARTICLE_40)
    page = read(unit, alert)
    assert page.index(f"{REFUSED}.") < page.index("Ouvrir un dossier")
    for route in ("alert-detail", "alert-received"):
        assert TO_REPORT in text(author.get(route, alert.pk)), route


@pytest.mark.parametrize("answers", [{"agreement": "not_asked"}, {"minor": "yes", "agreement": "no"}])
def test_nothing_was_refused_by_who_was_not_asked_nor_by_a_child(unit, author, answers):
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id], **{"minor": "no", **answers})
    page = read(unit, alert)
    assert REFUSED not in page and "Aucun autre service ne peut recevoir cette alerte" in page
    assert TO_REPORT not in text(author.get("alert-detail", alert.pk))


@pytest.mark.parametrize(("minor", "offered"), [("no", False), ("doubt", True), ("yes", True)])
def test_services_for_children_are_looked_for_at_once_for_a_child_alone(unit, author, minor, offered):
    f.agency(Kind.CHILD_PROTECTION, services=("child_care", "safe_housing"))
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id], minor=minor, agreement="not_asked")
    page = read(unit, alert)
    assert 'value="safe_housing"' in page
    assert ('value="child_care"' in page) is offered
    case = f.case(unit.member, alert=alert)
    assert ("service=child_care" in text(unit.get("orientation-new", case.pk))) is offered


def test_who_may_open_a_second_case_reads_that_one_is_open(unit, author):
    crip = Hand(f.member(f.agency(Kind.CHILD_PROTECTION, supports_people=True)))
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id, crip.member.agency_id], minor="yes", danger="yes")
    assert ANOTHER not in read(unit, alert)
    f.case(crip.member, alert=alert)
    page = read(unit, alert)
    assert ANOTHER in page and NUMBERS not in page, "nobody else is silent"


def test_unit_reads_where_the_numbers_of_the_silent_services_are(unit, author):
    crip = Hand(f.member(f.agency(Kind.CHILD_PROTECTION)))
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id, crip.member.agency_id], minor="yes", danger="yes")
    assert NUMBERS in read(unit, alert)
    assert NUMBERS not in read(crip, alert), "only a unit watches services"
    calm = f.sent_alert(author.member, desks=[unit.member.agency_id, crip.member.agency_id], minor="yes", danger="no")
    assert NUMBERS not in read(unit, calm), "the page of numbers has it past half of its time alone"


@pytest.mark.parametrize(("danger", "told"), [("no", True), ("yes", False)])
def test_refusal_holds_nobody_back_in_danger_to_life(unit, author, danger, told):
    alert = f.sent_alert(author.member, desks=[unit.member.agency_id], **{**ON_ARTICLE_40, "danger": danger})
    assert ("Ne demandez rien pour elle à un service" in read(unit, alert)) is told
