"""What leaves without agreement: a named ground that holds, a written reason, and a place apart."""

from copy import deepcopy

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from referral.models import LegalReason, LegalShare, OrientationMove
from referral.orientations.operations import orientations
from referral.orientations.operations.coverage import Uncovered
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
WHY = "Raison écrite de l'essai, assez longue"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    w = {"coord": f.member(f.coordination(), Role.COORDINATOR), "shelter": f.member(f.shelter())}
    w["police"], w["crip"] = f.member(f.agency(Kind.INTERIOR)), f.member(f.agency(Kind.CHILD_PROTECTION))
    w["nurse"] = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    w["auditor"] = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
    w["adult"] = f.case(w["coord"], author=w["nurse"])
    w["child"] = f.case(w["coord"], author=w["nurse"], minor="doubt")
    return w


def sent(w, lead, case, to, **fields):
    with acting_as(w[lead]), transaction.atomic():
        values = {"service": f.service(), "legal_reason": WHY, **fields}
        made = orientations.draft_orientation(w[lead], w[case], addressee=w[to].agency, **values)
        return orientations.send_orientation(w[lead], made.pk)


def test_an_empty_list_says_whose_shares_it_shows(world):
    mine = "Aucun partage sans l'accord de la personne dans les dossiers que vous suivez"
    assert mine in text(Hand(world["shelter"]).get("legal-shares"))
    audited = text(Hand(world["auditor"]).get("legal-shares"))
    assert mine not in audited and "Aucun partage sans l'accord de la personne à montrer" in audited


def test_each_ground_where_it_holds_and_where_it_does_not(world):
    allowed = [
        ("child", "crip", "child_in_danger"),
        ("adult", "shelter", "vital_danger"),
        ("adult", "police", "article_40"),
    ]
    for case, to, ground in allowed:
        assert sent(world, "coord", case, to, legal_ground=ground).state == "sent", ground
    refused = [
        ("adult", "crip", "child_in_danger", WHY),  # of age
        ("adult", "shelter", "article_40", WHY),  # not the prosecutor nor the police
        ("child", "crip", "child_in_danger", "trop court"),
        ("child", "crip", "child_in_danger", " " * 30),
        ("adult", "shelter", "", WHY),  # neither agreement nor ground
    ]
    for case, to, ground, why in refused:
        with pytest.raises(Uncovered):
            sent(world, "coord", case, to, legal_ground=ground, legal_reason=why)
    # an association leads: article 40 is not its duty
    f.orientation(
        world["coord"], world["adult"], world["shelter"].agency, verb="transfer", level=3, state="accepted",
        answerer=world["shelter"], service=f.service("legal_support"),
    )  # fmt: skip
    with pytest.raises(Uncovered):
        sent(world, "shelter", "adult", "police", legal_ground="article_40")
    assert sent(world, "shelter", "adult", "police", legal_ground="vital_danger").state == "sent"


def test_the_database_refuses_a_share_without_its_reason_or_beyond_the_duty(world):
    """A view, a job or a program that forgot to ask."""
    coord = world["coord"]
    made = f.orientation(coord, world["adult"], world["police"].agency, legal_ground="vital_danger", state="draft")
    with acting_as(coord):
        LegalReason.objects.filter(share=made.pk).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            orientations.send_orientation(coord, made.pk)
        with pytest.raises(ProgrammingError), transaction.atomic():
            LegalShare.objects.filter(pk=made.pk).update(sent_at=None)
    with as_role("nrm_owner"):  # not a public service any more
        type(coord.agency).objects.filter(pk=coord.agency_id).update(entitlements=[])
    forty = f.orientation(coord, world["adult"], world["police"].agency, legal_ground="article_40", state="draft",
                          service=f.service("investigation"))  # fmt: skip
    step = {"action": "send", "before": "draft", "after": "sent", "agency_id": coord.agency_id}
    with acting_as(coord), pytest.raises(NotAllowed), guarded():
        OrientationMove.objects.create(orientation=forty, membership=coord, **step)


def test_a_draft_changed_to_an_agreement_leaves_nothing_apart(world):
    coord, shelter = world["coord"], world["shelter"]
    f.orientation(coord, world["adult"], shelter.agency, legal_ground="vital_danger", state="draft")
    with acting_as(coord):
        assert LegalShare.objects.count() == 1
    f.orientation(coord, world["adult"], shelter.agency)
    with acting_as(coord):
        assert not LegalShare.objects.exists() and not LegalReason.objects.exists()


def test_one_place_each_by_its_own_sight(world):
    coord = world["coord"]
    why = {"legal_ground": "child_in_danger", "legal_reason": "MARQUEUR-MOTIF assez long pour compter"}
    crip = world["crip"]
    made = f.orientation(coord, world["child"], crip.agency, level=2, state="accepted", answerer=crip, **why)
    f.orientation(coord, world["adult"], world["police"].agency, legal_ground="vital_danger", state="draft")
    page = text(Hand(coord).get("legal-shares"))
    assert made.reference in page and "MARQUEUR-MOTIF" in page and page.count("rp-card") >= 1
    assert "art. 223-6" not in page  # a draft has left nothing
    assert "MARQUEUR-MOTIF" in text(Hand(coord).get("case-consents", world["child"].pk))
    audit = text(Hand(world["auditor"]).get("legal-shares"))
    assert made.reference in audit and "MARQUEUR-MOTIF" not in audit and world["child"].reference not in audit
    page = text(Hand(crip).get("legal-shares"))  # the addressee holds the summary: neither lead nor file
    assert made.reference not in page
    assert "MARQUEUR-MOTIF" not in text(Hand(crip).get("case-consents", world["child"].pk))
    assert made.reference not in text(Hand(world["shelter"]).get("legal-shares"))
    assert Hand(world["nurse"]).get("legal-shares").status_code == 403


def test_the_compose_page_asks_for_the_reason_and_keeps_it_apart(world):
    hand, case = Hand(world["coord"]), world["child"]
    query = f"?service={f.service().pk}"
    page = text(hand.get("orientation-new", case.pk, query=query))
    assert (
        "Pourquoi ce service doit-il savoir" in page
        and "avis de l'enfant" in page
        and "(art. 40 du code de procédure pénale)" in page
    )
    assert "Sans accord" not in page, "a child's agreement is no condition"
    grown = text(hand.get("orientation-new", world["adult"].pk, query=query))
    assert "Sans accord : pourquoi" in grown
    given = {"service": f.service().pk, "verb": "refer", "level": 2, "basis": "ground:child_in_danger"}
    given["addressee"] = world["shelter"].agency_id
    wrong = text(hand.post("orientation-new", case.pk, **given, legal_reason="court"))
    assert "en 20 caractères au moins" in wrong and "court" in wrong
    answer = hand.post("orientation-new", case.pk, **given, legal_reason="MARQUEUR-MOTIF assez long pour compter")
    assert answer.status_code == 302
    preview = text(hand.client.get(answer["Location"]))
    assert "MARQUEUR-MOTIF" not in preview.split("Enfant en danger")[0]
    with acting_as(world["coord"]):
        assert LegalReason.objects.get().data.startswith("MARQUEUR-MOTIF")


def test_same_number_of_queries_at_two_sizes(world):
    hand = Hand(world["coord"])

    def share():
        f.orientation(world["coord"], world["child"], f.shelter(), legal_ground="child_in_danger")

    assert_same_cost(share, lambda: hand.get("legal-shares"), at_most=30)
