"""Configure gunicorn in production: each process answers the probes on a port and a thread of their own.

Requests that wait for a lock, a mail server or a slow sender may hold all threads of a process: a probe among them
would wait too, and say that the process is dead. The port is bound to this host only (HEALTH_PORT; no port, no probes).
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module

from django.db import connections


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
