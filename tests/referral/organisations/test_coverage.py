"""What an administrator adds to what its desk receives waits for the coordination of the place."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.models import Agency, Desk, DeskChange, Kind, Role
from foundation.actor import acting_as
from notifications.models import Notice
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.referral.routing.test_discretion import told
from tests.roles import as_role

from .test_members import LATE, NOWHERE, REFUSED, refusal

pytestmark = pytest.mark.django_db
EVERYWHERE = "75 92 13"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """A shelter of Paris, the coordinations of Paris and of Marseille, a union branch, and a nurse in Marseille."""
    for code in ("legal_support", "emergency_shelter"):
        f.service(code)
    for code, label in (("75", "Paris"), ("92", "Hauts-de-Seine"), ("13", "Bouches-du-Rhône")):
        f.territory(code, label)
    f.national()
    home = f.shelter(name="Foyer d'essai", services=("emergency_shelter",), desk_fields={"takes_minors": False})
    paris, south = f.coordination(territories=("75", "92")), f.coordination(territories=("13",))
    union = f.agency(Kind.UNION, name="Union locale")
    return {
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "paris": f.member(paris, Role.COORDINATOR),
        "south": f.member(south, Role.COORDINATOR),
        "union": f.member(union, Role.AGENCY_ADMIN),
        "nurse": f.member(f.agency(Kind.HEALTH, desk=False, territories=("13",)), Role.FRONTLINE),
    }


def edited(**changes) -> dict:
    stands = {"services": ["emergency_shelter"], "takes_adults": "on", "territories": "75", "phone": ""}
    return {**stands, **changes}


def places(w) -> set[str]:
    with as_role("nrm_owner"):
        return set(Desk.objects.get(pk=w["admin"].agency_id).territories.values_list("pk", flat=True))


def waiting(w, **by) -> list[DeskChange]:
    with as_role("nrm_owner"):
        return list(
            DeskChange.objects.filter(desk=w["admin"].agency_id, state="waiting", **by).order_by("what", "value")
        )


def test_a_shelter_that_names_every_place_receives_no_vital_alert_of_another_territory(w):
    """The attack: one form, all places; the alert of Marseille then comes by rule."""
    assert Hand(w["admin"]).post("organisation-edit", **edited(territories=EVERYWHERE)).status_code == 302
    alert = f.sent_alert(w["nurse"], territory="13", danger="yes")
    assert told(alert) == {w["south"].agency_id}
    assert places(w) == {"75"}


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO agencies_desk_territories (desk_id, territory_id) VALUES (%s, '13')",
        "INSERT INTO agencies_desk_services (desk_id, service_id) VALUES (%s, 'legal_support')",
        "UPDATE agencies_desk SET takes_minors = true WHERE agency_id = %s",
        "UPDATE agencies_desk SET second_id = (SELECT max(d.agency_id) FROM agencies_desk d) WHERE agency_id = %s",
        "UPDATE agencies_deskchange SET state = 'agreed' WHERE desk_id = %s",
    ],
)
def test_the_database_refuses_to_add_without_agreement(w, sql):
    with acting_as(w["admin"]), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(sql, [w["admin"].agency_id])
    assert refused.value.__cause__.pgcode == REFUSED


def test_forms_are_widened_by_agreement_only(w):
    home = w["admin"].agency_id
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=home).update(forms=["labour_exploitation"])
    for forms in ([], ["labour_exploitation", "forced_begging"]):
        with acting_as(w["admin"]), pytest.raises(DatabaseError), transaction.atomic():
            Desk.objects.filter(pk=home).update(forms=forms)
    hand = Hand(w["admin"])
    hand.post("organisation-edit", **edited(forms_taken=["forced_begging"]))  # another one instead of the former
    (asked,) = waiting(w)
    assert (asked.what, asked.value) == ("form", "forced_begging")
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=home).forms == ["labour_exploitation"]  # none left would mean any
    Hand(w["paris"]).post("desk-change", asked.batch, act="agree")
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=home).forms == ["labour_exploitation", "forced_begging"]
    hand.post("organisation-edit", **edited())
    assert [(one.what, one.value) for one in waiting(w)] == [("form", "")]
    Hand(w["paris"]).post("desk-change", waiting(w)[0].batch, act="agree")
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=home).forms == []


def test_each_coordination_decides_for_its_own_places_and_is_told(w):
    hand = Hand(w["admin"])
    assert "attend l'accord de la coordination" in text(
        hand.client.post(
            "/organisation/modifier/", {"_membership": w["admin"].pk, **edited(territories=EVERYWHERE)}, follow=True
        )
    )
    asked = {one.value: one for one in waiting(w)}
    assert {value: one.unit_id for value, one in asked.items()} == {
        "92": w["paris"].agency_id, "13": w["south"].agency_id,
    }  # fmt: skip
    fan_out()
    for who in ("paris", "south"):
        with acting_as(w[who]):
            assert list(Notice.objects.filter(channel="app").values_list("kind", flat=True)) == ["desk_asked"]
        assert "Services qui demandent à élargir ce qu'ils reçoivent" in text(Hand(w[who]).client.get("/"))
    assert "<h1>Services qui demandent à élargir" in text(Hand(w["paris"]).get("desk-changes"))
    assert "<h1>Changements demandés à la coordination</h1>" in text(hand.get("desk-changes"))
    assert "pas encore reçu" in text(hand.get("organisation")) and "Bouches-du-Rhône" in text(hand.get("organisation"))
    assert Hand(w["paris"]).get("desk-change", asked["13"].batch).status_code == 404
    assert refusal(w["paris"], "SELECT nrm.decide_desk(%s, 'agree', '')", asked["13"].batch) == NOWHERE
    for who in ("admin", "worker"):
        assert refusal(w[who], "SELECT nrm.decide_desk(%s, 'agree', '')", asked["92"].batch) == REFUSED
    assert Hand(w["paris"]).post("desk-change", asked["92"].batch, act="agree").status_code == 302
    unexplained = Hand(w["south"]).post("desk-change", asked["13"].batch, act="refuse", reason="")
    assert "Dites pourquoi" in text(unexplained)
    assert "300 caractères" in text(
        Hand(w["south"]).post("desk-change", asked["13"].batch, act="refuse", reason="x" * 301)
    )
    assert Hand(w["south"]).post("desk-change", asked["13"].batch, act="invented").status_code == 404
    assert Hand(w["south"]).post("desk-change", asked["13"].batch, act="refuse", reason="Trop loin.").status_code == 302
    assert places(w) == {"75", "92"} and "Trop loin." in text(hand.get("desk-change", asked["13"].batch))
    assert refusal(w["south"], "SELECT nrm.decide_desk(%s, 'agree', '')", asked["13"].batch) == LATE


def test_taking_off_is_free_and_at_once_and_what_waits_is_taken_back_by_the_form(w):
    hand = Hand(w["admin"])
    with as_role("nrm_owner"):
        Desk.objects.get(pk=w["admin"].agency_id).territories.add("92")
    hand.post("organisation-edit", **edited(territories="92 13", services=["emergency_shelter", "legal_support"]))
    assert places(w) == {"92"} and [one.what for one in waiting(w)] == ["service", "territory"]
    page = text(hand.get("organisation-edit"))
    assert 'value="13 92"' in page  # what waits stays in the form: saved again as it is, nothing changes
    hand.post("organisation-edit", **edited(territories="92 13", services=["emergency_shelter", "legal_support"]))
    assert len(waiting(w)) == 2
    hand.post("organisation-edit", **edited(territories="92"))
    assert waiting(w) == []
    with as_role("nrm_owner"):
        assert DeskChange.objects.filter(state="withdrawn").count() == 2


def test_a_stand_in_agrees_itself_and_then_the_coordination(w):
    hand, union = Hand(w["admin"]), w["union"]
    hand.post("organisation-edit", **edited(second=union.agency_id))
    (asked,) = waiting(w)
    fan_out()
    with acting_as(union):
        assert list(Notice.objects.filter(channel="app").values_list("kind", flat=True)) == ["stand_in_asked"]
    assert refusal(w["paris"], "SELECT nrm.decide_desk(%s, 'agree', '')", asked.batch) == LATE
    assert refusal(w["admin"], "SELECT nrm.decide_desk(%s, 'take', '')", asked.batch) == REFUSED
    assert "prévenu des alertes que celui-ci laisse" in text(Hand(union).get("desk-change", asked.batch))
    assert Hand(union).post("desk-change", asked.batch, act="take").status_code == 302
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=asked.desk_id).second_id is None
    assert Hand(w["paris"]).post("desk-change", asked.batch, act="agree").status_code == 302
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=asked.desk_id).second_id == union.agency_id
    hand.post("organisation-edit", **edited())
    with as_role("nrm_owner"):
        assert Desk.objects.get(pk=asked.desk_id).second_id is None  # taken off at once


@pytest.mark.parametrize("asked", [False, True], ids=["held", "asked"])
@pytest.mark.parametrize(
    ("agency", "desk", "why"),
    [
        ({"kind": Kind.INTERIOR}, {}, "les préfectures et la justice ne suppléent pas un organisme d'une autre nature"),
        ({"active": False}, {}, "il n'utilise plus Repère"),
        ({}, {"receives_alerts": False}, "il ne reçoit plus d'alertes"),
    ],
    ids=["police", "inactive", "no alerts"],
)
def test_a_stand_in_that_is_offered_no_more_is_not_taken_off_in_silence(w, asked, agency, desk, why):
    hand, union = Hand(w["admin"]), w["union"].agency
    if asked:
        hand.post("organisation-edit", **edited(second=union.pk))
    with as_role("nrm_owner"):
        if not asked:
            Desk.objects.filter(pk=w["admin"].agency_id).update(second=union.pk)
        Agency.objects.filter(pk=union.pk).update(**{"kind": Kind.UNION, **agency})
        Desk.objects.filter(pk=union.pk).update(**{"receives_alerts": True, **desk})
    page = text(hand.get("organisation-edit"))
    assert "Union locale ne peut pas suppléer votre organisme :" in page and why in page
    assert "Cette désignation sera retirée quand vous enregistrerez la page." in page
    for name in ("organisation", "duty"):
        shown = text(hand.get(name))
        assert ("N'est pas prévenu comme suppléant" in shown and why in shown) is not asked
        assert "Prévenu en plus de vous" not in shown
    hand.post("organisation-edit", **edited())
    said = text(hand.get("organisation"))
    assert "La désignation de Union locale comme organisme suppléant est retirée" in said and why in said
    assert why not in text(hand.get("organisation-edit"))
    assert waiting(w) == []


def test_stand_in_that_is_held_stays_chosen_when_the_one_asked_for_is_offered_no_more(w):
    """The page showed « Aucun », and its saving took off the one that was told."""
    hand, held, asked = Hand(w["admin"]), w["union"].agency, f.agency(Kind.UNION, name="Union voisine")
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=w["admin"].agency_id).update(second=held.pk)
    hand.post("organisation-edit", **edited(second=asked.pk))
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=w["admin"].agency_id).update(second=held.pk)
        Desk.objects.filter(pk=asked.pk).update(receives_alerts=False)
    page = text(hand.get("organisation-edit"))
    assert "Union voisine ne peut pas suppléer" in page and f'<option value="{held.pk}" selected' in page


def test_a_stand_in_may_refuse_and_the_asker_may_take_back(w):
    hand, union = Hand(w["admin"]), w["union"]
    for act, who, given in (("refuse", union, {"reason": "Pas la nuit."}), ("withdraw", w["admin"], {})):
        hand.post("organisation-edit", **edited(second=union.agency_id))
        (asked,) = waiting(w)
        assert Hand(who).post("desk-change", asked.batch, act=act, **given).status_code == 302
        assert waiting(w) == []
