"""Text messages: to duty lists of dangers to life only, against a real local listener that stalls or refuses."""

import json
import logging
import threading
from copy import deepcopy
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import DutyHours, DutyMember, Kind, Role, User
from foundation.actor import acting_as
from notifications.models import Notice
from notifications.operations import delivery, sms
from referral.inbox.operations.alerts import declare
from tests import factories as f
from tests.roles import as_role

from .post import worker

pytestmark = pytest.mark.django_db
DUTY, OWN = "06 39 98 00 01", "+262 639 98 00 02"


class Provider(ThreadingHTTPServer):
    """Keeps what it is sent; answers with the next of `answers`, 202 when there is none."""

    def __init__(self):
        self.seen, self.answers, self.slow = [], [], 0.0
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((body, self.headers["Idempotency-Key"], self.headers["Authorization"]))
        threading.Event().wait(self.server.slow)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 202)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL, settings.SMS_TOKEN = f"http://127.0.0.1:{server.server_port}/send", "SECRET-TOKEN"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    found = {
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        "called": f.member(unit, Role.COORDINATOR),
        "own": f.member(unit, Role.COORDINATOR),
        "silent": f.member(unit, Role.COORDINATOR),  # on the list, without any number
        "off": f.member(unit, Role.COORDINATOR),  # a number, and not on the list
    }
    with as_role("nrm_owner"):
        for name, phone in (("called", DUTY), ("own", ""), ("silent", "")):
            DutyMember.objects.create(desk=unit.desk, membership=found[name], phone=phone)
        User.objects.filter(pk__in=[found["own"].user_id, found["off"].user_id]).update(phone=OWN)
    return {"unit": unit, **found}


def one_pass() -> int:
    with worker():
        delivery.fan_out(100)
        return delivery.send_all(delivery.hand_over())


def texts() -> dict[int, tuple[str, int]]:
    with as_role("nrm_owner"):
        rows = Notice.objects.filter(channel="sms").values_list("membership", "state", "attempts")
        return {member: (state, attempts) for member, state, attempts in rows}


def again() -> None:
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="sms", state="queued").update(due_at="2020-01-01T00:00Z")


def test_the_duty_list_of_a_danger_to_life_and_nobody_else(provider, people):
    f.sent_alert(people["nurse"], minor="yes")  # urgent is not vital
    one_pass()
    assert provider.seen == []
    alert = f.sent_alert(people["nurse"], danger="yes")
    one_pass()
    assert {body["to"] for body, *_ in provider.seen} == {"+33639980001", "+262639980002"}
    assert {body["text"] for body, *_ in provider.seen} == {"Un message vous attend"}
    assert {auth for *_, auth in provider.seen} == {"Bearer SECRET-TOKEN"}
    assert set(texts()) == {people["called"].pk, people["own"].pk}
    sent = json.dumps([body for body, *_ in provider.seen])
    assert [w for w in (alert.reference, str(alert.pk), "MARQUEUR", "http") if w in sent] == []
    one_pass()
    assert len(provider.seen) == 2  # told once


def test_off_unless_an_address_is_set(people):
    assert not sms.is_on()
    f.sent_alert(people["nurse"], danger="yes")
    one_pass()
    assert texts() == {}


def test_refused_then_taken_with_the_same_key_and_no_number_in_the_log(provider, people, caplog):
    provider.answers = [503, 302]  # down; and a redirection is not followed
    caplog.set_level(logging.DEBUG)
    f.sent_alert(people["nurse"], danger="yes")
    one_pass()
    assert set(texts().values()) == {("queued", 1)}
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT due_at - now() FROM notifications_notice WHERE channel = 'sms'")
        assert cursor.fetchall() == [(timedelta(seconds=30),)]
    one_pass()
    assert len(provider.seen) == 2  # not before its time
    again()
    one_pass()
    assert set(texts().values()) == {("sent", 2)}
    keys = [key for _body, key, _auth in provider.seen]
    assert len(keys) == 4 and len(set(keys)) == 2  # the same key for each attempt of one message
    own = [r for r in caplog.records if r.name.startswith("notifications")]
    assert own
    said = "\n".join(r.getMessage() for r in caplog.records)
    assert [w for w in ("639980001", "639980002", "06 39", "SECRET-TOKEN", "Un message") if w in said] == []


def test_a_provider_that_stalls_is_left_and_asked_again(provider, people, monkeypatch):
    monkeypatch.setattr(sms, "READ", 0.2)
    provider.slow = 1.0
    f.sent_alert(people["nurse"], danger="yes")
    one_pass()
    assert set(texts().values()) == {("queued", 1)}
    provider.slow = 0
    again()
    one_pass()
    assert set(texts().values()) == {("sent", 2)}


def test_not_sent_once_somebody_has_acted(provider, people):
    provider.answers = [500, 500]
    alert = f.sent_alert(people["nurse"], danger="yes")
    one_pass()
    with acting_as(people["off"]):
        declare(people["off"], alert.pk, what="acting", words="Une équipe part.")
    again()
    one_pass()
    assert set(texts().values()) == {("dropped", 2)}
    assert len(provider.seen) == 2


def test_hours_decide_who_gets_the_mail_now(people):
    """Out of hours the duty list is told at once, the others when the desk is back; life in danger waits for nobody."""
    yesterday = (timezone.now() - timedelta(days=2)).astimezone(timezone.get_default_timezone())
    with as_role("nrm_owner"):
        DutyHours.objects.create(desk=people["unit"].desk, weekday=yesterday.weekday(), opens=time(9), closes=time(10))
    f.sent_alert(people["nurse"])
    vital = f.sent_alert(people["nurse"], danger="yes")
    with worker():
        delivery.fan_out(100)
    with as_role("nrm_owner"):
        mails = Notice.objects.filter(channel="mail").values_list("kind", "membership", "due_at")
        now = {(kind, member) for kind, member, due in mails if due <= timezone.now()}
        later = {(kind, member): due for kind, member, due in mails if due > timezone.now()}
    listed = {people[n].pk for n in ("called", "own", "silent")}
    assert {member for kind, member in now if kind == "alert_sent"} == listed
    assert {member for kind, member in now if kind == "alert_vital"} == {*listed, people["off"].pk}
    assert set(later) == {("alert_sent", people["off"].pk)}
    (back,) = later.values()
    assert (back - timezone.now()) > timedelta(days=4)
    assert vital.urgency == "vital"
