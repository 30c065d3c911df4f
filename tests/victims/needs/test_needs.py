"""Needs and the support plan: what each reader finds, words behind their category, edits that meet."""

import datetime
from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from tests import factories as f
from tests.referral.pages import Hand, text
from victims.models import Need, NeedText, NeedVersion, SupportAction
from victims.needs import operations as needs

pytestmark = pytest.mark.django_db
HOUSING, HEALTH, ASYLUM, PERMIT = "safe_housing", "health_care", "asylum", "residence_permit"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    all_bits = Category.IDENTITY | Category.HEALTH | Category.RESIDENCE
    lead = f.member(f.shelter(may_hold=all_bits, max_level=3))
    case = f.own_case(lead)
    found = {"lead": lead, "case": case, "stranger": f.member(f.shelter())}
    for name, level, bits in (("file", 3, 0), ("health", 3, Category.HEALTH), ("summary", 2, 0)):
        found[name] = f.member(f.shelter())
        f.orientation(
            lead, case, found[name].agency, state="accepted", answerer=found[name], level=level, categories=bits
        )
    for code in (HOUSING, HEALTH, ASYLUM, PERMIT):
        found[code] = add(lead, case, code, f"MARQUEUR-{code}")
    return found


def add(actor, case, code, words=""):
    with acting_as(actor):
        return needs.add_need(actor, case.pk, service=f.service(code), priority="now", text=words)


@pytest.mark.parametrize(
    ("who", "lacking"),
    [
        ("lead", ""),
        ("file", "ne voit dans ce dossier ni la santé ni la situation administrative"),
        ("health", "ne voit pas la situation administrative"),
    ],
)
def test_the_form_says_which_words_the_service_may_read(world, who, lacking):
    page = text(Hand(world[who]).get("case-needs", world["case"].pk))
    assert "La page « Accès » dit lesquels" in page
    assert ("Votre service ne voit" in page) == bool(lacking) and lacking in page


def counted(actor) -> tuple[set, set]:
    """Services of the needs and of the words seen: by the database alone, which the first wall must equal."""
    with acting_as(actor):
        bare = (
            {need.service_id for need in Need.objects.all()},
            {words.data["text"].removeprefix("MARQUEUR-") for words in NeedText.objects.all()},
        )
        said = (
            {need.service_id for need in Need.objects.visible_to(actor)},
            {words.data["text"].removeprefix("MARQUEUR-") for words in NeedText.objects.visible_to(actor)},
        )
    assert bare == said
    return bare


@pytest.mark.parametrize(
    ("who", "seen", "read"),
    [
        ("lead", {HOUSING, HEALTH, ASYLUM, PERMIT}, {HOUSING, HEALTH, ASYLUM, PERMIT}),
        ("file", {HOUSING, HEALTH}, {HOUSING}),
        ("health", {HOUSING, HEALTH}, {HOUSING, HEALTH}),
        ("summary", set(), set()),
        ("stranger", set(), set()),
    ],
)
def test_words_are_behind_their_category_and_a_need_of_residence_does_not_show(world, who, seen, read):
    assert counted(world[who]) == (seen, read)
    page = Hand(world[who]).get("case-needs", world["case"].pk)
    assert page.status_code == (404 if who == "stranger" else 200)
    assert {code for code in (HOUSING, HEALTH, ASYLUM, PERMIT) if f"MARQUEUR-{code}" in text(page)} == read


def test_needs_stand_by_urgency_and_those_met_last(world):
    lead = world["lead"]
    case, hand = f.own_case(lead), Hand(lead)
    rows = [  # as they must stand
        ("interpreting", "now", "not_met"), ("legal_support", "now", "identified"), ("safe_housing", "now", "asked"),
        ("social_support", "soon", "in_progress"), ("compensation", "later", "not_met"),
        ("education", "later", "identified"), ("employment", "now", "met"),
    ]  # fmt: skip
    made = {}
    with acting_as(lead):
        for code, priority, state in sorted(rows, key=lambda row: row[2] != "asked"):
            made[code] = needs.add_need(lead, case.pk, service=f.service(code), priority="soon")
            reason = "no_place" if state == "not_met" else ""
            seen = needs.visible_need(lead, made[code].pk).changed_at
            needs.change_need(lead, made[code].pk, state=state, priority=priority, seen=seen, reason=reason)
    page = text(hand.get("case-needs", case.pk))
    assert sorted(made, key=lambda code: page.index(f"/besoins/{made[code].pk}/")) == [code for code, *_ in rows]


def test_who_records_and_which_words(world):
    case = world["case"]
    assert add(world["health"], case, HEALTH, "soins").bit == Category.HEALTH
    assert add(world["file"], case, HEALTH).bit == Category.HEALTH  # without words
    with pytest.raises(NotAllowed):
        add(world["file"], case, HEALTH, "x")
    with pytest.raises(NotAllowed):
        add(world["summary"], case, HOUSING)
    with pytest.raises(NotFound):
        add(world["stranger"], case, HOUSING)
    with acting_as(world["file"]), pytest.raises(DatabaseError), transaction.atomic():
        NeedText.objects.create(need=world[ASYLUM], case=case, by=world["file"], bit=0, data={"text": "x"})
    kept = Hand(world["file"]).post("case-needs", case.pk, service=HEALTH, priority="now", text="MARQUEUR-GARDE")
    assert kept.status_code == 200 and "MARQUEUR-GARDE" in text(kept) and "sans détail" in text(kept)
    assert Hand(world["summary"]).post("case-needs", case.pk, service=HOUSING, priority="now").status_code == 403


def test_a_coordination_that_leads_for_now_records_and_reads_its_own_back(world):
    unit = f.member(f.coordination(), Role.COORDINATOR)
    case = f.case(unit)
    add(unit, case, HOUSING, "MARQUEUR-COORDINATION")
    assert counted(unit) == ({HOUSING}, {"COORDINATION"})
    assert "MARQUEUR-COORDINATION" in text(Hand(unit).get("case-needs", case.pk))


def test_a_need_leads_to_an_orientation_of_that_service(world):
    page = text(Hand(world["lead"]).get("case-needs", world["case"].pk))
    assert f"/dossiers/{world['case'].pk}/orienter/?service={HOUSING}" in page
    assert "/orienter/" not in text(Hand(world["file"]).get("case-needs", world["case"].pk))


def test_a_change_is_a_version_and_not_met_says_why(world):
    need, hand = world[HOUSING], Hand(world["lead"])
    with acting_as(world["lead"]):
        seen = Need.objects.visible_to(world["lead"]).get(pk=need.pk).changed_at
    stamp = timezone.localtime(seen).strftime("%Y-%m-%dT%H:%M:%S.%f%z")
    given = {"act": "state", "state": "not_met", "priority": "now", "seen": stamp}
    kept = hand.post("need-detail", need.pk, **given)
    assert kept.status_code == 200 and "Dites pourquoi il n'est pas satisfait" in text(kept)
    assert stamp in text(kept)  # the page itself gives what it expects back
    assert hand.post("need-detail", need.pk, **given, reason="no_place").status_code == 302
    late = hand.post("need-detail", need.pk, **{**given, "state": "met"})
    assert late.status_code == 409 and "entre-temps" in text(late) and "Non satisfait" in text(late)
    with acting_as(world["lead"]):
        found = Need.objects.visible_to(world["lead"]).get(pk=need.pk)
        assert (found.state, found.reason) == ("not_met", "no_place")
        versions = NeedVersion.objects.filter(pgh_obj=need).order_by("pgh_id")
        assert list(versions.values_list("state", "membership")) == [
            ("identified", world["lead"].pk),
            ("not_met", world["lead"].pk),
        ]
        with pytest.raises(WrongState):
            needs.change_need(world["lead"], need.pk, state="met", priority="now", seen=seen)
    assert Hand(world["summary"]).get("need-detail", need.pk).status_code == 404
    with acting_as(world["file"]):
        assert not NeedVersion.objects.filter(bit=Category.RESIDENCE).exists()
    with acting_as(world["stranger"]):
        assert not NeedVersion.objects.exists()


def test_the_plan_says_who_until_when_and_what_is_done(world):
    lead, need = world["lead"], world[HOUSING]
    hand, day = Hand(lead), timezone.localdate() + datetime.timedelta(days=3)
    asked = {"act": "action", "text": "MARQUEUR-ACTION", "agency": world["file"].agency_id, "due_on": day.isoformat()}
    assert hand.post("need-detail", need.pk, **{**asked, "agency": world["stranger"].agency_id}).status_code == 200
    assert hand.post("need-detail", need.pk, **{**asked, "due_on": "2020-01-01"}).status_code == 200
    assert hand.post("need-detail", need.pk, **asked).status_code == 302
    page = text(Hand(world["file"]).get("case-needs", world["case"].pk))
    assert "MARQUEUR-ACTION" in page and str(world["file"].agency) in page
    with acting_as(lead):
        action = SupportAction.objects.visible_to(lead).get()
        sealed = needs.add_action(lead, world[HEALTH].pk, text="MARQUEUR-SOINS", agency=lead.agency)
    assert "MARQUEUR-SOINS" not in text(Hand(world["file"]).get("need-detail", world[HEALTH].pk))
    assert "MARQUEUR-SOINS" in text(Hand(world["health"]).get("need-detail", world[HEALTH].pk))
    assert Hand(world["file"]).post("action-done", sealed.pk).status_code == 404
    assert Hand(world["stranger"]).post("action-done", action.pk).status_code == 404
    assert Hand(world["file"]).post("action-done", action.pk).status_code == 302
    assert Hand(world["file"]).post("action-done", action.pk).status_code == 409
    assert Hand(lead).get("action-done", action.pk).status_code == 302


def test_a_need_is_never_removed_nor_changed_past_its_columns(world):
    for statement in (
        "DELETE FROM victims_need",
        "UPDATE victims_need SET bit = 0",
        "DELETE FROM victims_supportaction",
    ):
        with acting_as(world["lead"]), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_cost_is_the_same_at_two_sizes(world):
    lead, case, counts = world["lead"], world["case"], []
    for more in (1, 12):
        for _ in range(more):
            need = add(lead, case, HOUSING, "texte")
            with acting_as(lead):
                needs.add_action(lead, need.pk, text="x", agency=lead.agency)
        hand = Hand(lead)
        hand.get("case-needs", case.pk)
        with CaptureQueriesContext(connection) as found:
            hand.get("case-needs", case.pk)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 40, counts
