"""Sign-ins take turns by address: whoever sends many makes nobody else wait for them."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from dev.hygiene import ROOT
from dev.services.embedded import free_port
from foundation.errors import Crowded
from referral.config import turns
from referral.config.turns import TurnMiddleware, Turns


class Line:
    """Let callers into Turns one after the other, each held inside until it is let go; keep their order."""

    def __init__(self, at_once: int, places: int = 60) -> None:
        self.turns, self.order, self.refused = Turns(at_once, places), [], []
        self.go: dict[str, threading.Event] = {}
        self.threads: list[threading.Thread] = []

    def call(self, address: str, name: str) -> None:
        """Come from an address, and return once this caller is inside, waits or was refused."""
        before = self.known()
        self.go[name] = threading.Event()

        def run():
            try:
                with self.turns.turn(address):
                    self.order.append(name)
                    self.go[name].wait(120)
            except Crowded:
                self.refused.append(name)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        until(lambda: self.known() > before)

    def known(self) -> int:
        with self.turns.lock:
            waiting = sum(map(len, self.turns.waiting.values()))
        return len(self.order) + len(self.refused) + waiting

    def end(self) -> None:
        for go in self.go.values():
            go.set()
        for thread in self.threads:
            thread.join(120)


def until(done, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_who_calls_from_elsewhere_is_next_whatever_the_crowd():
    """Thirty of one address wait: the one of another is let in after one of them, then a third one's two in turn."""
    line = Line(at_once=1)
    for number in range(30):
        line.call("192.0.2.1", f"crowd {number}")
    for name, address in (("elsewhere", "192.0.2.2"), ("third", "192.0.2.3"), ("third again", "192.0.2.3")):
        line.call(address, name)
    for _ in range(6):
        before = len(line.order)
        line.go[line.order[-1]].set()
        until(lambda before=before: len(line.order) > before)
    line.end()
    assert line.order[:7] == ["crowd 0", "crowd 1", "elsewhere", "third", "crowd 2", "third again", "crowd 3"]
    assert len(line.order) == 33 and line.refused == []
    assert (line.turns.inside, line.turns.waiting) == (0, {})


def test_two_at_once_and_never_more():
    line = Line(at_once=2)
    for number in range(5):
        line.call("192.0.2.1", str(number))
    assert line.order == ["0", "1"]
    line.go["1"].set()
    until(lambda: len(line.order) == 3)
    assert line.order == ["0", "1", "2"]
    line.end()
    assert sorted(line.order) == list("01234")


def test_one_address_leaves_threads_to_others():
    """What it sends beyond that is refused at once, to be sent again; a caller from elsewhere waits, and is let in."""
    line = Line(at_once=1)
    for number in range(60):
        line.call("192.0.2.1", f"crowd {number}")
    assert line.refused == [f"crowd {number}" for number in range(49, 60)], "one is inside, 48 wait"
    line.call("192.0.2.2", "elsewhere")
    line.end()
    assert "elsewhere" in line.order and len(line.order) == 50


@pytest.mark.parametrize(("addresses", "each"), [(2, 26), (10, 5)])
def test_several_addresses_of_one_caller_leave_a_place_too(addresses, each):
    """Each sends more than it may hold, in turn: who comes next finds a place, and waits for one of each."""
    line = Line(at_once=1)
    for number in range(80 // addresses):
        for address in range(addresses):
            line.call(f"192.0.2.{address}", f"{address} {number}")
    held = [len(waiting) for waiting in line.turns.waiting.values()]
    assert max(held) <= each + 1 and sum(held) < line.turns.places
    line.call("203.0.113.1", "elsewhere")
    assert "elsewhere" not in line.refused
    for _ in range(addresses + 1):
        before = len(line.order)
        line.go[line.order[-1]].set()
        until(lambda before=before: len(line.order) > before)
    assert "elsewhere" in line.order
    line.end()


def test_a_sign_in_that_fails_gives_its_turn_on():
    line = Turns(at_once=1, places=3)
    for _ in range(3):
        with pytest.raises(ValueError, match="any"), line.turn("192.0.2.1"):
            raise ValueError("any")
    assert (line.inside, line.waiting) == (0, {})


def test_the_crowd_behind_one_network_of_ipv6_is_one_caller(monkeypatch):
    """Anybody is given a /64 for nothing: its addresses share a turn. No connection stays with who waited."""
    closed, seen = [], []
    monkeypatch.setattr(turns.connections, "close_all", lambda: closed.append(1))
    monkeypatch.setattr(Turns, "_enter", lambda self, address: seen.append(address))
    monkeypatch.setattr(Turns, "_leave", lambda self: None)
    answer = TurnMiddleware(lambda request: "answer")
    for address in ("2001:db8::1", "2001:db8::ffff", "192.0.2.1"):
        assert answer(SimpleNamespace(META={"REMOTE_ADDR": address})) == "answer"
    assert seen == ["2001:db8::/64", "2001:db8::/64", "192.0.2.1"] and closed == [1, 1, 1]


@pytest.mark.parametrize(
    ("path", "route", "said"),
    [
        ("/connexion/", "login", "Trop de connexions en même temps depuis votre réseau"),
        ("/en/connexion/", "login", "Too many sign-ins at once from your connection"),
        ("/api/v1/token/", "api:token", "too-many-requests"),
    ],
)
def test_what_is_beyond_ones_places_is_no_fault_of_ours(monkeypatch, path, route, said):
    """An error of the server would wake who runs it, and hide a page that fails."""
    monkeypatch.setattr(turns, "PLACES", 0)
    monkeypatch.setattr(turns, "AT_ONCE", 0)
    request = RequestFactory().post(path, {"username": "une@exemple.invalid", "password": "trois girafes"})
    answer = TurnMiddleware(lambda _request: pytest.fail("answered"))(request)
    text = unescape(answer.content.decode())
    assert (answer.status_code, answer["Retry-After"], request.resolver_match.view_name) == (429, "5", route)
    assert said in text and "girafes" not in text


APPLICATION = """
import time
import django
django.setup()
from referral.config.turns import Turns
turns = Turns(1, 60)
def app(environ, start):
    with turns.turn(environ["PATH_INFO"]):
        time.sleep(0.1)
    start("200 OK", [("Content-Length", "0")])
    return []
"""


def test_a_web_that_is_told_to_end_answers_who_waits_and_ends(tmp_path):
    """Twenty wait for their turn then: each is answered, and the process is gone before it would be killed."""
    (tmp_path / "small.py").write_text(APPLICATION)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "small:app", "--pythonpath", str(tmp_path), "--bind"]
    command += [f"127.0.0.1:{port}", "--worker-class", "referral.config.serving.Worker", "--threads", "64"]
    command += ["--no-control-socket", "--config", "python:referral.config.serving"]
    env = {name: value for name, value in os.environ.items() if name != "HEALTH_PORT"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        until(lambda: ask(port) == 200, 60)
        with ThreadPoolExecutor(20) as pool:
            waiting = [pool.submit(ask, port, f"/{number % 3}/") for number in range(20)]
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            assert [one.result() for one in waiting] == [200] * 20
        process.wait(35)  # seconds: LEAVE before, and stop_grace_period of the webs after it
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def ask(port: int, path: str = "/") -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
