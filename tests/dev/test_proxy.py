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
from contextlib import suppress
from pathlib import Path

import pytest

from dev.hygiene import ROOT

SECRET = "SECR-ETRF"


class Application(http.server.BaseHTTPRequestHandler):
    """Answer every request by a redirect to an address that carries a reference; keep the headers."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.begun.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, dict(self.headers)))
        self.send_response(302)
        self.send_header("Location", f"/connexion/?next=/dossiers/{SECRET}/")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", "0")
        self.end_headers()

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
        self.begun, self.seen, self.leaving, self.ended, self.open = [], [], False, [], set()
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


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """Yield the first listener behind Caddy, with the other one, the port of Caddy and the file of its log."""
    place = tmp_path_factory.mktemp("caddy")
    behind = Web("127.0.0.1")
    behind.other = Web("127.0.0.2", behind.server_port, behind.probes.server_port)
    with socket.socket() as free, socket.socket() as other:
        free.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        behind.port, behind.in_clear = free.getsockname()[1], other.getsockname()[1]
    webs = f"127.0.0.1:{behind.server_port} 127.0.0.2:{behind.server_port}"
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "SITE_HOST": f"http://127.0.0.1:{behind.port}"}
    env |= {"UPSTREAM": webs, "HEALTH_PORT": str(behind.probes.server_port)}
    env |= {"PLAIN_SITE": f"http://127.0.0.1:{behind.in_clear}"}
    env |= {"XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)}
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
            behind.close()
            behind.other.close()
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


def test_caller_is_told_by_the_proxy_alone(proxy):
    lies = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-Id": "chosen-by-the-caller"}
    assert ask(proxy, "GET", "/danger/", **lies) == 302
    [headers] = [headers for path, headers in seen(proxy) if path == "/danger/"]
    assert headers["X-Request-Id"] != "chosen-by-the-caller"
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def in_clear(proxy, method: str, path: str) -> tuple[int, str, str]:
    """Return status, Location and text of the answer on the port without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.in_clear, timeout=30)
    connection.request(method, path, b"x", {"Authorization": f"Bearer {SECRET}"})
    answer = connection.getresponse()
    said = answer.status, answer.headers.get("Location", ""), answer.read().decode()
    connection.close()
    return said


def test_in_clear_a_page_leads_to_tls_and_the_api_is_refused(proxy):
    """A program redirected at each call would send its secret in clear for years, and nobody would know."""
    before = len(seen(proxy))
    assert in_clear(proxy, "GET", "/signaler/?a=1")[:2] == (308, "https://127.0.0.1/signaler/?a=1")
    assert in_clear(proxy, "GET", "/apiculture/")[:1] == (308,)
    for path in (
        "/api/v1/cases/",
        "/api/v1/token/",
        "/api",
        "/api//v1/cases/",
        "//api/v1/",
        "/%61pi/v1/",
        "/x/../api/v1/",
    ):
        status, where, text = in_clear(proxy, "POST", path)
        assert (status, where) == (403, ""), path
        assert "HTTPS" in text and SECRET not in text
    assert len(seen(proxy)) == before, "nothing of it is passed on"


def test_slow_sender_holds_no_web(proxy):
    """Fifteen megabytes from a bad network would keep a thread and a transaction until they are read."""
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as sender:
        sender.sendall(b"POST /lent/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        time.sleep(1)
        assert "/lent/" not in proxy.begun + proxy.other.begun
        sender.sendall(b"x" * 500)
        assert sender.recv(100).startswith(b"HTTP/1.1 302")
    assert "/lent/" in proxy.begun + proxy.other.begun


def test_readiness_stays_inside_and_a_large_body_is_refused(proxy):
    assert ask(proxy, "GET", "/readyz") == ask(proxy, "GET", "/metrics") == 404
    assert ask(proxy, "POST", "/signaler/", b"x" * 1_000_000) == 302
    assert ask(proxy, "POST", "/signaler/", b"x" * 17_000_000) >= 400
    assert not {"/readyz", "/metrics"} & {path for path, _ in seen(proxy)}


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("GET", "/readyz", 0, 404),
        ("GET", "/metrics", 0, 404),
        ("POST", "/signaler/", 17_000_000, 413),
        ("GET", "/", 0, 302),
    ],
)
def test_every_answer_is_for_tls_and_for_no_frame(proxy, method, path, size, status):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    with suppress(ConnectionError):  # refused before the end of the body
        connection.request(method, path, b"x" * size)
    answer = connection.getresponse()
    headers, body = answer.headers, answer.read().decode()
    connection.close()
    assert answer.status == status
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"], "said once"
    if status != 302:
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert (headers["Cache-Control"], headers["Content-Type"]) == ("no-store", "text/plain; charset=utf-8")
        assert f"Erreur {status}" in body and "112" in body


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
    request_id = next(headers["X-Request-Id"] for path, headers in seen(proxy) if path.startswith("/dossiers/"))
    assert len(request_id) == 36 and lines[-1]["request_id"] == request_id
    assert handled and [word for word in forbidden if word in handled] == []
    assert SECRET not in whole


def test_web_that_ends_is_sent_nothing_more_and_no_request_fails(proxy):
    """It says so on the port of the probes; what it is sent until the proxy has seen it is still answered."""
    proxy.leaving = True
    began, answered = time.monotonic(), []
    while time.monotonic() - began < 5:  # seconds: serving.LEAVE
        answered.append(ask(proxy, "POST", "/signaler/", b"x"))
        time.sleep(0.02)
    last, before = len(proxy.seen), len(proxy.other.seen)
    answered += [ask(proxy, "POST", "/signaler/", b"x") for _ in range(20)]
    proxy.leaving = False
    assert set(answered) == {302}
    assert (len(proxy.seen) - last, len(proxy.other.seen) - before) == (0, 20)


def test_request_to_a_web_that_is_gone_is_answered_by_the_other(proxy):
    """Nothing was given to it: a form is sent to the other one, without having been sent twice."""
    end = time.monotonic() + 10
    while proxy.other.open and time.monotonic() < end:  # a form in the moment its connection ends may have been given
        time.sleep(0.05)
    assert not proxy.other.open
    proxy.other.close()
    before = len(proxy.seen)
    try:
        assert [ask(proxy, "POST", "/signaler/", b"x") for _ in range(20)] == [302] * 20
        assert len(proxy.seen) - before == 20
    finally:
        proxy.other = Web("127.0.0.2", proxy.server_port, proxy.probes.server_port)


def test_idle_connection_to_a_web_is_closed_by_the_proxy_first(proxy):
    """A web closes it after two seconds: a form on its way in that moment would be answered by nobody."""
    proxy.ended.clear()
    began = time.monotonic()
    while not any(path == "/idle/" for path, _ in proxy.seen):
        assert ask(proxy, "POST", "/idle/", b"x") == 302
    asked = time.monotonic()
    while not [at for at in proxy.ended if at > asked] and time.monotonic() < began + 10:
        time.sleep(0.05)
    assert [at - asked for at in proxy.ended if asked < at < asked + 1.8], "the proxy keeps it for longer"
