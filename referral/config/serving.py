"""Serve requests with gunicorn: hurry slow senders, and answer the probes on a port and a thread of their own.

Requests that wait for a lock, a mail server or a slow sender may hold all threads of a process: a probe among them
would wait too, and say that the process is dead. The port is bound to this host only (HEALTH_PORT; no port, no probes).
"""

import errno
import json
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module

from django.db import connections
from gunicorn.workers.gthread import ThreadWorker

from . import logs
from .environment import DEVELOPMENT

if not DEVELOPMENT:
    logconfig_dict = logs.of_gunicorn()
PATIENCE = 10.0  # seconds of waiting for a request
SLOWEST = 4096  # bytes of a request that buy one second more: a form by a bad telephone line passes, a trickle does not


class HurriedSocket(socket.socket):
    """Reset a connection whose sender lets a thread wait: a few that trickle would hold all threads of a process."""

    left = PATIENCE

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
    """Give each request of a connection its own patience."""

    def enqueue_req(self, conn) -> None:
        if not isinstance(conn.sock, HurriedSocket):
            conn.sock = HurriedSocket(fileno=conn.sock.detach())
        conn.sock.left = PATIENCE
        super().enqueue_req(conn)


class Probes(ThreadingHTTPServer):
    """Listen beside the other processes of this gunicorn: the kernel gives each probe to one of them."""

    allow_reuse_port = True
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Probe)
        # needs the applications, which gunicorn loads after this file
        self.answers = import_module("referral.config.health").ANSWERS


class Probe(BaseHTTPRequestHandler):
    timeout = 5  # seconds for a caller to say what it wants

    def do_GET(self) -> None:
        answer = self.server.answers.get(self.path)
        status, said = answer() if answer else (404, {})
        connections.close_all()  # those of this thread
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Log nothing: a probe every ten seconds says nothing."""


def post_worker_init(worker) -> None:
    """Called by gunicorn in each process once the application is loaded."""
    if port := os.environ.get("HEALTH_PORT"):
        threading.Thread(target=Probes(int(port)).serve_forever, name="probes", daemon=True).start()
