"""Cases, orientations, notices and reference lists by API: what each agency gets, and what its neighbour does not."""

import uuid
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import connection

from agencies.models import Category, Kind, Level, Role
from foundation.actor import SYSTEM, acting_as
from journal.models import Entry
from referral.models import OrientationMove
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role
from victims.identity.operations import enter_identity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter, other = f.coordination(), f.shelter(), f.shelter()
    return {
        "coord": Caller(f.program(unit, Role.COORDINATOR)),
        "shelter": Caller(f.program(shelter)),
        "other": Caller(f.program(other)),
        "front": Caller(f.program(shelter, Role.FRONTLINE)),
    }


def sent(p, **fields):
    """A case coordination leads, and a request to the shelter. Made by people; the programs find it."""
    lead = f.member(p["coord"].member.agency, Role.COORDINATOR)
    case = f.case(lead, note="MARQUEUR-RECIT")
    return case, f.orientation(lead, case, p["shelter"].member.agency, **fields)


def test_request_answered_to_the_end(p):
    case, made = sent(p, level=Level.FILE)
    [row] = p["shelter"].get("orientations/").json()["results"]
    assert (row["id"], row["state"], row["level"], row["categories"]) == (str(made.pk), "sent", "file", [])
    assert row["actions"] == ["open", "accept", "decline", "ask"]
    address = f"orientations/{made.pk}/"
    unread = p["shelter"].get(address).json()
    assert "sheet" not in unread and "case" not in unread
    opened = p["shelter"].post(f"{address}open/")
    assert (opened.status_code, opened.json()["state"]) == (200, "opened"), opened.content
    assert set(opened.json()["sheet"]) == {"summary", "file"}
    assert str(case.pk) not in opened.content.decode()
    assert opened.json()["actions"] == ["accept", "decline", "ask"]

    accepted = p["shelter"].post(f"{address}accept/", {"comment": "Place tenue"}).json()
    assert (accepted["state"], accepted["case"], accepted["actions"]) == ("accepted", str(case.pk), ["start"])
    read = p["shelter"].get(f"cases/{case.pk}/").json()
    assert (read["level"], read["lead"]) == ("file", False)
    assert read["texts"][0]["note"] == "MARQUEUR-RECIT"
    assert p["shelter"].post(f"{address}start/").json()["state"] == "in_progress"
    done = p["shelter"].post(f"{address}complete/", {"outcome": "services"})
    assert (done.status_code, done.json()["state"], done.json()["actions"]) == (200, "completed", []), done.content
    refused(p["shelter"].get(f"cases/{case.pk}/"), 404, "not-found")

    follow = p["coord"].get(address).json()
    comments = {move["action"]: move["comment"] for move in follow["moves"]}
    assert set(comments) == {"send", "open", "accept", "start", "complete"}
    assert comments["accept"] == "Place tenue"
    assert p["coord"].get("orientations/sent/").json()["results"][0]["state"] == "completed"


def test_declined_with_a_reason(p):
    _case, made = sent(p)
    address = f"orientations/{made.pk}/decline/"
    for body, pointer in (
        ({}, "#/reason"),
        ({"reason": ""}, "#/reason"),
        ({"reason": "too far"}, "#/reason"),
        ({"reason": ["no_place"]}, "#/reason"),
        ({"reason": "no_place", "comment": "x" * 501}, "#/comment"),
        ({"reason": "no_place", "comment": 1}, "#/comment"),
        ({"reason": "no_place", "state": "accepted"}, "#/state"),
    ):
        refused(p["shelter"].post(address, body), 400, "invalid", pointer=pointer)
    refused(p["shelter"].post(address, {"reason": "no_place"}, key=None), 400, "idempotency-key-missing")
    declined = p["shelter"].post(address, {"reason": "no_place"}, key="cle-de-l-essai-1")
    assert (declined.json()["state"], "sheet" in declined.json()) == ("declined", False)
    again = p["shelter"].post(address, {"reason": "no_place"}, key="cle-de-l-essai-1")
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    refused(p["shelter"].post(address, {"reason": "other"}, key="cle-de-l-essai-1"), 422, "idempotency-key-reused")
    with as_role("nrm_owner"):
        assert OrientationMove.objects.filter(action="decline").count() == 1


# state -> what the desk's program may post there; everything else is 409
ALLOWED = {
    "sent": {"open", "accept", "decline"},
    "opened": {"open", "accept", "decline"},
    "accepted": {"open", "start"},
    "in_progress": {"open", "complete"},
    "completed": set(),
    "declined": set(),
    "withdrawn": set(),
}
BODIES = {"open": {}, "accept": {}, "decline": {"reason": "no_place"}, "start": {}, "complete": {"outcome": "services"}}


@pytest.mark.parametrize("state", ALLOWED)
def test_out_of_order(p, state):
    for action, body in BODIES.items():
        _case, made = sent(p, state=state)
        response = p["shelter"].post(f"orientations/{made.pk}/{action}/", body)
        if action in ALLOWED[state]:
            assert response.status_code == 200, (action, response.content)
        else:
            refused(response, 409, "wrong-state")
            with as_role("nrm_owner"):
                made.refresh_from_db()
            assert made.state == state


def test_who_may_not_answer(p):
    _case, made = sent(p)
    with as_role("nrm_owner"):
        Entry.objects.all().delete()
    for action, body in BODIES.items():
        address = f"orientations/{made.pk}/{action}/"
        hidden = refused(p["other"].post(address, body), 404, "not-found")
        never = refused(p["other"].post(f"orientations/{uuid.uuid4()}/{action}/", body), 404, "not-found")
        assert {**hidden, "trace_id": ""} == {**never, "trace_id": ""}
        refused(p["coord"].post(address, body), 403, "forbidden")  # its sender does not answer it
        refused(p["front"].post(address, body), 403, "forbidden")  # same agency, a role that sees no cases
    with as_role("nrm_owner"):
        told = Entry.objects.filter(outcome="refused").values_list("membership_id", flat=True)
        assert [list(told).count(p[name].member.pk) for name in ("other", "coord", "front")] == [10, 5, 5]
        made.refresh_from_db()
    assert made.state == "sent"


def test_cases_by_level(p):
    lead = f.member(p["coord"].member.agency, Role.COORDINATOR)
    case = f.case(lead, note="MARQUEUR-RECIT")
    [row] = p["coord"].get("cases/").json()["results"]
    assert (row["id"], row["level"], row["lead"], row["categories"]) == (str(case.pk), "summary", True, [])
    detail = p["coord"].get(f"cases/{case.pk}/").json()
    assert detail["consents"] and detail["lead_agency"]["id"] == p["coord"].member.agency_id
    assert not {"observations", "assessment", "texts"} & set(detail)

    # the shelter takes over by transfer: coordination keeps the state, so the row and no case
    made = f.orientation(lead, case, p["shelter"].member.agency, verb="transfer", level=Level.FILE)
    refused(p["shelter"].get(f"cases/{case.pk}/"), 404, "not-found")
    assert p["shelter"].get("cases/").json()["results"] == []
    assert p["shelter"].post(f"orientations/{made.pk}/accept/").status_code == 200
    assert p["shelter"].get(f"cases/{case.pk}/").json()["lead"] is True
    assert [r["level"] for r in p["coord"].get("cases/").json()["results"]] == ["status"]
    status_only = refused(p["coord"].get(f"cases/{case.pk}/"), 404, "not-found")
    never = refused(p["coord"].get(f"cases/{uuid.uuid4()}/"), 404, "not-found")
    assert {**status_only, "trace_id": ""} == {**never, "trace_id": ""}
    assert p["other"].get("cases/").json()["results"] == []
    refused(p["front"].get("cases/"), 403, "forbidden")
    assert p["shelter"].get("cases/", status="closed").json()["results"] == []
    assert len(p["shelter"].get("cases/", status="open", reference=case.reference[:3]).json()["results"]) == 1


def test_no_identity_and_no_contact(p):
    lead = f.member(p["shelter"].member.agency)
    case = f.own_case(lead, note="MARQUEUR-RECIT")
    agreed = f.consent(lead, case, agencies=[lead.agency_id], categories=Category.IDENTITY)
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=agreed, data={"family_name": "MARQUEUR-NOM"})
    responses = p["shelter"].get("cases/"), p["shelter"].get(f"cases/{case.pk}/")
    assert [r.status_code for r in responses] == [200, 200]
    assert responses[0].json()["results"][0]["categories"] == ["identity", "contact", "health"]
    assert all(b"MARQUEUR-NOM" not in r.content for r in responses)
    with as_role("nrm_owner"):
        read = Entry.objects.filter(action="case.read", membership_id=p["shelter"].member.pk)
        assert [str(entry.case_id) for entry in read] == [str(case.pk)]


def test_notices(p):
    _case, made = sent(p)
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(100)")
    [notice] = p["shelter"].get("notices/").json()["results"]
    assert (notice["kind"], notice["subject"], notice["subject_id"]) == (
        "orientation_sent",
        "orientation",
        str(made.pk),
    )
    assert p["other"].get("notices/").json()["results"] == []
    assert len(p["shelter"].get("notices/", updated_since=notice["at"]).json()["results"]) == 1
    assert p["shelter"].get("notices/", updated_since="2999-01-01T00:00:00Z").json()["results"] == []
    refused(p["shelter"].get("notices/", updated_since="hier"), 400, "invalid", parameter="updated_since")


def test_reference_lists(p):
    names = [row["name"] for row in p["other"].get("reference/").json()["results"]]
    assert {"forms", "decline_reasons", "services", "territories", "indicators", "desks"} <= set(names)
    for name in names:
        found = p["other"].get(f"reference/{name}/").json()
        assert found["results"], name
        assert all({"code", "label_fr", "label_en"} <= set(row) for row in found["results"]), name
    signs = p["other"].get("reference/indicators/").json()
    assert (signs["validated"], bool(signs["version"])) == (False, True)
    assert len(signs["results"]) > 60
    refused(p["other"].get("reference/users/"), 404, "not-found")
    refused(p["other"].get("reference/forms/", q="x"), 400, "invalid", parameter="q")


@pytest.mark.parametrize(
    "path", ["alerts/", "alerts/received/", "cases/", "orientations/", "orientations/sent/", "notices/"]
)
def test_same_statements_at_any_size(p, path, django_assert_num_queries):
    """BEGIN, membership with the name of the transaction, context, position, page, the log of the call, COMMIT; in a
    test savepoints for the first and the last, and the context taken back. Cases ask their own labels too. One list per
    agency that has something."""
    who = p["shelter"] if path in ("orientations/", "notices/") else p["coord"]
    found = []
    for more in (1, 4):
        for _n in range(more):
            lead = f.member(p["coord"].member.agency, Role.COORDINATOR)
            f.sent_alert(lead, agreement="not_asked", recipients=[])
            f.orientation(lead, f.case(lead), p["shelter"].member.agency)
            f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
        with django_assert_num_queries(9 if path == "cases/" else 8):
            found.append(len(who.get(path).json()["results"]))
    if path != "notices/":
        assert 0 < found[0] < found[1]
