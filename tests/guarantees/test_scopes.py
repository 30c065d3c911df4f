"""What a token may do: each operation of the API with each set of scopes, against expected/scopes.csv, written by hand.

The sight of a token with the scope of alerts alone is held by row security as well: it is asked here by a bare query.
"""

import csv
import json
import re
import uuid
from pathlib import Path

import pytest
from django.core.cache import cache

from agencies.models import ApiClient, Scope
from referral.api.middleware import request_quota
from referral.models import Alert
from tests import factories as f
from tests.guarantees.conditions import sample
from tests.notifications.post import fan_out
from tests.referral.api import Caller, refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {
    row["operation"]: row["scopes"] for row in csv.DictReader((ROOT / "tests/guarantees/expected/scopes.csv").open())
}
PATHS = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
OPERATIONS = {
    one["operationId"]: (method, address, one) for address, methods in PATHS.items() for method, one in methods.items()
}
DANGER = {
    "territory": "75", "when": "today", "minor": "no", "danger": "yes", "none_of_these": True, "agreement": "not_asked"
}  # fmt: skip


def allowed(said: str, held: set[str]) -> bool:
    """Return whether a line of the file lets these scopes do it."""
    return said == "any" or any(set(one.split(" and ")) <= held for one in said.split(" or "))


def sets() -> list[set[str]]:
    """Return the sets that tell a scope from the others: none, each alone, all but one, all, and what works."""
    every = set(Scope.values)
    return [set(), *({one} for one in every), *(every - {one} for one in every), every, {"read", "work"}]


def somewhere(address: str) -> str:
    """Return an address of this form where nothing is."""
    given = {
        "id": "1" if re.match("/api/v1/(notices|silent-desks|survey)/", address) else str(uuid.uuid4()),
        "name": "nowhere",
    }
    return re.sub(r"\{(\w+)\}", lambda m: given.get(m[1], str(uuid.uuid4())), address).removeprefix("/api/v1/")


def test_each_operation_takes_the_scopes_of_the_file_and_says_so_in_the_document():
    assert set(EXPECTED) == set(OPERATIONS) - {"get_token"}, "write its scopes in tests/guarantees/expected/scopes.csv"
    for name, said in EXPECTED.items():
        written = [set(one["oauth2"]) for one in OPERATIONS[name][2]["security"]]
        wanted = [set()] if said == "any" else [set(one.split(" and ")) for one in said.split(" or ")]
        assert written == wanted, name


@pytest.mark.proof
def test_each_operation_is_refused_without_its_scopes_and_goes_on_with_them(monkeypatch):
    """A refusal says which scope is missing, before anything is looked for: it is the same wherever something is."""
    monkeypatch.setattr(request_quota, "ORDINARY", 10**6)
    program, wrong = f.program(f.shelter()), []
    for held in sets():
        caller = Caller(program, scope=" ".join(held))
        for name, said in sample(list(EXPECTED.items())):
            method, address, _one = OPERATIONS[name]
            answer = getattr(caller, method)(somewhere(address))
            missing = answer.status_code == 403 and "insufficient_scope" in answer.headers.get("WWW-Authenticate", "")
            if missing == allowed(said, held):
                wrong.append(f"{name} with {sorted(held)}: {answer.status_code}, the file says {said}")
    assert not wrong, "\n".join(wrong)


def test_what_is_taken_from_a_program_is_taken_from_its_tokens():
    program = f.program(f.shelter())
    caller = Caller(program)
    assert caller.get("cases/").status_code == 200
    with as_role("nrm_owner"):
        ApiClient.objects.filter(membership=program).update(scopes=["alert"])
    refused(caller.get("cases/"), 403, "forbidden")
    assert 'scope="read"' in caller.get("cases/")["WWW-Authenticate"]
    assert caller.get("alerts/").status_code == 200


def test_a_danger_goes_through_with_the_smallest_scope_and_even_beyond_the_quota(monkeypatch):
    f.national(), f.coordination()
    caller = Caller(f.program(f.shelter()), scope="alert")
    monkeypatch.setattr(request_quota, "ORDINARY", 1)
    cache.clear()
    sent = [caller.post("alerts/", {**DANGER, "id": str(uuid.uuid4())}).status_code for _ in range(3)]
    assert sent == [201, 201, 201]
    refused(caller.get("alerts/"), 429, "too-many-requests")
    cache.clear()


def test_a_token_for_alerts_sees_what_its_program_sent_and_nothing_of_its_agency():
    """The program works on cases; its token was asked for with one scope. The other row is a colleague's."""
    f.national(), f.coordination()
    home = f.shelter()
    program, colleague = f.program(home), f.member(home)
    theirs = f.sent_alert(colleague)
    caller = Caller(program, scope="alert")
    mine = caller.post("alerts/", DANGER).json()["id"]
    fan_out()
    assert [row["id"] for row in caller.get("alerts/").json()["results"]] == [mine]
    assert caller.get(f"alerts/{mine}/").status_code == 200
    refused(caller.get(f"alerts/{theirs.pk}/"), 404, "not-found")
    whole = Caller(program)
    assert {row["id"] for row in whole.get("alerts/").json()["results"]} == {mine, str(theirs.pk)}
    assert whole.get(f"alerts/{theirs.pk}/").status_code == 200


def test_row_security_holds_a_token_for_alerts(monkeypatch):
    """The filter of the list is taken away: the database shows the same."""
    f.national(), f.coordination()
    home = f.shelter()
    program, colleague = f.program(home), f.member(home)
    theirs = f.sent_alert(colleague)
    monkeypatch.setattr("referral.api.views.records.AlertSingle.get_queryset", lambda self: Alert.objects.all())
    refused(Caller(program, scope="alert").get(f"alerts/{theirs.pk}/"), 404, "not-found")
    assert Caller(program).get(f"alerts/{theirs.pk}/").status_code == 200
