"""An alert that no case followed goes a year after its last move; no row of it is left, and none of another one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations import additions
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.models import Alert, AlertAddition, AlertLink, AlertMove, Erasure, digest_of
from referral.tasks import forget
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    f.national()
    lead = f.member(f.coordination(), Role.COORDINATOR)
    return lead, f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)


def closed(house, days: float) -> Alert:
    """An alert with a contact and an addition, closed without a case this many days ago, sent a month before."""
    lead, author = house
    alert = f.sent_alert(author, contact={"channel": "sms", "value": "MARQUEUR-CONTACT"})
    with acting_as(author):
        additions.add_to_alert(author, alert.pk, "MARQUEUR-COMPLEMENT")
    with acting_as(lead):
        open_alert(lead, alert.pk)
        close_alert(lead, alert.pk, reason="other_help")
    age(alert, days)
    return alert


def age(alert, days: float) -> None:
    at = timezone.now() - timedelta(days=days)
    with as_role("nrm_owner"):
        AlertMove.objects.filter(alert=alert).update(at=at)
        AlertAddition.objects.filter(alert=alert).update(at=at)
        Alert.objects.filter(pk=alert.pk).update(created_at=at - timedelta(days=30))


def named(alert) -> set[str]:
    """Return each table in which a row, as text, holds the alert's id or its reference."""
    found = set()
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            asked = f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE t::text LIKE %s OR t::text LIKE %s)"
            cursor.execute(asked, [f"%{alert.pk}%", f"%{alert.reference}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def left() -> set:
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        return set(Alert.objects.values_list("pk", flat=True))


def test_no_row_of_it_is_left_and_none_of_a_younger_one_goes(house):
    old, young = closed(house, days=367), closed(house, days=364)
    before, kept = named(old), named(young)
    assert {"referral_alertcontent", "referral_alertcontact", "referral_alertaddition", "notifications_event"} <= before
    assert left() == {young.pk}
    assert named(old) == {"journal_entry", "victims_departure"}
    assert named(young) == kept
    with as_role("nrm_owner"):
        assert [(row.digest, row.kind) for row in Erasure.objects.all()] == [(digest_of(old.pk), "alert")]


def test_one_that_waits_and_one_that_a_case_followed_stay(house):
    lead, author = house
    waits, followed = f.sent_alert(author), closed(house, days=900)
    age(waits, 900)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=followed, case=f.case(lead, author=author))
    assert {waits.pk, followed.pk} <= left()


def test_one_to_which_its_author_added_lately_stays_to_be_read(house):
    old = closed(house, days=400)
    with as_role("nrm_owner"):
        AlertAddition.objects.filter(alert=old).update(at=timezone.now() - timedelta(days=2))
    assert left() == {old.pk}
