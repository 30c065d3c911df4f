"""Emergency access: a written reason, one hour, the journal in the same statement, never the identity."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseAccess, EmergencyAccess, Grant

pytestmark = pytest.mark.django_db


def break_glass(actor, reference, reason):
    with acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.break_glass(%s, %s, %s, %s)", [uuid.uuid4(), reference, reason, b"sealed"])
        return cursor.fetchone()[0]


def test_break_glass():
    f.national()
    case = f.own_case(f.member(f.shelter()))
    other = f.member(f.shelter())
    with pytest.raises(DatabaseError):
        break_glass(other, case.reference, "trop court")
    assert break_glass(other, "2222-2222", "une raison assez longue pour être écrite") is None
    front = f.member(other.agency, Role.FRONTLINE)
    with pytest.raises(DatabaseError):
        break_glass(front, case.reference, "une raison assez longue pour être écrite")
    assert case.pk == break_glass(other, case.reference, "danger signalé par téléphone, chef de file injoignable")
    with acting_as(other):
        row = CaseAccess.objects.get()
        assert (row.level, row.categories) == (3, 0)
        assert 3500 < (row.until - timezone.now()).total_seconds() <= 3600
    with as_role("nrm_owner"):
        entry = Entry.objects.get(action="break_glass")
        assert (entry.case_id, entry.membership_id) == (case.pk, other.pk)
        assert EmergencyAccess.objects.get().pk == entry.pk
        # the hour is over: nothing is left, with no sweep run
        Grant.objects.filter(ground="break_glass").update(until=timezone.now() - timezone.timedelta(hours=1))
    with acting_as(other):
        assert not CaseAccess.objects.exists()
