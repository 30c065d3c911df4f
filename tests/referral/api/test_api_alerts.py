"""Alerts by API: sent, followed, opened; each success beside its refusals and near misses."""

import json
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from agencies.models import Kind, Role
from referral.api.middleware import request_quota
from referral.models import Alert, AlertContact, AlertContent, ClientKey
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db

BODY = {
    "territory": "75",
    "when": "today",
    "minor": "no",
    "danger": "no",
    "none_of_these": True,
    "agreement": "yes",
    "recipients": ["association"],
    "form": "labour_exploitation",
    "note": "MARQUEUR-RECIT",
}


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def unit(db):
    f.national()
    return f.coordination()


@pytest.fixture
def school(unit):
    return f.agency(Kind.EDUCATION, desk=False)


@pytest.fixture
def sender(school):
    return Caller(f.program(school, Role.FRONTLINE))


@pytest.fixture
def desk(unit):
    return Caller(f.program(unit, Role.COORDINATOR))


def test_sent_followed_opened(sender, desk):
    sent = sender.post("alerts/", BODY)
    assert sent.status_code == 201, sent.content
    alert = sent.json()
    assert alert["state"] == "sent"
    assert alert["answers"]["note"] == "MARQUEUR-RECIT"
    assert [a["id"] for a in alert["addressees"]] == [desk.member.agency_id]
    assert alert["actions"] == []

    [row] = desk.get("alerts/received/").json()["results"]
    assert row["id"] == alert["id"]
    assert row["actions"] == ["open", "act", "declare", "redirect", "close"]
    unread = desk.get(f"alerts/{alert['id']}/").json()
    assert "answers" not in unread
    opened = desk.post(f"alerts/{alert['id']}/open/")
    assert opened.status_code == 200, opened.content
    assert opened.json()["answers"]["note"] == "MARQUEUR-RECIT"
    assert "addressees" not in opened.json()
    assert sender.get("alerts/").json()["results"][0]["state"] == "opened"
    assert desk.get(f"alerts/{alert['id']}/").json()["answers"] == opened.json()["answers"]


def test_who_alerted_reads_who_read_it_and_that_somebody_is_with_the_person(sender, desk):
    """The program of a hospital reads what a page tells: received, read by whom, somebody is there."""
    alert = sender.post("alerts/", BODY).json()["id"]
    [told] = sender.get(f"alerts/{alert}/").json()["addressees"]
    assert told["id"] == desk.member.agency_id and told["name"] == desk.member.agency.name
    assert told["since"] and (told["opened_at"], told["did"], told["at"]) == (None, "", None)
    desk.post(f"alerts/{alert}/open/")
    [told] = sender.get(f"alerts/{alert}/").json()["addressees"]
    assert told["opened_at"] and told["did"] == ""
    said = desk.post(f"alerts/{alert}/declare/", {"what": "with_person", "words": "Une collègue est auprès d'elle."})
    assert said.status_code == 200, said.content
    [told] = sender.get(f"alerts/{alert}/").json()["addressees"]
    assert told["did"] == "with_person" and told["at"] > told["opened_at"]


def test_same_key_is_one_alert(sender):
    first = sender.post("alerts/", BODY, key="cle-de-l-essai-1")
    again = sender.post("alerts/", dict(reversed(BODY.items())), key="cle-de-l-essai-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert again.json()["reference"] == first.json()["reference"]
    refused(
        sender.post("alerts/", {**BODY, "minor": "yes"}, key="cle-de-l-essai-1"),
        422,
        "idempotency-key-reused",
        header="Idempotency-Key",
    )
    assert len(sender.get("alerts/").json()["results"]) == 1
    # another key, the same body without an id: another alert
    assert sender.post("alerts/", BODY).json()["reference"] != first.json()["reference"]


def test_same_id_is_one_alert_for_ever(sender, school):
    own = str(uuid.uuid4())
    first = sender.post("alerts/", {**BODY, "id": own})
    assert (first.status_code, first.json()["id"]) == (201, own)
    again = sender.post("alerts/", {**BODY, "id": own})
    assert (again.status_code, again.json()["reference"]) == (200, first.json()["reference"])
    # a correction would be lost: it is refused, and nothing changes
    refused(sender.post("alerts/", {**BODY, "id": own, "territory": "93"}), 409, "id-taken")
    with as_role("nrm_owner"):
        assert Alert.objects.get().territory_id == BODY["territory"]
    # somebody else's id, from the same agency even: not told what it is
    colleague = Caller(f.program(school, Role.FRONTLINE))
    refused(colleague.post("alerts/", {**BODY, "id": own}), 409, "id-taken")
    with as_role("nrm_owner"):
        assert Alert.objects.count() == 1


def test_a_key_is_forgotten_after_seven_days(sender):
    sender.post("alerts/", BODY, key="cle-de-l-essai-1")
    with as_role("nrm_owner"):
        ClientKey.objects.update(at=timezone.now() - timedelta(days=6, hours=23))
    refused(sender.post("alerts/", {**BODY, "minor": "yes"}, key="cle-de-l-essai-1"), 422, "idempotency-key-reused")
    with as_role("nrm_owner"):
        ClientKey.objects.update(at=timezone.now() - timedelta(days=7, hours=1))
    assert sender.post("alerts/", {**BODY, "minor": "yes"}, key="cle-de-l-essai-1").status_code == 201


def test_the_key_belongs_to_one_program(sender, school):
    sender.post("alerts/", BODY, key="cle-de-l-essai-1")
    other = Caller(f.program(school, Role.FRONTLINE))
    assert other.post("alerts/", {**BODY, "minor": "yes"}, key="cle-de-l-essai-1").status_code == 201


@pytest.mark.parametrize("key", [None, "", "court", "x" * 81, "avec espace", "accentué-é"])
def test_key_missing_or_badly_written(sender, key):
    refused(sender.post("alerts/", BODY, key=key), 400, "idempotency-key-missing", header="Idempotency-Key")


SOON = (timezone.now() + timedelta(days=1)).isoformat()
WRONG = [
    # change to BODY, pointer
    ({"territory": None}, "#/territory"),
    ({"territory": ""}, "#/territory"),
    ({"territory": 75}, "#/territory"),
    ({"territory": "R11"}, "#/territory"),
    ({"territory": "999"}, "#/territory"),
    ({"territory": "75\0"}, "#/territory"),
    ({"other_territory": "7"}, "#/other_territory"),
    ({"when": "now"}, "#/when"),
    ({"when": ["today"]}, "#/when"),
    ({"when": "date"}, "#/when_date"),
    ({"when": "date", "when_date": "14/11/2026"}, "#/when_date"),
    ({"when": "date", "when_date": "2999-01-01"}, "#/when_date"),
    ({"when": "date", "when_date": 20261114}, "#/when_date"),
    ({"minor": True}, "#/minor"),
    ({"minor": "oui"}, "#/minor"),
    ({"danger": "maybe"}, "#/danger"),
    ({"persons": 0}, "#/persons"),
    ({"persons": 501}, "#/persons"),
    ({"persons": "2"}, "#/persons"),
    ({"persons": 1.5}, "#/persons"),
    ({"persons": True}, "#/persons"),
    ({"reachable_until": "2026-11-14T10:22:00"}, "#/reachable_until"),
    ({"reachable_until": "2020-01-01T00:00:00+01:00"}, "#/reachable_until"),
    ({"reachable_until": 3}, "#/reachable_until"),
    ({"reachable_until": "2999-99-99T00:00:00Z"}, "#/reachable_until"),
    ({"place": "la lune"}, "#/place"),
    ({"form": "unheard_of"}, "#/form"),
    ({"language": "français"}, "#/language"),
    ({"observations": []}, "#/observations"),
    ({"none_of_these": None, "observations": {"XX-99": "observed"}}, "#/observations/XX-99"),
    ({"none_of_these": None, "observations": {"ILO-AL-DR-01": "seen"}}, "#/observations/ILO-AL-DR-01"),
    ({"none_of_these": None, "observations": {"ILO-AL-DR-01": 1}}, "#/observations/ILO-AL-DR-01"),
    ({"observations": {"ILO-AL-DR-01": "observed"}}, "#/none_of_these"),
    ({"none_of_these": "yes"}, "#/none_of_these"),
    ({"none_of_these": False}, "#/observations"),
    ({"none_of_these": None}, "#/observations"),
    ({"note": "x" * 501}, "#/note"),
    ({"note": 3}, "#/note"),
    ({"note": "\ud800"}, "#/note"),
    ({"agreement": "maybe"}, "#/agreement"),
    ({"agreement": None}, "#/agreement"),
    ({"explained": "purpose"}, "#/explained"),
    ({"interpreter": "cousin"}, "#/interpreter"),
    ({"recipients": {"association": True}}, "#/recipients"),
    ({"recipients": ["association", "association"]}, "#/recipients"),
    ({"recipients": ["association", "army"]}, "#/recipients/1"),
    ({"desks": ["foyer"]}, "#/desks/0"),
    ({"desks": [2147483000]}, "#/desks/0"),
    ({"desks": [10**30]}, "#/desks/0"),
    ({"legal_ground": "because"}, "#/legal_ground"),
    ({"share_anyway": 1}, "#/share_anyway"),
    ({"callback": "x" * 25}, "#/callback"),
    ({"callback": "appelez-moi"}, "#/callback"),
    ({"where": "x" * 201}, "#/where"),
    ({"contact": {"channel": "sms", "value": "06", "whose": "hers"}}, "#/contact"),
    ({"recipients": ["contact"], "contact": "06"}, "#/contact"),
    ({"recipients": ["contact"], "contact": {"channel": "sms", "value": "06"}}, "#/contact/whose"),
    ({"recipients": ["contact"], "contact": {"channel": "x", "value": "06", "whose": "hers"}}, "#/contact/channel"),
    ({"recipients": ["contact"], "contact": {"phone": "06"}}, "#/contact/phone"),
    ({"id": 12}, "#/id"),
    ({"id": "12"}, "#/id"),
    ({"kind": "alert"}, "#/kind"),
    ({"kind": "danger"}, "#/callback"),
    ({"agreement": "no", "share_anyway": True}, "#/legal_ground"),
    ({"agreement": "not_asked", "legal_ground": "article_40"}, "#/legal_ground"),
    ({"state": "acted"}, "#/state"),
    ({"urgency": "vital"}, "#/urgency"),
    ({"author": 1, "agency": 2, "reference": "AAAA-BBBB"}, "#/reference"),
]


def test_what_is_wrong_is_named_and_nothing_is_written(sender):
    """One table rather than a test each: the counts at the end are of all of them."""
    for change, pointer in WRONG:
        body = {name: value for name, value in {**BODY, **change}.items() if value is not None}
        cache.clear()
        said = refused(sender.post("alerts/", json.dumps(body)), 400, "invalid", pointer=pointer)
        assert "MARQUEUR" not in json.dumps(said)
        assert all(error["detail"] for error in said["errors"])
    with as_role("nrm_owner"):
        assert [m.objects.count() for m in (Alert, AlertContent, AlertContact, ClientKey)] == [0, 0, 0, 0]


def test_article_40_tells_no_service_that_helps_as_on_the_page(sender):
    """The program was answered that it was sent, and the shelter that it named was told nothing."""
    home, police = f.shelter(name="Foyer fictif"), f.agency(Kind.INTERIOR, name="Brigade fictive")
    against = {**BODY, "recipients": [], "agreement": "no", "share_anyway": True, "legal_ground": "article_40"}
    body = json.dumps({**against, "desks": [home.pk, police.pk]})
    said = refused(sender.post("alerts/", body), 400, "invalid", pointer="#/desks")
    words = "L'article 40 ne permet de prévenir que le procureur et les forces de l'ordre : décochez Foyer fictif."
    assert [error["detail"].replace("\u00a0", " ") for error in said["errors"]] == [words]
    # near misses: those that it tells; a danger to life; the person was not asked, and it is a child
    assert sender.post("alerts/", {**against, "desks": [police.pk]}).status_code == 201
    assert sender.post("alerts/", {**against, "legal_ground": "vital_danger", "desks": [home.pk]}).status_code == 201
    child = {**BODY, "minor": "yes", "agreement": "not_asked", "recipients": [], "legal_ground": "article_40"}
    assert sender.post("alerts/", {**child, "desks": [home.pk]}).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 20000, b"1" * 5000],
)
def test_unreadable_bodies(sender, raw):
    if raw == b"":
        refused(sender.post("alerts/", raw), 400, "invalid", pointer="#/territory")
    else:
        refused(sender.post("alerts/", raw), 400, "malformed")


def test_body_too_large(sender):
    refused(sender.post("alerts/", {**BODY, "note": "x" * 70000}), 413, "too-large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_json_only(sender, content_type):
    refused(sender.post("alerts/", b"territory=75", content_type=content_type), 415, "unsupported-media-type")


def test_contact_is_sealed_apart(sender, desk):
    contact = {"channel": "sms", "value": "MARQUEUR-CONTACT", "whose": "hers", "hours": "le soir"}
    sent = sender.post("alerts/", {**BODY, "recipients": ["association", "contact"], "contact": contact})
    assert sent.status_code == 201, sent.content
    opened = desk.post(f"alerts/{sent.json()['id']}/open/")
    for response in (sent, opened, sender.get(f"alerts/{sent.json()['id']}/"), sender.get("alerts/")):
        assert b"MARQUEUR-CONTACT" not in response.content
    with as_role("nrm_owner"):
        assert AlertContact.objects.get().data["value"] == "MARQUEUR-CONTACT"


def test_danger_needs_less_and_is_vital(sender):
    sent = sender.post("alerts/", {"kind": "danger", "territory": "75", "minor": "no", "callback": "01 00 00 00 00"})
    assert sent.status_code == 201, sent.content
    assert sent.json()["urgency"] == "vital"


def test_who_may_not(sender, desk, school, unit):
    """Near misses: another agency's program, a program that writes no alerts, the author's own desk."""
    alert = sender.post("alerts/", BODY).json()
    stranger = Caller(f.program(f.shelter()))
    hidden, never = stranger.get(f"alerts/{alert['id']}/"), stranger.get(f"alerts/{uuid.uuid4()}/")
    same = refused(hidden, 404, "not-found"), refused(never, 404, "not-found")
    assert [{**body, "trace_id": ""} for body in same][0] == {**same[1], "trace_id": ""}
    refused(stranger.post(f"alerts/{alert['id']}/open/"), 404, "not-found")
    assert stranger.get("alerts/").json()["results"] == []
    assert stranger.get("alerts/received/").json()["results"] == []

    colleague = Caller(f.program(school, Role.FRONTLINE))
    refused(colleague.get(f"alerts/{alert['id']}/"), 404, "not-found")
    worker = Caller(f.program(school, Role.CASE_WORKER))
    assert "answers" not in worker.get(f"alerts/{alert['id']}/").json()

    refused(sender.post(f"alerts/{alert['id']}/open/"), 403, "forbidden")
    refused(sender.get("alerts/received/"), 403, "forbidden")
    refused(Caller(f.program(school, Role.POLICY)).post("alerts/", BODY), 403, "forbidden")
    refused(Caller(f.program(unit, Role.AGENCY_ADMIN)).get(f"alerts/{alert['id']}/"), 404, "not-found")


def test_a_company_reads_received_and_read_only(unit, desk):
    company = f.agency(Kind.EMPLOYER, desk=False)
    program = Caller(f.program(company, Role.FRONTLINE))
    sent = program.post("alerts/", BODY).json()
    assert (sent["state"], "addressees" in sent, "case_status" in sent) == ("sent", False, False)
    f.case(desk.member, alert=Alert(pk=sent["id"]))
    followed = program.get(f"alerts/{sent['id']}/").json()
    assert (followed["state"], "case_status" in followed) == ("opened", False)
    assert [row["state"] for row in program.get("alerts/").json()["results"]] == ["opened"]
    for state, found in (("acted", 0), ("closed", 0), ("opened", 1), ("sent", 0)):
        assert len(program.get("alerts/", state=state).json()["results"]) == found, state


def test_a_wild_program_does_not_lose_danger(sender, monkeypatch):
    monkeypatch.setattr(request_quota, "ORDINARY", 3)
    monkeypatch.setattr(request_quota, "DANGER", 1)
    now = time.time()  # the whole test in one window, however long it takes
    monkeypatch.setattr(request_quota, "time", SimpleNamespace(time=lambda: now))
    danger = {"kind": "danger", "territory": "75", "minor": "no", "callback": "01 00 00 00 00"}
    assert [sender.get("alerts/").status_code for _ in range(3)] == [200, 200, 200]
    busy = sender.post("alerts/", BODY)
    refused(busy, 429, "too-many-requests")
    assert 1 <= int(busy["Retry-After"]) <= 60
    assert sender.post("alerts/", danger).status_code == 201
    refused(sender.post("alerts/", danger), 429, "too-many-requests")


def test_list_by_key_and_filters(sender):
    made = [sender.post("alerts/", {**BODY, "minor": "yes" if n % 2 else "no"}).json()["id"] for n in range(5)]
    page = sender.get("alerts/", limit="2").json()
    seen, follow = [row["id"] for row in page["results"]], page["next"]
    while follow:
        page = sender.client.get(follow, headers=sender._headers()).json()
        seen += [row["id"] for row in page["results"]]
        follow = page["next"]
    assert seen == made[::-1]
    assert len(sender.get("alerts/", age_side="minor").json()["results"]) == 2
    assert len(sender.get("alerts/", age_side="minor", urgency="normal").json()["results"]) == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"limit": "1e1"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "WyJuIiwyXQ"}, "cursor"),
        ({"state": "draft"}, "state"),
        ({"state": "nothing"}, "state"),
        ({"territory": "nowhere"}, "territory"),
        ({"territory": "7\0"}, "territory"),
        ({"reference": "x" * 21}, "reference"),
        ({"stat": "sent"}, "stat"),
        ({"author": "1"}, "author"),
        ({"state__in": "sent"}, "state__in"),
        ({"format": "api"}, "format"),
        ({"state": ["sent", "opened"]}, "state"),
    ],
)
def test_parameters_unknown_or_wrong(sender, query, name):
    refused(sender.get("alerts/", **query), 400, "invalid", parameter=name)
