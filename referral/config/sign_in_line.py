"""Keep those who sign in from holding the threads that pages need: a few at a time, each address in its turn.

A hash takes as long as it is meant to. Where sign-ins wait in the one line of all requests, a page comes after all of
them, and so does who signs in elsewhere. Here they wait beside it, each address in a line of its own, and who finds a
line full is told at once to come again.
"""

import re
import socket
import threading
from collections import OrderedDict, deque
from importlib import import_module
from types import SimpleNamespace

from foundation.middleware import client_address

AT_ONCE = 2  # of the four threads of a process: one hashes, one reads or writes; two are left to pages
OF_ONE, OF_ALL = 40, 400  # sign-ins that wait in a process: of one address, and in all, of 1,000 connections
HEAD = 8192  # bytes of a request that are looked at
SIGN_IN = re.compile(rb"POST (?:https?://[^/ ]+)?(?:/[a-z]{2})?/(connexion|api/v1/token)/")
HOPS = re.compile(rb"\r\nX-Forwarded-For:[ \t]*([^\r\n]*)", re.IGNORECASE)
_FULL = (
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nCache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Content-Type: "
)
PAGE = (
    "text/plain; charset=utf-8\r\n\r\n"
    "Trop de connexions au même moment depuis votre réseau : revenez en arrière, puis réessayez dans un instant.\r\n"
    "Danger immédiat : appelez le 17 ou le 112, 114 par SMS.\r\n\r\n"
    "Too many people are signing in at once from your network: go back and try again in a few seconds.\r\n"
    "Immediate danger: call 17 or 112, or text 114.\r\n"
)
PROGRAM = 'application/json\r\n\r\n{"error": "temporarily_unavailable"}'  # of RFC 6749, as other answers there


def caller(sock: socket.socket, peer) -> str | None:
    """Return which address this request signs in from, as tries are counted; None when it is no sign-in.

    Nothing is taken from the socket. A head that has not come whole yet may count as of the proxy.
    """
    head = _head(sock)
    if not SIGN_IN.match(head):
        return None
    hops = HOPS.search(head.partition(b"\r\n\r\n")[0])
    meta = {"REMOTE_ADDR": peer[0] if isinstance(peer, tuple) else ""}
    meta |= {"HTTP_X_FORWARDED_FOR": hops[1].decode("latin-1")} if hops else {}
    rules = import_module("agencies.tries.rules")  # needs the applications, which gunicorn loads after its settings
    return rules.network(client_address(SimpleNamespace(META=meta)))


def full(sock: socket.socket) -> bytes:
    """Return the answer to a request that signs in and may not wait."""
    found = SIGN_IN.match(_head(sock))
    return (_FULL + (PAGE if found is None or found[1] == b"connexion" else PROGRAM)).encode()


def _head(sock: socket.socket) -> bytes:
    try:
        return socket.socket.recv(sock, HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


class Line[Waiting]:
    """Hold who signs in and who waits for it, by address. All threads of a process share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._waiting: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._in_all = 0

    def enter(self, address: str, one: Waiting) -> bool | None:
        """Return True when it goes on now, False when it waits until `leave` returns it, None when it is refused."""
        with self._lock:
            if self._inside < AT_ONCE:
                self._inside += 1
                return True
            mine = self._waiting.get(address, ())
            if len(mine) >= OF_ONE or self._in_all >= OF_ALL:
                return None
            self._waiting.setdefault(address, deque()).append(one)
            self._in_all += 1
            return False

    def leave(self) -> Waiting | None:
        """Give one's place to the next one, of the address whose turn it is, and return it; None when nobody waits."""
        with self._lock:
            if not self._waiting:
                self._inside -= 1
                return None
            address, mine = self._waiting.popitem(last=False)
            one = mine.popleft()
            if mine:
                self._waiting[address] = mine
            self._in_all -= 1
            return one
