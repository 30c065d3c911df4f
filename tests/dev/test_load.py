"""What `./run load` counts as failed, lost and double, and when it fails. Hosts are replaced in tests/production/."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from types import SimpleNamespace

import pytest
from django.conf import settings

from bench.faults import parts
from bench.faults.ledger import message_id
from bench.faults.post import Mail
from bench.load import __main__ as load
from bench.load import crowd, people
from bench.load.house import SIZES
from bench.load.reckoning import reckon
from dev.services import state
from tests.production.visitor import Visitor

SENT, ANSWERED = "AAAA-AAAA", "0b0e1dbb-7f29-4c2e-9f3f-0f2b3f1c1a11"
EVENT = "5f0e1dbb-7f29-4c2e-9f3f-0f2b3f1c1a12"
DESK = SIZES["silent"]


def ledger(*, alerts=(SENT,), accepted=(ANSWERED,), told=(DESK, DESK), mails=("sent", "sent"), taken=(1, 1)):
    """Return a ledger whose tables and mail server hold this. `told`: notices and members, of each channel."""
    answers = {
        "FROM referral_alert WHERE": [(reference,) for reference in alerts],
        "referral_orientation": [(pk,) for pk in accepted],
        "referral_alertdesk": [(SENT, channel, *told) for channel in ("app", "mail")],
        "SELECT event_id": [(EVENT, number, state) for number, state in enumerate(mails)],
    }
    arrived = [Mail("", "", message_id(EVENT, number), 0.0) for number, times in enumerate(taken) for _ in range(times)]
    return SimpleNamespace(
        ask=lambda sql, *values: next(rows for words, rows in answers.items() if words in sql),
        post=SimpleNamespace(mails=arrived),
        units={"silent": 1, "national": 2},
        sizes=SIZES,
    )


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ({}, (0, 0)),
        ({"alerts": ()}, (1, 0)),
        ({"accepted": ()}, (1, 0)),
        ({"told": (DESK - 1, DESK - 1)}, (2, 0)),
        ({"told": (DESK + 1, DESK)}, (0, 2)),
        ({"taken": (1, 0)}, (1, 0)),
        ({"taken": (1, 2)}, (0, 1)),
        ({"taken": (1, 1, 1)}, (0, 1)),
        ({"mails": ("sent", "failed"), "taken": (1,)}, (1, 0)),
    ],
)
def test_what_is_lost_or_double_is_counted(what, found):
    book = people.Book(sent=[SENT], answered=[ANSWERED])
    counted = reckon(ledger(**what), book)
    assert (counted["lost"], counted["double"]) == found


@pytest.mark.parametrize(
    ("body", "status", "fails"),
    [(None, 200, False), (None, 302, True), (None, 502, True), ("x", 302, False), ("x", 200, True), ("x", 409, True)],
)
def test_request_that_is_not_answered_by_its_page_has_failed(monkeypatch, body, status, fails):
    monkeypatch.setattr(Visitor, "ask", lambda *arguments: SimpleNamespace(status=status))
    book = people.Book()
    caller = people.Caller(1, "127.0.0.1", book)
    if fails:
        with pytest.raises(people.Failed):
            caller.ask("GET", f"/boite/{ANSWERED}/", body)
    else:
        caller.ask("GET", f"/boite/{ANSWERED}/", body)
    assert (len(book.failed), len(book.seconds)) == (int(fails), 1)
    assert ANSWERED not in "".join(book.failed)


def test_refused_connection_has_failed():
    book = people.Book()
    with pytest.raises(people.Failed):
        people.Caller(1, "127.0.0.1", book).ask("GET", "/")
    assert "ConnectionRefusedError" in book.failed[0]


class Still:
    """Hosts that do nothing."""

    UP, port, restarts = ("web-1",), 1, ()

    def __init__(self):
        self.place = tempfile.gettempdir()

    def up(self):
        pass

    def watch(self, seconds):
        pass

    def wait(self, done, seconds, what):
        assert done()

    def down(self, keep_logs):
        pass


@pytest.mark.parametrize(
    ("failed", "lost", "double", "asked", "code"),
    [([], 0, 0, 200, 0), (["one"], 0, 0, 200, 1), ([], 1, 0, 200, 1), ([], 0, 1, 200, 1), ([], 0, 0, 3, 1)],
)
def test_command_fails_unless_nothing_failed(monkeypatch, capsys, failed, lost, double, asked, code):
    def seven(port, book):
        book.failed += failed
        book.seconds += [0.1] * asked
        return []

    monkeypatch.setattr(load, "Hosts", Still)
    monkeypatch.setattr(load, "connected", lambda hosts, sizes: None)
    monkeypatch.setattr(load.house, "fill", lambda *_: None)
    monkeypatch.setattr(load, "seven", seven)
    monkeypatch.setattr(load, "settled", lambda ledger: True)
    monkeypatch.setattr(load, "reckon", lambda *_: {"lost": lost, "double": double, "alerts": 1, "mails": 1})
    monkeypatch.setattr(load, "second_beat", lambda *_: True)
    monkeypatch.setattr(load, "PARTS", {"restart": lambda hosts, ledger: None})
    assert load.main([]) == code
    assert load.main(["no-such-part"]) == 2
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert {"restart_failed_requests", "restart_lost", "restart_double"} <= {each["name"] for each in lines}


def said(failed: int) -> list[dict]:
    """Return what locust says of two kinds of requests."""
    times = [{"10": 300, "20": 190}, {"500": 10}]
    return [
        {"response_times": each, "num_requests": sum(each.values()), "num_failures": failed * number,
         "start_time": 100.0, "last_request_timestamp": 150.0}
        for number, each in enumerate(times)
    ]  # fmt: skip


@pytest.mark.parametrize("failed", [0, 1])
def test_figures_of_a_crowd_are_those_of_all_its_requests(capsys, failed):
    spent = Counter(
        {"web-1": 3.0, "web-2": 2.0, "all-1": 1.0, "beat": 0.5, "PostgreSQL": 4.0, "Valkey": 0.1, "proxy": 0.2}
    )
    kept = crowd._say(crowd.Run("one", "20,40", 50, 2), said(failed), spent, 50.0, 1.0)
    found = {each["name"]: each["value"] for each in map(json.loads, capsys.readouterr().out.splitlines())}
    assert kept is (not failed)
    assert (found["one_failed"], found["one_rate"], found["one_p50"], found["one_p95"]) == (failed, 10, 10, 20)
    assert (found["one_webs_cpu"], found["one_workers_and_beat_cpu"], found["one_PostgreSQL_cores"]) == (10, 3, 0.08)
    assert crowd.quantile(Counter({10.0: 300, 20.0: 190, 500.0: 10}), 0.99) == 500


def test_the_workers_of_faults_and_load_read_every_queue():
    read = [queue for name in ("clocks", "mail") for queue in parts.WORKERS[name]]
    assert sorted(read) == sorted(parts.WORKERS["all"]) == sorted(settings.QUEUES)


@pytest.mark.long
@pytest.mark.whole
def test_seven_people_sign_in_and_each_thing_they_do_is_answered():
    said = subprocess.run(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", "bench.load", "sample"], cwd=state.ROOT, capture_output=True, text=True, timeout=600
    )
    figures = {one["name"]: one["value"] for one in map(json.loads, said.stdout.splitlines())}
    assert said.returncode == 0, said.stdout + said.stderr
    assert (figures["sample_failed_requests"], figures["sample_lost"], figures["sample_double"]) == (0, 0, 0)
    assert figures["sample_sign_ins"] >= 5
