"""deploy/Caddyfile in a real Caddy, before a listener of our own: what it passes on, refuses and writes down."""

import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dev.hygiene import ROOT

SECRET = "SECR-ETRF"


class Application(http.server.BaseHTTPRequestHandler):
    """Answer every request by a redirect to an address that carries a reference; keep the headers."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, dict(self.headers)))
        self.send_response(302)
        self.send_header("Location", f"/connexion/?next=/dossiers/{SECRET}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """Yield the listener behind Caddy, with the port of Caddy and the file of its log."""
    place = tmp_path_factory.mktemp("caddy")
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
    behind.seen = []
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        behind.port = free.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "SITE_HOST": f"http://127.0.0.1:{behind.port}"}
    env |= {"UPSTREAM": f"127.0.0.1:{behind.server_port}", "XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)}
    program = Path(sys.executable).with_name("caddy")
    behind.log = place / "log"
    with behind.log.open("w") as log:
        command = [program, "run", "--config", ROOT / "deploy" / "Caddyfile", "--adapter", "caddyfile"]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 60
            while not answers(behind.port):
                assert process.poll() is None and time.monotonic() < end, behind.log.read_text()
                time.sleep(0.1)
            yield behind
        finally:
            process.terminate()
            process.wait(30)
            behind.shutdown()
            shutil.rmtree(place, ignore_errors=True)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def ask(proxy, method, path, body=None, **headers) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request(method, path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_caller_is_told_by_the_proxy_alone(proxy):
    lies = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-Id": "chosen-by-the-caller"}
    assert ask(proxy, "GET", "/danger/", **lies) == 302
    headers = proxy.seen[-1][1]
    assert headers["X-Request-Id"] != "chosen-by-the-caller"
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def test_readiness_stays_inside_and_a_large_body_is_refused(proxy):
    assert ask(proxy, "GET", "/readyz") == ask(proxy, "GET", "/metrics") == 404
    assert ask(proxy, "POST", "/signaler/", b"x" * 1_000_000) == 302
    assert ask(proxy, "POST", "/signaler/", b"x" * 13_000_000) >= 400
    assert not {"/readyz", "/metrics"} & {path for path, _ in proxy.seen}


def test_log_says_what_happened_and_never_where_or_who(proxy):
    assert ask(proxy, "GET", f"/dossiers/?reference={SECRET}", Referer=f"https://exemple.invalid/{SECRET}") == 302
    lines = []
    end = time.monotonic() + 30
    while not lines and time.monotonic() < end:
        time.sleep(0.1)
        known = [json.loads(line) for line in proxy.log.read_text().splitlines() if line.startswith("{")]
        lines = [line for line in known if line.get("status") == 302 and line["request"]["method"] == "GET"]
    assert lines and lines[-1]["duration"] >= 0
    whole = proxy.log.read_text()
    handled = "\n".join(line for line in whole.splitlines() if "handled request" in line)
    forbidden = (SECRET, "connexion", "dossiers", "remote_ip", "client_ip", "headers")
    request_id = proxy.seen[-1][1]["X-Request-Id"]
    assert len(request_id) == 36 and lines[-1]["request_id"] == request_id
    assert handled and [word for word in forbidden if word in handled] == []
    assert SECRET not in whole
