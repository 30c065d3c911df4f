"""What a reader must not do travels with the person: alert, case, preview, frozen sheet, accepted case, API."""

import re
from copy import deepcopy
from datetime import date
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Event
from referral.alerts.operations import alerts
from referral.models import OrientationMove
from referral.orientations.operations import coverage, orientations
from referral.orientations.operations.coverage import Uncovered
from referral.routing.selectors.ranking import ranked_for_orientation
from referral.situations.operations import opening, situations
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, CaseAccess
from victims.thread import operations as thread

pytestmark = pytest.mark.django_db
EMBASSY = "N'appelez jamais l'ambassade ou le consulat de l'employeur"
SECRECY = "Ne dites rien de cette personne à la police, à la préfecture"
WHY = "Appel de la personne, menacée cette nuit ; le foyer ne répond pas."
CODES = ["immunity", "confidential"]


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    cache.clear()
    f.national()
    unit = f.coordination()
    return {
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(f.shelter()),
        "officer": f.member(f.agency(Kind.ASYLUM, desk=False, name="Office d'essai pour l'asile"), Role.FRONTLINE),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        "police": f.member(f.agency(Kind.INTERIOR, services=("investigation",))),
        "officer_desk": f.member(f.agency(Kind.ASYLUM, name="Office d'essai, accueil")),
        "embassy": f.member(f.agency(Kind.FOREIGN_AFFAIRS, services=("consular_protection",))),
        "papers": f.member(f.agency(Kind.ASYLUM, services=("residence_permit",))),
    }


def warned(p, **answers) -> Case:
    """A case of an asylum body's alert about an employer with immunity."""
    return f.case(p["coord"], author=p["officer"], employer_immunity=True, **answers)


def said_by(page: str) -> tuple[bool, bool]:
    return EMBASSY in page, SECRECY in page


def test_every_page_of_a_case_says_both_warnings(p):
    hand, case, plain = Hand(p["coord"]), warned(p), f.case(p["coord"], author=p["nurse"])
    for route in ("case-detail", "case-needs", "case-life"):
        assert said_by(text(hand.get(route, case.pk))) == (True, True), route
        assert said_by(text(hand.get(route, plain.pk))) == (False, False), route
    assert "Vienne de 1961" in text(hand.get("case-detail", case.pk))  # the checklist, on the summary
    one = f.case(p["coord"], author=p["nurse"], employer_immunity=True)
    assert said_by(text(hand.get("case-detail", one.pk))) == (True, False)
    assert said_by(text(hand.get("case-detail", f.case(p["coord"], author=p["officer"]).pk))) == (False, True)


def test_an_alert_joined_later_brings_its_warnings(p):
    case = f.case(p["coord"], author=p["nurse"])
    later = f.sent_alert(p["officer"], employer_immunity=True)
    with acting_as(p["coord"]):
        alerts.join_case(p["coord"], later.pk, case)
    with acting_as(p["coord"]):
        assert Case.objects.get(pk=case.pk).warnings == CODES
    assert said_by(text(Hand(p["coord"]).get("case-detail", case.pk))) == (True, True)


def test_immunity_learnt_after_the_alert_is_written_by_the_lead_and_told_to_all_who_see_the_case(p):
    """A shelter that hears of it in the third week: the embassy must not be called by anybody from that day on."""
    case, home = f.case(p["coord"], author=p["nurse"]), p["home"]
    f.orientation(p["coord"], case, home.agency, state="accepted", answerer=home, level=Level.FILE)
    stranger = f.member(f.shelter(name="Autre foyer fictif"))
    page = text(Hand(p["coord"]).get("case-detail", case.pk))
    assert reverse("referral:case-warn", args=[case.pk]) in page and "L'employeur est-il un diplomate" in page
    assert reverse("referral:case-warn", args=[case.pk]) not in text(Hand(home).get("case-detail", case.pk))
    assert Hand(stranger).post("case-warn", case.pk).status_code == 404
    assert Hand(home).post("case-warn", case.pk).status_code == 403  # it does not lead
    assert said_by(text(Hand(home).get("case-detail", case.pk))) == (False, False)
    assert Hand(p["coord"]).post("case-warn", case.pk).status_code == 302
    for reader in (p["coord"], home):
        assert said_by(text(Hand(reader).get("case-detail", case.pk))) == (True, False)
    assert reverse("referral:case-warn", args=[case.pk]) not in text(Hand(p["coord"]).get("case-detail", case.pk))
    with as_role("nrm_owner"):
        [told] = Event.objects.filter(kind="case_warned")
        assert Entry.objects.filter(action="case.warn", case_id=case.pk).count() == 1
    assert str(told.subject_id) == str(case.pk)
    assert Hand(p["coord"]).post("case-warn", case.pk).status_code == 302  # again: no effect, nobody told twice
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="case_warned").count() == 1
    [need] = [service.pk for service in p["embassy"].agency.desk.services.all()]
    with acting_as(p["coord"]):
        known = Case.objects.get(pk=case.pk)
        [offer] = [s for s in ranked_for_orientation(known, need, sender_id=0) if s.agency == p["embassy"].agency]
    assert offer.blocked


@pytest.mark.parametrize(("value", "warned"), [("observed", True), ("not_observed", False)])
def test_immunity_noted_among_the_signs_of_an_event_warns_on_each_case_of_it(p, value, warned):
    with acting_as(p["coord"]):
        event = situations.start_situation(
            p["coord"], sort="raid", happened_on=date(2026, 11, 2), territory=f.territory(),
            form="domestic_servitude", observations={"FR-DOM-10": value},
        )  # fmt: skip
        opening.open_persons(p["coord"], event.pk, token=uuid4(), groups=[opening.Group("adult", "", 2)])
    with as_role("nrm_owner"):
        cases = list(Case.objects.filter(lead=p["coord"].agency_id))
    assert [case.employer_immunity for case in cases] == [warned, warned]
    assert said_by(text(Hand(p["coord"]).get("case-detail", cases[0].pk))) == (warned, False)


def test_no_member_takes_a_warning_off_a_case(p):
    case = warned(p)
    for column in ("employer_immunity", "asylum_confidential"):
        with acting_as(p["coord"]), pytest.raises(DatabaseError) as refused, transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**{column: False})
        assert refused.value.__cause__.pgcode == "42501"


@pytest.mark.parametrize("level", [Level.SUMMARY, Level.FILE])
def test_preview_sheet_and_accepted_case_say_them_at_every_level(p, level):
    case, home = warned(p), p["home"]
    drafted = f.orientation(p["coord"], case, home.agency, state="draft", level=level)
    assert said_by(text(Hand(p["coord"]).get("orientation-preview", drafted.pk))) == (True, True)
    with acting_as(p["coord"]):
        orientations.send_orientation(p["coord"], drafted.pk)
    page = text(Hand(home).get("orientation-detail", drafted.pk))
    assert said_by(page) == (True, True)
    assert "asile" not in page.lower()  # that somebody asks for asylum is not said
    shown = Caller(f.program(home.agency)).post(f"orientations/{drafted.pk}/open/").json()
    assert shown["sheet"]["summary"]["warnings"] == CODES
    with acting_as(home):
        orientations.accept_orientation(home, drafted.pk)
    page = text(Hand(home).get("case-detail", case.pk))
    assert said_by(page) == (True, True)
    assert "asile" not in page.lower()


def test_programs_read_the_codes_on_case_and_alert(p):
    case = warned(p)
    coord = Caller(f.program(p["coord"].agency, Role.COORDINATOR))
    assert coord.get(f"cases/{case.pk}/").json()["warnings"] == CODES
    plain = f.case(p["coord"], author=p["nurse"])
    assert coord.get(f"cases/{plain.pk}/").json()["warnings"] == []
    waiting = f.sent_alert(p["officer"], employer_immunity=True, desks=[p["home"].agency_id])
    home = Caller(f.program(p["home"].agency))
    assert home.get(f"alerts/{waiting.pk}/").json()["warnings"] == CODES
    page = text(Hand(p["home"]).get("inbox-alert", waiting.pk))
    assert said_by(page) == (True, True)
    assert "asile" not in page.lower()
    assert page.count("MARQUEUR-RECIT") == 1  # the note stands where it is shown, not among the sources


@pytest.mark.parametrize("name", ["police", "embassy", "papers"])
def test_emergency_access_answers_like_a_missing_reference(p, name):
    case, hand = warned(p), Hand(p[name])
    pages = []
    for reference in (case.reference, "2222-3333"):
        page = text(hand.post("emergency-access", reference=reference, reason=WHY)).partition("<main")[2]
        assert "Aucun dossier ne répond à cette référence" in page
        pages.append(re.sub(r'value="[^"]*"', "", page))  # what was typed, and the form's own tokens
    assert pages[0] == pages[1]
    with as_role("nrm_owner"):
        assert not CaseAccess.objects.filter(case=case, agency=p[name].agency_id).exists()
        assert not Event.objects.filter(kind="break_glass").exists()
    # near miss: the same desk, a case that bars nobody; and another desk, this case
    plain = f.case(p["coord"], author=p["nurse"])
    assert hand.post("emergency-access", reference=plain.reference, reason=WHY).status_code == 302
    assert Hand(p["home"]).post("emergency-access", reference=case.reference, reason=WHY).status_code == 302


@pytest.mark.parametrize("name", ["police", "papers"])
def test_what_an_asylum_body_writes_in_the_case_of_somebody_else_is_not_read_by_emergency(p, name):
    """A hospital's case, a note of the asylum office in its thread: the gendarmerie does not read it by emergency."""
    case, hand = f.case(p["coord"], author=p["nurse"]), Hand(p[name])
    writer = p["officer_desk"]
    f.orientation(p["coord"], case, writer.agency, state="accepted", answerer=writer, level=Level.FILE)
    with acting_as(writer):
        thread.write_entry(writer, case.pk, sort="message", text="Entretien du 12 : elle craint son oncle.")
    page = text(hand.post("emergency-access", reference=case.reference, reason=WHY))
    assert "Aucun dossier ne répond à cette référence" in page
    assert Hand(p["home"]).post("emergency-access", reference=case.reference, reason=WHY).status_code == 302
    # near miss: a case in which a shelter wrote
    plain = f.case(p["coord"], author=p["nurse"])
    with acting_as(p["coord"]):
        thread.write_entry(p["coord"], plain.pk, sort="message", text="Elle est au foyer.")
    assert hand.post("emergency-access", reference=plain.reference, reason=WHY).status_code == 302


@pytest.mark.parametrize("name", ["police", "embassy", "papers"])
def test_no_request_names_a_desk_that_must_not_know(p, name):
    case, desk = warned(p), p[name].agency
    [need] = [service.pk for service in desk.desk.services.all()]
    with acting_as(p["coord"]):
        [offer] = [s for s in ranked_for_orientation(case, need, sender_id=0) if s.agency == desk]
        assert offer.blocked
        assert "asile" not in offer.blocked
    ground = {"legal_ground": "vital_danger", "consent": None}
    with pytest.raises(Uncovered):
        f.orientation(p["coord"], case, desk, state="draft", **ground)
    # a draft written before the alert came is not sent; nor does the database let it be
    plain = f.case(p["coord"], author=p["nurse"])
    drafted = f.orientation(p["coord"], plain, desk, state="draft", **ground)
    late = f.sent_alert(p["officer"], employer_immunity=True)
    with acting_as(p["coord"]):
        alerts.join_case(p["coord"], late.pk, plain)
        with pytest.raises(Uncovered):
            orientations.send_orientation(p["coord"], drafted.pk)
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            OrientationMove.objects.create(orientation=drafted, action="send", before="draft", after="sent",
                                           membership=p["coord"], agency=p["coord"].agency)  # fmt: skip
        assert refused.value.__cause__.pgcode == "42501"
        with pytest.raises(Uncovered):
            coverage.check_covered(orientations.visible(p["coord"], drafted.pk))


@pytest.mark.parametrize("name", ["police", "papers"])
def test_agreement_opens_no_way_there_and_the_refusal_says_what_to_do(p, name):
    case, desk = warned(p), p[name].agency
    agreed = f.consent(p["coord"], case, agencies=[desk.pk], kinds=[], level=2)
    with pytest.raises(Uncovered) as refused:
        f.orientation(p["coord"], case, desk, state="draft", consent=agreed)
    said = str(refused.value)
    assert "même avec son accord" in said and "elle s'y rend elle-même" in said and "17" in said
    assert "asile" not in said


@pytest.mark.parametrize("name", ["police", "embassy", "papers"])
def test_no_grant_reaches_a_desk_that_must_not_know(p, name):
    case = warned(p)
    give = "SELECT nrm.give(%s, %s, 2, 0, 'orientation', gen_random_uuid(), NULL)"
    with as_role("nrm_owner"), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(give, [case.pk, p[name].agency_id])
    assert refused.value.__cause__.pgcode == "42501"


def test_immunity_is_asked_once(p):
    """On the first page: the page of signs shows a yes as ticked, to say how it is known, and asks nobody else."""
    hand = Hand(p["nurse"])
    for ticked in (True, False):
        draft = f.draft(p["nurse"], form="domestic_servitude", employer_immunity=ticked)
        page = text(hand.get("alert-step", draft.pk, 2))
        assert 'value="FR-DOM-09"' in page
        assert ('value="FR-DOM-10" id="s-FR-DOM-10" checked' in page) is ticked
        assert ('value="FR-DOM-10"' in page) is ticked
