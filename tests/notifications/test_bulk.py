"""Mailings to thousands hold nobody's mail: 5,000 wait, and what is due later about one person leaves before them."""

import re

import pytest
from django.conf import settings
from django.db import connection

from agencies.models import Role
from foundation.actor import SYSTEM, acting_as
from notifications import words
from notifications.models import Event, Notice
from notifications.operations import delivery
from notifications.tasks import sweep
from tests import factories as f
from tests.roles import as_role

from .post import committed_worker
from .test_worker import ids_in, inbox, people, queue, wait_for, worker_process  # noqa: F401

MAILING = 5000
LAY = """
WITH told AS (
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at, fanned_at)
  SELECT gen_random_uuid(), 'consultation_opened', 'none', gen_random_uuid(), 'C-2026', '{desk}', '{}', now(), now()
  FROM generate_series(1, %s) RETURNING id, kind, subject, subject_id, reference, at)
INSERT INTO notifications_notice (event_id, membership_id, channel, state, kind, subject, subject_id, reference, at,
                                  as_author, attempts, due_at)
SELECT id, %s, 'mail', 'queued', kind, subject, subject_id, reference, at, false, 0, now() - interval '1 hour'
FROM told
"""


def lay(mails: int, member) -> None:
    """Let that many mails of a mailing wait, due for an hour."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(LAY, [mails, member.pk])
        cursor.execute("ANALYZE notifications_notice")


def _codes(text: str) -> list[str]:
    return text.split()


def test_what_is_about_one_person_is_no_mailing():
    """By hand: what a delay may cost somebody, and what goes to thousands at once and may wait."""
    at_once = _codes("""
    alert_sent alert_escalated alert_reminder alert_addition alert_stand_down alert_opened alert_acted alert_closed
    orientation_sent orientation_reminder orientation_escalated orientation_question orientation_accepted
    case_opened case_moved access_ended consent_withdrawn break_glass clock_soon clock_late contact_asked
    account_code account_locked account_factor account_changed account_place member_code member_locked member_waiting
    breach_reported breach_soon breach_late breach_read export_waiting export_ready reading_limit desk_asked
    data_request_soon data_request_late
    """)
    mailings = _codes("""
    consultation_opened contribution_due contribution_late evidence_asked evidence_reminder campaign_opened
    campaign_reminder evaluation_released meeting_planned minutes_published account_unused capacity_stale
    """)
    assert {words.kind(code).priority for code in at_once} == {words.Priority.ORDINARY}
    assert {words.kind(code).priority for code in mailings} == {words.Priority.BULK}
    assert [code for code in words.KINDS if words.kind(code).priority == words.Priority.VITAL] == ["alert_vital"]


@pytest.mark.django_db(transaction=True)
def test_mail_of_an_alert_due_later_leaves_before_a_mailing(inbox, queue, people, tmp_path):  # noqa: F811
    coordinator, nurse = people
    lay(MAILING, coordinator)
    alert = f.sent_alert(nurse)
    with committed_worker():
        sweep()
    with as_role("nrm_owner"):
        alerts = set(Notice.objects.filter(channel="mail", subject_id=alert.pk).values_list("pk", flat=True))
    assert set(ids_in(queue, settings.QUEUES["mail"])) == alerts
    assert len(ids_in(queue, settings.QUEUES["bulk"])) == MAILING
    sent = f.sent_alert(nurse).reference  # while the worker is at the mailing
    with (tmp_path / "worker.log").open("w") as stream:
        process = worker_process(inbox, stream, "-c", "1", queues=("mail", "bulk"))
        try:
            wait_for(lambda: len(inbox.messages) > 30)
            with committed_worker():
                before = len(inbox.messages)
                sweep()
            wait_for(lambda: any(sent in content for _, content in inbox.messages))
        finally:
            process.terminate()
            process.wait(30)
    first = [n for n, (_, content) in enumerate(inbox.messages) if alert.reference in content]
    later = [n for n, (_, content) in enumerate(inbox.messages) if sent in content]
    assert first and max(first) < 12, "after one batch of the mailing at most"
    assert later[0] - before < 60, "what the worker had taken meanwhile, and one batch"
    assert len(inbox.messages) < MAILING, "the mailing had not left"


@pytest.mark.django_db(transaction=True)
def test_each_that_hands_over_everything_begins_with_the_alert(people):  # noqa: F811
    coordinator, nurse = people
    lay(MAILING, coordinator)
    f.sent_alert(nurse)
    danger = f.sent_alert(nurse, danger="yes")
    with committed_worker():
        delivery.fan_out(100)
        ids = delivery.hand_over()
    with as_role("nrm_owner"):
        kinds = dict(Notice.objects.filter(pk__in=ids).values_list("pk", "kind"))
        assert Event.objects.filter(subject_id=danger.pk).exists()
    order = [kinds[pk] for pk in ids]
    assert order == sorted(order, key=["alert_vital", "alert_sent", "consultation_opened"].index)
    assert {"alert_vital", "alert_sent"} < set(order)


def pages_read(member, waiting: int) -> int:
    """Return how many pages are read to find one mail of an alert before so many of a mailing, by the index."""
    lay(waiting, member)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notice")
    only = {"priority": words.Priority.ORDINARY, "channel": "mail", "site": delivery.fence.site()}
    limits = {"handed_over": delivery.HANDED_OVER, "most": 12, "vitals": 440, "at_once": delivery.AT_ONCE}
    with committed_worker(), delivery.committed(), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF)" + delivery.HAND_OVER, limits | only)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notice_waiting" in plan and "Seq Scan" not in plan and "Sort" not in plan, plan
    lock = plan[plan.index("LockRows") :]
    return sum(int(number) for number in re.findall(r"\w+=(\d+)", re.search(r"Buffers: shared (.*)", lock)[1]))


@pytest.mark.django_db(transaction=True)
def test_what_is_read_to_hand_over_does_not_grow_with_a_mailing(transactional_db):
    f.national()
    member = f.member(f.coordination(), Role.COORDINATOR)
    few = pages_read(member, 500)
    many = pages_read(member, 9500)
    assert many <= few + 5, (few, many)
