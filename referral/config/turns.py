"""Let sign-ins take turns, address by address, in the web that hashes passwords.

A hash is slow on purpose. In one line, who signs in would wait for all that somebody else sent before, a thousand
wrong passwords too. Here each address has its turn: who calls from another one waits for one sign-in of each, however
many they send. Who waits holds a thread, and no connection to the database; the fewer places are left, the fewer one
address may hold, so that who comes next still finds one.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.conf import settings
from django.db import connections
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agencies.tries.rules import network
from foundation.errors import Crowded
from foundation.middleware import client_address
from foundation.words.languages import language_of
from referral.api.middleware.authentication import refusal
from referral.api.rules import Problem
from referral.public.views import crowded

AT_ONCE = 2  # one hashes while the other asks the database
# who may wait, of the 64 threads of this web (docker-compose.yml): two are inside, two say no to the others
PLACES = 60
SHARE = 4  # times the places that are left: one address may hold 48, two 26 each, ten 5 each
WAIT = 5  # seconds after which one is told to send again
TOO_MANY = _("Too many sign-ins at once from your connection")


class Turns:
    """Let `at_once` in, then one of each address that waits, in turn; no more than `places` wait."""

    def __init__(self, at_once: int, places: int) -> None:
        self.at_once, self.places, self.inside = at_once, places, 0
        self.waiting: dict[str, deque[threading.Event]] = {}  # the first address is the next one
        self.lock = threading.Lock()

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Wait for a turn, and give it on at the end. Raises Crowded when too many of this address wait."""
        self._enter(address)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, address: str) -> None:
        with self.lock:
            if self.inside < self.at_once:  # then nobody waits
                self.inside += 1
                return
            free = self.places - sum(map(len, self.waiting.values()))
            line = self.waiting.get(address, deque())
            if len(line) >= SHARE * free:
                raise Crowded
            called = threading.Event()
            line.append(called)
            self.waiting[address] = line
        called.wait()

    def _leave(self) -> None:
        with self.lock:
            if not self.waiting:
                self.inside -= 1
                return
            address = next(iter(self.waiting))
            line = self.waiting.pop(address)
            line.popleft().set()
            if line:
                self.waiting[address] = line  # behind the others


def TurnMiddleware(get_response):
    """Answer each request in its turn, and 429 to what one address sends beyond its places."""
    turns = Turns(AT_ONCE, PLACES)

    def middleware(request):
        with ExitStack() as held:
            try:
                held.enter_context(turns.turn(network(client_address(request))))
            except Crowded:
                return _refused(request)
            held.callback(connections.close_all)  # one for each of many threads would be too many for the server
            return get_response(request)

    return middleware


def _refused(request):
    """Return the answer, under the name of its route: an attack of sign-in, for who watches, and no fault of ours."""
    with suppress(Resolver404):
        request.resolver_match = resolve(request.path_info)
    if request.path_info.startswith("/api/"):
        return refusal(request, Problem("too-many-requests", str(TOO_MANY), wait=WAIT))
    with override(language_of(request.path_info) or settings.LANGUAGE_CODE):
        return crowded(request, TOO_MANY, WAIT)
