"""Let sign-ins take turns, address by address, in the web that hashes passwords.

A hash is slow on purpose. In one line, who signs in would wait for all that somebody else sent before, a thousand
wrong passwords too. Here each address has its turn: who calls from another one waits for one sign-in of each, however
many they send. Who waits holds a thread, and no connection to the database.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from agencies.tries.rules import network
from foundation.errors import Crowded
from foundation.middleware import client_address

AT_ONCE = 2  # one hashes while the other asks the database
MOST = 48  # of one address that wait, of the 64 threads of this web (docker-compose.yml): a place is left to others


class Turns:
    """Let `at_once` in, then one of each address that waits, in turn."""

    def __init__(self, at_once: int, most: int) -> None:
        self.at_once, self.most, self.inside = at_once, most, 0
        self.waiting: dict[str, deque[threading.Event]] = {}  # the first address is the next one
        self.lock = threading.Lock()

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Wait for a turn, and give it on at the end. Raises Crowded when `most` of this address wait."""
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
            line = self.waiting.setdefault(address, deque())
            if len(line) >= self.most:
                raise Crowded
            called = threading.Event()
            line.append(called)
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
    """Answer each request in its turn."""
    turns = Turns(AT_ONCE, MOST)

    def middleware(request):
        with turns.turn(network(client_address(request))):
            try:
                return get_response(request)
            finally:
                connections.close_all()  # one for each of many threads would be too many for the server

    return middleware
