"""The agreement as an object: who gives it, what it covers, what a child's opinion is, what a withdrawal ends."""

from copy import deepcopy

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Agency, ApiClient, Category, Kind, Membership, Role
from foundation.actor import acting_as
from referral.models import Orientation
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered
from referral.orientations.selectors.sheets import sheets
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents import operations as consents_operations
from victims.models import AgreementText, CaseAccess, ChildOpinion, Consent, Grant

pytestmark = pytest.mark.django_db
GIVEN = {"purpose": "share_named", "kinds": ["ngo"], "level": 3, "proof": "oral"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    w = {"coord": f.member(unit, Role.COORDINATOR), "shelter": f.member(f.shelter()), "other": f.member(f.shelter())}
    w["nurse"] = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    w["adult"] = f.case(w["coord"], author=w["nurse"])
    w["child"] = f.case(w["coord"], author=w["nurse"], minor="yes", agreement="yes")
    return w


def consents(w, name) -> list:
    with acting_as(w["coord"]):
        return list(Consent.objects.filter(case=w[name]))


def test_what_a_child_says_with_the_alert_is_an_opinion_and_carries_nothing(world):
    assert [c.giver for c in consents(world, "adult")] == ["person"]
    assert consents(world, "child") == []
    with acting_as(world["coord"]):
        assert ChildOpinion.objects.get(case=world["child"]).stance == "favourable"


def test_it_says_that_a_kind_stands_for_any_of_its_services(world):
    named = {"purpose": "share_police", "agencies": [world["shelter"].agency_id], "kinds": [Kind.INTERIOR, Kind.LABOUR]}
    f.consent(world["coord"], world["adult"], **{**GIVEN, **named})
    page = text(Hand(world["coord"]).get("case-consents", world["adult"].pk))
    assert "Informer la police ou le procureur" in page, "the words it was agreed to under, whoever it covers"
    named = "préfectures non comprises"
    police = f"tous les services de ces natures : « Police et gendarmerie ({named}) »"
    assert f"{world['shelter'].agency.name}, {police}, « Inspection du travail »" in page


@pytest.mark.parametrize(
    ("told", "known", "covered"),
    [
        ("kind", {}, True),
        ("kind", {"profile_id": "prefecture"}, False),
        ("name", {"profile_id": "prefecture"}, True),
        # admitted with a line of its own
        ("kind", {"office": "prefecture"}, False),
        ("name", {"office": "prefecture"}, True),
    ],
)
def test_who_agrees_to_tell_the_police_has_not_agreed_to_tell_a_prefecture(world, told, known, covered):
    """It is of the same kind of agency, and decides who may stay: it is covered when the person named it."""
    agency = f.agency(Kind.INTERIOR, **known)
    said = {"kinds": [Kind.INTERIOR], "agencies": []} if told == "kind" else {"kinds": [], "agencies": [agency.pk]}
    assert Consent(purpose="share_police", **said).names(agency) is covered


def test_what_was_agreed_for_the_police_is_not_read_as_for_an_inspection(world):
    """What the person said with the alert was the police; a service of control is another purpose, asked by itself."""
    told = f.case(world["coord"], author=world["nurse"], agreement="yes", recipients=["police"])
    narrow, wider = (
        "Informer la police ou le procureur",
        "Informer les services désignés",
    )
    page = text(Hand(world["coord"]).get("case-consents", told.pk))
    assert narrow in page and wider not in page
    f.consent(world["coord"], told, **{**GIVEN, "purpose": "share_authority", "kinds": [Kind.LABOUR]})
    assert wider in text(Hand(world["coord"]).get("case-consents", told.pk))


@pytest.mark.parametrize(
    ("name", "giver", "extra", "accepted"),
    [
        ("adult", "person", {}, True),
        ("adult", "guardian", {}, True),
        ("adult", "court", {}, True),
        ("adult", "parent", {"parent_verified": True, "parent_cleared": True}, False),
        ("adult", "ad_hoc_administrator", {}, False),
        ("adult", "delegate", {}, False),
        ("child", "person", {}, False),
        ("child", "court", {}, True),
        ("child", "guardian", {}, True),
        ("child", "ad_hoc_administrator", {}, True),
        ("child", "delegate", {}, True),
        ("child", "parent", {}, False),
        ("child", "parent", {"parent_verified": True}, False),
        ("child", "parent", {"parent_cleared": True}, False),
        ("child", "parent", {"parent_verified": True, "parent_cleared": True}, True),
    ],
)
def test_who_may_agree_by_the_operation_and_by_the_database(world, name, giver, extra, accepted):
    case, actor = world[name], world["coord"]
    with acting_as(actor):
        if accepted:
            assert (
                consents_operations.record_consent(actor, case.pk, giver=giver, kinds=["ngo"], **extra).giver == giver
            )
            return
        with pytest.raises(consents_operations.NotForThem):
            consents_operations.record_consent(actor, case.pk, giver=giver, kinds=["ngo"], **extra)
        with pytest.raises(IntegrityError), transaction.atomic():  # code that forgot to ask
            Consent.objects.create(case=case, obtained_by=actor, giver=giver, kinds=["ngo"], **extra)


def test_the_page_asks_who_speaks_for_a_child_and_says_why_a_parent_is_refused(world):
    hand, case = Hand(world["coord"]), world["child"]
    assert "Dites qui donne l'accord" in text(hand.post("consent-new", case.pk, **GIVEN))
    page = text(hand.post("consent-new", case.pk, **GIVEN, giver="parent", parent_verified="on", verified="vu"))
    assert "est vérifié et s'il est établi qu'il n'a pas pris part aux faits" in page and "en 20 caractères" in page
    assert "Écrivez la décision" in text(hand.post("consent-new", case.pk, **GIVEN, giver="guardian"))
    assert consents(world, "child") == []
    given = {"giver": "parent", "parent_verified": "on", "verified": "Livret de famille vu par la CRIP le 2 novembre"}
    given |= {"parent_cleared": "on", "cleared": "Évaluation de la CRIP du 3 novembre, parquet avisé"}
    assert hand.post("consent-new", case.pk, **GIVEN, **given).status_code == 302
    (made,) = consents(world, "child")
    assert (made.giver, made.parent_verified, made.parent_cleared) == ("parent", True, True)
    with acting_as(world["coord"]):  # the lead writes the words; it reads the summary, and not them
        assert not AgreementText.objects.exists()
    assert "Livret de famille" not in text(hand.get("case-consents", case.pk))
    reader = world["shelter"]
    f.orientation(world["coord"], case, reader.agency, level=3, state="accepted", answerer=reader)
    assert "Livret de famille" in text(Hand(reader).get("case-consents", case.pk))


def test_the_agreement_is_recorded_whole_and_printed_without_a_name(world):
    hand, case = Hand(world["coord"]), world["adult"]
    given = {**GIVEN, "categories": [4], "explained": ["purpose", "withdrawal"]}
    given |= {"language": "vi", "interpreter": "phone"}
    assert hand.post("consent-new", case.pk, **given, until="2031-01-01").status_code == 302
    made = next(c for c in consents(world, "adult") if c.language == "vi")
    assert (made.explained, made.interpreter, made.categories) == (["purpose", "withdrawal"], "phone", 4)
    page = text(hand.get("case-consents", case.pk))
    for words in ("Tiếng Việt", "Santé", "À quoi sert cet accord", "Fiche pour la personne"):
        assert words in page
    sheet = text(hand.get("consent-print", made.pk))
    assert case.reference in sheet and "changer d'avis à tout moment" in sheet
    said = sheet.partition('class="rp-slip"')[2].partition("</section>")[0]
    whole = text(hand.get("consent-print", made.pk, query="?view=whole"))
    for told in ("ssociation", "Santé", made.obtained_by.agency.name):  # who finds the slip learns nothing of these
        assert told not in said and told in whole, told
    assert "aussi les signes, l'évaluation et le récit" in whole  # in words a person reads, not the name of a level
    assert "<title>Aide-mémoire</title>" in sheet and "<title>Aide-mémoire</title>" in whole
    assert Hand(world["other"]).get("consent-print", made.pk).status_code == 404
    assert Hand(world["other"]).get("case-consents", case.pk).status_code == 404


def test_an_opinion_blocks_nothing_and_goes_beside_the_request(world):
    hand, case = Hand(world["coord"]), world["child"]
    assert "Dites ce que pense l'enfant" in text(hand.post("opinion-new", case.pk, said="TAPE"))
    wrong = text(hand.post("opinion-new", case.pk, stance="unfavourable", said="TAPE"))
    assert "Écrivez qui a entendu l'enfant" in wrong and "TAPE" in wrong
    given = {"stance": "unfavourable", "said": "MARQUEUR-MOTS", "heard_by": "Infirmière", "language": "ro"}
    assert hand.post("opinion-new", case.pk, **given).status_code == 302
    page = text(hand.get("case-consents", case.pk))
    assert "Opposé" in page and "MARQUEUR-MOTS" not in page  # the lead reads the summary
    crip = f.member(f.agency(Kind.CHILD_PROTECTION))
    asked = f.orientation(world["coord"], case, crip.agency, legal_ground="child_in_danger", level=3)
    with acting_as(crip):
        assert sheets(crip, asked)["summary"]["opinion"] == "unfavourable"
        orientations.accept_orientation(crip, asked.pk)
    assert "MARQUEUR-MOTS" in text(Hand(crip).get("case-consents", case.pk))
    assert "La personne est majeure" in text(hand.get("opinion-new", world["adult"].pk))
    assert hand.post("opinion-new", world["adult"].pk, stance="mixed", heard_by="X").status_code == 409
    summary = f.member(f.shelter())
    f.orientation(world["coord"], case, summary.agency, level=2, state="accepted", answerer=summary)
    assert Hand(summary).post("opinion-new", case.pk, **given).status_code == 403
    assert Hand(world["other"]).post("opinion-new", case.pk, **given).status_code == 404


def test_an_agreement_carries_what_it_covers_and_no_more(world):
    """Success, then one thing too many at a time: agency, level, category, end, withdrawal, another case."""
    case, lead, to = world["adult"], world["coord"], world["shelter"].agency
    covering = f.consent(lead, case, agencies=[to.pk], kinds=[], level=2, categories=int(Category.HEALTH))

    def sent(agency=to, consent=covering, **fields):
        with acting_as(lead), transaction.atomic():
            made = orientations.draft_orientation(
                lead, case, addressee=agency, service=f.service(), consent=consent, **fields
            )
            return orientations.send_orientation(lead, made.pk)

    assert sent(level=2, categories=4).state == "sent"
    for fields in ({"agency": world["other"].agency}, {"level": 3}, {"categories": 2}):
        with pytest.raises(Uncovered):
            sent(**fields)
    past = f.consent(lead, case, agencies=[to.pk], level=3)
    with as_role("nrm_owner"):
        Consent.objects.filter(pk=past.pk).update(until="2020-01-01T00:00:00Z")
        past.refresh_from_db()
    with pytest.raises(Uncovered):
        sent(consent=past)
    with acting_as(lead):
        consents_operations.withdraw_consent(lead, past.pk)
        past.refresh_from_db()
    with pytest.raises(Uncovered):
        sent(consent=past)


def test_a_lead_named_by_the_agreement_takes_what_it_gives_and_may_hold(world):
    """A shelter leads by transfer, without health: the agreement opens it, and its withdrawal ends it."""
    case, lead = world["adult"], world["shelter"]
    f.orientation(world["coord"], case, lead.agency, verb="transfer", level=3, state="accepted", answerer=lead)
    assert Hand(lead).get("case-health", case.pk).status_code == 404
    everything = int(Category.HEALTH | Category.OFFENCE | Category.RESIDENCE)
    f.consent(lead, case, agencies=[world["other"].agency_id], kinds=[], categories=everything)  # does not name it
    assert Hand(lead).get("case-health", case.pk).status_code == 404
    named = f.consent(lead, case, agencies=[lead.agency_id], kinds=[], categories=everything)
    assert Hand(lead).get("case-health", case.pk).status_code == 200
    for route in ("case-offence", "case-residence"):  # may_hold bounds it
        assert Hand(lead).get(route, case.pk).status_code == 404
    Hand(lead).post("consent-withdraw", named.pk)
    assert Hand(lead).get("case-health", case.pk).status_code == 404
    assert Hand(lead).get("case-consents", case.pk).status_code == 200


@pytest.mark.parametrize("gone", ["agency", "member", "client"])
def test_a_withdrawal_ends_the_share_even_when_the_other_account_is_off(world, gone):
    case, holder = world["adult"], world["shelter"]
    given = f.consent(world["coord"], case, agencies=[holder.agency_id])
    made = f.orientation(world["coord"], case, holder.agency, consent=given, level=3, state="accepted", answerer=holder)
    program = f.program(holder.agency)
    with as_role("nrm_owner"):
        if gone == "agency":
            Agency.objects.filter(pk=holder.agency_id).update(active=False)
        elif gone == "member":
            Membership.objects.filter(pk=holder.pk).update(active=False)
        else:
            ApiClient.objects.filter(membership=program).delete()
    assert Hand(world["coord"]).post("consent-withdraw", given.pk).status_code == 302
    with as_role("nrm_owner"):
        assert not CaseAccess.objects.filter(agency=holder.agency_id).exists()
        assert not Grant.objects.filter(group=holder.agency_id).exists()
        assert Orientation.objects.get(pk=made.pk).state == "consent_withdrawn"
        assert Consent.objects.get(pk=given.pk).withdrawn_by_id == world["coord"].pk


def test_same_number_of_queries_at_two_sizes(world):
    hand, case, lead = Hand(world["coord"]), world["child"], world["coord"]

    def more():
        given = f.consent(lead, case, agencies=[world["shelter"].agency_id], text={"proxy": "X"})
        f.orientation(lead, case, f.shelter(), legal_ground="child_in_danger")
        f.orientation(lead, case, world["shelter"].agency, consent=given, service=f.service(f"s{given.pk.hex[:8]}"))
        with acting_as(lead):
            consents_operations.record_opinion(lead, case.pk, stance="mixed", text={"words": "X"})

    assert_same_cost(more, lambda: hand.get("case-consents", case.pk), at_most=50, times=4)
