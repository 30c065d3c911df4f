"""Programs that ask for notices from a position lose none, whatever the worker writes at that moment."""

import pytest
from django.db import connections, transaction

from agencies.models import Kind, Role
from foundation.positions import settled
from notifications.models import Event, Notice
from notifications.operations import delivery
from tests import factories as f
from tests.notifications.post import committed_worker
from tests.referral.api import Caller

pytestmark = pytest.mark.django_db(transaction=True)


def write(member, reference: str) -> None:
    """What the fan-out does, above the walls: an event of long ago whose notice appears now."""
    event = Event.objects.using("owner").create(
        kind="access_ended", subject="none", subject_id="6f2b7a3e-1c7d-4c55-9a39-0d6f4f0c8e21", reference=reference,
        audience=[], agencies=[member.agency_id],
    )  # fmt: skip
    Notice.objects.using("owner").create(
        event_id=event.pk, membership_id=member.pk, channel="app", state="sent", kind=event.kind,
        subject=event.subject, subject_id=event.subject_id, reference=reference, at="2026-01-01T00:00:00Z",
    )  # fmt: skip


def asked(caller, **query) -> tuple[list[str], str]:
    found = caller.get("notices/", **query).json()
    return [row["reference"] for row in found["results"]], found["since"]


def test_notice_written_while_a_program_asks_is_in_its_next_answer(transactional_db):
    f.national()
    caller = Caller(f.program(f.shelter()))
    with transaction.atomic(using="owner"):
        write(caller.member, "AAAA-1111")
    seen, since = asked(caller)
    assert seen == ["AAAA-1111"]
    with transaction.atomic(using="owner"):  # the worker is paused between its write and its commit
        write(caller.member, "BBBB-2222")
        assert connections["owner"].in_atomic_block
        seen, later = asked(caller, since=since)
        assert "BBBB-2222" not in seen
        # another worker ends first, and the program asks again
    seen, _ = asked(caller, since=later)
    assert "BBBB-2222" in seen  # what it has may come again while any transaction of the server is open; never less


def test_later_transaction_that_ends_first_hides_no_earlier_one(transactional_db):
    f.national()
    caller = Caller(f.program(f.shelter()))
    with transaction.atomic(using="owner"):
        write(caller.member, "AAAA-1111")
        with connections["default"].cursor() as cursor:  # takes a higher number, and ends before
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            higher = cursor.fetchone()[0]
        seen, since = asked(caller)
        assert seen == []
        assert settled().position < higher
    assert asked(caller, since=since)[0] == ["AAAA-1111"]


def test_fan_out_stores_its_own_position(transactional_db):
    coordinator = f.member(f.coordination(), Role.COORDINATOR)
    f.national()
    f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    before = settled().position
    with committed_worker():
        assert delivery.fan_out(100) == 1
    with transaction.atomic(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT position FROM notifications_notice WHERE membership_id = %s", [coordinator.pk])
        positions = [position for (position,) in cursor.fetchall()]
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (now,) = cursor.fetchone()
    assert len(positions) == 2 and all(before <= position < now for position in positions)


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", str(2**63), "1 OR 1"])
def test_position_that_is_none_is_refused(transactional_db, wrong):
    caller = Caller(f.program(f.shelter()))
    assert caller.get("notices/", since=wrong).status_code == 400
