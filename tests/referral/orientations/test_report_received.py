"""A report that a prosecutor acknowledged is received, and is no support; what was said is not asked again."""

import re

import pytest

from agencies.models import Agency, Category, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from referral.alerts.operations import alerts
from referral.closing import operations as closing
from referral.models import AlertDesk, Orientation
from referral.orientations.display import sheet
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NEEDS = ("prosecution", "child_care")  # what a prosecutor for children is asked, of either it is told by a report
PROSECUTOR = {"services": NEEDS, "profile_id": "parquet"}
DANGER = {"consent": None, "legal_ground": "child_in_danger"}


@pytest.fixture
def coord():
    return f.member(f.coordination(), Role.COORDINATOR)


@pytest.fixture
def child(coord):
    return f.case(coord, minor="yes", agreement="not_asked", recipients=[])


def reported(coord, child, need="prosecution", **fields):
    desk = f.member(f.agency(Kind.JUSTICE, name="Parquet fictif", **PROSECUTOR))
    return desk, f.orientation(coord, child, desk.agency, service=f.service(need), **DANGER | fields)


def test_acknowledged_report_is_received_on_every_page(coord, child):
    desk, made = reported(coord, child)
    hand = Hand(desk)
    hand.post("orientation-accept", made.pk)
    page = text(hand.get("orientation-detail", made.pk))
    assert "Accusé de réception envoyé. L'expéditeur est prévenu" in page and "Demande acceptée" not in page
    assert page.count("Accusé de réception envoyé") == 2, "what was done, and its step"
    for reader, route, args in (
        (desk, "orientation-detail", [made.pk]),
        (coord, "orientation-detail", [made.pk]),
        (desk, "case-detail", [child.pk]),
        (coord, "case-detail", [child.pk]),
        (coord, "orientation-sent", []),
    ):
        page = text(Hand(reader).get(route, *args))
        assert "Signalement reçu" in page and "Acceptée</span>" not in page, (reader, route)
    assert "Signalement reçu" in text(Hand(desk).get("orientation-received", query="?view=current"))
    page = text(Hand(coord).get("case-detail", child.pk))
    assert "Reçu par le parquet" in page and "Demande : acceptée" not in page


@pytest.mark.parametrize("need", NEEDS)
def test_a_report_is_said_to_be_one_before_it_is_sent(coord, child, need):
    desk, draft = reported(coord, child, need, state="draft", level=3)
    page = text(Hand(coord).get("orientation-preview", draft.pk))
    assert "Le parquet reçoit cette demande comme un signalement" in page and "n'accompagne personne" in page
    assert (
        "Le dossier ne s'ouvre au parquet que s'il accuse réception." in page and "S'il accuse réception</h2>" in page
    )
    assert "ne peut pas lire cette rubrique. Elle s'ouvre au parquet dès qu'il accuse réception." in page
    assert "un signalement n'en retire aucune" in page
    assert "accepte" not in page and "plusieurs services" not in page
    with acting_as(coord):
        orientations.send_orientation(coord, draft.pk)
    page = text(Hand(coord).get("orientation-detail", draft.pk))
    assert "Elle s'ouvre au parquet dès qu'il accuse réception." in page and "dès qu'il accepte" not in page
    page = text(Hand(desk).get("orientation-detail", draft.pk))
    assert "s'ouvrira à votre service dès qu'il accuse réception" in page and "dès qu'il accepte" not in page
    # near miss: a service that is asked the same help accepts it
    home = f.orientation(coord, child, f.shelter(services=(need,)), service=f.service(need), state="draft", **DANGER)
    page = text(Hand(coord).get("orientation-preview", home.pk))
    assert "S'il accepte" in page and "comme un signalement" not in page


def test_a_section_still_empty_is_said_to_open_once_receipt_is_acknowledged():
    said = sheet.in_words({"file": {"empty": True}}, report=True)[0].sentence
    assert "après l'accusé de réception" in said
    assert "après l'accusé" not in sheet.in_words({"file": {"empty": True}})[0].sentence


def test_the_service_that_reports_is_asked_who_can_give_the_identity_not_to_know_it(coord, child):
    desk, made = reported(coord, child)
    page = text(Hand(desk).get("orientation-detail", made.pk))
    assert "demandez par téléphone au service qui signale" in page and "qui peut vous la donner" in page


def test_support_does_not_start_on_a_report(coord, child):
    desk, made = reported(coord, child, state="accepted")
    page = text(Hand(desk).get("orientation-detail", made.pk))
    assert "La prise en charge a commencé" not in page and f"/orientations/{made.pk}/commencer/" not in page
    with acting_as(desk):
        assert "start" not in orientations.actions(desk, Orientation.objects.get(pk=made.pk))
        with pytest.raises(NotAllowed):
            orientations.start_orientation(desk, made.pk)
    assert "accompagne" not in (said := next_step(desk, child)) and "prise en charge" not in said
    # near miss: a court that is no prosecutor's office begins its support as before
    court = f.member(f.agency(Kind.JUSTICE, services=("prosecution",)))
    other = f.orientation(coord, child, court.agency, service=f.service("prosecution"), **DANGER, state="accepted",
                          answerer=court)  # fmt: skip
    assert "La prise en charge a commencé" in text(Hand(court).get("orientation-detail", other.pk))


def test_the_lead_is_not_asked_to_say_that_a_report_begins(coord):
    case = f.case(coord)
    reported(coord, case, state="accepted", legal_ground="vital_danger")
    said = next_step(coord, case)
    assert "Parquet fictif a reçu le signalement. Aucun service n'aide encore la personne" in said
    assert f"/dossiers/{case.pk}/orienter/" in said and "accompagnement" not in said


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("state", ["sent", "accepted"])
def test_a_report_alone_is_no_help_and_the_alert_is_still_awaited(coord, state, need):
    """« Signalement reçu » stopped the time limit of the alert: nobody was with the child."""
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), minor="yes")
    with acting_as(coord):
        case = alerts.open_case(coord, alert.pk)
    reported(coord, case, need, state=state)
    assert coord.agency_id in waiting_for(alert)
    f.orientation(coord, case, f.shelter(), state="sent", **DANGER)
    assert coord.agency_id not in waiting_for(alert), "a service that helps is asked"


def waiting_for(alert) -> set[int]:
    with as_role("nrm_owner"):
        return set(
            AlertDesk.objects.filter(alert=alert, live=True, due_at__isnull=False).values_list("agency", flat=True)
        )


def test_a_report_alone_does_not_offer_to_say_that_support_begins(coord):
    """Where the case stands said « Parquet : a accepté », with a button that ended the search for a shelter."""
    case = f.case(coord)
    reported(coord, case, state="accepted", legal_ground="vital_danger")
    assert "L'accompagnement a-t-il commencé" not in (page := text(Hand(coord).get("case-life", case.pk)))
    assert "Parquet fictif a accepté" not in page
    # near miss: a service that helps has accepted besides, after the report
    f.orientation(coord, case, f.shelter(name="Foyer fictif"), state="accepted")
    assert "Foyer fictif a accepté" in text(Hand(coord).get("case-life", case.pk))


@pytest.mark.parametrize("need", NEEDS)
def test_a_report_is_never_a_transfer(coord, child, need):
    """The prosecutor was told that the service that reports leads, and led the case by acknowledging receipt; asked to
    protect a child, it led by accepting, and the service that helped read nothing any more."""
    with pytest.raises(Uncovered, match="Un signalement n'est pas un transfert"):
        reported(coord, child, need, verb="transfer")
    with acting_as(coord):
        assert not Orientation.objects.exists()
    # near miss: a court of the same kind may be asked to lead
    court = f.agency(Kind.JUSTICE, services=("prosecution",))
    asked = {"state": "draft", "verb": "transfer", **DANGER}
    assert f.orientation(coord, child, court, service=f.service("prosecution"), **asked).verb == "transfer"


def test_a_receipt_withdraws_no_request_for_help(coord, child):
    """Asked beside a home, one alone being enough: the home lost the request when the prosecutor acknowledged."""
    home = f.orientation(
        coord, child, f.shelter(services=NEEDS), service=f.service("child_care"), exclusive=True, **DANGER
    )
    desk, made = reported(coord, child, "child_care", state="draft", exclusive=True)
    with acting_as(coord):
        assert not Orientation.objects.get(pk=made.pk).exclusive
        orientations.send_orientation(coord, made.pk)
    Hand(desk).post("orientation-accept", made.pk)
    with acting_as(coord):
        assert Orientation.objects.get(pk=made.pk).state == "accepted"
        assert Orientation.objects.get(pk=home.pk).state == "sent"


def test_a_prosecutor_asked_for_an_ad_hoc_administrator_answers_as_a_service_and_never_leads(coord, child):
    desk = f.member(f.agency(Kind.JUSTICE, services=("ad_hoc_administrator",), profile_id="parquet"))
    asked = {"service": f.service("ad_hoc_administrator"), **DANGER}
    made = f.orientation(coord, child, desk.agency, state="accepted", answerer=desk, **asked)
    assert "start" in actions_of(desk, made)
    with pytest.raises(Uncovered, match="n'est pas un transfert"):
        f.orientation(coord, child, desk.agency, state="draft", verb="transfer", **asked)


def actions_of(desk, made) -> list[str]:
    with acting_as(desk):
        return orientations.actions(desk, Orientation.objects.get(pk=made.pk))


def test_a_transfer_drafted_before_is_not_sent_as_a_report(coord, child):
    court = f.agency(Kind.JUSTICE, services=("prosecution",))
    made = f.orientation(
        coord, child, court, service=f.service("prosecution"), state="draft", verb="transfer", **DANGER
    )
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=court.pk).update(office=Agency.Office.PROSECUTOR)
    with acting_as(coord), pytest.raises(Uncovered, match="n'est pas un transfert"):
        orientations.send_orientation(coord, made.pk)


@pytest.mark.parametrize("need", NEEDS)
def test_the_form_of_a_report_offers_no_transfer(coord, child, need):
    f.agency(Kind.JUSTICE, name="Parquet fictif", **PROSECUTOR)
    page = Hand(coord).get("orientation-new", child.pk, query=f"?service={need}").content.decode()
    assert 'value="refer"' in page and 'value="transfer"' not in page
    # near miss: a court that offers the same may lead; the prosecutor's button then says why it refuses
    f.agency(Kind.JUSTICE, name="Juge fictif", services=("prosecution",))
    assert 'value="transfer"' in (
        Hand(coord).get("orientation-new", child.pk, query="?service=prosecution").content.decode()
    )


@pytest.mark.parametrize("need", NEEDS)
def test_the_form_of_a_report_offers_the_categories_that_a_prosecutor_may_hold(coord, child, need):
    """Health and the right to stay were offered, and the preview then refused the whole."""
    f.agency(Kind.JUSTICE, name="Parquet fictif", may_hold=Category.OFFENCE, **PROSECUTOR)
    assert categories_offered(coord, child, need) == ["Auteurs présumés"]
    f.agency(Kind.JUSTICE, name="Autre parquet fictif", may_hold=Category.IDENTITY, **PROSECUTOR)
    assert categories_offered(coord, child, need) == ["Identité", "Auteurs présumés"]
    # near miss: beside a service that helps, all stay offered
    f.shelter(services=NEEDS)
    assert len(categories_offered(coord, child, need)) == 5


def test_the_form_of_a_report_asks_no_category_that_no_prosecutor_holds(coord, child):
    f.agency(Kind.JUSTICE, name="Parquet fictif", **PROSECUTOR)
    assert categories_offered(coord, child, "prosecution") == []
    page = text(Hand(coord).get("orientation-new", child.pk, query="?service=prosecution"))
    assert "Et aussi, seulement si c'est nécessaire" not in page and "Parquet fictif" in page


def categories_offered(coord, child, need) -> list[str]:
    """Return the labels of the boxes of the form, as they are read."""
    page = text(Hand(coord).get("orientation-new", child.pk, query=f"?service={need}"))
    return re.findall(r'<label class="fr-label" for="id_categories_\d">([^<(]*[^<( ])', page)


def test_a_transfer_to_the_prosecutor_is_refused_on_the_page_in_words(coord, child):
    prosecutor = f.agency(Kind.JUSTICE, name="Parquet fictif", **PROSECUTOR)
    f.agency(Kind.JUSTICE, name="Juge fictif", services=("prosecution",))
    asked = {"service": "prosecution", "verb": "transfer", "basis": "ground:child_in_danger", "level": "2"}
    asked |= {"legal_reason": "Raison écrite de l'essai, assez longue", "addressee": prosecutor.pk}
    page = text(Hand(coord).post("orientation-new", child.pk, **asked))
    assert "Parquet fictif : Un signalement n'est pas un transfert : votre service reste chef de file" in page
    with acting_as(coord):
        assert not Orientation.objects.exists()


def test_after_a_transfer_that_is_refused_the_one_choice_left_is_ticked(coord, child):
    """The page opened when a court was offered beside: of what was typed, nothing else has to be done again."""
    prosecutor = f.agency(Kind.JUSTICE, name="Parquet fictif", **PROSECUTOR)
    asked = {"service": "prosecution", "verb": "transfer", "basis": "ground:child_in_danger", "level": "2"}
    asked |= {"legal_reason": "Raison écrite de l'essai, assez longue", "addressee": prosecutor.pk}
    page = text(Hand(coord).post("orientation-new", child.pk, **asked))
    ticked = re.findall(r"<input[^>]* checked[^>]*>", page)
    assert any('value="refer"' in one for one in ticked) and any('value="2"' in one for one in ticked)
    assert "Un signalement n'est pas un transfert" in page and "Raison écrite de l'essai" in page
    with acting_as(coord):
        assert not Orientation.objects.exists()


def test_the_lead_is_not_asked_for_what_the_service_said(coord):
    case = f.case(coord)
    crip = f.member(f.shelter(name="Foyer fictif"))
    taken = f.orientation(coord, case, crip.agency, state="accepted", answerer=crip)
    assert "Foyer fictif a accepté : dites quand l'accompagnement commence" in next_step(coord, case)
    with acting_as(crip):
        orientations.start_orientation(crip, taken.pk)
    said = next_step(coord, case)
    assert "Foyer fictif a commencé : passez le dossier à l'état « Accompagnement »" in said
    assert f"/dossiers/{case.pk}/" in said and "dites quand" not in said
    with acting_as(coord):
        closing.move_case(coord, case.pk, "start_support")
    assert "Foyer fictif accompagne la personne : rien à faire de votre côté" in next_step(coord, case)


def next_step(reader, case) -> str:
    """Return the next step of the page of a case, as this reader sees it."""
    page = text(Hand(reader).get("case-detail", case.pk))
    start = page.index('<h2 id="suite">')
    return page[start : page.index("</section>", start)]
