"""Three hundred people with time to think, run by locust in a process of its own (bench/load/crowd.py starts it).

It imports what needs no package of the project: http.client, whose sockets locust makes cooperative.
"""

import itertools
import json
import os
import random
import re
import time
from pathlib import Path

from locust import User, between, constant, events, task

from bench.faults.ledger import PASSWORD
from bench.load.house import CROWDED, SCHOOL, SHELTER
from bench.load.people import IDS, Answer, Book, Caller, Failed, answer, look, receive, report
from tests.production.visitor import CODES

PORT, THINK = int(os.environ["LOAD_PORT"]), os.environ.get("LOAD_THINK", "20,40")
UNITS = [unit for unit in CROWDED if unit != "national"]
BOOK, NUMBERS = Book(), itertools.count(1)
KEPT = Path(os.environ["LOAD_CODES"])  # recovery codes that the run before left to each account


@events.init.add_listener
def know(**_kwargs) -> None:
    """Learn the second factors that a former run has set up: without, nobody signs in any more."""
    if KEPT.exists():
        CODES.update({(PORT, address): codes for address, codes in json.loads(KEPT.read_text()).items()})


@events.quitting.add_listener
def keep(**_kwargs) -> None:
    KEPT.write_text(json.dumps({address: codes for (_port, address), codes in CODES.items() if codes}))


class Counted(Caller):
    """Tell locust of each request, by its address without the ids."""

    def __init__(self, user: User) -> None:
        number = next(NUMBERS)
        super().__init__(PORT, f"127.0.{3 + number // 250}.{number % 250 + 1}", BOOK)
        self.user = user

    def ask(self, method: str, path: str, body: str | None = None, seconds: float = 60) -> Answer:
        began, failed = time.perf_counter(), None
        try:
            return super().ask(method, path, body, seconds)
        except Failed:
            failed = Failed(BOOK.failed[-1])
            raise
        finally:
            self.user.environment.events.request.fire(
                request_type=method, name=re.sub(IDS, "…", path), response_length=0, exception=failed,
                response_time=1000 * (time.perf_counter() - began),
            )  # fmt: skip


class Someone(User):
    abstract = True
    wait_time = between(*map(float, THINK.split(","))) if THINK != "0,0" else constant(0)
    address, numbers = "", itertools.count(1)  # of accounts: no address, no account

    def on_start(self) -> None:
        self.caller, self.act = Counted(self), iter(())
        self.name = self.address.format(next(self.numbers))
        self.enter()

    def enter(self) -> None:
        if self.name:
            try:
                self.caller.sign_in(self.name, PASSWORD)
            except Failed:
                time.sleep(1)

    @task
    def turn_a_page(self) -> None:
        try:
            next(self.act)
        except StopIteration:
            self.act = self.does()
        except Failed:
            self.act = iter(())
            self.enter()


class Reporter(Someone):
    """Six in ten: those who meet victims at work are many, and each of them seldom reports."""

    weight, address, numbers = 6, SCHOOL, itertools.count(1)

    def does(self):
        return report(self.caller, random.choice(UNITS))


class Coordinator(Someone):
    """One in ten: a desk of some persons for each territory reads what all others send."""

    weight, seats = 1, itertools.count(0)

    def on_start(self) -> None:
        number = next(self.seats)
        unit = UNITS[number % len(UNITS)]
        self.address = f"{unit}{number // len(UNITS) % CROWDED[unit] + 1}@exemple.invalid"
        super().on_start()

    def does(self):
        return receive(self.caller)


class Carer(Someone):
    """One in ten: a shelter answers what it is asked."""

    weight, address, numbers = 1, SHELTER, itertools.count(1)

    def does(self):
        return answer(self.caller)


class Reader(Someone):
    """Two in ten: anybody, on public pages."""

    weight = 2

    def does(self):
        return look(self.caller)
