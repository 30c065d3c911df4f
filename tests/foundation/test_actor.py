"""Acting is told to the transaction and ends with it."""

from contextlib import suppress

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Kind, Role
from foundation.actor import NoActor, acting_as, current, set_actor
from tests import factories as f
from victims.models import CaseAccess

pytestmark = pytest.mark.django_db


def setting(name: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULLIF(current_setting(%s, true), '')", [f"nrm.{name}"])
        return cursor.fetchone()[0]


@pytest.fixture
def two(db):
    return f.member(f.shelter()), f.member(f.shelter(), Role.FRONTLINE)


def test_nested_acting_comes_back(two):
    one, other = two
    with acting_as(one):
        with acting_as(other):
            assert (current(), setting("agency"), setting("sight")) == (other, str(other.agency_id), "own")
        assert (current(), setting("agency"), setting("sight")) == (one, str(one.agency_id), "case")
    assert (current(), setting("agency")) == (None, None)


def test_an_exception_restores_the_former_actor(two):
    one, other = two
    with acting_as(one):
        with pytest.raises(ZeroDivisionError), acting_as(other):
            1 / 0  # noqa: B018
        assert (current(), setting("membership")) == (one, str(one.pk))
        with pytest.raises(ProgrammingError), acting_as(other), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        assert setting("membership") == str(one.pk)


def test_nobody_raises_and_never_gives_zero_rows(two):
    with pytest.raises(ProgrammingError, match="no actor context"), transaction.atomic():
        CaseAccess.objects.count()
    with acting_as(two[0]):
        assert CaseAccess.objects.count() == 0
    with pytest.raises(ProgrammingError, match="no actor context"), transaction.atomic():
        CaseAccess.objects.count()


def test_acting_needs_somebody():
    with pytest.raises(NoActor), acting_as(None):
        pass


@pytest.mark.django_db(transaction=True)
def test_context_is_told_inside_a_transaction_only():
    with pytest.raises(NoActor):
        set_actor(None)


@pytest.mark.parametrize(
    ("roles", "kind", "sight"),
    [
        ([Role.FRONTLINE], "person", "own"),
        ([Role.FRONTLINE, Role.CASE_WORKER], "person", "case"),
        ([Role.COORDINATOR], "person", "case"),
        ([Role.AGENCY_ADMIN], "person", "none"),
        ([Role.POLICY], "person", "none"),
        ([Role.STATISTICIAN], "person", "none"),
        ([Role.PLATFORM_ADMIN], "person", "none"),
        ([Role.AUDITOR], "person", "journal"),
        ([Role.DPO], "person", "journal"),
        ([], "person", "none"),
        ([Role.CASE_WORKER], "service", "case"),
        ([], "service", "none"),
        ([], "system", "case"),
    ],
)
def test_sight_of_each_role(roles, kind, sight):
    from agencies.models import Membership

    assert Membership(roles=roles, kind=kind).sight == sight


def test_apart_roles_and_hats(two):
    from django.db import IntegrityError

    unit, police = f.coordination(), f.agency(Kind.INTERIOR)
    with pytest.raises(IntegrityError, match="apart_roles"), transaction.atomic():
        f.member(unit, Role.COORDINATOR, Role.AUDITOR)
    person = f.member(unit, Role.COORDINATOR).user
    with pytest.raises(IntegrityError, match="never also a member"), transaction.atomic():
        f.member(police, Role.FRONTLINE, user=person)
    assert f.member(f.shelter(), Role.FRONTLINE, user=person).pk  # an association is another matter


NAME = "SELECT nrm.transaction()"


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_asked_for_its_name_once_and_each_next_one_again(transactional_db):
    """With the name of an earlier transaction nothing could be written."""
    member = f.member(f.shelter())
    for ends in ("kept", "taken back", "kept"):
        with CaptureQueriesContext(connection) as asked, suppress(ValueError), transaction.atomic():
            for _time in range(3):
                with acting_as(member):
                    assert _writes()
            with suppress(LookupError), acting_as(member):
                raise LookupError
            with acting_as(member):
                assert _writes()
                if ends == "taken back":
                    raise ValueError
        assert sum(query["sql"] == NAME for query in asked) == 2, ends  # once more after the savepoint


def _writes() -> bool:
    """Return whether the database takes the context for one that the application signed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.signed_context()")
        return cursor.fetchone()[0]
