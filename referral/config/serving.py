"""Serve requests with gunicorn: hurry who is slow, and answer the probes on a port and a thread of their own.

Requests that wait for a lock, a mail server, a slow sender or reader may hold all threads of a process: a probe among
them would wait too, and say that the process is dead. The port (HEALTH_PORT; no port, no probes) answers this host,
/metrics to the networks of METRICS_FROM and /healthz to the proxies of TRUSTED_PROXIES: nobody else finds an open door.

A process that is told to end says so there first, and goes on answering until the proxies sent it nothing more for a
while: what reached its socket afterwards would be answered by nobody.
"""

import errno
import json
import os
import shutil
import socket
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from ipaddress import ip_address
from itertools import count

from django.conf import settings
from django.db import connections
from gunicorn.workers.gthread import ThreadWorker

from foundation.middleware import is_trusted

from . import logs
from .environment import DEVELOPMENT

if not DEVELOPMENT:
    logconfig_dict = logs.of_gunicorn()
PATIENCE = 10.0  # seconds of waiting for a request
READER = 240.0  # seconds of waiting for who reads the answer: buffers on the way let it go on by a megabyte or two
SENT = 262_144  # bytes that the kernel keeps of an answer: with more, it goes on by more at once, and later
LEAVE = 5.0  # seconds for a proxy to see that this process ends: it asks each second, and believes the second answer
METRICS, HEALTH, COUNTS = "/metrics", "/healthz", "PROMETHEUS_MULTIPROC_DIR"
leaving = threading.Event()  # set once this process is told to end
SLOWEST = 4096  # bytes of a request that buy one second more: a form by a bad telephone line passes, a trickle does not
SLOWEST_READER = 16_384  # bytes of an answer that buy one second more: a document passes at 128 kbit/s
sendfile = False  # of gunicorn: the kernel would send a file, and wait for its reader without end


class HurriedSocket(socket.socket):
    """Reset a connection that lets a thread wait: a few that trickle, or read no answer, would hold a whole process."""

    left = PATIENCE
    reader = READER

    def sendall(self, data: bytes, flags: int = 0) -> None:
        rest = memoryview(data)
        while rest:
            began = time.monotonic()
            self.settimeout(max(self.reader, 0.01))
            try:
                sent = self.send(rest, flags)
            except TimeoutError as error:
                raise ConnectionResetError(errno.ECONNRESET, "the answer was read too slowly") from error
            finally:
                self.settimeout(None)
                self.reader -= time.monotonic() - began
            self.reader = min(self.reader + sent / SLOWEST_READER, READER)
            rest = rest[sent:]

    def recv(self, size: int, flags: int = 0) -> bytes:
        began = time.monotonic()
        self.settimeout(max(self.left, 0.01))
        try:
            data = super().recv(size, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the request came too slowly") from error
        finally:
            self.settimeout(None)
            self.left -= time.monotonic() - began
        self.left = min(self.left + len(data) / SLOWEST, PATIENCE)
        return data


class Worker(ThreadWorker):
    """Give each request of a connection its own patience, and end only once the proxies look elsewhere."""

    def handle_exit(self, sig, frame) -> None:
        """Called for SIGTERM: without a port of probes nobody asks, and the process ends at once."""
        if not os.environ.get("HEALTH_PORT"):
            super().handle_exit(sig, frame)
        elif not leaving.is_set():
            leaving.set()
            end = threading.Timer(LEAVE, super().handle_exit, (sig, frame))
            end.daemon = True
            end.start()

    def enqueue_req(self, conn) -> None:
        if not isinstance(conn.sock, HurriedSocket):
            conn.sock = HurriedSocket(fileno=conn.sock.detach())
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT)
        conn.sock.left, conn.sock.reader = PATIENCE, READER
        super().enqueue_req(conn)


class Probes(ThreadingHTTPServer):
    """Listen beside the other processes of this gunicorn: the kernel gives each probe to one of them."""

    allow_reuse_port = True
    daemon_threads = True

    def __init__(self, port: int) -> None:
        open_to_others = settings.METRICS_FROM or settings.TRUSTED_PROXIES
        host = os.environ.get("HEALTH_HOST") or ("0.0.0.0" if open_to_others else "127.0.0.1")  # noqa: S104, see below
        super().__init__((host, port), Probe)
        # needs the applications, which gunicorn loads after this file
        self.answers = import_module("referral.config.health").ANSWERS
        self.metrics = import_module("referral.config.metrics")

    def verify_request(self, request, client_address: tuple[str, int]) -> bool:
        """Return whether the caller is answered at all: this host, and who may ask for metrics."""
        return bool(paths_for(client_address[0], self.answers))


def paths_for(caller: str, answers) -> set[str]:
    """Return the addresses that this caller may ask."""
    address = ip_address(caller)
    if address.is_loopback:
        return {*answers, METRICS}
    found = {METRICS} if any(address in network for network in settings.METRICS_FROM) else set()
    return found | ({HEALTH} if is_trusted(caller) else set())


class Probe(BaseHTTPRequestHandler):
    timeout = 5  # seconds for a caller to say what it wants

    def do_GET(self) -> None:
        kind = "application/json"
        if self.path not in paths_for(self.client_address[0], self.server.answers):
            status, body = 404, b"{}"
        elif self.path == METRICS:
            status, body, kind = 200, self.server.metrics.page(), self.server.metrics.TYPE
        elif leaving.is_set():
            status, body = 503, b'{"status": "leaving"}'
        else:
            status, said = self.server.answers[self.path]()
            body = json.dumps(said).encode()
        connections.close_all()  # those of this thread
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Log nothing: a probe every ten seconds says nothing."""


def on_starting(server) -> None:
    """Called by gunicorn before it starts processes: they keep their counts in files of one directory."""
    if os.environ.get("HEALTH_PORT"):
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="metrics-")


def pre_fork(server, worker) -> None:
    """Give each process the lowest number that no other one has.

    A process that follows one that ended goes on with its files, so that counts only grow and files do not: the default
    of the library, a file for each process id, would leave some behind at each of `--max-requests`.
    """
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in count() if number not in taken)


def post_fork(server, worker) -> None:
    """Called in the new process, before the application is loaded."""
    if os.environ.get(COUNTS):
        values = import_module("prometheus_client.values")
        values.ValueClass = values.MultiProcessValue(lambda: worker.number)


def on_exit(server) -> None:
    if directory := os.environ.get(COUNTS):
        shutil.rmtree(directory, ignore_errors=True)


def post_worker_init(worker) -> None:
    """Called by gunicorn in each process once the application is loaded."""
    if port := os.environ.get("HEALTH_PORT"):
        threading.Thread(target=Probes(int(port)).serve_forever, name="probes", daemon=True).start()
