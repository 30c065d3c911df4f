"""The page of a withdrawal names the agreement and what it ends, of each sort."""

from copy import deepcopy

import pytest

from tests import factories as f
from tests.referral.pages import Hand, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.coordination()
    lead = f.member(f.shelter())
    return {"lead": lead, "case": f.own_case(lead)}


@pytest.mark.parametrize(
    ("purpose", "named", "ends"),
    [
        ("statistics", "Usage statistique anonyme", "Ce dossier n'est plus compté dans l'enquête annuelle"),
        (
            "record",
            "Enregistrement de la situation",
            "ne figure plus dans les tableaux échangés entre organismes",
        ),
        (
            "share_named",
            "Partager avec les services désignés",
            "ne figure plus dans les tableaux échangés entre organismes",
        ),
        ("contact", "Reprendre contact plus tard", "Ne recontactez plus la personne"),
        (
            "participation",
            "Donner son avis sur l'aide aux victimes, dans une enquête d'évaluation",
            "La personne ne participe plus à l'enquête d'évaluation",
        ),
        ("share_police", "Informer la police ou le procureur", ""),
    ],
)
def test_it_names_the_agreement_and_never_says_that_nothing_ends(world, purpose, named, ends):
    """One would tell the person that nothing ends, while she is no longer counted; or withdraw the wrong agreement."""
    own = world["lead"].agency_id
    consent = f.consent(world["lead"], world["case"], purpose=purpose, agencies=[own], kinds=[], level=2)
    page = text(Hand(world["lead"]).get("consent-withdraw", consent.pk))
    assert named in page and "Rien :" not in page
    assert (ends in page) if ends else "sauf si un autre accord" not in page
