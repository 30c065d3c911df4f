"""deploy/Caddyfile in a real Caddy, before listeners of our own that stand for the webs, and for those of sign-in."""

import http.client
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from dev.hygiene import ROOT
from dev.services.embedded import free_port

SECRET = "SECR-ETRF"
KNOWN = "the-session-of-somebody"
MORE = "holds-its-places"
LONG = 30_000_000  # bytes of an answer below /moitie/ and /long/
WITHIN = 20  # seconds, instead of the six minutes of production
CHECK = "/en-vigueur/"


class Application(http.server.BaseHTTPRequestHandler):
    """Answer every request by a redirect to an address that carries a reference; keep the headers.

    Who shows KNOWN is signed in, for the address that the proxy asks before it takes a large body, and who shows MORE
    has no place of its own left. Below /moitie/ the
    connection ends in the middle of the answer; below /long/ all of it comes.
    """

    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.path == CHECK:
            self.server.checks.append((self.command, self.path, dict(self.headers)))
            said = str(self.headers)
            self.send_response(204 if KNOWN in said else 401)
            self.send_header("X-Line", ("known" if KNOWN in said else "others") + ("-more" if MORE in said else ""))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.server.begun.append(self.path)
        self.server.held.wait()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, dict(self.headers)))
        self.send_response(302)
        self.send_header("Location", f"/connexion/?next=/dossiers/{SECRET}/")
        self.send_header("X-Content-Type-Options", "nosniff")
        half, whole = self.path.startswith("/moitie/"), self.path.startswith("/long/")
        self.send_header("Content-Length", str(LONG) if half or whole else "0")
        self.end_headers()
        if whole:
            with suppress(OSError):
                self.wfile.write(b"x" * LONG)
        if half:
            self.close_connection = True
            with suppress(OSError):
                self.wfile.write(b"x" * 20_000_000)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Probe(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if self.server.web.leaving else 200)
        self.end_headers()

    def log_message(self, *args):
        pass


class Web(http.server.ThreadingHTTPServer):
    """Listen as a web behind the proxy, and on a port for its probes; keep requests and ends of connections."""

    request_queue_size = 64

    def __init__(self, address: str, port: int = 0, probes: int = 0):
        super().__init__((address, port), Application)
        self.begun, self.seen, self.checks = [], [], []
        self.leaving, self.ended, self.open = False, [], set()
        self.held = threading.Event()  # cleared: requests begin, and are not answered
        self.held.set()
        self.probes = http.server.ThreadingHTTPServer((address, probes), Probe)
        self.probes.web = self
        for server in (self, self.probes):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.ended.append(time.monotonic())
        self.open.discard(request)
        super().shutdown_request(request)

    def close(self):
        """End each connection, and refuse new ones."""
        for server in (self, self.probes):
            server.shutdown()
            server.socket.close()
        for each in [*self.open]:
            self.shutdown_request(each)


@contextmanager
def behind_caddy(place: Path):
    """Yield the first listener behind Caddy, with the other one, those of sign-in, the port of Caddy and the file of
    its log."""
    behind = Web("127.0.0.1")
    same = behind.server_port, behind.probes.server_port
    behind.other = Web("127.0.0.2", *same)
    behind.sign_in, behind.sign_in_two = Web("127.0.0.3", *same), Web("127.0.0.4", *same)
    behind.port, behind.in_clear = free_port(), free_port()
    webs = f"127.0.0.1:{behind.server_port} 127.0.0.2:{behind.server_port}"
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "SITE_HOST": f"http://127.0.0.1:{behind.port}"}
    sign_in = f"127.0.0.3:{behind.server_port} 127.0.0.4:{behind.server_port}"
    env |= {"UPSTREAM": webs, "SIGN_IN_UPSTREAM": sign_in, "HEALTH_PORT": str(behind.probes.server_port)}
    env |= {"PLAIN_SITE": f"http://127.0.0.1:{behind.in_clear}"}
    env |= {"BODY_WITHIN": f"{WITHIN}s"}
    env |= {"XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)}
    program = Path(sys.executable).with_name("caddy")
    behind.log = place / "log"
    with behind.log.open("w") as log:
        command = [program, "run", "--config", ROOT / "deploy" / "Caddyfile", "--adapter", "caddyfile"]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        behind.process = process
        try:
            end = time.monotonic() + 60
            while not answers(behind.port):
                assert process.poll() is None and time.monotonic() < end, behind.log.read_text()
                time.sleep(0.1)
            yield behind
        finally:
            process.terminate()
            process.wait(30)
            for web in (behind, behind.other, behind.sign_in, behind.sign_in_two):
                web.close()
            shutil.rmtree(place, ignore_errors=True)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def seen(proxy) -> list:
    return [*proxy.seen, *proxy.other.seen]


def ask(proxy, method, path, body=None, **headers) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request(method, path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status
