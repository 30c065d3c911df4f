"""A stand-in is told only of alerts that it can take itself, whatever desk an administrator names."""

from copy import deepcopy

import pytest

from agencies.models import Desk, Kind
from foundation.actor import acting_as
from referral.inbox.operations.alerts import escalate_alert
from referral.models import Alert
from referral.organisations.operations.organisation import seconds
from referral.routing.selectors import desks
from tests import factories as f
from tests.roles import as_role

from .test_discretion import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    world = {"shelter": f.shelter(), "unit": f.coordination(), "nurse": f.member(f.agency(Kind.EDUCATION, desk=False))}
    world["alert"] = f.sent_alert(world["nurse"], desks=[world["shelter"].pk], form="sexual_exploitation", danger="yes")
    return world


def silent(world, second) -> set[int]:
    """Return who was told once the shelter stayed silent, with this desk as its stand-in."""
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["shelter"].pk).update(second=second.pk)
    system = world["shelter"].memberships.get(kind="system")
    with as_role("nrm_worker"), acting_as(system):
        escalate_alert(system, world["alert"].pk)
    return told(world["alert"])


@pytest.mark.parametrize(
    "traits",
    [
        {"territories": ("13",)},
        {"desk_fields": {"forms": ["labour_exploitation"]}},
        {"desk_fields": {"takes_adults": False}},
    ],
    ids=["another place", "another form", "minors only"],
)
def test_a_stand_in_that_cannot_take_the_alert_is_not_told(world, traits):
    union = f.agency(Kind.UNION, **traits)
    assert union.pk not in silent(world, union)
    with as_role("nrm_owner"):
        alert, desk = Alert.objects.get(), Desk.objects.select_related("second__agency").get(pk=world["shelter"].pk)
        assert desks.stand_in_of(alert, desk) is None


@pytest.mark.parametrize(("kind", "offered"), [(Kind.UNION, True), (Kind.INTERIOR, False), (Kind.JUSTICE, False)])
def test_no_desk_is_offered_that_would_never_be_told_in_its_place(world, kind, offered):
    """A shelter chose the police, which agreed, and nobody was told when the shelter stayed silent."""
    other = f.agency(kind)
    with as_role("nrm_owner"):
        mine = Desk.objects.select_related("agency").get(pk=world["shelter"].pk)
        theirs = Desk.objects.select_related("agency").get(pk=other.pk)
        assert seconds(mine).filter(pk=other.pk).exists() == offered
        assert seconds(theirs).filter(pk=mine.pk).exists()


def test_a_stand_in_that_can_take_the_alert_is_told(world):
    union = f.agency(Kind.UNION, desk_fields={"forms": ["sexual_exploitation"]})
    assert union.pk in silent(world, union)


@pytest.mark.parametrize(
    ("kind", "answers", "tells"),
    [
        (Kind.EDUCATION, {}, False),
        (Kind.UNION, {}, True),
        (Kind.EDUCATION, {"danger": "yes"}, True),
        (Kind.EDUCATION, {"minor": "doubt"}, True),
        (Kind.EDUCATION, {"agreement": "yes"}, True),
    ],
)
def test_for_a_person_who_was_not_asked_a_stand_in_is_one_that_helps(world, kind, answers, tells):
    said = {"agreement": "not_asked", "recipients": [], "desks": [world["shelter"].pk], **answers}
    world["alert"] = f.sent_alert(world["nurse"], **said)
    second = f.agency(kind)
    assert (second.pk in silent(world, second)) is tells
    assert world["unit"].pk in told(world["alert"])
