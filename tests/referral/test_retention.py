"""What is over is forgotten by the worker, and docs/retention.md says how long each thing is kept."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from agencies.models import Session, Tries
from dev.data_map import durations
from foundation.sessions import digest
from notifications.models import Event, Notice
from notifications.words import SUBJECTS
from referral.models import ClientKey
from referral.tasks import forget
from tests import factories as f
from tests.roles import as_role


@pytest.mark.parametrize("line", durations.lines(), ids=lambda line: line["what"])
def test_each_line_of_the_page_is_what_the_code_says(line):
    unit = line["unit"].rstrip("s") + "s"
    assert durations.value(line["name"]) == timedelta(**{unit: int(line["many"])})
    assert line["task"] in {*settings.CELERY_BEAT_SCHEDULE, "the next code"}


def test_each_task_that_forgets_is_on_the_page():
    tasks = {line["task"] for line in durations.lines()}
    assert {kind for kind in settings.CELERY_BEAT_SCHEDULE if kind.startswith("forget")} <= tasks


@pytest.mark.django_db
def test_sessions_that_are_over_are_deleted_and_no_others():
    browser = Client()
    browser.force_login(f.member(f.shelter()).user)
    now = timezone.now()
    for key, seconds in (("over", -1), ("open", 60)):
        with as_role("nrm_owner"):
            Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(seconds=seconds))
    with as_role("nrm_worker"):
        forget()
    assert {*Session.objects.values_list("session_key", flat=True)} == {"open", digest(browser.session.session_key)}


@pytest.mark.django_db
def test_counts_of_tries_and_known_addresses_are_forgotten_each_in_its_time():
    now = timezone.now()
    for kind, days in (("pair", 1), ("pair", 3), ("known", 29), ("known", 31)):
        at = now - timedelta(days=days)
        with as_role("nrm_owner"):
            Tries.objects.create(digest=f"{kind} {days}", kind=kind, level=1, at=at, until=at)
    with as_role("nrm_worker"):
        forget()
    assert {*Tries.objects.values_list("digest", flat=True)} == {"pair 1", "known 29"}


@pytest.mark.django_db
def test_keys_of_a_program_that_fell_silent_are_forgotten():
    program = f.program(f.shelter())
    with as_role("nrm_owner"):
        for key, days in (("old", 8), ("young", 6)):
            made = ClientKey.objects.create(membership=program, route="x", key=key, digest="0" * 64, made=uuid.uuid4())
            ClientKey.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(days=days))
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        assert [row.key for row in ClientKey.objects.all()] == ["young"]


@pytest.mark.django_db
def test_what_was_told_of_neither_case_nor_alert_is_forgotten_after_a_year_and_nothing_else():
    member = f.member(f.shelter())
    nouns = {*SUBJECTS, "none"}
    assert "breach" in Event.OF_A_CASE  # its register stays
    assert {"memberchange", "export", "meeting", "account"} <= nouns - {*Event.OF_A_CASE}
    with as_role("nrm_owner"):
        for noun in nouns:
            for days in (364, 366):
                at = timezone.now() - timedelta(days=days)
                about = {"kind": "access_ended", "subject": noun, "subject_id": uuid.uuid4(), "reference": f"{days}"}
                event = Event.objects.create(audience=[], fanned_at=at, **about)
                Event.objects.filter(pk=event.pk).update(at=at)
                Notice.objects.create(event=event, membership=member, channel="app", state="sent", at=at, **about)
    with as_role("nrm_worker"):
        forget()
    kept = {(noun, "364") for noun in nouns} | {(noun, "366") for noun in Event.OF_A_CASE}
    with as_role("nrm_owner"):
        for model in (Event, Notice):
            assert set(model.objects.values_list("subject", "reference")) == kept
