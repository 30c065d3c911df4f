"""deploy/Caddyfile in a real Caddy, before a listener of our own: what it passes on, refuses and writes down."""

import http.client
import json
import socket
import time
from contextlib import suppress

import pytest

from .proxied import SECRET, Web, ask, seen


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


def test_readiness_stays_inside_and_a_large_body_is_refused(proxy):
    assert ask(proxy, "GET", "/readyz") == ask(proxy, "GET", "/metrics") == 404
    for method in ("GET", "POST"):
        for path in ("/en-vigueur/", "//en-vigueur/", "/%65n-vigueur/", "/x/../en-vigueur/"):
            assert ask(proxy, method, path, b"x" * 100_000 if method == "POST" else None) == 404, path
    assert ask(proxy, "POST", "/signaler/", b"x" * 1_000_000) == 302
    assert ask(proxy, "POST", "/signaler/", b"x" * 17_000_000) >= 400
    assert proxy.checks == [] or {found["X-Forwarded-For"] for *_, found in proxy.checks} == {"127.0.0.1"}
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


def test_no_line_says_where_or_who_when_an_answer_breaks_off(proxy):
    """The proxy itself writes such a line: with the address, what led there, the caller and the headers."""
    for hurried in (False, True):
        with socket.create_connection(("127.0.0.1", proxy.port), 30) as caller:
            request = (
                f"GET /moitie/{SECRET}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: https://exemple.invalid/{SECRET}\r\n"
            )
            caller.sendall(f"{request}User-Agent: {SECRET}\r\n\r\n".encode())
            while caller.recv(100_000) and not hurried:
                continue
    end = time.monotonic() + 30
    while "incomplete response" not in proxy.log.read_text() and time.monotonic() < end:
        time.sleep(0.1)
    whole = proxy.log.read_text()
    assert "incomplete response" in whole
    forbidden = (SECRET, "moitie", "exemple", "remote_ip", "client_ip", "remote_port", "headers", "->")
    assert [word for word in forbidden if word in whole] == []


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
