"""Drafts of long texts: of their author under one membership, on any device, gone once sent."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.kept.rules import DRAFT_LIMIT, DRAFTS
from agencies.kept.tasks import forget_kept
from agencies.models import Draft, Role
from journal.models import Entry
from tests import factories as f
from tests.roles import as_role

KEY = "/dossiers/6b1d/fil/|text"
TEXT = "Elle dit qu'on lui a pris son passeport."
pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return f.member(f.shelter(), Role.CASE_WORKER)


def device(member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = member.pk
    session.save()
    return client


def ask(client, member, what, **data):
    return client.post(reverse("drafts"), {"_membership": member.pk, "_do": what, "_draft": KEY, **data})


def found(client, member, **data) -> dict:
    return ask(client, member, "find", **data).json()


def rows() -> list[Draft]:
    with as_role("nrm_owner"):
        return list(Draft.objects.all())


def test_a_draft_is_found_on_another_device_and_the_last_one_stands(worker):
    client = device(worker)
    for text in ("Elle dit", TEXT):
        saved = ask(client, worker, "save", text=text, sort="message", _base="7", _turn="a")
    assert saved.content.decode().startswith("Brouillon enregistré à ")
    (draft,) = found(device(worker), worker).values()
    assert draft["fields"] == [["text", TEXT], ["sort", "message"]]
    assert draft["base"] == "7"
    assert draft["said"].startswith("Voici votre brouillon du ")


def test_a_draft_is_its_author_s_alone_under_that_membership(worker):
    ask(device(worker), worker, "save", text=TEXT)
    hat = f.member(f.agency(), Role.CASE_WORKER, user=worker.user)
    for other in (hat, f.member(worker.agency, Role.CASE_WORKER), f.member(worker.agency, Role.AGENCY_ADMIN)):
        assert found(device(other), other) == {}
        ask(device(other), other, "forget")
    assert found(device(worker), worker)


def test_a_draft_is_kept_encrypted_and_says_of_no_case(worker):
    ask(device(worker), worker, "save", text=TEXT)
    with as_role("nrm_owner"):
        ((data, place),) = Draft.objects.values_list("data", "place")
    assert b"passeport" not in bytes(data)
    assert "6b1d" not in place


def test_the_journal_says_nothing_of_what_is_being_typed(worker):
    client = device(worker)
    with as_role("nrm_owner"):
        before = Entry.objects.count()
    for what in ("save", "find", "forget"):
        ask(client, worker, what, text=TEXT)
    with as_role("nrm_owner"):
        assert Entry.objects.count() == before


def test_a_form_that_is_sent_has_its_draft_deleted_and_a_refused_one_has_not(worker):
    client = device(worker)
    ask(client, worker, "save", text=TEXT, _turn="page")
    profile = {"_membership": worker.pk, "language": "fr", "phone": "x", "_draft": KEY, "_turn": "page"}
    assert client.post(reverse("profile"), profile).status_code == 200
    assert found(client, worker)
    assert client.post(reverse("profile"), profile | {"phone": "06 00 00 00 01"}).status_code == 302
    assert not rows()
    ask(client, worker, "save", text=TEXT, _turn="page")  # was under way when the form was sent
    assert not rows()
    ask(client, worker, "save", text=TEXT, _turn="next page")
    assert len(rows()) == 1


def test_a_draft_can_be_thrown_away(worker):
    client = device(worker)
    ask(client, worker, "save", text=TEXT)
    assert ask(client, worker, "forget").status_code == 204
    assert not rows()


def test_drafts_are_limited_and_the_oldest_leaves(worker):
    client = device(worker)
    assert ask(client, worker, "save", text="é" * DRAFT_LIMIT).status_code == 413
    for turn in range(DRAFTS + 2):
        ask(client, worker, "save", text=TEXT, _draft=f"{KEY}{turn}")
    assert len(rows()) == DRAFTS
    assert found(client, worker, _draft=[f"{KEY}0", f"{KEY}{DRAFTS + 1}"]).keys() == {f"{KEY}{DRAFTS + 1}"}


def test_a_draft_untouched_for_28_days_is_forgotten(worker):
    ask(device(worker), worker, "save", text=TEXT)
    for days, left in ((27, 1), (29, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days)), as_role("nrm_worker"):
            forget_kept()
        assert len(rows()) == left


@pytest.mark.parametrize("data", [{"_draft": ""}, {"_draft": [str(n) for n in range(41)]}])
def test_a_request_without_a_form_or_with_too_many_is_refused(worker, data):
    assert ask(device(worker), worker, "find", **data).status_code == 400


def test_an_unknown_request_is_refused(worker):
    assert ask(device(worker), worker, "publish").status_code == 403


def test_a_password_is_in_no_draft(worker):
    ask(device(worker), worker, "save", text=TEXT, password="a b c d")
    assert "a b c d" not in str(rows()[0].data)
