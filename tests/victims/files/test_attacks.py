"""What is tried against documents: bodies that are no form, too large or sent forty times, links that are nobody's."""

import uuid
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import KeptForm
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.files.access import SECRET
from victims.models import CaseFile

from .test_files import MARK, TEXT, add, ready, row, seen, sent

pytestmark = pytest.mark.django_db


class Unread:
    """A body that tells when somebody reads it."""

    def read(self, *size):
        raise AssertionError("the body was read")

    readline = read


def test_a_body_that_is_too_large_is_not_read(world):
    address = reverse("referral:file-new", args=[world["case"].pk])
    said = {"CONTENT_LENGTH": "16000001", "wsgi.input": Unread(), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    for client in (Hand(world["lead"]).client, Client()):
        answer = client.post(address, **said)
        assert answer.status_code == 413 and "15 Mo" in text(answer)
    assert seen(world["lead"]) == (0, 0)


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "16000001"])
def test_a_length_that_is_none_is_refused(world, length):
    assert Hand(world["lead"]).client.post("/connexion/", CONTENT_LENGTH=length).status_code == 413


def test_a_body_that_is_no_form_adds_nothing(world):
    address = reverse("referral:file-new", args=[world["case"].pk])
    for body, kind in ((b"--x\r\nrien", "multipart/form-data; boundary=x"), (b"rien", "multipart/form-data")):
        assert Hand(world["lead"]).client.post(address, body, kind).status_code in (400, 403, 409)
    assert seen(world["lead"]) == (0, 0)


@contextmanager
def held(*names: str):
    """Let another session work on these, as a request under way does."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for name in names:
                cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            yield
            cursor.execute("SELECT pg_advisory_unlock_all()")  # a server notices a closed connection a moment later
    finally:
        other.close()


def test_one_of_forty_at_once_is_made_anew_and_the_others_keep_what_was_typed(world, kept):
    with held(f"file of {world['lead'].pk}"):
        answers = [sent(world["lead"], world["case"]) for _ in range(3)]
        assert sent(world["mate"], world["case"]).status_code == 302, "a colleague waits for nobody"
    assert {answer.status_code for answer in answers} == {429}
    assert all(MARK in text(answer) for answer in answers)
    assert len([path for path in kept.rglob("*") if path.is_file()]) == 1


def test_a_link_is_nobody_s(world):
    made = ready(world["lead"], world["case"])
    address = reverse("referral:file-download", args=[made.pk])
    assert Client().post(address, {"act": "take"})["Location"].startswith("/connexion/")
    assert Hand(world["stranger"]).post("file-download", made.pk, act="take").status_code == 404
    assert Hand(world["stranger"]).post("file-download", uuid.uuid4(), act="take").status_code == 404
    assert Hand(world["stranger"]).post("file-detail", made.pk, act="withdraw", reason="mistake").status_code == 404
    assert Hand(world["stranger"]).get("file-new", world["case"].pk).status_code == 404


def test_a_form_whose_session_ended_is_kept_without_the_file(world):
    hand = Hand(world["lead"])
    hand.get("file-new", world["case"].pk)  # this browser is known from now on
    del hand.client.cookies["sessionid"]
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("marie.txt", TEXT)
    values = {"sort": "attestation", "title": MARK, "place": "usual", "file": file}
    assert hand.post("file-new", world["case"].pk, **values).status_code == 302
    with as_role("nrm_owner"), connection.cursor() as cursor:
        (form,) = KeptForm.objects.all()
        assert "MARQUEUR-CONTENU" not in str(form.data) and MARK in str(form.data)
        cursor.execute("SELECT row_to_json(x)::text FROM agencies_keptform x")
        stored = cursor.fetchone()[0]
    assert MARK not in stored and "marie" not in stored


def test_the_list_costs_the_same_whatever_its_length(world):
    costs = []
    for more in (2, 8):
        for _ in range(more):
            with as_role("nrm_owner"):
                said = {"agency": world["lead"].agency, "by": world["lead"], "reference": "X", "sort": "other"}
                CaseFile.objects.create(case=world["case"], data={"title": "x"}, size=1, state="ready", **said)
                CaseFile.objects.create(case=world["case"], data={"title": "x"}, size=1, secret=True, **said)
        hand = Hand(world["lead"])
        hand.get("case-files", world["case"].pk)
        for route, args in (("case-files", [world["case"].pk]), ("secret-file-list", [])):
            with CaptureQueriesContext(connection) as asked:
                assert hand.get(route, *args).status_code == 200
            costs.append(len(asked))
    assert costs[:2] == costs[2:]


def test_pages_follow_each_other(world):
    with as_role("nrm_owner"):
        said = {"agency": world["lead"].agency, "by": world["lead"], "reference": "X", "sort": "other", "size": 1}
        for number in range(30):
            CaseFile.objects.create(case=world["case"], data={"title": f"DOCUMENT {number:02}"}, **said)
    first = text(Hand(world["lead"]).get("case-files", world["case"].pk))
    following = first.split('rel="next" href="')[1].split('"')[0]
    second = text(Hand(world["lead"]).get("case-files", world["case"].pk, query=following))
    assert sum(f"DOCUMENT {number:02}" in first for number in range(30)) == 25
    assert sum(f"DOCUMENT {number:02}" in second for number in range(30)) == 5


def test_under_secrecy_nothing_of_the_case_tells_of_it(world):
    made = add(world["partner"], world["case"], place=SECRET)
    for route in ("case-detail", "case-timeline", "case-history", "case-files", "case-access"):
        page = text(Hand(world["lead"]).get(route, world["case"].pk))
        assert MARK not in page and str(made.pk) not in page, route
    assert row(made.pk).secret
