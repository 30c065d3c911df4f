"""How long do others wait while many sign in at once from one address? `./run bench storm [--rounds N]`.

Two webs and the two that hash passwords, each by its command of docker-compose.yml, behind the proxy of production,
with PostgreSQL and Valkey of their own. No engine gives those two a smaller share of the CPU here: the worse case.
From one address of the loopback 12, then 32 sign in at the same moment, with right and with wrong passwords; each round
calls from another address and tries other accounts, so that nothing is closed yet: the worst case. From an address of
their own, one person asks for the page « Danger immédiat » again and again, and one signs in. The same with a broker
that hangs, then without one. docs/figures/sign_in_storm.md holds the last figures.
"""

import argparse
import os
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.faults.__main__ import connected
from bench.faults.ledger import AUTHOR, PASSWORD
from bench.load import house
from bench.load.hosts import SERVING, Hosts
from dev.services import state
from foundation.words import translations
from tests.production.visitor import Visitor

from .lines import line, p50, p95

STORMS = (12, 32)
ROUNDS = 3
SIGN_IN, PAGE = "/connexion/", "/danger/"
WRONG = "quatre girafes sous la neige {}"
READER, HONEST = "127.0.2.1", "127.0.2.2"
GOAL = 1.0  # seconds, 95 of 100 pages of danger: as a page on a bad day


class House(Hosts):
    """Hold the webs behind the proxy, with nobody who does due work."""

    UP = (*SERVING, "proxy")

    def ready(self) -> bool:
        try:
            return all(map(self.answers, SERVING)) and Visitor(self.port).get(SIGN_IN).status == 200
        except OSError:
            return False


@dataclass
class Seen:
    """Keep what was read in each storm of one kind."""

    pages: list[float] = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)  # pages by another answer than 200
    waits: list[float] = field(default_factory=list)  # of those who sign in at once
    answers: Counter = field(default_factory=Counter)
    honest: list[float] = field(default_factory=list)  # who signs in elsewhere meanwhile
    let_in: int = 0


class Storm:
    """Let many sign in at once while two others work, each time from another address with other accounts."""

    def __init__(self, port: int, accounts: list[str]) -> None:
        self.port, self.accounts, self.calls = port, accounts, 0
        self.reader = Visitor(port, READER)
        self.reader.sign_in(AUTHOR, PASSWORD)

    def blow(self, many: int, kind: str, seen: Seen) -> None:
        self.calls += 1
        address, first = f"127.0.3.{self.calls}", self.calls * max(STORMS)
        ready = [self._typed(address, self.accounts[(first + n) % len(self.accounts)], kind, n) for n in range(many)]
        honest = self._typed(HONEST, house.DESK.format(1), "right", 0)
        over = threading.Event()

        def read():
            while not over.is_set():
                answer, took = timed(self.reader, "GET", PAGE)
                seen.pages.append(took)
                if answer != 200:
                    seen.refused[answer] += 1

        reading = threading.Thread(target=read)
        reading.start()
        with ThreadPoolExecutor(many + 1) as pool:
            elsewhere = None
            if many:
                storm = [pool.submit(timed, who, "POST", SIGN_IN, body) for who, body in ready]
                time.sleep(0.05)
                elsewhere = pool.submit(timed, honest[0], "POST", SIGN_IN, honest[1])
                for one in storm:
                    said, took = one.result()
                    seen.answers[said] += 1
                    seen.waits.append(took)
                said, took = elsewhere.result()
                seen.honest.append(took)
                seen.let_in += said == 302
            else:
                time.sleep(2)
        over.set()
        reading.join()

    def _typed(self, address: str, account: str, kind: str, number: int) -> tuple[Visitor, str]:
        """Open the page of sign-in; return its visitor and what is sent."""
        who = Visitor(self.port, address)
        password = PASSWORD if kind == "right" else WRONG.format(f"{self.calls}-{number}")
        return who, urlencode({**who.hidden(SIGN_IN), "username": account, "password": password})


def timed(who: Visitor, method: str, path: str, body: str | None = None) -> tuple[int | str, float]:
    """Return the status, or what went wrong, and the seconds."""
    began = time.monotonic()
    try:
        said: int | str = who.ask(method, path, body, 120).status
    except OSError as error:
        said = type(error).__name__
    return said, time.monotonic() - began


def main(arguments: list[str]) -> bool:
    parser = argparse.ArgumentParser(prog="./run bench storm")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"storms of each kind ({ROUNDS})")
    rounds = parser.parse_args(arguments).rounds
    translations.build(state.ROOT / "locale" / "fr")
    hosts = House()
    try:
        hosts.up()
        ledger = connected(hosts, house.SIZES)
        house.fill(ledger, 0, reporters=120)
        storm = Storm(hosts.port, [house.SCHOOL.format(number) for number in range(1, 121)])
        line("storm_load", os.getloadavg()[0], "load average before", 1)
        kept = [measured(storm, "redis", rounds)]
        with hosts.broker_hangs():
            kept.append(measured(storm, "redis hangs", rounds))
        hosts.kill("broker")
        kept.append(measured(storm, "no redis", rounds))
        line("storm_load_after", os.getloadavg()[0], "load average", 1)
    finally:
        hosts.down()
    return all(kept)


def measured(storm: Storm, broker: str, rounds: int) -> bool:
    """Blow each kind of storm in turn and print its figures; return whether all goals are kept."""
    kinds = [(0, "right"), *((many, kind) for many in STORMS for kind in ("right", "wrong"))]
    seen = {kind: Seen() for kind in kinds}
    for _round in range(rounds):
        for many, kind in kinds:
            storm.blow(many, kind, seen[many, kind])
    kept = [figures(f"{of[0]} {of[1]}, {broker}" if of[0] else f"alone, {broker}", one) for of, one in seen.items()]
    return all(kept)


def figures(of: str, seen: Seen) -> bool:
    asked = len(seen.pages)
    line(f"storm_page_p50: {of}", p50(seen.pages), "s", asked)
    kept = [
        line(f"storm_page_p95: {of}", p95(seen.pages), "s", asked, GOAL),
        line(f"storm_page_refused: {of}", seen.refused.total(), "pages", asked, 0),
    ]
    line(f"storm_page_worst: {of}", max(seen.pages), "s", asked)
    if seen.waits:
        line(f"storm_sign_in_p50: {of}", p50(seen.waits), "s", len(seen.waits))
        for said, times in sorted(seen.answers.items(), key=str):
            line(f"storm_sign_in_{said}: {of}", times, "answers", len(seen.waits))
        line(f"storm_elsewhere_worst: {of}", max(seen.honest), "s", len(seen.honest))
        kept.append(
            line(f"storm_elsewhere_kept_out: {of}", len(seen.honest) - seen.let_in, "people", len(seen.honest), 0)
        )
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
