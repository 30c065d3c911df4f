"""Due work, forged with the rights of the worker, tells no stand-in that cannot take the alert."""

import uuid
from copy import deepcopy

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from agencies.models import Agency, Desk, Kind
from foundation.actor import acting_as
from referral.models import AlertMove
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
    world["alert"] = sent(world)
    return world


def sent(world, **answers):
    said = {"desks": [world["shelter"].pk], "form": "sexual_exploitation", "danger": "yes", **answers}
    return f.sent_alert(world["nurse"], **said)


def forged(world, to, alert=None) -> bool:
    """Return whether the database lets the silence of the shelter go to this agency."""
    alert = alert or world["alert"]
    system = world["shelter"].memberships.get(kind="system")
    with as_role("nrm_worker"), acting_as(system):
        try:
            with transaction.atomic():
                AlertMove.objects.create(
                    id=uuid.uuid4(), alert=alert, action="escalate", before=alert.state, after=alert.state,
                    membership=system, agency=world["shelter"], at=timezone.now(), to_agencies=[to.pk],
                )  # fmt: skip
        except ProgrammingError:
            return False
    assert to.pk in told(alert)
    return True


def stands_in(world, second) -> Agency:
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["shelter"].pk).update(second=second.pk)
    return second


@pytest.mark.parametrize(
    ("kind", "traits", "takes"),
    [
        (Kind.UNION, {}, True),
        (Kind.UNION, {"desk_fields": {"forms": ["sexual_exploitation"]}}, True),
        (Kind.UNION, {"territories": ("13",), "desk_fields": {"nationwide": True}}, True),
        (Kind.UNION, {"territories": ("13",)}, False),
        (Kind.UNION, {"desk_fields": {"forms": ["labour_exploitation"]}}, False),
        (Kind.UNION, {"desk_fields": {"takes_adults": False}}, False),
        (Kind.UNION, {"desk_fields": {"receives_alerts": False}}, False),
        (Kind.UNION, {"active": False}, False),
        (Kind.INTERIOR, {}, False),
        (Kind.COORDINATION, {"mandate": "territorial", "territories": ("13",)}, True),
    ],
    ids=[
        "takes it", "of this form", "the whole country", "another place", "another form", "minors only",
        "receives none", "closed", "police for a shelter", "a coordination",
    ],
)  # fmt: skip
def test_silence_is_told_to_a_stand_in_that_can_take_the_alert_alone(world, kind, traits, takes):
    assert forged(world, stands_in(world, f.agency(kind, **traits))) is takes


def test_a_desk_that_was_never_agreed_to_is_no_stand_in(world):
    assert not forged(world, f.agency(Kind.UNION)), "it could take it, and nobody asked it"
    assert forged(world, world["unit"]), "the coordination of the place"


def test_a_child_goes_to_a_stand_in_that_takes_children(world):
    child = sent(world, minor="yes")
    assert not forged(world, stands_in(world, f.agency(Kind.UNION, desk_fields={"takes_minors": False})), child)
    assert forged(world, stands_in(world, f.agency(Kind.UNION)), child)


@pytest.mark.parametrize(("kind", "takes"), [(Kind.EDUCATION, False), (Kind.UNION, True)])
def test_for_a_person_who_was_not_asked_a_stand_in_is_one_that_helps(world, kind, takes):
    asked = sent(world, agreement="not_asked", recipients=[], danger="no")
    assert forged(world, stands_in(world, f.agency(kind)), asked) is takes


def test_an_administrator_sets_no_stand_in_by_bare_statements(world):
    """Neither on the desk, nor as a change that waits or was agreed to."""
    boss, second = f.member(world["shelter"], "agency_admin"), f.agency(Kind.UNION)
    change = (
        "INSERT INTO agencies_deskchange (id, batch, desk_id, what, value, stand_in_id, unit_id, by_id, at, state,"
        " reason, taken_by_id, taken_at) VALUES (gen_random_uuid(), gen_random_uuid(), %(desk)s, 'second', '',"
        " %(second)s, %(unit)s, %(boss)s, now(), 'waiting', '', %(boss)s, now())"
    )
    given = {"second": second.pk, "desk": world["shelter"].pk, "unit": world["unit"].pk, "boss": boss.pk}
    for statement in ("UPDATE agencies_desk SET second_id = %(second)s WHERE agency_id = %(desk)s", change):
        with acting_as(boss), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, given)
