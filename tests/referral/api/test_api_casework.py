"""A shelter's own software does its day: a person it receives, her agreement, her identity, a need, a request sent."""

import uuid
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Event, Notice
from referral.models import Alert, AlertAddition, Orientation
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.models import Assignment, Case

pytestmark = pytest.mark.django_db
PERSON = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "agrees": True}


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.coordination()
    home, other = f.shelter(), f.shelter()
    f.service("legal_support")
    return {
        "home": home,
        "other": other,
        "worker": f.member(home),
        "program": Caller(f.program(home)),
        "partner": Caller(f.program(other)),
        "school": Caller(f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)),
    }


def agreement(p, *agencies) -> dict:
    named = [agency.pk for agency in agencies]
    return {
        "purpose": "share_named", "agencies": named, "level": "file", "categories": ["identity"], "proof": "oral"
    }  # fmt: skip


def test_the_day_of_a_shelter(p):
    program, partner = p["program"], p["partner"]
    opened = program.post("cases/", {**PERSON, "own_reference": "2026-114"}, key="one-person-one-case")
    assert (opened.status_code, opened.json()["lead"], opened.json()["own_reference"]) == (201, True, "2026-114")
    again = program.post("cases/", {**PERSON, "own_reference": "2026-114"}, key="one-person-one-case")
    assert again.json()["id"] == opened.json()["id"] and again.headers["Idempotency-Replayed"] == "true"
    case = f"cases/{opened.json()['id']}"

    # no dead end: what lacks is named, and done by the act that is named
    missing = refused(program.post(f"{case}/identity/", {"given_names": "Nadia"}), 409, "wrong-state")
    assert "record_agreement" in missing["detail"]
    given = program.post(f"{case}/agreements/", agreement(p, p["home"], p["other"])).json()["made"]
    assert program.post(f"{case}/identity/", {"given_names": "Nadia"}).status_code == 200
    assert program.get(f"{case}/identity/").json()["identity"] == {"given_names": "Nadia"}
    assert program.post(f"{case}/needs/", {"service": "safe_housing", "priority": "now"}).status_code == 200

    services = program.get(f"{case}/orientations/", service="safe_housing").json()["services"]
    assert [one["agency"] for one in services] == [p["other"].pk] and services[0]["reasons"]
    draft = {
        "service": "safe_housing", "addressee": p["other"].pk, "verb": "refer", "agreement": given,
        "level": "summary", "exclusive": True,
    }  # fmt: skip
    made = program.post(f"{case}/orientations/", draft).json()["made"]
    preview = program.get(f"orientations/{made}/preview/").json()
    assert preview["lacking"] == "" and preview["sheet"]["summary"]["service"] == "safe_housing"
    refused(partner.get(f"orientations/{made}/preview/"), 404, "not-found")  # a draft is its sender's
    assert program.post(f"orientations/{made}/send/", {}).json()["state"] == "sent"
    refused(program.get(f"orientations/{made}/preview/"), 404, "not-found")  # frozen: read it as sent
    for action in ("open", "accept"):
        assert partner.post(f"orientations/{made}/{action}/").status_code == 200
    assert partner.get(f"{case}/needs/").status_code == 200
    refused(partner.post(f"{case}/needs/", {"service": "legal_support", "priority": "now"}), 403, "forbidden")

    # withdrawn: what it carried has ended at once
    assert program.post(f"{case}/agreements/{given}/withdraw/").status_code == 200
    refused(partner.get(f"{case}/needs/"), 404, "not-found")
    refused(program.post(f"{case}/agreements/{given}/withdraw/"), 409, "wrong-state")


def test_a_case_of_ones_own_is_assigned_to_no_program(p):
    case = p["program"].post("cases/", PERSON).json()["id"]
    with as_role("nrm_owner"):
        assert not Assignment.objects.filter(case=case).exists()
    with acting_as(p["worker"]):
        assert Case.objects.visible_to(p["worker"]).filter(pk=case).exists()


@pytest.mark.parametrize(
    "changed", [{"minor": "yes"}, {"minor": "doubt"}, {"danger": "yes"}], ids=["child", "doubt", "danger"]
)
def test_protection_is_told_before_a_case_is_opened(p, changed):
    said = refused(p["program"].post("cases/", {**PERSON, **changed}), 409, "wrong-state")
    assert "`send_alert`" in said["detail"]
    with as_role("nrm_owner"):
        assert not Case.objects.exists() and not Alert.objects.exists()


def test_a_case_is_opened_with_agreement_by_who_supports_people(p):
    refused(p["program"].post("cases/", {**PERSON, "agrees": False}), 400, "invalid", pointer="#/agrees")
    refused(p["program"].post("cases/", {**PERSON, "territory": "ZZ"}), 400, "invalid", pointer="#/territory")
    refused(p["program"].post("cases/", {**PERSON, "reference": "X"}), 400, "invalid", pointer="#/reference")
    refused(p["school"].post("cases/", PERSON), 403, "forbidden")
    assert p["program"].post("cases/", {**PERSON, "own_reference": "A-1"}).status_code == 201
    refused(p["program"].post("cases/", {**PERSON, "own_reference": "A-1"}), 409, "own-reference-taken")
    with as_role("nrm_owner"):
        assert Case.objects.count() == 1


def test_a_request_that_nothing_covers_says_what_to_record(p):
    program = p["program"]
    case = program.post("cases/", PERSON).json()["id"]
    given = program.post(f"cases/{case}/agreements/", agreement(p, p["home"])).json()["made"]
    draft = {
        "service": "safe_housing", "addressee": p["other"].pk, "verb": "refer", "level": "summary", "exclusive": True
    }  # fmt: skip
    where = f"cases/{case}/orientations/"
    refused(program.post(where, draft), 400, "invalid", pointer="#/agreement")
    both = {**draft, "agreement": given, "legal_ground": "vital_danger"}
    refused(program.post(where, both), 400, "invalid", pointer="#/agreement")
    said = refused(program.post(where, {**draft, "agreement": given}), 409, "wrong-state")
    assert "record_agreement" in said["detail"]
    nobody = {**draft, "agreement": given, "addressee": p["home"].pk}
    refused(program.post(where, nobody), 400, "invalid", pointer="#/addressee")
    short = {**draft, "legal_ground": "vital_danger", "legal_reason": "court"}
    refused(program.post(where, short), 400, "invalid", pointer="#/legal_reason")
    refused(program.get(where), 400, "invalid", parameter="service")
    with as_role("nrm_owner"):
        assert not Orientation.objects.exists()


def test_what_an_author_does_of_its_alert(p):
    sender, stranger = p["school"], p["partner"]
    body = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": True,
            "agreement": "not_asked"}  # fmt: skip
    alert = sender.post("alerts/", body).json()["id"]
    assert sender.post(f"alerts/{alert}/add/", {"text": "Essai"}, key="one-addition").status_code == 200
    sender.post(f"alerts/{alert}/add/", {"text": "Essai"}, key="one-addition")
    refused(stranger.post(f"alerts/{alert}/add/", {"text": "Essai"}), 404, "not-found")
    refused(sender.post(f"alerts/{alert}/add/", {"text": ""}), 400, "invalid", pointer="#/text")
    with as_role("nrm_owner"):
        assert AlertAddition.objects.count() == 1
    # the coordination has it: its author neither sends it on nor closes it
    refused(sender.post(f"alerts/{alert}/address/"), 409, "wrong-state")
    refused(sender.post(f"alerts/{alert}/finish/", {"reason": "mistake"}), 409, "wrong-state")


def told(member, day: int) -> int:
    """Return the id of a notice of this member, of this day of January."""
    with as_role("nrm_owner"):
        event = Event.objects.create(
            kind="access_ended", subject="none", subject_id=uuid.uuid4(), audience=[], agencies=[]
        )
        made = Notice.objects.create(
            event=event, membership_id=member.pk, channel="app", state="sent", kind=event.kind, subject="none",
            subject_id=event.subject_id, at=datetime(2026, 1, day, tzinfo=UTC),
        )  # fmt: skip
        return made.pk


def test_notices_are_read_by_the_program_that_has_them(p):
    first, second, third = (told(p["program"].member, day) for day in (1, 2, 3))
    theirs = told(p["worker"], 1)
    assert p["program"].post(f"notices/{second}/read/", {"older": True}).json()["read_at"]
    read = {row["id"] for row in p["program"].get("notices/").json()["results"] if row["read_at"]}
    assert read == {first, second}
    assert p["program"].post(f"notices/{third}/read/").json()["id"] == third
    for other in (theirs, 2**80):
        refused(p["program"].post(f"notices/{other}/read/"), 404, "not-found")
    with as_role("nrm_owner"):
        assert Notice.objects.get(pk=theirs).read_at is None


def test_free_places_are_declared_by_ones_own_desk(p):
    said = p["program"].post("desk/places/", {"places": 3}).json()
    assert (said["places"], said["agency"]["id"]) == (3, p["home"].pk) and said["places_updated_at"]
    assert p["program"].get("desk/").json() == said
    assert p["partner"].get("desk/").json()["places"] is None
    refused(p["program"].post("desk/places/", {"places": -1}), 400, "invalid", pointer="#/places")
    refused(p["program"].post("desk/places/", {"places": "3"}), 400, "invalid", pointer="#/places")
    refused(p["school"].post("desk/places/", {"places": 3}), 403, "forbidden")


def test_an_alert_that_the_agency_keeps_is_followed_by_its_program(p):
    body = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": True,
            "agreement": "yes", "recipients": []}  # fmt: skip
    alert = p["program"].post("alerts/", body).json()["id"]
    assert "act" in p["program"].get(f"alerts/{alert}/").json()["actions"]
    assert p["program"].post(f"alerts/{alert}/act/").json()["case"]
    refused(p["program"].post(f"alerts/{alert}/address/"), 409, "wrong-state")


def test_the_agenda_lists_the_time_limits_of_ones_own_cases(p):
    program = p["program"]
    made = []
    for start in ("2026-11-20", "2026-11-02"):
        case = program.post("cases/", PERSON).json()["id"]
        sheet = program.post(f"cases/{case}/procedures/", {"procedure": "asile"}).json()["made"]
        said = {"step": 3, "counted_on": start}
        made.append(program.post(f"cases/{case}/procedures/checklists/{sheet}/clock/", said).json()["made"])
    listed = program.get("clocks/").json()
    assert [row["id"] for row in listed["results"]] == made[::-1]  # least time left first
    assert listed["results"][0]["procedure"] == "asile" and listed["results"][0]["case"] == case
    first = program.get("clocks/", limit=1).json()
    assert [row["id"] for row in first["results"]] == made[1:]
    rest = program.client.get(first["next"], headers=program._headers()).json()
    assert [row["id"] for row in rest["results"]] == made[:1] and rest["next"] is None
    program.post(f"cases/{case}/procedures/clocks/{made[1]}/meet/")
    assert [row["id"] for row in program.get("clocks/").json()["results"]] == made[:1]
    assert [row["id"] for row in program.get("clocks/", kind="asylum").json()["results"]] == made[:1]
    assert program.get("clocks/", kind="compensation").json()["results"] == []
    sealed = {"procedure": "titre_sejour", "sealed": False}  # the sheet says it, never who begins it
    refused(program.post(f"cases/{case}/procedures/", sealed), 400, "invalid", pointer="#/sealed")
    assert p["partner"].get("clocks/").json()["results"] == []
    refused(p["school"].get("clocks/"), 403, "forbidden")
    refused(program.get("clocks/", since="x"), 400, "invalid", parameter="since")
    refused(program.get("clocks/", cursor="x"), 400, "invalid", parameter="cursor")
