"""Which services an agreement must name, and may: one to be counted tells nobody (mission: nothing leaks)."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.orientations.rules import carries
from tests import factories as f
from tests.referral.pages import Hand, text
from victims.models import Consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    w = {"coord": f.member(f.coordination(), Role.COORDINATOR), "police": f.agency(Kind.INTERIOR)}
    w["nurse"] = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    w["adult"] = f.case(w["coord"], author=w["nurse"], agreement="not_asked")
    w["child"] = f.case(w["coord"], author=w["nurse"], minor="yes")
    return w


def made(w, purpose) -> list[Consent]:
    with acting_as(w["coord"]):
        return list(Consent.objects.filter(case=w["adult"], purpose=purpose))


@pytest.mark.parametrize("purpose", ["record", "statistics", "participation"])
def test_to_be_counted_names_no_service_and_none_may_be_named(world, purpose):
    """One would tick the police because a service was demanded, and a request to it would stand on that agreement."""
    hand, case, own = Hand(world["coord"]), world["adult"].pk, world["coord"].agency_id
    told = {"purpose": purpose, "proof": "oral"}
    for named in ({"agencies": [world["police"].pk], "level": 2}, {"kinds": ["interior"], "level": 2}):
        page = text(hand.post("consent-new", case, **told, **named))
        assert "Cet accord ne prévient aucun autre service" in page and not made(world, purpose)
    assert hand.post("consent-new", case, **told).status_code == 302
    assert hand.post("consent-new", case, **told, agencies=[own], level=3).status_code == 302
    assert [(one.agencies, one.kinds) for one in made(world, purpose)] == [([own], []), ([], [])]
    assert not any(carries(one, own) for one in made(world, purpose))
    for page in (hand.get("case-consents", case), hand.get("case-detail", case)):
        assert "Contenu du dossier" not in text(page), "no level beside what nobody else reads by"


@pytest.mark.parametrize("purpose", ["share_named", "share_police", "share_authority", "contact"])
def test_to_share_names_a_service_and_says_what_it_reads(world, purpose):
    hand, case = Hand(world["coord"]), world["adult"].pk
    told = {"purpose": purpose, "proof": "oral"}
    assert "Cochez au moins un service" in text(hand.post("consent-new", case, **told, level=2))
    page = text(hand.post("consent-new", case, **told, agencies=[world["police"].pk]))
    assert "Choisissez ce que ces services pourront lire" in page and not made(world, purpose)
    assert hand.post("consent-new", case, **told, agencies=[world["police"].pk], level=3).status_code == 302
    for page in (hand.get("case-consents", case), hand.get("case-detail", case)):
        assert "Contenu du dossier" in text(page)


def test_the_page_of_a_child_speaks_of_who_agrees_for_it(world):
    page = text(Hand(world["coord"]).get("consent-new", world["child"].pk))
    assert "Qu'est-ce qui est accepté pour l'enfant" in page and "personne a nommés" not in page
    page = text(Hand(world["coord"]).get("consent-new", world["adult"].pk))
    assert "Qu'est-ce que la personne accepte" in page and "la personne a nommés" in page
