"""Mails: what they hold, what happens when sending fails, what the log says of it."""

import re
import smtplib
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Kind, Role, User
from dev.services.embedded import free_port
from foundation.actor import acting_as
from notifications import words
from notifications.models import Event, Notice
from notifications.operations import delivery, events
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import open_alert
from tests import factories as f
from tests.roles import as_role

from .post import fan_out, one_pass, states, worker

pytestmark = pytest.mark.django_db

MARKS = [
    "MARQUEUR-RECIT",
    "MARQUEUR-TEL",
    "MARQUEUR-CODE",
    "MARQUEUR-AGENCE",
    "MARQUEUR-ECOLE",
    "Agent",
    "labour_exploitation",
    "Paris",
]


@pytest.fixture
def coordinator(db):
    f.national()
    return f.member(f.coordination(name="MARQUEUR-AGENCE"), Role.COORDINATOR)


@pytest.fixture
def nurse(coordinator):
    return f.member(f.agency(Kind.EDUCATION, desk=False, name="MARQUEUR-ECOLE"), Role.FRONTLINE)


def due_now():
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").exclude(due_at=None).update(due_at=timezone.now() - timedelta(hours=1))


def test_a_mail_holds_a_reference_and_where_to_sign_in(nurse, coordinator, mailoutbox):
    contact = {"channel": "phone", "number": "MARQUEUR-TEL", "code_word": "MARQUEUR-CODE"}
    alert = f.sent_alert(nurse, contact=contact)
    with acting_as(coordinator):
        open_alert(coordinator, alert.pk)
        alerts.open_case(coordinator, alert.pk)
    one_pass()
    assert {m.to[0] for m in mailoutbox} == {coordinator.user.email, nurse.user.email}
    for message in mailoutbox:
        text = message.message().as_string() + message.body + message.subject
        assert alert.reference in message.body
        assert alert.reference in message.subject
        assert settings.SITE_URL in message.body
        assert [mark for mark in MARKS if mark in text] == []
        assert str(alert.pk) not in text
        # one address, the site's front door: no path, no token
        assert set(re.findall(r"https?://\S+", message.body)) == {settings.SITE_URL}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", words.KINDS)
def test_each_kind_has_its_mail_in_both_languages(kind, language):
    letter = delivery.Letter(7, uuid.uuid4(), kind, "ABCD-2345", 1, "agent@exemple.invalid", language)
    message = letter.message()
    assert "\n" not in message.subject
    assert "ABCD-2345" in message.subject
    assert {"fr": "Référence : ABCD-2345", "en": "Reference: ABCD-2345"}[language] in message.body
    # the kind itself would tell a bystander what happens
    for word in ("alert", "case", "dossier", "accord", "agreement", "danger", "demande", "request"):
        assert word not in message.subject.lower()
    said = message.body.lower().replace("aucun lien qui ouvre un dossier", "").replace("that opens a case", "")
    assert not [w for w in ("alert", "danger", "accord", "agreement", "case", "dossier") if w in said]


def test_the_language_is_the_readers(nurse, coordinator, mailoutbox):
    with as_role("nrm_owner"):
        User.objects.filter(pk=coordinator.user_id).update(language="en")
    f.sent_alert(nurse)
    one_pass()
    assert "sign in" in mailoutbox[0].body


def test_another_language_falls_back_to_french():
    letter = delivery.Letter(7, uuid.uuid4(), "alert_sent", "ABCD-2345", 1, "a@exemple.invalid", "../en")
    assert "connectez-vous" in letter.message().body


def test_a_mail_sent_twice_bears_one_message_id(nurse, coordinator, mailoutbox):
    f.sent_alert(nurse)
    one_pass()
    first = mailoutbox.pop()
    with as_role("nrm_owner"):
        # the worker died before it could say "sent"
        Notice.objects.filter(channel="mail").update(state="sending")
        Notice.objects.update(due_at=timezone.now() - timedelta(hours=1))
    one_pass()
    assert mailoutbox[0].extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@repere.invalid>")


class Broken:
    """A mail server that refuses what `refuses` says; the address is in its answer, as servers do."""

    refuses = ()

    def __init__(self, **options):
        pass

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        for message in messages:
            if message.to[0] in type(self).refuses:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"MARQUEUR-SERVEUR")})


@pytest.fixture
def refusing(settings, monkeypatch):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Broken"}}
    return lambda *addresses: monkeypatch.setattr(Broken, "refuses", addresses)


def test_a_refused_mail_waits_longer_each_time_and_holds_nobody_up(nurse, coordinator, refusing, caplog):
    colleague = f.member(coordinator.agency)
    refusing(coordinator.user.email)
    f.sent_alert(nurse)
    assert one_pass() == 1
    assert states("alert_sent") == {coordinator.pk: "queued", colleague.pk: "sent"}
    with as_role("nrm_owner"):
        waiting = Notice.objects.get(membership=coordinator, channel="mail")
    assert waiting.attempts == 1
    assert timedelta(0) < waiting.due_at - timezone.now() <= delivery.FIRST_DELAY
    assert one_pass() == 0  # not before its time
    due_now()
    one_pass()
    with as_role("nrm_owner"):
        again = Notice.objects.get(pk=waiting.pk)
    assert again.attempts == 2
    assert again.due_at - timezone.now() > delivery.FIRST_DELAY
    refusing()
    due_now()
    assert one_pass() == 1
    assert states("alert_sent")[coordinator.pk] == "sent"


class Stalling(Broken):
    """A mail server that stops answering at the first mail."""

    asked = 0

    def send_messages(self, messages):
        type(self).asked += 1
        try:
            raise TimeoutError
        except TimeoutError:  # as smtplib says it
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out") from None


def test_batch_ends_when_the_server_stalls(nurse, coordinator, settings, monkeypatch):
    """Fifty mails of ten seconds each held both processes of the worker, and no clock moved."""
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Stalling"}}
    monkeypatch.setattr(Stalling, "asked", 0)
    others = [f.member(coordinator.agency) for _ in range(3)]
    f.sent_alert(nurse)
    assert one_pass() == 0
    assert Stalling.asked == 1
    with as_role("nrm_owner"):
        waiting = Notice.objects.filter(channel="mail", membership__in=[coordinator, *others])
        assert sorted(waiting.values_list("state", "attempts")) == [("queued", 0)] * 3 + [("queued", 1)]


def test_event_that_fails_keeps_no_other(nurse, coordinator, caplog):
    """One statement fans out many events: when it fails, each is tried on its own."""
    first, second = f.sent_alert(nurse), f.sent_alert(nurse)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        event = Event.objects.get(subject_id=first.pk, kind="alert_sent")
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF NEW.event_id = '{event.pk}' THEN RAISE 'MARQUEUR'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON notifications_notice FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )
    fan_out()
    with as_role("nrm_owner"):
        assert set(Notice.objects.values_list("subject_id", flat=True)) == {second.pk}
        assert Event.objects.get(pk=event.pk).fanned_at is None
    assert (str(event.pk) in caplog.text, "MARQUEUR" in caplog.text) == (True, False)


def test_it_fails_after_the_last_attempt_and_the_log_names_no_one(nurse, coordinator, refusing, caplog):
    refusing(coordinator.user.email)
    f.sent_alert(nurse)
    fan_out()
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").update(attempts=delivery.MAX_ATTEMPTS - 1)
    one_pass()
    assert states("alert_sent") == {coordinator.pk: "failed"}
    with as_role("nrm_owner"):
        notice = Notice.objects.get(channel="mail")
    (error,) = [r for r in caplog.records if r.levelname == "ERROR"]
    assert str(notice.pk) in error.getMessage()
    assert "SMTPRecipientsRefused" in error.getMessage()
    assert [m for m in [*MARKS, coordinator.user.email, "MARQUEUR-SERVEUR"] if m in caplog.text] == []
    due_now()
    assert one_pass() == 0


def test_a_danger_to_life_leaves_two_minutes_after_the_mail_server_is_back(nurse, coordinator, refusing):
    """After two hours without mail server another mail may wait two more; what wakes somebody may not."""
    refusing(coordinator.user.email)
    f.sent_alert(nurse, danger="yes")
    f.sent_alert(nurse)
    fan_out()
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").update(attempts=delivery.MAX_ATTEMPTS - 2)
    for _ in range(3):
        due_now()
        one_pass()
    assert states("alert_sent") == {coordinator.pk: "failed"}
    with as_role("nrm_owner"):
        danger = Notice.objects.get(channel="mail", kind="alert_vital")
    assert (danger.state, danger.attempts) == ("queued", delivery.MAX_ATTEMPTS + 1)
    assert danger.due_at - timezone.now() <= timedelta(minutes=2)
    refusing()
    due_now()
    assert one_pass() == 1
    assert states("alert_vital") == {coordinator.pk: "sent"}


@pytest.mark.parametrize(
    ("kind", "most", "longest"), [("alert_sent", 12, timedelta(hours=2)), ("alert_vital", 440, timedelta(minutes=2))]
)
def test_delays_grow_and_are_bounded(kind, most, longest):
    assert delivery.most_attempts(kind) == most
    delays = [delivery.delay_after(n, kind) for n in range(1, most)]
    assert delays[:2] == [timedelta(seconds=30), timedelta(minutes=2)]
    assert delays == sorted(delays)
    assert max(delays) == longest
    tried = sum(delays, timedelta())
    assert timedelta(hours=14) < tried < timedelta(hours=15), "a night without mail server, for each kind"


def test_a_slow_worker_does_not_overwrite_the_next_ones_claim(nurse, coordinator, caplog):
    f.sent_alert(nurse)
    fan_out()
    with worker():
        (pk,) = delivery.hand_over()
        slow = delivery.claim(pk)
        due_now()
        assert delivery.hand_over() == [pk]
        quick = delivery.claim(pk)
        assert quick.attempt == slow.attempt + 1
        delivery.store_result(slow, "sent")
        assert states("alert_sent") == {coordinator.pk: "sending"}
        assert "may arrive twice" in caplog.text
        delivery.store_result(quick, "sent")
    assert states("alert_sent") == {coordinator.pk: "sent"}


def test_without_mail_server_the_others_are_not_tried(nurse, coordinator, settings):
    f.member(coordinator.agency)
    f.member(coordinator.agency)
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": free_port(), "timeout": 2},
        }
    }
    f.sent_alert(nurse)
    assert one_pass() == 0
    with as_role("nrm_owner"):
        assert sorted(Notice.objects.filter(channel="mail").values_list("attempts", flat=True)) == [0, 0, 1]
        assert Agency.objects.exists()


def test_an_unknown_kind_or_audience_is_refused_where_it_is_written(nurse, coordinator):
    alert = f.sent_alert(nurse)
    with acting_as(nurse):
        with pytest.raises(words.UnknownKind):
            events.enqueue("alert_forgotten", alert, to=["author"])
        with pytest.raises(ValueError, match="no audience lead"):
            events.enqueue("alert_sent", alert, to=["lead"])


def test_an_event_is_part_of_its_operations_transaction(nurse, monkeypatch):
    alert = f.sent_alert(nurse)
    monkeypatch.setattr(events, "connection", SimpleNamespace(in_atomic_block=False))
    with acting_as(nurse), pytest.raises(RuntimeError, match="transaction"):
        events.enqueue("alert_sent", alert, to=["desk"])
