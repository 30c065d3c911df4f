"""Cases: the list with status-only rows, one case by level, agreements, identity, who works on it."""

from copy import deepcopy
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from indicators.catalogue.selectors import grids
from journal.models import Entry
from referral.alerts.operations import alerts
from referral.closing import operations as closing
from referral.orientations.operations import orientations
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Assignment, Consent, Identity
from victims.needs.operations import add_need, change_need, visible_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    return {
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR),
        "colleague": f.member(unit, Role.COORDINATOR),
        "shelter": f.member(shelter),
        "mate": f.member(shelter),
        "other": f.member(f.shelter()),
    }


def transferred(w, **fields):
    case = f.case(w["coord"], author=w["nurse"])
    f.orientation(
        w["coord"],
        case,
        w["shelter"].agency,
        verb="transfer",
        level=3,
        state="accepted",
        answerer=w["shelter"],
        **fields,
    )
    return case


def test_each_sees_its_own_and_the_state_only_leads_nowhere(world):
    case = transferred(world)
    lead, former = Hand(world["shelter"]), Hand(world["coord"])
    assert f"/dossiers/{case.pk}/" in text(lead.get("case-list"))
    assert lead.get("case-detail", case.pk).status_code == 200
    row = text(former.get("case-list"))
    assert case.reference in row and f"/dossiers/{case.pk}/" not in row and "Avancement seul" in row
    why = "demandez-le au service qui suit la personne"
    assert row.count("pas de page à ouvrir") == row.count(why) == 1 and why not in text(lead.get("case-list"))
    assert former.get("case-detail", case.pk).status_code == 404
    assert case.reference not in text(Hand(world["other"]).get("case-list"))
    assert Hand(world["other"]).get("case-detail", case.pk).status_code == 404
    assert Hand(world["nurse"]).get("case-list").status_code == 403


def test_filters_stand_in_the_address(world):
    one, two = f.case(world["coord"], author=world["nurse"]), f.case(world["coord"], author=world["nurse"], minor="yes")
    hand = Hand(world["coord"])
    page = text(hand.get("case-list", query="?urgency=high"))
    assert two.reference in page and one.reference not in page and "1 sur 2" in page
    page = text(hand.get("case-list", query=f"?reference={one.reference[:4].lower()}"))
    assert one.reference in page
    assert "Aucun dossier avec ces filtres" in text(hand.get("case-list", query="?status=closed"))
    assert hand.get("case-list", query="?territory=ZZZ&cursor=%00").status_code == 200


def test_no_file_below_level_three(world):
    case = f.case(world["coord"], author=world["nurse"])
    page = text(Hand(world["coord"]).get("case-detail", case.pk))
    assert "MARQUEUR-RECIT" not in page and "Signes et évaluation" not in page
    assert "Résumé" in page and "Accords donnés" in page and "Qui voit ce dossier" in page
    assert Hand(world["coord"]).get("case-signs", case.pk).status_code == 404
    mine = f.own_case(world["shelter"])
    page = text(Hand(world["shelter"]).get("case-detail", mine.pk))
    assert "MARQUEUR-RECIT" not in page and "Signes et évaluation" in page
    assert "MARQUEUR-RECIT" in text(Hand(world["shelter"]).get("case-signs", mine.pk))
    assert Hand(world["other"]).get("case-signs", mine.pk).status_code == 404


def test_reading_is_journalled_and_refusals_too(world):
    case = f.case(world["coord"], author=world["nurse"])
    Hand(world["coord"]).get("case-detail", case.pk)
    Hand(world["other"]).get("case-detail", case.pk)
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="case.read", case_id=case.pk, membership_id=world["coord"].pk).count() == 1
        refused = Entry.objects.filter(outcome="refused", membership_id=world["other"].pk)
        assert [entry.action for entry in refused] == ["referral:case-detail"]


def test_signs_and_their_reading_say_the_same_words(world):
    """A sign was listed in the words of one grid and read in those of another."""
    book = grids()
    for grid in book.grids.values():
        other = [i.indicator for i in grid.items if book.worded[i.indicator].label_fr != i.label_fr]
        if grid.age_side == "adult" and grid.form != "unknown" and other:
            break
    seen = {other[0]: "observed"}
    case = f.own_case(world["shelter"], form=grid.form, observations=seen)
    with as_role("nrm_owner"):
        assert case.assessments.get().result["grid"] == grid.code
    page = text(Hand(world["shelter"]).get("case-signs", case.pk))
    said = {i.indicator: i.label_fr for i in grid.items}[other[0]]
    assert said in page and book.worded[other[0]].label_fr not in page


def test_the_next_step_follows_the_orientations(world):
    case, hand = f.case(world["coord"], author=world["nurse"]), Hand(world["coord"])
    assert "Aucun service n'a encore été sollicité" in text(hand.get("case-detail", case.pk))
    draft = f.orientation(world["coord"], case, world["shelter"].agency, state="draft")
    assert "attend d'être envoyée" in text(hand.get("case-detail", case.pk))
    with acting_as(world["coord"]):
        orientations.send_orientation(world["coord"], draft.pk)
    page = text(hand.get("case-detail", case.pk))
    assert "Réponse attendue :" in page and "rp-left" in page
    with acting_as(world["shelter"]):
        orientations.decline_orientation(world["shelter"], draft.pk, reason="no_place")
    page = text(hand.get("case-detail", case.pk))
    assert "choisissez un autre service" in page
    assert page.count("Demander l'aide d'un service") == 1, "two links of two names opened the same form"
    with acting_as(world["coord"]):
        closing.move_case(world["coord"], case.pk, "close", reason="autonomy")
    page = text(hand.get("case-detail", case.pk))
    assert "Le dossier est clos : rien à faire" in page and "Où en est le dossier" in page
    assert "Demander l'aide d'un service" not in page and "choisissez un autre service" not in page
    assert "rp-card--due" not in page, "nothing waits: nothing looks as if it did"


def test_who_took_a_request_on_is_told_to_say_when_support_starts_and_others_are_not(world):
    case = f.case(world["coord"], author=world["nurse"])
    house = world["shelter"]
    taken = f.orientation(world["coord"], case, house.agency, state="accepted", answerer=house)
    other = f.member(f.agency(services=("legal_aid",)))
    f.orientation(world["coord"], case, other.agency, state="accepted", answerer=other, service=f.service("legal_aid"))
    page = text(Hand(house).get("case-detail", case.pk))
    assert "Quand votre service commence" in page and f'/orientations/{taken.pk}/">Ouvrir la demande' in page
    assert "pas encore lue" not in page, "an answer was given without opening it first"
    assert "Quand votre service commence" not in text(Hand(world["coord"]).get("case-detail", case.pk))
    with acting_as(house):
        orientations.start_orientation(house, taken.pk)
    assert "Quand votre service commence" not in text(Hand(house).get("case-detail", case.pk))


def test_the_next_step_of_a_lead_is_a_need_that_no_service_was_asked_for(world):
    lead = world["shelter"]
    case, hand = f.own_case(lead), Hand(lead)
    with acting_as(lead):
        add_need(lead, case.pk, service=f.service("legal_aid"), priority="later")
        add_need(lead, case.pk, service=f.service("health_care"), priority="now")
    page = text(hand.get("case-detail", case.pk))
    assert "Aucun service n'est encore sollicité pour ce besoin : Soins" in page
    assert f"/dossiers/{case.pk}/orienter/?service=health_care" in page


def test_an_urgent_need_that_could_not_be_met_comes_before_one_that_can_wait(world):
    lead = world["shelter"]
    case, hand = f.own_case(lead), Hand(lead)
    with acting_as(lead):
        refused = [
            add_need(lead, case.pk, service=f.service(code), priority="now") for code in ("interpreting", "legal_aid")
        ]
        add_need(lead, case.pk, service=f.service("education"), priority="later")
        for need, reason in zip(refused, ("no_consent", "no_place"), strict=True):
            seen = visible_need(lead, need.pk).changed_at
            change_need(lead, need.pk, state="not_met", priority="now", seen=seen, reason=reason)
    page = text(hand.get("case-detail", case.pk))
    assert f"Ce besoin n'est toujours pas satisfait : {f.service('legal_aid')}." in unescape(page)
    assert f"/dossiers/{case.pk}/orienter/?service=legal_aid" in page


def test_a_coordination_that_does_not_lead_is_not_told_that_nothing_waits(world):
    """A shelter leads and asks nobody: its coordination alone could notice, and was told that all was well."""
    lead, coord = world["shelter"], world["coord"]
    alert = f.sent_alert(world["nurse"], desks=[lead.agency_id])
    with acting_as(lead):
        case = alerts.open_case(lead, alert.pk)
        add_need(lead, case.pk, service=f.service("health_care"), priority="now")
    assert case.coordination_id == coord.agency_id
    page = text(Hand(coord).get("case-detail", case.pk))
    assert "Les besoins et les demandes ne vous sont pas montrés : demandez-lui où cela en est" in page
    assert "rien à faire de votre côté" not in page and "Soins" not in page
    # near miss: a service that follows the case and does not coordinate it has nothing to ask
    f.orientation(lead, case, world["other"].agency, state="accepted", answerer=world["other"])
    assert "ne vous sont pas montrés" not in text(Hand(world["other"]).get("case-detail", case.pk))


def test_the_next_step_of_a_lead_is_a_time_limit_that_ends_soon(world):
    lead = world["shelter"]
    case, hand = f.own_case(lead), Hand(lead)
    with acting_as(lead):
        add_need(lead, case.pk, service=f.service("legal_aid"), priority="now")
        checklist = checklists.start_procedure(lead, case.pk, "mise_a_labri")
        clock = clocks.start_clock(lead, checklist.pk, 1, moment=timezone.now())
    page = text(hand.get("case-detail", case.pk))
    assert "Délai en cours" in page and f"/echeances/{clock.pk}/" in page


def test_the_next_step_of_who_supports_and_leads_is_not_nothing(world):
    lead = world["shelter"]
    case = f.case(world["coord"], author=world["nurse"])
    f.orientation(world["coord"], case, lead.agency, verb="transfer", state="in_progress", answerer=lead)
    page = text(Hand(lead).get("case-detail", case.pk))
    assert "rien à faire de votre côté" not in page and "Votre service accompagne cette personne" in page


def test_who_helps_and_reads_the_summary_is_led_to_the_request_where_it_may_write(world):
    """It was told to write in the thread, which refused; the level is the one chosen beforehand."""
    coord, house = world["coord"], world["shelter"]
    case = f.case(coord, author=world["nurse"])
    helps = f.orientation(coord, case, house.agency, state="in_progress", answerer=house)
    hand, at = Hand(house), f'/orientations/{helps.pk}/#messages">Écrire un message'
    page = text(hand.get("case-detail", case.pk))
    assert "écrivez au chef de file ce qui change" in page and at in page and "Écrire dans le fil" not in page
    for route, titles in (("case-timeline", ('id="ecrire"', "#ecrire")), ("case-needs", ("Ajouter un besoin",))):
        page = text(hand.get(route, case.pk))
        assert "écrivez au chef de file dans la demande acceptée" in page and at in page, route
        assert not any(title in page for title in titles) and "Le chef de file et ceux" not in page, route
    page = text(hand.get("orientation-detail", helps.pk))
    assert 'id="messages"' in page and "Écrire un message" in page, "where it is led, it writes"
    # near misses: who reads the file writes in the thread, and the lead adds needs
    f.orientation(coord, case, world["other"].agency, state="in_progress", answerer=world["other"], level=3)
    page = text(Hand(world["other"]).get("case-detail", case.pk))
    assert "notez ce qui change" in page and "Écrire dans le fil" in page
    page = text(Hand(coord).get("case-needs", case.pk))
    assert "Ajouter un besoin" in page and "dans la demande acceptée" not in page


def test_an_agreement_is_recorded_by_the_lead_with_nothing_chosen_beforehand(world):
    case, hand = f.case(world["coord"], author=world["nurse"]), Hand(world["coord"])
    page = text(hand.get("consent-new", case.pk))
    assert " checked" not in page
    wrong = text(hand.post("consent-new", case.pk, until="hier", purpose="nonsense", agencies=["x"]))
    told = "Choisissez ce que ces services pourront lire"
    for sentence in ("Dites ce que la personne accepte", told, "Écrivez la date", "parmi les réponses"):
        assert sentence in wrong
    assert "<title>Erreur" in wrong
    given = {
        "purpose": "share_named",
        "agencies": [world["shelter"].agency_id],
        "level": 3,
        "categories": [2],
        "proof": "oral",
    }
    assert "jour à venir" in text(hand.post("consent-new", case.pk, **given, until="2001-01-01"))
    assert hand.post("consent-new", case.pk, **given, until="2031-01-01").status_code == 302
    with acting_as(world["coord"]):
        made = Consent.objects.get(agencies__contains=[world["shelter"].agency_id])
        assert (made.level, made.categories, made.until.year) == (3, 2, 2031)
    # a holder who does not lead does not speak for the person
    f.orientation(world["coord"], case, world["shelter"].agency, state="accepted", answerer=world["shelter"])
    assert Hand(world["shelter"]).get("consent-new", case.pk).status_code == 403
    assert Hand(world["other"]).get("consent-new", case.pk).status_code == 404


def test_a_withdrawal_says_what_ends_and_ends_it(world):
    case = f.case(world["coord"], author=world["nurse"])
    consent = f.consent(world["coord"], case, agencies=[world["shelter"].agency_id])
    f.orientation(
        world["coord"], case, world["shelter"].agency, state="accepted", answerer=world["shelter"], consent=consent
    )
    hand = Hand(world["coord"])
    page = text(hand.get("consent-withdraw", consent.pk))
    assert f"{world['shelter'].agency} : tout accès à ce dossier" in page.replace("\u00a0", " ")
    assert hand.get("consent-withdraw", consent.pk).status_code == 200  # reading withdraws nothing
    assert Hand(world["shelter"]).get("case-detail", case.pk).status_code == 200
    assert Hand(world["other"]).post("consent-withdraw", consent.pk).status_code == 404
    assert hand.post("consent-withdraw", consent.pk).status_code == 302
    assert Hand(world["shelter"]).get("case-detail", case.pk).status_code == 404
    assert hand.post("consent-withdraw", consent.pk).status_code == 409
    assert "Il a été retiré" in text(hand.get("consent-withdraw", consent.pk))


def test_another_ground_stays_and_is_said(world):
    case = f.case(world["coord"], author=world["nurse"])
    f.orientation(world["coord"], case, world["shelter"].agency, state="accepted", answerer=world["shelter"])
    second = f.consent(world["coord"], case, agencies=[world["shelter"].agency_id])
    f.orientation(
        world["coord"], case, world["shelter"].agency, state="accepted", answerer=world["shelter"], consent=second
    )
    page = text(Hand(world["coord"]).get("consent-withdraw", second.pk))
    assert "un autre fondement demeure" in page
    Hand(world["coord"]).post("consent-withdraw", second.pk)
    assert Hand(world["shelter"]).get("case-detail", case.pk).status_code == 200


def test_identity_only_by_a_lead_that_may_hold_it_on_an_agreement(world):
    case = f.case(world["coord"], author=world["nurse"])
    assert Hand(world["coord"]).get("case-identity", case.pk).status_code == 404  # coordination holds none
    mine, hand = f.own_case(world["shelter"]), Hand(world["shelter"])
    assert "Aucun accord ne couvre encore l'identité" in text(hand.get("case-identity", mine.pk))
    named = f.consent(world["shelter"], mine, agencies=[world["shelter"].agency_id], categories=int(Category.IDENTITY))
    wrong = text(hand.post("case-identity", mine.pk, act="enter", family_name="Z" * 300))
    assert "Choisissez l'accord" in wrong and "Z" * 300 in wrong
    assert "Écrivez un nom" in text(hand.post("case-identity", mine.pk, act="enter", consent=f"consent:{named.pk}"))
    given = {"act": "enter", "consent": f"consent:{named.pk}", "family_name": "MARQUEUR-NOM"}
    assert hand.post("case-identity", mine.pk, **given).status_code == 302
    assert "MARQUEUR-NOM" not in text(hand.get("case-identity", mine.pk))
    assert "MARQUEUR-NOM" not in text(hand.get("case-detail", mine.pk))
    assert "MARQUEUR-NOM" in text(hand.post("case-identity", mine.pk, act="reveal"))
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="identity.read", case_id=mine.pk).count() == 1
    assert Hand(world["other"]).post("case-identity", mine.pk, act="reveal").status_code == 404


def test_an_agreement_of_another_case_is_not_an_agreement(world):
    mine, second = f.own_case(world["shelter"]), f.own_case(world["shelter"])
    elsewhere = f.consent(world["shelter"], second, agencies=[world["shelter"].agency_id], categories=1)
    f.consent(world["shelter"], mine, agencies=[world["shelter"].agency_id], categories=1)
    data = {"act": "enter", "consent": f"consent:{elsewhere.pk}", "family_name": "X"}
    assert "Choisissez l'accord" in text(Hand(world["shelter"]).post("case-identity", mine.pk, **data))
    with acting_as(world["shelter"]):
        assert not Identity.objects.exists()


def test_keeping_a_case_to_those_assigned(world):
    case, hand, mate = f.own_case(world["shelter"]), Hand(world["shelter"]), Hand(world["mate"])
    assert hand.post("case-assign", case.pk, act="restrict").status_code == 403  # one's own assignment first
    assert hand.post("case-assign", case.pk, act="mine").status_code == 302
    assert hand.post("case-assign", case.pk, act="mine").status_code == 302  # twice is once
    assert mate.get("case-detail", case.pk).status_code == 200
    assert hand.post("case-assign", case.pk, act="restrict").status_code == 302
    assert mate.get("case-detail", case.pk).status_code == 404
    assert case.reference not in text(mate.get("case-list"))
    assert mate.post("case-assign", case.pk, act="mine").status_code == 404
    assert "réservé aux personnes affectées" in text(hand.get("case-list"))
    assert hand.post("case-assign", case.pk, member=world["mate"].pk).status_code == 302
    assert mate.get("case-detail", case.pk).status_code == 200
    assert hand.post("case-assign", case.pk, act="lift").status_code == 302
    assert hand.post("case-assign", case.pk, act="lift").status_code == 409
    with acting_as(world["shelter"]):
        assert Assignment.objects.count() == 2


def test_a_case_nobody_has_is_taken_in_its_list(world):
    theirs, case, hand = f.own_case(world["other"]), f.own_case(world["shelter"]), Hand(world["shelter"])
    page = text(hand.get("work-list", "non-attribues"))
    assert f"/dossiers/{case.pk}/affecter/" in page and f"/dossiers/{theirs.pk}/affecter/" not in page
    assert "/affecter/" not in text(hand.get("case-list"))
    taken = hand.post("case-assign", case.pk, act="mine", listed="1")
    assert taken.url == "/travail/non-attribues/"
    assert case.reference not in text(hand.get("work-list", "non-attribues"))
    assert hand.post("case-assign", theirs.pk, act="mine", listed="1").status_code == 404


def test_a_colleague_of_another_unit_is_not_assigned(world):
    case, hand = f.own_case(world["shelter"]), Hand(world["shelter"])
    for wrong in (world["other"].pk, "", "x", 10**30):
        answer = hand.post("case-assign", case.pk, member=wrong)
        assert answer.status_code == 302
    with acting_as(world["shelter"]):
        assert not Assignment.objects.exists()


def test_no_name_in_titles_and_addresses(world):
    case, hand = f.own_case(world["shelter"]), Hand(world["shelter"])
    for route in ("case-detail", "case-identity", "consent-new", "orientation-new"):
        title = text(hand.get(route, case.pk)).split("<title>")[1].split("</title>")[0]
        assert case.reference in title


def test_same_number_of_queries_at_two_sizes(world):
    hand, coord = Hand(world["coord"]), world["coord"]
    case = f.case(coord, author=world["nurse"])

    def more():
        f.orientation(coord, case, f.shelter(), state="declined")
        f.orientation(coord, f.case(coord, author=world["nurse"]), f.shelter(), state="declined")

    assert_same_cost(more, lambda: hand.get("case-list"), at_most=40)
    assert_same_cost(more, lambda: hand.get("case-detail", case.pk), at_most=60)
    assert hand.get("case-list").content.count(b"rp-reference") > 10


def test_a_service_that_opens_no_case_is_not_told_to_open_one(world):
    """The prosecutor would look for the button: a case comes to it with a request it accepts."""
    court = f.member(f.agency(Kind.JUSTICE, desk_fields={"receives_orientations": True}))
    page = text(Hand(court).get("case-list"))
    assert "Un dossier arrive ici quand votre service accepte une demande" in page and "façons" not in page
    button = 'fr-btn--secondary" href="%s"'
    assert button % reverse("referral:orientation-received") in page
    assert button % reverse("referral:alert-inbox") not in page
    assert "Un dossier arrive ici de trois façons" in text(Hand(f.member(f.shelter())).get("case-list"))
