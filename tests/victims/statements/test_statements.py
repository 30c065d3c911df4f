"""Identification: who may state, on what sight; views side by side, nothing overwritten, nothing from a score."""

import itertools
from copy import deepcopy
from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from agencies.models import Agency, Category, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.models import Entry
from notifications.models import Event
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import IdentificationView, Statement
from victims.statements import operations as statements
from victims.statements.access import acts_of

pytestmark = pytest.mark.django_db
SAID = {"stated_on": date(2026, 11, 20), "function": "Juriste d'essai", "motives": "MARQUEUR-MOTIFS"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """A case led by a shelter; the police, the prosecutor and an asylum body read its file; others less."""
    f.national()
    unit, home = f.coordination(), f.shelter()
    w = {"coord": f.member(unit, Role.COORDINATOR), "lead": f.member(home), "mate": f.member(home)}
    case = f.case(w["coord"], author=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    f.orientation(w["coord"], case, home, verb="transfer", level=3, state="accepted", answerer=w["lead"])
    kinds = {
        "police": f.agency(Kind.INTERIOR, entitlements=["presumed", "identified", "not_established"]),
        "prosecutor": f.agency(Kind.JUSTICE),
        "asylum": f.agency(Kind.ASYLUM),
        "school": f.agency(Kind.EDUCATION),
    }
    for name, agency in kinds.items():
        w[name] = f.member(agency)
        f.orientation(w["lead"], case, agency, level=3, state="accepted", answerer=w[name])
    w["reader"] = f.member(f.shelter())
    f.orientation(w["lead"], case, w["reader"].agency, level=2, state="accepted", answerer=w["reader"])
    w["asked"] = f.member(f.agency(Kind.JUSTICE))
    f.orientation(w["lead"], case, w["asked"].agency, level=3)  # entitled, and has not accepted
    w["case"] = case
    return w


def state(w, who, status, **fields):
    with acting_as(w[who]):
        return statements.make_statement(w[who], w["case"].pk, status=status, **{**SAID, **fields})


def views(w, who) -> set:
    with acting_as(w[who]):
        return set(IdentificationView.objects.filter(case=w["case"]).values_list("body", "status"))


def test_the_pack_says_who_may_and_an_agency_may_have_its_own_list(world):
    """Expected by hand from data/forms.yaml, `entitlements`."""
    shelter, court = acts_of(world["lead"].agency), acts_of(world["prosecutor"].agency)
    assert shelter == {"presumed", "not_established"}
    assert court == {"presumed", "identified", "recognised", "not_established", "article_40"}
    assert acts_of(world["school"].agency) == {"article_40"}
    assert acts_of(world["police"].agency) == {"presumed", "identified", "not_established"}
    with as_role("nrm_owner"):  # widened for one association, as the CNCDH asks: no code
        Agency.objects.filter(pk=world["lead"].agency_id).update(entitlements=["presumed", "identified"])
    world["lead"].agency.refresh_from_db()
    assert acts_of(world["lead"].agency) == {"presumed", "identified"}
    assert state(world, "lead", "identified").status == "identified"


def test_entitled_and_sighted_state_the_others_do_not(world):
    assert state(world, "lead", "presumed").agency_id == world["lead"].agency_id
    assert state(world, "police", "identified")
    assert state(world, "prosecutor", "recognised", basis="Jugement d'essai du 3 mars 2026")
    refused = [
        ("school", "presumed"),  # reads the file, not entitled
        ("reader", "presumed"),  # entitled, reads the summary only
        ("coord", "presumed"),  # coordinates, knows the state only
        ("lead", "identified"),  # entitled to another status
        ("police", "recognised"),  # a court's word
    ]
    for who, status in refused:
        with pytest.raises((NotAllowed, NotFound)):
            state(world, who, status)
    with pytest.raises(NotFound):
        state(world, "asked", "recognised")  # entitled, asked, has not accepted
    with as_role("nrm_owner"):
        assert Statement.objects.count() == 3


def test_the_walls_say_the_same(world):
    """A view that forgot to ask is refused by the policy: entitled without sight, sight without entitlement, forged."""
    values = {"case": world["case"], "function": "x", "data": {}, "stated_on": date(2026, 11, 20)}
    police = world["police"].agency
    for who, agency, status in (
        ("school", world["school"].agency, "presumed"),
        ("reader", world["reader"].agency, "presumed"),
        ("asked", world["asked"].agency, "recognised"),
        ("lead", police, "identified"),  # in the name of the police
        ("prosecutor", world["prosecutor"].agency, "identified"),
    ):
        with acting_as(world[who]):
            found = Statement(by=world[who], agency=agency, status=status, **values)
            allowed = who == "prosecutor"
            assert _written(found) == allowed, who


def _written(row) -> bool:
    try:
        with guarded():
            row.save(force_insert=True)
    except NotAllowed:
        return False
    return True


def test_a_change_of_mind_is_a_new_statement_and_views_stand_side_by_side(world):
    state(world, "police", "not_established")
    state(world, "lead", "presumed")
    assert views(world, "reader") == {("police", "not_established"), ("ngo", "presumed")}
    page = text(Hand(world["lead"]).get("case-statements", world["case"].pk))
    assert "Les avis divergent" in page
    state(world, "police", "identified", motives="MARQUEUR-SECOND")
    assert views(world, "reader") == {("police", "identified"), ("ngo", "presumed")}
    page = text(Hand(world["lead"]).get("case-statements", world["case"].pk))
    assert "Les avis divergent" not in page and "Suivi d'un avis plus récent" in page
    assert page.count("MARQUEUR-MOTIFS") == 2 and "MARQUEUR-SECOND" in page
    with acting_as(world["police"]):  # neither changed nor taken back
        mine = Statement.objects.filter(agency=world["police"].agency_id)
        assert sorted(mine.values_list("status", flat=True)) == ["identified", "not_established"]
        for act in (lambda: mine.update(status="presumed"), mine.delete):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                act()


def test_a_statement_cannot_be_slipped_behind_another(world):
    state(world, "police", "identified")
    late = Statement(
        case=world["case"], status="not_established", agency=world["police"].agency, by=world["police"], function="x",
        data={}, stated_on=date(2020, 1, 1), at="2020-01-01T00:00:00+00:00",
    )  # fmt: skip
    with acting_as(world["police"]):
        late.save(force_insert=True)
        late.refresh_from_db()
        assert late.at.year > 2020
    assert views(world, "lead") == {("police", "not_established")}  # the last word recorded is the one in force


def test_summary_reads_the_views_and_never_why(world):
    state(world, "police", "identified")
    page = text(Hand(world["reader"]).get("case-statements", world["case"].pk))
    assert "Victime identifiée" in page and "Police ou gendarmerie" in page
    assert "MARQUEUR-MOTIFS" not in page and world["police"].agency.name not in page
    assert 'name="motives"' not in page
    assert "Victime identifiée" in text(Hand(world["reader"]).get("case-detail", world["case"].pk))  # on the head
    assert Hand(world["coord"]).get("case-statements", world["case"].pk).status_code == 404
    assert Hand(world["asked"]).get("case-statements", world["case"].pk).status_code == 404


def test_an_asylum_body_is_one_more_administration(world):
    """Its statement tells of an asylum claim: behind the residence bit, for all but itself. So does its view: who reads
    the file and finds an administration without a statement would know."""
    state(world, "asylum", "presumed", function="Officier de protection")
    state(world, "police", "presumed")
    for who in ("reader", "police", "lead"):
        assert views(world, who) == {("police", "presumed")}, who
    assert views(world, "asylum") == {("police", "presumed"), ("administration", "presumed")}
    with as_role("nrm_owner"):
        Statement.objects.filter(agency=world["police"].agency).delete()
    for who, reads in (("asylum", 1), ("police", 0), ("lead", 0)):
        with acting_as(world[who]):
            assert Statement.objects.count() == reads, who
    assert "Officier de protection" not in text(Hand(world["police"]).get("case-statements", world["case"].pk))
    jurist = f.member(f.agency(Kind.NGO, may_hold=Category.RESIDENCE))
    f.orientation(
        world["lead"], world["case"], jurist.agency, level=3, categories=16, state="accepted", answerer=jurist
    )
    with acting_as(jurist):
        assert Statement.objects.count() == 1
        assert IdentificationView.objects.filter(asylum_body__isnull=False).count() == 1
    assert "Organisme chargé de l'asile" in text(Hand(jurist).get("case-detail", world["case"].pk))
    assert "asile" not in text(Hand(world["police"]).get("case-detail", world["case"].pk)).partition("<main")[2]


def test_a_program_reads_the_same(world):
    state(world, "police", "identified")
    file = Caller(f.program(world["lead"].agency)).get(f"cases/{world['case'].pk}/").json()
    assert [v["status"] for v in file["identification"]] == ["identified"] and file["consents"][0]["giver"] == "person"
    assert [s["text"]["motives"] for s in file["statements"]] == ["MARQUEUR-MOTIFS"]
    summary = Caller(f.program(world["reader"].agency)).get(f"cases/{world['case'].pk}/").json()
    assert [(v["body"], v["status"]) for v in summary["identification"]] == [("police", "identified")]
    assert "statements" not in summary
    assert Caller(f.program(world["asked"].agency)).get(f"cases/{world['case'].pk}/").status_code == 404


def test_kept_to_those_assigned_a_colleague_states_nothing(world):
    with acting_as(world["lead"]):
        assign_member(world["lead"], world["case"].pk, world["lead"])
        restrict_case(world["lead"], world["case"].pk)
    assert state(world, "lead", "presumed")
    with pytest.raises(NotFound):
        state(world, "mate", "presumed")
    with acting_as(world["mate"]):
        assert not Statement.objects.exists() and not IdentificationView.objects.exists()


def test_the_page_keeps_what_was_typed_and_tells_lead_and_coordination(world):
    hand, case = Hand(world["prosecutor"]), world["case"]
    wrong = text(hand.post("case-statements", case.pk, status="recognised", stated_on="2099-01-01", motives="TAPE"))
    for sentence in ("Choisissez aujourd'hui ou un jour passé", "Écrivez votre fonction", "TAPE"):
        assert sentence in wrong
    given = {"status": "recognised", "stated_on": "2026-11-20", "function": "Vice-procureur", "motives": "TAPE"}
    assert "Écrivez quelle décision" in text(hand.post("case-statements", case.pk, **given))
    with as_role("nrm_owner"):
        assert not Statement.objects.exists()
    assert hand.post("case-statements", case.pk, basis="Jugement d'essai", **given).status_code == 302
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="statement.make", case_id=case.pk).count() == 1
        event = Event.objects.get(kind="statement_made")
        assert (set(event.audience), event.reference) == ({"lead", "coordination"}, case.reference)
    assert Hand(world["school"]).post("case-statements", case.pk, **given).status_code == 403
    assert Hand(world["reader"]).post("case-statements", case.pk, **given).status_code == 403


@pytest.mark.parametrize(("who", "recognises"), [("prosecutor", True), ("police", False)])
def test_the_decision_is_asked_of_who_may_say_recognised(world, who, recognises):
    page = text(Hand(world[who]).get("case-statements", world["case"].pk))
    assert ("Obligatoire pour une victime reconnue par la justice" in page) == recognises
    assert ("Article, ou numéro de procès-verbal." in page) != recognises


def test_a_low_score_states_nothing(world):
    """No reading of signs makes, opens or closes a status: a case with an assessment has no view of its own."""
    with acting_as(world["lead"]):
        assert not IdentificationView.objects.exists()
    page = text(Hand(world["lead"]).get("case-statements", world["case"].pk))
    assert "Aucun organisme ne s'est encore prononcé" in page


def test_same_number_of_queries_at_two_sizes(world):
    hand, statuses = Hand(world["lead"]), itertools.cycle(["identified", "not_established", "presumed"])
    state(world, "lead", "presumed")

    def more():
        status = next(statuses)
        state(world, "police", status)
        state(world, "prosecutor", status)

    assert_same_cost(more, lambda: hand.get("case-statements", world["case"].pk), at_most=45, times=4)
