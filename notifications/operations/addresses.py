"""Post to an address that somebody else chose, without reaching what only we reach.

The name is resolved once; the connection goes to the address that was checked, whatever the name says a moment later.
No redirect is followed, no proxy of the environment is used, and nothing of the answer is read but its status.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT, READ, TOTAL = 3, 8, 12  # seconds: of each step, and of all of them after the name was resolved
TRIED = 3  # addresses of one name
LONGEST = 500
# addresses of the internet; what IPv6 carries of IPv4 (mapped, NAT64, 6to4, Teredo) is not among them
PUBLIC_6 = ipaddress.ip_network("2000::/3")
CARRIES_4 = [ipaddress.ip_network(each) for each in ("2001::/23", "2002::/16")]
# metadata of machines of a cloud, at a public address
METADATA = [ipaddress.ip_address("168.63.129.16")]


class NotAnAddress(ValueError):
    """Signal a text that is no address to post to."""


class NotPublic(Exception):
    """Signal a name that leads into a network that is not public."""


class NoName(Exception):
    """Signal a name without an address."""


def parsed(url: str) -> SplitResult:
    """Return the parts of an https address without account or fragment. Raises NotAnAddress.

    http is for programs on the machine of a developer: settings.HOOKS_TO_LOOPBACK.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAnAddress(url) from error
    schemes = ("https", "http") if settings.HOOKS_TO_LOOPBACK else ("https",)
    plain = re.fullmatch(r"[!-~]+", url) and "\\" not in url and "@" not in parts.netloc and not parts.fragment
    if not plain or parts.scheme not in schemes or not parts.hostname or port == 0 or len(url) > LONGEST:
        raise NotAnAddress(url)
    return parts


def is_public(text: str) -> bool:
    """Return whether this is an address of the internet: not private, shared, local, reserved, of many, or metadata."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:  # with a zone: of a link
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip in METADATA:
        return False
    return ip.version == 4 or (ip in PUBLIC_6 and not any(ip in network for network in CARRIES_4))


def checked(parts: SplitResult) -> list[tuple[int, tuple]]:
    """Resolve the name once; return families and addresses to connect to. Raises NoName, NotPublic.

    One address that is not public refuses all: an honest name has none.
    """
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoName from error
    said = [address[0] for *_, address in found]
    local = settings.HOOKS_TO_LOOPBACK and all(ipaddress.ip_address(each).is_loopback for each in said)
    if not local and (parts.scheme != "https" or not all(is_public(each) for each in said)):
        raise NotPublic
    return [(family, address) for family, *_, address in found[:TRIED]]


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: int = 0  # seconds that it asks us to wait


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Post once; return the status. Raises NotAnAddress, NoName, NotPublic, OSError (of TLS and time too) and
    http.client.HTTPException; takes TOTAL seconds at most, and the time of the resolver."""
    parts = parsed(url)
    found = checked(parts)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _Wire() as wire:
        wire.connect(found)
        if parts.scheme == "https":
            wire.secure(parts.hostname or "")
        wire.sock.settimeout(READ)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        connection.sock = wire.sock  # connected already, to the address that was checked
        connection.request("POST", target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
        answer = connection.getresponse()
        waits = answer.headers.get("Retry-After", "")
        answer.close()
        return Answer(answer.status, int(waits) if re.fullmatch("[0-9]{1,5}", waits) else 0)


class _Wire:
    """Hold one connection, cut when its time is over: a byte now and then would hold it for ever."""

    sock: socket.socket

    def __init__(self) -> None:
        self.sock, self.over = socket.socket(), False
        self.timer = threading.Timer(TOTAL, self._cut)
        self.timer.daemon = True

    def __enter__(self) -> Self:
        self.timer.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        self.timer.cancel()
        self.sock.close()
        if self.over:
            raise TimeoutError from error

    def _cut(self) -> None:
        self.over = True
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self, found: list[tuple[int, tuple]]) -> None:
        """Connect to the first of these addresses that answers. Raises OSError of the last."""
        for left, (family, address) in zip(range(len(found) - 1, -1, -1), found, strict=True):
            self.sock.close()
            self.sock = socket.socket(family, socket.SOCK_STREAM)
            self.sock.settimeout(CONNECT)
            try:
                self.sock.connect(address)
                break
            except OSError:
                if not left or self.over:
                    raise

    def secure(self, host: str) -> None:
        """Speak TLS, with the certificate of this name. Raises ssl.SSLError."""
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
        self.sock.do_handshake()
