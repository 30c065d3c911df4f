"""Behind PgBouncer in transaction mode, with the file of production: no account reads under another's context."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
from django.db import DatabaseError, connection, connections, transaction

from bench.load.pooler import ROLES, Pooler
from foundation.actor import acting_as
from referral.config.environment import TIMEOUTS, database
from tests import factories as f
from tests.referral.config.test_beat import Beat
from victims.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS, ROUNDS, SERVERS = 16, 15, 2


@pytest.fixture
def pooler(transactional_db):
    server = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
    made = Pooler(server, connections["default"].settings_dict["NAME"], SERVERS)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def asked(url: str, *statements: str) -> list[tuple]:
    """Run statements on a connection of their own, each in a transaction; return the rows."""
    found = []
    with closing(psycopg2.connect(url)) as client, client.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            found.append(cursor.fetchone())
            client.commit()
    return found


@pytest.mark.parametrize(("variable", "role"), [("DATABASE_URL", "app"), ("WORKER_DATABASE_URL", "worker")])
def test_pooler_sets_the_limits_of_each_role(pooler, variable, role):
    names = (*TIMEOUTS[role], "jit")
    shown = "SELECT extract(epoch FROM current_setting(%s)::interval)"
    with closing(psycopg2.connect(pooler.urls[variable])) as client, client.cursor() as cursor:
        found = {}
        for name in names[:-1]:
            cursor.execute(shown, [name])
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT current_setting('jit'), current_user")
        assert cursor.fetchone() == ("off", ROLES[variable][0])
    assert found == TIMEOUTS[role]


def test_context_of_an_account_ends_with_its_transaction(pooler, monkeypatch):
    """Sixteen clients share two connections; each of them is one account, then the other, then nobody."""
    own = {}
    f.national()
    for member in (f.member(f.shelter()), f.member(f.shelter())):
        own[member] = {f.own_case(member).pk, f.own_case(member).pk}
    for name, value in database(pooler.urls["DATABASE_URL"], "app", pooled=True).items():
        monkeypatch.setitem(connections.settings["default"], name, value)
    served: dict[int, set[int]] = {}

    def work(seed: int) -> list[str]:
        chance, wrong = random.Random(seed), []
        try:
            for _ in range(ROUNDS):
                member = chance.choice([*own])
                with acting_as(member), connection.cursor() as cursor:
                    seen = set(Case.objects.values_list("pk", flat=True))
                    time.sleep(chance.random() / 200)
                    cursor.execute("SELECT pg_backend_pid(), current_setting('nrm.membership')")
                    server, said = cursor.fetchone()
                    served.setdefault(server, set()).add(member.pk)
                    if (seen, said) != (own[member], str(member.pk)):
                        wrong.append(f"{member.pk} read as {said}")
                try:
                    with transaction.atomic():
                        wrong.append(f"nobody read {Case.objects.count()} cases")
                except DatabaseError as error:
                    if "no actor context" not in str(error):
                        wrong.append(str(error))
        finally:
            connection.close()
        return wrong

    with ThreadPoolExecutor(CLIENTS) as pool:
        wrong = [each for found in pool.map(work, range(CLIENTS)) for each in found]
    assert wrong == []
    assert 1 <= len(served) <= SERVERS and all(len(members) == 2 for members in served.values())


def test_what_is_set_for_a_session_would_leak(pooler):
    """Otherwise the test above would hold without a pooler, or with one that keeps a connection for each client."""
    left = "SELECT set_config('nrm.left', 'here', false)"
    url = pooler.urls["DATABASE_URL"]
    assert asked(url, left, "SELECT current_setting('nrm.left', true)")
    assert ("here",) in [asked(url, "SELECT current_setting('nrm.left', true)")[0] for _ in range(5)]


def test_pooled_connection_asks_for_nothing_that_a_session_keeps():
    plain, pooled = (database("postgresql://nrm_app@db/nrm_web", "app", pooled=pooled) for pooled in (False, True))
    assert "lock_timeout" in plain["OPTIONS"]["options"] and not plain["DISABLE_SERVER_SIDE_CURSORS"]
    assert pooled["OPTIONS"] == {} and pooled["DISABLE_SERVER_SIDE_CURSORS"]


def test_one_of_two_beats_publishes_behind_a_pooler(pooler, monkeypatch, tmp_path):
    for name, value in database(pooler.urls["WORKER_DATABASE_URL"], "worker", pooled=True).items():
        monkeypatch.setitem(connections.settings["default"], name, value)
    beats = [Beat(tmp_path / name) for name in ("first", "second")]
    for _ in range(3):
        for beat in beats:
            beat.do(beat.scheduler._look)
    assert [beat.scheduler.mine for beat in beats] == [True, False]
    for beat in beats:
        beat.die()
