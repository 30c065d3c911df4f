"""Health, presumed authors, right to stay: behind their bits, on a click, journalled; the number nobody may dial."""

from copy import deepcopy

import pytest
from django.urls import reverse

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from journal.models import Entry
from referral.alerts.operations import alerts
from referral.models import AlertContact, AlertOffence
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered
from referral.orientations.selectors.sheets import sheets
from tests import factories as f
from tests.costs import assert_same_cost
from tests.guarantees.forms_walk import Page
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.categories import operations as categories
from victims.models import Contact, HealthNote, OffenceFact

pytestmark = pytest.mark.django_db
ALL = Category.HEALTH | Category.OFFENCE | Category.RESIDENCE
ROUTES = {Category.HEALTH: "case-health", Category.OFFENCE: "case-offence", Category.RESIDENCE: "case-residence"}
CONTROLLED = {"whose": "controller", "channel": "phone", "value": "MARQUEUR-NUMERO"}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    w = {"coord": f.member(f.coordination(), Role.COORDINATOR), "lead": f.member(f.shelter())}
    w["police"] = f.member(f.agency(Kind.INTERIOR, may_hold=Category.OFFENCE))
    w["jurist"] = f.member(f.agency(Kind.NGO, may_hold=Category.RESIDENCE))
    w["clinic"] = f.member(f.agency(Kind.HEALTH, may_hold=Category.HEALTH))
    w["helper"] = f.member(f.shelter())
    w["nurse"] = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    w["case"] = f.own_case(w["lead"])
    return w


def hold(w, who, bit, **fields):
    values = {"categories": int(bit), "level": 2, "exclusive": False, "state": "accepted", "answerer": w[who], **fields}
    return f.orientation(w["lead"], w["case"], w[who].agency, **values)


def test_each_bit_opens_its_section_and_no_other(world):
    """Holders by hand; the shelter leads its own case with health, which it may hold."""
    hold(world, "police", Category.OFFENCE)
    hold(world, "jurist", Category.RESIDENCE)
    hold(world, "helper", 0, level=3)  # the whole file, no category
    opened = {"lead": {4}, "police": {8}, "jurist": {16}, "helper": set(), "clinic": set(), "coord": set()}
    for who, bits in opened.items():
        for bit, route in ROUTES.items():
            status = Hand(world[who]).get(route, world["case"].pk).status_code
            assert status == (200 if bit in bits else 404), (who, route)
    with acting_as(world["helper"]):
        for bit in ROUTES:
            with pytest.raises(NotFound):
                categories.read_entries(world["helper"], world["case"].pk, bit)
            with pytest.raises(NotFound):
                categories.write_entry(world["helper"], world["case"].pk, bit, data={"text": "x"})


def test_shown_on_a_click_each_time_journalled_and_corrected_by_a_new_entry(world):
    hand, case = Hand(world["lead"]), world["case"]
    wrong = text(hand.post("case-health", case.pk, act="write", text=" ", urgent="on"))
    assert "Écrivez quels soins" in wrong
    given = {"act": "write", "text": "MARQUEUR-SANTE", "needs": ["pregnancy"], "urgent": "on"}
    assert hand.post("case-health", case.pk, **given).status_code == 302
    assert "MARQUEUR-SANTE" not in text(hand.get("case-health", case.pk))
    for route in ("case-detail", "case-consents", "case-signs"):
        assert "MARQUEUR-SANTE" not in text(hand.get(route, case.pk))
    page = text(hand.post("case-health", case.pk, act="reveal"))
    assert "MARQUEUR-SANTE" in page and "Grossesse" in page and "Les soins sont urgents" in page
    with acting_as(world["lead"]):
        first = HealthNote.objects.get()
    form = text(hand.post("case-health", case.pk, act="correct", entry=first.pk))
    assert "MARQUEUR-SANTE" in form and str(first.pk) in form and "Corriger un élément" in form
    assert hand.post("case-health", case.pk, act="correct", entry="x").status_code == 404
    second = {"act": "write", "text": "MARQUEUR-CORRIGE", "replaces": str(first.pk)}
    assert hand.post("case-health", case.pk, **second).status_code == 302
    assert hand.post("case-health", case.pk, **second).status_code == 409  # corrected meanwhile
    page = text(hand.post("case-health", case.pk, act="reveal"))
    assert "Corrigé depuis" in page and "MARQUEUR-SANTE" in page and "MARQUEUR-CORRIGE" in page
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="health.read", case_id=case.pk).count() == 3
        stored = HealthNote.objects.filter(pk=first.pk).values_list("data", flat=True).get()
        assert b"MARQUEUR" not in bytes(stored)


def test_each_form_says_what_it_does_without_its_button(world):
    """A form sent by its fields alone, as a script or a key sends it, is read as what it is: never « not allowed »."""
    hand, case = Hand(world["lead"]), world["case"]
    address = reverse("referral:case-health", args=[case.pk])

    def sent(page, which, **typed):
        forms = [form for form in Page(address, text(page)).forms if form.action == address and form.method == "post"]
        return hand.client.post(address, {**forms[which].as_shown(), **typed})

    page = hand.get("case-health", case.pk)
    empty = sent(page, -1)
    assert empty.status_code == 200 and "Écrivez quels soins" in text(empty)
    assert sent(page, -1, text="MARQUEUR-SANTE").status_code == 302
    shown = sent(page, 0)
    assert "MARQUEUR-SANTE" in text(shown)
    assert "Corriger un élément" in text(sent(shown, 0))
    assert hand.post("case-health", case.pk, act="other").status_code == 403


def test_a_sheet_carries_what_the_agreement_covers(world):
    lead, case = world["lead"], world["case"]
    with acting_as(lead):
        old = categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "ANCIEN"})
        categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "MARQUEUR-SANTE"}, replaces=old.pk)
    sent = hold(world, "clinic", Category.HEALTH, state="sent")
    with acting_as(world["clinic"]):
        part = sheets(world["clinic"], sent)["health"]
        assert part == {"entries": [{"text": "MARQUEUR-SANTE"}]}
    assert "MARQUEUR-SANTE" in text(Hand(world["clinic"]).post("orientation-detail", sent.pk, act="reveal"))
    plain = hold(world, "helper", 0, state="sent")
    with acting_as(world["helper"]):
        assert set(sheets(world["helper"], plain)) == {"summary"}
    # what the sender may not read itself is named, and not written
    told = hold(world, "police", Category.OFFENCE, state="sent")
    with acting_as(world["police"]):
        assert sheets(world["police"], told)["offence"] == {"sealed": True}


def test_may_hold_bounds_what_an_agreement_gives(world):
    """The association is named by an agreement that gives everything: it takes health, and never offence data."""
    given = f.consent(world["lead"], world["case"], agencies=[world["helper"].agency_id], level=3, categories=int(ALL))
    with acting_as(world["lead"]), pytest.raises(Uncovered):
        made = orientations.draft_orientation(
            world["lead"], world["case"], addressee=world["helper"].agency, service=f.service(), consent=given,
            categories=int(Category.OFFENCE),
        )  # fmt: skip
        orientations.send_orientation(world["lead"], made.pk)


def test_a_number_not_to_call_is_sealed_and_reaches_entitled_bodies_alone(world):
    alert = f.sent_alert(world["nurse"], contact=CONTROLLED, recipients=["association", "police", "contact"])
    with acting_as(world["nurse"]):
        assert AlertContact.objects.get(alert=alert).data == {"whose": "controller", "do_not_call": True}
        assert not AlertOffence.objects.exists()  # sealed for its author too once sent
    case = f.case(world["coord"], alert=alert)
    lead = world["lead"]
    f.orientation(world["coord"], case, lead.agency, verb="transfer", level=3, categories=2, state="accepted",
                  answerer=lead)  # fmt: skip
    page = text(Hand(lead).post("case-identity", case.pk, act="reveal"))
    assert "Ne pas appeler" in page and "MARQUEUR-NUMERO" not in page
    with as_role("nrm_owner"):
        assert not OffenceFact.objects.exists() and Contact.objects.count() == 1
    f.orientation(lead, case, world["police"].agency, level=2, categories=8, exclusive=False, state="accepted",
                  answerer=world["police"])  # fmt: skip
    page = text(Hand(world["police"]).post("case-offence", case.pk, act="reveal"))
    assert "MARQUEUR-NUMERO" in page and "Ne pas appeler" in page and "Donné avec l'alerte" in page
    with acting_as(lead):
        assert not OffenceFact.objects.exists()
    assert Hand(lead).get("case-offence", case.pk).status_code == 404


def test_a_draft_keeps_the_number_for_its_author_and_a_change_of_mind_clears_it(world):
    draft = f.draft(world["nurse"])
    with acting_as(world["nurse"]):
        alerts.save_draft(world["nurse"], draft.pk, {}, step=3, contact=CONTROLLED)
        assert AlertOffence.objects.get().data["number"] == "MARQUEUR-NUMERO"
    with acting_as(world["coord"]):
        assert not AlertOffence.objects.exists()
    with acting_as(world["nurse"]):
        alerts.save_draft(world["nurse"], draft.pk, {}, step=3, contact={**CONTROLLED, "whose": "hers"})
        assert not AlertOffence.objects.exists()
        alerts.save_draft(world["nurse"], draft.pk, {}, step=3, contact={})
        assert not AlertContact.objects.exists()


def test_same_number_of_queries_at_two_sizes(world):
    hand, case, lead = Hand(world["lead"]), world["case"], world["lead"]

    def write():
        with acting_as(lead):
            categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "x", "needs": ["pregnancy"]})

    assert_same_cost(write, lambda: hand.post("case-health", case.pk, act="reveal"), at_most=60)
