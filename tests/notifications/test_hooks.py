"""Webhooks against a program that really listens: what is posted, when nothing is, and who is held up by a bad one."""

import html
import json
import re
import socket
import time
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from agencies.models import Kind, Membership, Role
from foundation.actor import SYSTEM, acting_as
from notifications.models import Event, Hook, HookDelivery, HookSecret, Notice
from notifications.operations import addresses, delivery, hooks
from notifications.operations.fence import hold
from tests import factories as f
from tests.roles import as_role

from .listener import SECRET, Listener, hook_of
from .post import one_pass, worker

pytestmark = pytest.mark.django_db
OTHER = "whsec_" + "YW5vdGhlci1zZWNyZXQtb2YtdGhlLXRlc3QtMzItYnl0"


@pytest.fixture
def program():
    listeners = [Listener(), Listener()]
    yield listeners
    for listener in listeners:
        listener.end()


@pytest.fixture
def here(program):
    return program[0]


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    return {
        "unit": unit,
        "boss": f.member(unit, Role.AGENCY_ADMIN),
        "coordinator": f.member(unit, Role.COORDINATOR),
        "program": f.program(unit),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False, name="MARQUEUR-ECOLE"), Role.FRONTLINE),
    }


def told(people, **answers):
    """An alert that the program's agency receives, fanned out."""
    alert = f.sent_alert(people["nurse"], **answers)
    with worker():
        delivery.fan_out(100)
    return alert


def posted() -> int:
    with worker():
        return hooks.post_due()


def deliveries(hook) -> list[HookDelivery]:
    with as_role("nrm_owner"):
        return list(HookDelivery.objects.filter(hook=hook).order_by("position"))


def states(hook) -> list[str]:
    return [each.state for each in deliveries(hook)]


def again(hook) -> Hook:
    with as_role("nrm_owner"):
        return Hook.objects.get(pk=hook.pk)


def wait_over(hook, **back):
    """Let the time before the next try pass; `back`: how long ago the first failure was."""
    with as_role("nrm_owner"):
        past = timezone.now() - timedelta(hours=1)  # the clock of the database stands still in a test
        Hook.objects.filter(pk=hook.pk).update(due_at=past)
        HookDelivery.objects.filter(hook=hook, state="queued").update(due_at=past)
        if back:
            Hook.objects.filter(pk=hook.pk).update(failing_since=timezone.now() - timedelta(**back))


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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "168.63.129.16", "0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "2002:7f00:1::", "2001::1",
        "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.51.208.14", "2a00:1450:4007::1", "2606:4700::1111"])
def test_addresses_that_are_public(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://program.example/", "ftp://program.example/", "file:program", "gopher://program.example/",
        "https://", "https:///path", "//program.example/", "https://user:pass@program.example/",
        "https://program.example@127.0.0.1/", "https://program.example/#part", "https://program.example:0/",
        "https://program.example:99999/", "https://program.example/\r\nHost: x", "https://program.example\\@127.0.0.1/",
        "https://prógram.example/", "https://program.example/ x", f"https://program.example/{'x' * 500}",
    ],
)  # fmt: skip
def test_texts_that_are_no_address_to_post_to(settings, url):
    settings.HOOKS_TO_LOOPBACK = False
    with pytest.raises(addresses.NotAnAddress):
        addresses.parsed(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_no_spelling_of_this_machine_is_reached(people, here, settings, host):
    """A listener is there, and hears nothing; with a name that leads there too."""
    settings.HOOKS_TO_LOOPBACK = False
    hook = hook_of(people["program"], f"https://{host}:{here.server_port}/")
    told(people)
    assert posted() == 0 == len(here.seen)
    assert [each.problem for each in deliveries(hook)] == ["address"]


def names(monkeypatch, *answers):
    """A resolver that answers in turn, and keeps how often it was asked."""
    asked = []

    def resolve(host, port, **kwargs):
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_moves_to_a_private_address_is_refused_at_the_next_sending(people, here, settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    reached = []
    monkeypatch.setattr(addresses._Wire, "connect", lambda self, found: reached.append(found) or _refuse())
    names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    hook = hook_of(people["program"], f"https://moves.example:{here.server_port}/")
    told(people)
    posted()
    assert [each[1] for each in reached[0]] == [("93.184.215.14", here.server_port)]
    wait_over(hook)
    posted()
    assert len(reached) == 1 and here.seen == []
    assert [each.problem for each in deliveries(hook)] == ["address"]


def _refuse():
    raise ConnectionRefusedError


def test_the_name_is_resolved_once_and_the_checked_address_connected_to(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    connected = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: connected.append(address) or _refuse())
    asked = names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    with pytest.raises(ConnectionRefusedError):
        addresses.post("https://moves.example/", b"{}", {})
    assert (asked, connected) == (["moves.example"], [("93.184.215.14", 443)])


def test_one_private_address_among_public_ones_refuses_the_name(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    names(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(addresses.NotPublic):
        addresses.post("https://both.example/", b"{}", {})


def test_http_reaches_this_machine_alone_and_in_development_alone(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = True
    names(monkeypatch, ["93.184.215.14"])
    with pytest.raises(addresses.NotPublic):
        addresses.post("http://program.example/", b"{}", {})


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
