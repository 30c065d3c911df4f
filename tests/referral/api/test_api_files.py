"""Documents by a program: added as multipart, listed, read once scanned, taken back; never those under secrecy."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from journal.models import Entry
from referral.api.schema.examples import EXAMPLES
from tests import factories as f
from tests.referral.api import DOCUMENT, Caller
from tests.roles import as_role
from tests.victims.files.conftest import kept  # noqa: F401, the store of the test
from tests.victims.files.test_files import MARK, TEXT, add, work
from victims.files.access import SECRET
from victims.models import CaseAccess, CaseFile

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        f.national()
        self.lead = f.member(f.shelter(may_hold=31))
        self.case = f.own_case(self.lead)
        self.program = Caller(f.program(self.lead.agency))
        self.stranger = Caller(f.program(f.shelter()))
        low = f.member(f.shelter())
        f.orientation(self.lead, self.case, low.agency, state="accepted", answerer=low, level=2)
        self.low = Caller(f.program(low.agency))

    def address(self, rest="") -> str:
        return f"cases/{self.case.pk}/documents/{rest}"


@pytest.fixture
def w():
    return World()


def send(caller, address, *, key="new", content=TEXT, **body):
    said = {**EXAMPLES["add_file"], "title": MARK, "file": SimpleUploadedFile("marie.txt", content), **body}
    said = {name: value for name, value in said.items() if value is not None}
    headers = {**caller._headers(), **({"Idempotency-Key": uuid.uuid4().hex if key == "new" else key} if key else {})}
    return caller.client.post(f"/api/v1/{address}", said, headers=headers)


def test_it_is_added_once_listed_and_read_when_scanned(w):
    key = uuid.uuid4().hex
    made = [send(w.program, w.address("add/"), key=key).json()["made"] for _ in range(2)]
    assert made[0] == made[1]
    (shown,) = w.program.get(w.address()).json()["documents"]
    assert (shown["id"], shown["title"], shown["state"], shown["place"]) == (made[0], MARK, "quarantine", "file")
    assert w.program.get(w.address(f"{made[0]}/content/")).status_code == 409
    work()
    answer = w.program.get(w.address(f"{made[0]}/content/"))
    assert answer.content == TEXT and answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;") and answer["Cache-Control"] == "no-store"
    with as_role("nrm_owner"):
        assert Entry.objects.get(action="identity.read.file").case_id == w.case.pk


def test_a_client_made_from_the_document_sends_a_file_and_not_its_address(w):
    said = DOCUMENT["components"]["schemas"]["AddFile"]["properties"]["file"]
    assert (said["type"], said["format"]) == ("string", "binary")
    address = send(w.program, w.address("add/"), file="https://example.org/attestation.pdf")
    assert address.status_code == 400
    assert [(one["pointer"], one["code"]) for one in address.json()["errors"]] == [("#/file", "invalid")]
    assert send(w.program, w.address("add/")).status_code == 200


def test_the_same_key_with_another_file_is_refused(w):
    key = uuid.uuid4().hex
    assert send(w.program, w.address("add/"), key=key).status_code == 200
    assert send(w.program, w.address("add/"), key=key, content=b"autre").status_code == 422


def test_who_may_not_and_who_sees_nothing(w):
    assert send(w.low, w.address("add/")).status_code == 403
    assert send(w.stranger, w.address("add/")).status_code == 404
    made = send(w.program, w.address("add/")).json()["made"]
    work()
    for caller in (w.low, w.stranger):
        assert caller.get(w.address(f"{made}/content/")).status_code == 404
        assert caller.post(w.address(f"{made}/withdraw/"), {"reason": "mistake"}).status_code == 404
    reader = Caller(f.program(w.lead.agency), scope="read")
    assert reader.get(w.address(f"{made}/content/")).status_code == 200
    assert send(reader, w.address("add/")).status_code == 403
    other = f.own_case(w.lead)
    assert w.program.get(f"cases/{other.pk}/documents/{made}/content/").status_code == 404


def test_what_is_under_secrecy_is_in_no_program(w):
    made = add(w.lead, w.case, place=SECRET)
    work()
    assert w.program.get(w.address()).json()["documents"] == []
    assert w.program.get(w.address(f"{made.pk}/content/")).status_code == 404
    assert w.program.post(w.address(f"{made.pk}/withdraw/"), {"reason": "mistake"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"file": None}, 400), ({"sort": "x"}, 400), ({"title": None}, 400), ({"other": "x"}, 400),
        ({"content": b""}, 400), ({"content": b"MZ\x90\x00" + bytes(200)}, 400), ({"place": "health"}, 403),
    ],
)  # fmt: skip
def test_what_is_wrong_adds_nothing(w, body, status):
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=w.case).update(categories=0)
    answer = send(w.program, w.address("add/"), **body)
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    assert w.program.get(w.address()).json()["documents"] == []


def test_a_body_that_is_no_form_or_too_large(w):
    headers = {**w.program._headers(), "Idempotency-Key": uuid.uuid4().hex}
    address = f"/api/v1/{w.address('add/')}"
    assert w.program.client.post(address, "{}", "application/json", headers=headers).status_code == 415
    torn = w.program.client.post(address, b"--x\r\nrien", "multipart/form-data", headers=headers)
    assert torn.status_code == 400
    large = w.program.client.post(
        address, b"", "multipart/form-data; boundary=x", headers=headers, CONTENT_LENGTH="16000001"
    )
    assert large.status_code == 413 and large.json()["type"].endswith("too-large")


def test_it_is_taken_back(w):
    made = send(w.program, w.address("add/")).json()["made"]
    assert w.program.post(w.address(f"{made}/withdraw/"), {"reason": "outdated"}).status_code == 200
    work()
    (shown,) = w.program.get(w.address()).json()["documents"]
    assert (shown["state"], shown["title"], shown["reason"]) == ("erased", "", "outdated")
    assert w.program.get(w.address(f"{made}/content/")).status_code == 409
    with as_role("nrm_owner"):
        assert CaseFile.objects.get(pk=made).kept_as == ""
