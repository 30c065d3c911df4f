"""A test client reads and writes a fictitious space of its own, and nothing else; nobody else reads or writes there."""

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Sandbox
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.models import Alert
from referral.sandbox.operations import copies, spaces
from tests.referral.api import Caller
from tests.roles import as_role

from . import ALERT, Developer, pass_of_the_worker, with_test_client

pytestmark = [pytest.mark.django_db, pytest.mark.long]  # each copies a database


def real_rows() -> dict[str, int]:
    """How many rows each table of the real base has."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_developer_writes_and_reads_fiction_and_no_real_row_moves(w):
    test = with_test_client(w["boss"], w["program"])
    before = real_rows()
    given = test.ask_token()
    assert given.status_code == 200, given.content
    assert given["Repere-Space"] == "test"
    assert test.token.startswith("test_") and test.client_id.startswith("test_")
    sent = test.post("alerts/", ALERT)
    assert (sent.status_code, sent["Repere-Space"]) == (201, "test"), sent.content
    listed = test.get("alerts/")
    assert ids(listed) == [sent.json()["id"]] or sent.json()["id"] in ids(listed)
    waiting = test.get("alerts/received/")
    assert waiting.status_code == 200 and waiting.json()["results"]
    asked = test.get("orientations/")
    assert asked.json()["results"][0]["state"] == "sent"
    assert test.get("cases/").json()["results"]
    assert real_rows() == before
    with as_role("nrm_owner"):
        assert not Alert.objects.filter(pk=sent.json()["id"]).exists()


def test_a_real_token_never_reaches_the_space(w):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    made = test.post("alerts/", ALERT).json()["id"]
    real = Caller(w["program"])
    answer = real.get(f"alerts/{made}/")
    assert answer.status_code == 404 and "Repere-Space" not in answer
    assert real.get("alerts/").json()["results"] == []
    assert real.post("sandbox/reset/", {}).status_code == 404


def test_a_token_of_a_test_client_opens_nothing_of_the_real_base(w, settings):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    assert test.get("cases/").status_code == 200
    settings.SANDBOX_TEMPLATE = ""  # nothing leads it away
    refused = test.get("cases/")
    assert refused.status_code == 401 and "Repere-Space" not in refused
    assert Developer(test.client_id, test.secret).ask_token().status_code == 401


@pytest.mark.parametrize("altered", ["client", "signature", "end", "real in front", "name alone"])
def test_a_token_we_did_not_sign_reaches_no_space(w, altered):
    test = with_test_client(w["boss"], w["program"])
    second = with_test_client(w["boss"], w["second"])
    test.ask_token()
    client, drawn, end, signature = test.token.split(".")
    test.token = {
        "client": f"{second.client_id}.{drawn}.{end}.{signature}",
        "signature": f"{client}.{drawn}.{end}.{'0' * 64}",
        "end": f"{client}.{drawn}.{int(end) + 9}.{signature}",
        "real in front": f"x.{test.token}",
        "name alone": client,
    }[altered]
    refused = test.get("cases/")
    assert refused.status_code == 401 and "Repere-Space" not in refused


def test_two_programs_never_see_each_other(w):
    one, two = with_test_client(w["boss"], w["program"]), with_test_client(w["other_boss"], w["other"])
    one.ask_token(), two.ask_token()
    made = one.post("alerts/", ALERT).json()["id"]
    assert one.get(f"alerts/{made}/").status_code == 200
    assert two.get(f"alerts/{made}/").status_code == 404
    swapped = Developer(two.client_id, one.secret)
    assert swapped.ask_token().status_code == 401
    # the body names another client than the header: counted and led by the header, known there by nobody else
    crossed = Developer(one.client_id, one.secret).ask_token(client_id=two.client_id, client_secret=two.secret)
    assert crossed.status_code in (200, 400, 401)
    if crossed.status_code == 200:
        assert crossed.json()["access_token"].startswith(one.client_id)


def test_quotas_are_apart(w):
    """The number of a member of a space may be that of a real program: neither takes of the other's requests."""
    test, real = with_test_client(w["boss"], w["program"]), Caller(w["program"])
    test.ask_token()
    for _ in range(3):
        left = test.get("alerts/")["RateLimit"]
    assert "r=297" in left
    assert "r=299" in real.get("alerts/")["RateLimit"]


def test_a_reset_by_page_or_program_leaves_a_fresh_space_and_ends_tokens(w):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    made = test.post("alerts/", ALERT).json()["id"]
    soon = test.post("sandbox/reset/", {})
    assert soon.status_code == 429 and soon["Retry-After"] == "60"
    later(w)
    before = Sandbox_of(w)
    assert test.post("sandbox/reset/", {}).status_code == 202
    waits = test.get("alerts/")
    assert (waits.status_code, waits["Retry-After"]) == (503, "5")
    assert test.ask_token().status_code == 503
    pass_of_the_worker()
    assert Sandbox_of(w).database != before.database
    assert test.ask_token().status_code == 200
    assert made not in ids(test.get("alerts/"))
    later(w)
    with acting_as(w["boss"]):
        spaces.reset(w["boss"], w["program"].pk)
        with pytest.raises(WrongState):
            spaces.reset(w["boss"], w["program"].pk)
    former = test.token
    pass_of_the_worker()
    assert test.get("alerts/").status_code == 401
    assert test.ask_token().status_code == 200 and test.token != former


def later(w) -> None:
    with as_role("nrm_owner"):
        old = timezone.now() - timezone.timedelta(minutes=2)
        Sandbox.objects.filter(membership=w["program"]).update(made_at=old, wanted_at=old)


def Sandbox_of(w, name="program") -> Sandbox:
    with as_role("nrm_owner"):
        return Sandbox.objects.get(membership=w[name])


def databases(settings) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{settings.SANDBOX_TEMPLATE}\\_%"])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("how", ["ended", "cut", "unused"])
def test_a_space_that_is_over_is_dropped(w, settings, how):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    name = Sandbox_of(w).database
    assert name in databases(settings)
    if how == "ended":
        with acting_as(w["boss"]):
            spaces.end(w["boss"], w["program"].pk)
    with as_role("nrm_owner"):
        if how == "cut":
            w["program"].active = False
            w["program"].save()
        if how == "unused":
            Sandbox.objects.update(used_at=timezone.now() - Sandbox.UNUSED)
    if how != "unused":
        assert test.get("cases/").status_code == 401
    pass_of_the_worker()
    assert name not in databases(settings)
    assert test.get("cases/").status_code == 401
    with as_role("nrm_owner"):
        assert not Sandbox.objects.exists()


def test_one_pass_at_a_time(w, settings, monkeypatch):
    """Two passes at once would each make a copy, and one would drop what the other is dropping."""
    free = []

    def wanted(stamp):
        with copies.administration() as cursor:
            cursor.execute(copies.ALONE.replace("pg_", "pg_try_"), [settings.SANDBOX_TEMPLATE])
            free.append(cursor.fetchone()[0])
        return []

    monkeypatch.setattr(copies, "_wanted", wanted)
    pass_of_the_worker()
    assert free == [False]


def test_what_failed_halfway_is_dropped_by_the_next_pass(w, settings, monkeypatch):
    def lost(database=""):
        raise KeyboardInterrupt if database else AssertionError

    real = copies.administration
    monkeypatch.setattr(copies, "administration", lambda database="": lost(database) if database else real())
    with pytest.raises(KeyboardInterrupt):
        with_test_client(w["boss"], w["program"])
    [half] = databases(settings)
    monkeypatch.undo()
    pass_of_the_worker()
    assert databases(settings) == {Sandbox_of(w).database} and Sandbox_of(w).database != half


def test_a_full_space_refuses_what_writes_until_it_is_reset(w, monkeypatch):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION nrm.sandbox_megabytes() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert test.get("alerts/").status_code == 200
    assert test.post("alerts/", ALERT).status_code == 429
    later(w)
    assert test.post("sandbox/reset/", {}).status_code == 202


def test_the_number_of_spaces_is_limited(w):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION nrm.sandbox_most() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with_test_client(w["boss"], w["program"], made=False)
    with acting_as(w["boss"]):
        spaces.keep(w["boss"], w["program"].pk)  # another secret of the same
        with pytest.raises(WrongState):
            spaces.keep(w["boss"], w["second"].pk)


def test_another_version_of_the_template_makes_spaces_anew(w, settings):
    test = with_test_client(w["boss"], w["program"])
    test.ask_token()
    before = Sandbox_of(w).database
    with as_role("nrm_owner"):
        Sandbox.objects.update(made_of="another")
    assert test.get("cases/").status_code == 503
    pass_of_the_worker()
    assert Sandbox_of(w).database != before and before not in databases(settings)


def test_only_an_administrator_makes_one_and_the_agency_reads_that_it_did(w):
    with acting_as(w["worker"]), pytest.raises(NotAllowed):
        spaces.keep(w["worker"], w["program"].pk)
    with_test_client(w["boss"], w["program"], made=False)
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="program.sandbox").count() == 1
    with acting_as(w["other_boss"]):
        assert not Sandbox.objects.exists()
    with acting_as(w["boss"]):
        assert Sandbox.objects.count() == 1
