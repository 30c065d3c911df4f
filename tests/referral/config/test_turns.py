"""Sign-ins take turns by address: whoever sends many makes nobody else wait for them."""

import threading
import time
from types import SimpleNamespace

import pytest

from foundation.errors import Crowded
from referral.config import turns
from referral.config.turns import TurnMiddleware, Turns


class Line:
    """Let callers into Turns one after the other, each held inside until it is let go; keep their order."""

    def __init__(self, at_once: int, most: int = 48) -> None:
        self.turns, self.order, self.refused = Turns(at_once, most), [], []
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
                    self.go[name].wait(10)
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
            thread.join(10)


def until(done) -> None:
    end = time.monotonic() + 10
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
    line = Line(at_once=1, most=3)
    for number in range(6):
        line.call("192.0.2.1", f"crowd {number}")
    assert line.refused == ["crowd 4", "crowd 5"]
    line.call("192.0.2.2", "elsewhere")
    line.end()
    assert "elsewhere" in line.order and len(line.order) == 5


def test_a_sign_in_that_fails_gives_its_turn_on():
    line = Turns(at_once=1, most=3)
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
