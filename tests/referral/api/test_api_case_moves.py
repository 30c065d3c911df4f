"""The moves of a case by programs: who may, when, once for one key, and what a closing asks and leaves."""

from copy import deepcopy

import pytest
from django.core.cache import cache

from agencies.models import Role
from journal.models import Entry
from referral.models import CaseMove, CaseOutcome
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NOWHERE = "cases/00000000-0000-0000-0000-000000000007/"
CLOSING = {"reason": "autonomy", "wish": "Un logement à elle.", "feedback": "L'écoute a compté."}


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """The unit leads the case, the shelter carries a request at level 2, the other has a request and no access yet."""
    f.national()
    unit, shelter, other = f.coordination(), f.shelter(), f.shelter()
    lead = f.member(unit, Role.COORDINATOR)
    case = f.case(lead, author=f.member(f.agency("education", desk=False), Role.FRONTLINE))
    people = {
        "coord": Caller(f.program(unit, Role.COORDINATOR)),
        "reader": Caller(f.program(unit, Role.FRONTLINE)),
        "shelter": Caller(f.program(shelter)),
        "other": Caller(f.program(other)),
    }
    f.orientation(lead, case, shelter, state="in_progress", answerer=f.member(shelter))
    f.orientation(lead, case, other)
    return people | {"case": case, "at": f"cases/{case.pk}/"}


def moves(case) -> list[tuple[str, str]]:
    with as_role("nrm_owner"):
        return list(CaseMove.objects.filter(case=case).order_by("at").values_list("action", "after"))


def test_from_open_to_closed_and_back(p):
    """Each move is named before it can be done, and not after."""
    coord, at = p["coord"], p["at"]
    for action, body, status, named in (
        (None, {}, "open", ["start_support", "close"]),
        ("start_support", {}, "in_support", ["follow_up", "close"]),
        ("follow_up", {}, "follow_up", ["start_support", "close"]),
        ("start_support", {}, "in_support", ["follow_up", "close"]),
        ("close", CLOSING, "closed", ["reopen"]),
        ("reopen", {}, "open", ["start_support", "close"]),
    ):
        answer = coord.post(f"{at}{action}/", body) if action else coord.get(at)
        assert answer.status_code == 200, answer.content
        found = answer.json()
        assert (found["status"], found["actions"]) == (status, named)
        assert found["closure_reason"] == ("autonomy" if status == "closed" else "")
        [row] = coord.get("cases/").json()["results"]
        assert (row["status"], row["actions"]) == (status, named)
        for wrong in {"start_support", "follow_up", "close", "reopen"} - set(named):
            refused(coord.post(f"{at}{wrong}/", CLOSING if wrong == "close" else {}), 409, "wrong-state")
    assert [action for action, _after in moves(p["case"])] == [
        *("start_support", "follow_up", "start_support", "close", "reopen")
    ]
    with as_role("nrm_owner"):
        assert CaseOutcome.objects.get().data == {"wish": CLOSING["wish"], "feedback": CLOSING["feedback"]}


def test_only_its_lead_moves_a_case(p):
    """Who carries a request sees it and may not: 403. Who has no access: 404, as for an id that never was."""
    for action, body in (("start_support", {}), ("follow_up", {}), ("close", CLOSING), ("reopen", {})):
        refused(p["shelter"].post(f"{p['at']}{action}/", body), 403, "forbidden")
        refused(p["reader"].post(f"{p['at']}{action}/", body), 403, "forbidden")  # the lead's, a role that sees none
        unknown = refused(
            p["other"].post(f"cases/00000000-0000-0000-0000-000000000007/{action}/", body), 404, "not-found"
        )
        hidden = refused(p["other"].post(f"{p['at']}{action}/", body), 404, "not-found")
        assert {**hidden, "trace_id": ""} == {**unknown, "trace_id": ""}
    assert p["shelter"].get(p["at"]).json()["actions"] == []
    assert moves(p["case"]) == []


def test_what_a_closing_asks(p):
    at = f"{p['at']}close/"
    for wrong, pointer in (
        ({}, "#/reason"),
        ({"reason": "because"}, "#/reason"),
        ({"reason": "duplicate_of_another"}, "#/reason"),
        ({**CLOSING, "wish": "x" * 2001}, "#/wish"),
        ({**CLOSING, "name": "MARQUEUR"}, "#/name"),
    ):
        refused(p["coord"].post(at, wrong), 400, "invalid", pointer=pointer)
    refused(p["coord"].post(f"{p['at']}start_support/", {"reason": "autonomy"}), 400, "invalid", pointer="#/reason")
    assert moves(p["case"]) == []
    assert p["coord"].post(at, {"reason": "autonomy"}).status_code == 200  # the words are not compulsory
    with as_role("nrm_owner"):
        assert not CaseOutcome.objects.exists()


def test_a_closing_leaves_the_state_to_who_carried_a_request(p):
    assert p["shelter"].get(p["at"]).json()["level"] == "summary"
    p["coord"].post(f"{p['at']}close/", CLOSING)
    refused(p["shelter"].get(p["at"]), 404, "not-found")
    [row] = p["shelter"].get("cases/").json()["results"]
    assert (row["level"], row["status"], row["actions"]) == ("status", "closed", [])
    assert p["other"].get("cases/").json()["results"] == []
    assert [o["state"] for o in p["other"].get("orientations/").json()["results"]] == ["withdrawn"]
    p["coord"].post(f"{p['at']}reopen/")
    refused(p["shelter"].get(p["at"]), 404, "not-found")


def test_one_key_is_one_move(p):
    at = f"{p['at']}close/"
    refused(p["coord"].post(at, CLOSING, key=None), 400, "idempotency-key-missing")
    first, again = (p["coord"].post(at, CLOSING, key="cloture-de-l-essai") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    refused(p["coord"].post(at, {"reason": "autonomy"}, key="cloture-de-l-essai"), 422, "idempotency-key-reused")
    assert moves(p["case"]) == [("close", "closed")]
    with as_role("nrm_owner"):
        said = list(Entry.objects.filter(case_id=p["case"].pk).values_list("action", flat=True))
    # an answer that shows the case is a reading
    assert (said.count("case.close"), said.count("case.read")) == (1, 2)
