"""People before the proxy, each from an address of the loopback of their own, who go on until they are told to stop."""

import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.faults.ledger import AUTHOR, PASSWORD, TERRITORIES
from bench.faults.reporter import REFERENCE, STEPS
from tests.production.visitor import Answer, Visitor

from .house import DESK, SCHOOL, SHELTER

IDS = "[0-9a-f]{8}-[0-9a-f-]{27}"
REQUEST, ALERT = re.compile(f"/orientations/({IDS})/"), re.compile(f"/boite/({IDS})/")
PUBLIC = ("/", "/connexion/", "/plan/", "/annuaire/", "/donnees/")


@dataclass
class Book:
    """Keep what was asked, what failed, and what people were told was done."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # references of alerts
    answered: list[str] = field(default_factory=list)  # ids of requests
    signed_in: int = 0
    began: float = field(default_factory=time.monotonic)


class Failed(Exception):
    """Signal a request that was not answered as it should be; it is in the book."""


class Caller(Visitor):
    """Note each request in the book."""

    def __init__(self, port: int, address: str, book: Book) -> None:
        super().__init__(port, address)
        self.book = book

    def ask(self, method: str, path: str, body: str | None = None, seconds: float = 60) -> Answer:
        """Return the answer. Raises Failed unless it is a page, or for a form the address of the next one."""
        began = time.monotonic()
        try:
            answer = super().ask(method, path, body, seconds)
            said = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            answer, said = None, type(error).__name__
        took = time.monotonic() - began
        self.book.seconds.append(took)
        if answer is None or answer.status != (200 if body is None else 302):
            shown = re.sub(IDS, "…", path)
            self.book.failed.append(f"{began - self.book.began:.1f} s: {method} {shown} {said} after {took:.1f} s")
            raise Failed
        return answer

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        self.cookies.clear()
        self.post("/connexion/", username=address, password=password)
        self.second_step(address)
        if Visitor.ask(self, "GET", "/").status == 302:  # the first time
            self.post("/charte/")
        self.ask("GET", "/")
        self.book.signed_in += 1


Pages = Iterator[None]  # a thing to do, page by page: who reads or writes takes a while between two of them


def report(caller: Caller, unit: str = "silent") -> Pages:
    """Write an alert page by page and send it; the page after it says its reference."""
    pk = str(uuid.uuid4())
    caller.post("/signaler/", draft=pk)
    place = {"territory": TERRITORIES[unit]}
    for number, typed in enumerate((STEPS[0] | place, *STEPS[1:]), 1):
        yield
        caller.post(f"/signaler/{pk}/{number}/", **typed)
    yield
    sent = caller.post(f"/signaler/{pk}/4/", go="send")
    caller.book.sent.append(REFERENCE.search(caller.get(sent.leads_to).text)[0])


def receive(caller: Caller) -> Pages:
    """Read the inbox, the newest alert, cases and notices."""
    found = ALERT.search(caller.get("/boite/").text)
    if found:
        yield
        caller.get(found[0])
    yield
    caller.get("/dossiers/")
    yield
    caller.get("/notifications/")


def answer(caller: Caller) -> Pages:
    """Read the requests received, and say yes to the first one."""
    found = REQUEST.search(caller.get("/demandes/").text)
    if found:
        yield
        caller.post(f"{found[0]}accepter/", found[0])
        caller.book.answered.append(found[1])


def look(caller: Caller) -> Pages:
    """Read public pages, signed in as nobody."""
    for path in PUBLIC:
        caller.get(path)
        yield


class Person(threading.Thread):
    """Do one thing again and again, and sign in anew each few times, until stopped."""

    think = 0.3  # seconds

    def __init__(self, caller: Caller, does: Callable[[Caller], Pages], address: str = "", password=PASSWORD) -> None:
        super().__init__(daemon=True)
        self.caller, self.does, self.address, self.password = caller, does, address, password
        self.stopped = threading.Event()

    def run(self) -> None:
        times = 0
        while not self.stopped.wait(self.think):
            try:
                if self.address and times % 5 == 0:
                    self.caller.sign_in(self.address, self.password)
                times += 1
                for _ in self.does(self.caller):
                    pass
            except Failed:
                times = 0  # who knows what is kept of it

    def stop(self) -> None:
        self.stopped.set()


def seven(port: int, book: Book) -> list[Person]:
    """Return seven people: two report, two receive, one answers requests, two read public pages."""
    tasks = [(report, AUTHOR), (report, SCHOOL.format(1)), (receive, DESK.format(1)), (receive, DESK.format(2)),
             (answer, SHELTER.format(1)), (look, ""), (look, "")]  # fmt: skip
    return [
        Person(Caller(port, f"127.0.2.{number}", book), does, address)
        for number, (does, address) in enumerate(tasks, 1)
    ]
