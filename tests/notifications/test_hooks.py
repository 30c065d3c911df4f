"""Webhooks against a program that really listens: what is posted, when nothing is, and who is held up by a bad one."""

import html
import json
import re
import socket
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from notifications.models import Event, Hook, HookDelivery, HookSecret, Notice
from notifications.operations import addresses, hooks
from notifications.operations.fence import hold
from tests import factories as f
from tests.roles import as_role

from .hook_world import again, deliveries, posted, states, told, wait_over
from .listener import SECRET, hook_of
from .post import one_pass, worker

pytestmark = pytest.mark.django_db
OTHER = "whsec_" + "YW5vdGhlci1zZWNyZXQtb2YtdGhlLXRlc3QtMzItYnl0"


def test_a_program_is_told_ids_a_type_and_a_position_and_the_public_library_verifies_it(people, here):
    hook_of(people["program"], here.url)
    alert = told(people, contact={"channel": "phone", "number": "MARQUEUR-TEL"})
    assert posted() == 1
    [(headers, body)] = here.seen
    said = Webhook(SECRET).verify(body, headers)
    assert said == {"type": "alert_sent", "data": {"subject": "alert", "id": str(alert.pk), "position": 1}}
    assert headers["Content-Type"] == "application/json"
    assert alert.reference not in body.decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b'"position": 1', b'"position": 2'), headers)
    assert posted() == 0, "once"


def test_the_code_of_the_developers_page_verifies_a_call(people, here, client):
    hook_of(people["program"], here.url)
    told(people)
    posted()
    page = client.get("/developpeurs/").content.decode()
    code = html.unescape(re.search(r"<pre><code data-python>(.*?)</code></pre>", page, re.DOTALL)[1])
    [(headers, body)] = here.seen
    found = {"SECRET": SECRET, "headers": headers, "body": body}
    exec(code, found)
    assert found["said"]["data"]["position"] == 1
    with pytest.raises(WebhookVerificationError):
        exec(code, {**found, "SECRET": OTHER})


def test_positions_count_up_and_a_danger_to_life_goes_first(people, here):
    hook = hook_of(people["program"], here.url)
    first = told(people)
    second = told(people, danger="yes")
    assert posted() == len(here.seen) == 2
    said = [json.loads(body) for _, body in here.seen]
    assert [(each["type"], each["data"]["id"], each["data"]["position"]) for each in said] == [
        ("alert_vital", str(second.pk), 2),
        ("alert_sent", str(first.pk), 1),
    ]
    assert [each.position for each in deliveries(hook)] == [1, 2]


def test_nothing_is_posted_before_a_second_person_agreed(people, here):
    hook_of(people["program"], here.url, agreed=False)
    told(people)
    assert posted() == 0 == len(here.seen)
    with as_role("nrm_owner"):
        assert not Notice.objects.filter(channel="hook").exists()


def test_what_the_program_no_longer_sees_is_not_posted(people, here):
    """The near miss: a second alert, which it still sees, is."""
    hook = hook_of(people["program"], here.url)
    told(people)
    kept = told(people)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM referral_alertdesk WHERE alert_id <> %s", [kept.pk])
    assert posted() == 1
    assert [json.loads(body)["data"]["id"] for _, body in here.seen] == [str(kept.pk)]
    assert states(hook) == ["dropped", "sent"]


def test_a_program_that_was_cut_is_told_nothing(people, here):
    hook_of(people["program"], here.url)
    told(people)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=people["program"].pk).update(active=False)
    assert posted() == 0 == len(here.seen)


def test_another_agencys_program_is_told_nothing_of_it(people, here):
    hook_of(f.program(f.shelter()), here.url)
    told(people)
    assert posted() == 0 == len(here.seen)


def test_a_copy_of_the_database_posts_nothing(people, here):
    hook_of(people["program"], here.url)
    told(people)
    with as_role("nrm_owner"):
        hold("default")
    assert posted() == 0 == len(here.seen)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(500, "answer"), (404, "answer"), (302, "answer"), ("refuses", "refused"), ("silent", "time")],
)
def test_what_an_address_did_not_take_comes_again_under_the_same_id(people, here, monkeypatch, answer, problem):
    monkeypatch.setattr(addresses, "READ", 0.3)
    url = here.url
    if answer == "refuses":
        with socket.create_server(("127.0.0.1", 0)) as free:
            url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    elif answer == "silent":
        here.slow = 1.0
    else:
        here.answers, here.headers = [answer], {"Location": f"{here.url}/elsewhere"}
    hook = hook_of(people["program"], url)
    told(people)
    assert posted() == 0
    [waiting] = deliveries(hook)
    assert (waiting.state, waiting.attempts, waiting.problem) == ("queued", 1, problem)
    assert waiting.status == (answer if isinstance(answer, int) else None)
    assert again(hook).failures == 1
    assert posted() == 0, "not before its time"
    before = here.ids
    with as_role("nrm_owner"):
        Hook.objects.filter(pk=hook.pk).update(url=here.url)
    here.slow, here.headers = 0, {}
    wait_over(hook)
    assert posted() == 1
    assert len(here.ids) == len(before) + 1 and len(set(here.ids)) == 1, "no redirect followed, one id"
    assert (states(hook), again(hook).failures, again(hook).failing_since) == (["sent"], 0, None)


def test_an_answer_that_drips_is_cut(people, here, monkeypatch):
    monkeypatch.setattr(addresses, "TOTAL", 0.5)
    here.drips = True
    hook = hook_of(people["program"], here.url)
    told(people)
    began = time.monotonic()
    assert posted() == 0
    assert time.monotonic() - began < 3
    assert [each.problem for each in deliveries(hook)] == ["time"]


def test_a_worker_that_died_before_it_could_say_so_posts_again_under_the_same_id(people, here):
    hook = hook_of(people["program"], here.url)
    told(people)
    with worker():
        hooks.take()
        call = hooks.claim()
        assert hooks.post(call).status == 204
        assert hooks.claim() is None, "claimed: nobody else posts it"
    wait_over(hook)
    assert posted() == 1
    assert len(here.ids) == 2 and len(set(here.ids)) == 1
    with worker():
        hooks.settle(call, hooks.Outcome(500, "answer"))
    assert states(hook) == ["sent"], "the former claim says nothing any more"


def test_one_that_hangs_delays_nobody_else(people, program, monkeypatch, mailoutbox):
    monkeypatch.setattr(addresses, "READ", 2)
    hangs, well = program
    hangs.slow = 5
    hook_of(people["program"], hangs.url)
    others = hook_of(f.program(people["unit"]), well.url)
    told(people), told(people)
    arrived, began = [], time.monotonic()
    real = hooks.settle
    monkeypatch.setattr(
        hooks, "settle", lambda call, out: (arrived.append((call.hook, time.monotonic())), real(call, out))
    )
    assert posted() == 2
    assert [each - began < 1.5 for hook, each in arrived if hook == others.pk] == [True, True]
    assert len(hangs.seen) == 1, "one call at a time to one address"
    one_pass()
    assert len(mailoutbox) == 2, "mails know nothing of it"


def test_after_five_days_it_is_paused_with_all_that_waits_and_its_administrators_are_told(people, here):
    hook = hook_of(people["program"], here.url)
    told(people)
    here.answers = [500] * 3
    posted()
    wait_over(hook, days=4, hours=23)
    posted()
    assert again(hook).paused_at is None
    wait_over(hook, days=5, hours=1)
    posted()
    assert (again(hook).paused_why, states(hook)) == ("failed", ["queued"]), "nothing is lost"
    told(people)
    wait_over(hook)
    assert posted() == 0
    assert states(hook) == ["queued", "queued"], "what comes meanwhile waits too"
    with as_role("nrm_owner"):
        [event] = Event.objects.filter(kind="hook_stopped")
        told_of = set(Notice.objects.filter(event=event).values_list("membership_id", "channel"))
    assert told_of == {(people["boss"].pk, "app"), (people["boss"].pk, "mail")}


def test_410_pauses_at_once(people, here):
    hook = hook_of(people["program"], here.url)
    told(people)
    here.answers = [410]
    posted()
    assert (again(hook).paused_why, states(hook)) == ("gone", ["queued"])
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="hook_stopped", subject_id=hook.pk).count() == 1


def test_one_event_that_is_never_taken_keeps_no_other(people, here):
    hook = hook_of(people["program"], here.url)
    told(people)
    here.answers = [422]
    posted()
    told(people)
    wait_over(hook)
    with as_role("nrm_owner"):
        HookDelivery.objects.filter(hook=hook, position=1).update(due_at=timezone.now() + timedelta(hours=1))
    assert posted() == 1
    with as_role("nrm_owner"):
        HookDelivery.objects.filter(hook=hook, position=1).update(first_at=timezone.now() - timedelta(days=5, hours=1))
    wait_over(hook)
    here.answers = [422]
    posted()
    assert (states(hook), again(hook).paused_at) == (["failed", "sent"], None)
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="hook_stopped").count() == 1, "its administrators are told"


def test_what_waited_leaves_as_soon_as_the_address_answers_again(people, here):
    hook = hook_of(people["program"], here.url)
    for _ in range(3):
        told(people)
    here.answers = [503]
    posted()
    with as_role("nrm_owner"):
        HookDelivery.objects.filter(hook=hook).update(due_at=timezone.now() + timedelta(hours=2))
        HookDelivery.objects.filter(hook=hook, position=3).update(due_at=timezone.now() - timedelta(hours=2))
        Hook.objects.filter(pk=hook.pk).update(due_at=timezone.now() - timedelta(hours=2))
    assert posted() == 3
    assert states(hook) == ["sent"] * 3


def test_retry_after_is_waited_for(people, here):
    hook = hook_of(people["program"], here.url)
    told(people)
    here.answers, here.headers = [429], {"Retry-After": "1800"}
    posted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        assert again(hook).due_at - cursor.fetchone()[0] == timedelta(minutes=30)


def test_delays_grow_to_two_hours():
    assert [hooks.delay_after(n).total_seconds() for n in range(1, 8)] == [5, 20, 80, 320, 1280, 5120, 7200]
    assert hooks.delay_after(60) == timedelta(hours=2)


def test_two_secrets_sign_while_both_are_good(people, here):
    hook = hook_of(people["program"], here.url)
    with as_role("nrm_owner"):
        HookSecret.objects.filter(hook=hook).update(until=timezone.now() + timedelta(hours=1))
        HookSecret.objects.create(hook=hook, value=OTHER)
    told(people)
    posted()
    [(headers, body)] = here.seen
    assert headers["webhook-signature"].count("v1,") == 2
    assert Webhook(SECRET).verify(body, headers) == Webhook(OTHER).verify(body, headers)
    with as_role("nrm_owner"):
        HookSecret.objects.filter(hook=hook, until__isnull=False).update(until=timezone.now() - timedelta(seconds=1))
    told(people)
    posted()
    headers, body = here.seen[1]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers)
    assert Webhook(OTHER).verify(body, headers)


def test_old_deliveries_are_forgotten(people, here):
    hook = hook_of(people["program"], here.url)
    told(people), told(people)
    posted()
    with as_role("nrm_owner"):
        HookDelivery.objects.filter(hook=hook, position=1).update(at=timezone.now() - timedelta(days=30, minutes=1))
        HookDelivery.objects.filter(hook=hook, position=2).update(at=timezone.now() - timedelta(days=29, hours=23))
    with worker(), acting_as(SYSTEM):
        assert hooks.forget_deliveries() == 1
    assert [each.position for each in deliveries(hook)] == [2]


def test_the_id_of_a_message_says_nothing_and_is_its_own():
    first, other = uuid.uuid4(), uuid.uuid4()
    calls = [hooks.Call(1, of, "", at, "test", "", None, 1, ()) for of in (first, other) for at in (1, 2)]
    assert len({call.key for call in calls}) == 4
    assert all(call.key.startswith("msg_") for call in calls)
