"""What was taken from a silent service: who receives it instead, its author and the coordination read so."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.inbox.operations import silent_desks
from referral.models import DeskCall
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .test_silent_desks import older

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter, second = f.coordination(), f.shelter(name="Foyer silencieux"), f.shelter(name="Foyer suppléant")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "shelter": shelter,
        "second": second,
        "coord": f.member(unit, Role.COORDINATOR),
        "worker": f.member(shelter),
        "nurse": nurse,
        "send": lambda **answers: f.sent_alert(nurse, desks=[shelter.pk], **answers),
    }


def test_who_receives_in_place_of_a_silent_service_and_the_author_read_what_became_of_it(world):
    alert = world["send"]()
    assert "pas encore lue" in text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    older(80, agency=world["shelter"].pk)
    with acting_as(world["coord"]):
        silent_desks.readdress_all(world["coord"], world["shelter"].pk, world["second"].pk)
    now = "transmise à votre service le "
    stand_in = Hand(f.member(world["second"]))
    assert "Alerte du " in text(stand_in.get("alert-inbox")) and now in text(stand_in.get("alert-inbox"))
    page = text(stand_in.get("inbox-alert", alert.pk))
    assert now in page and "Foyer silencieux</strong> · transmise à un autre service le " in page
    author = text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    told = {
        name: author.split(f"<strong>{name}</strong>")[1].split("</li>")[0]
        for name in ("Foyer silencieux", "Foyer suppléant")
    }
    assert "non lue" in told["Foyer silencieux"] and "transmise à un autre service le " in told["Foyer silencieux"]
    assert "pas encore lue" not in told["Foyer silencieux"] and "transmise à un autre" not in told["Foyer suppléant"]


def test_what_is_noted_of_a_service_where_nothing_waits_any_more_is_said_not_to_be(world):
    """The same is said of a service that does not exist; others than a coordination are refused."""
    data = {"at": "09:15", "function": "Accueil", "target": world["second"].pk}
    for desk in (world["shelter"].pk, 999_999):
        for route in ("silent-readdress", "silent-call"):
            for who in ("worker", "nurse"):
                assert Hand(world[who]).post(route, desk, **data).status_code == 403
            hand = Hand(world["coord"])
            assert hand.post(route, desk, **data).url == "/bureaux-silencieux/"
            assert "Rien n'a été noté ni transmis" in text(hand.get("silent-desks"))
    with as_role("nrm_owner"):
        assert not DeskCall.objects.exists()
