"""What an administrator reads of the calls of a program: that they were made, never what they were about."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from agencies.models import ProgramCall, Role
from foundation.actor import acting_as
from referral.tasks import forget
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national(), f.coordination()
    home, away = f.shelter(), f.shelter()
    return {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "program": f.program(home),
        "stranger": f.member(away, Role.AGENCY_ADMIN),
        "theirs": f.program(away),
        "case": f.own_case(f.member(home)),
    }


def kept(program) -> list[tuple[str, int]]:
    with as_role("nrm_owner"):
        return list(ProgramCall.objects.filter(membership=program).order_by("at").values_list("operation", "status"))


def test_each_call_is_kept_refused_ones_too_and_none_says_about_what(w):
    caller = Caller(w["program"])
    read = caller.get(f"cases/{w['case'].pk}/")
    gone = caller.get(f"cases/{w['theirs'].pk:032d}/")
    wrong = caller.post("alerts/", {"territory": "MARQUEUR"})
    Caller(w["program"], scope="alert").get("cases/")
    caller.client.get("/api/v1/cases/", headers={"Authorization": "Bearer nobody"})
    assert (read.status_code, gone.status_code, wrong.status_code) == (200, 404, 400)
    assert kept(w["program"]) == [
        ("GET /cases/{id}/", 200), ("GET /", 404), ("POST /alerts/", 400), ("GET /cases/", 403)
    ]  # fmt: skip
    with as_role("nrm_owner"):
        rows = list(ProgramCall.objects.values_list("trace", "took", "operation"))
    assert read["X-Request-Id"] in [trace for trace, *_ in rows]
    said = repr(rows)
    assert str(w["case"].pk) not in said and "MARQUEUR" not in said and all(took < 60_000 for _t, took, _o in rows)


def test_administrators_of_the_agency_read_them_and_nobody_else(w):
    Caller(w["program"]).get("cases/")
    Caller(w["theirs"]).get("alerts/")
    page = text(Hand(w["boss"]).get("program-calls", w["program"].pk))
    assert "GET /cases/" in page and "GET /alerts/" not in page
    assert "Requêtes faites par ce logiciel" in text(Hand(w["boss"]).get("program", w["program"].pk))
    assert Hand(w["worker"]).get("program-calls", w["program"].pk).status_code == 403
    assert Hand(w["stranger"]).get("program-calls", w["program"].pk).status_code == 404
    for name, seen in (
        ("boss", {w["program"].pk}),
        ("worker", set()),
        ("program", set()),
        ("stranger", {w["theirs"].pk}),
    ):
        with acting_as(w[name]):
            assert set(ProgramCall.objects.values_list("membership", flat=True)) == seen, name


def test_a_program_writes_its_own_calls_and_changes_none(w):
    call = {"operation": "GET /", "status": 200, "took": 1, "trace": "x"}
    with acting_as(w["program"]):
        ProgramCall(membership=w["program"], **call).save(force_insert=True)
        for act in (
            lambda: ProgramCall(membership=w["theirs"], **call).save(force_insert=True),
            lambda: ProgramCall.objects.update(status=500),
            lambda: ProgramCall.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
    with acting_as(w["boss"]), pytest.raises(DatabaseError), transaction.atomic():
        ProgramCall.objects.filter(membership=w["program"])._raw_delete("default")
    assert kept(w["program"]) == [("GET /", 200)]


def test_they_are_forgotten_after_a_month(w):
    with as_role("nrm_owner"):
        for name, days in (("old", 31), ("young", 29)):
            at = timezone.now() - timedelta(days=days)
            ProgramCall.objects.create(membership=w["program"], at=at, operation=name, status=200, took=1, trace="x")
    with as_role("nrm_worker"):
        forget()
    assert kept(w["program"]) == [("young", 200)]


def test_the_list_is_read_by_pages(w):
    with as_role("nrm_owner"):
        ProgramCall.objects.bulk_create(
            ProgramCall(membership=w["program"], operation=f"GET /{n}/", status=200, took=1, trace="x")
            for n in range(60)
        )
    first = Hand(w["boss"]).get("program-calls", w["program"].pk)
    assert first.content.decode().count("<tr><th") == 26 and "cursor=" in first.content.decode()
