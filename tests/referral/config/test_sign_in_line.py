"""Sign-ins wait beside pages: in what order, how many, and before a real gunicorn with four threads."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from dev.hygiene import ROOT
from referral.config.sign_in_line import AT_ONCE, OF_ALL, OF_ONE, Line, caller, full

SECONDS = 0.3  # of a sign-in
APPLICATION = f"""
import os, time
import django
django.setup()
def app(environ, start):
    if environ["PATH_INFO"].endswith("/slow/") or environ["PATH_INFO"].startswith("/connexion/"):
        environ["wsgi.input"].read()
        time.sleep({SECONDS})
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode()]
"""


def test_each_address_has_its_turn():
    line = Line()
    assert [line.enter("storm", n) for n in range(6)] == [True] * AT_ONCE + [False] * 4
    assert line.enter("school", "one of the school") is False
    assert [line.leave() for _ in range(3)] == [2, "one of the school", 3], "not behind all of the storm"
    assert [line.leave(), line.leave()] == [4, 5]
    assert [line.leave() for _ in range(AT_ONCE)] == [None] * AT_ONCE
    assert [line.enter("storm", n) for n in range(3)] == [True, True, False], "as at first"


def test_full_line_of_one_address_closes_no_other():
    line = Line()
    said = [line.enter("storm", n) for n in range(AT_ONCE + OF_ONE + 1)]
    assert said.count(False) == OF_ONE and said[-1] is None
    assert line.enter("school", "x") is False
    many = [line.enter(f"10.0.{n}.1", n) for n in range(OF_ALL)]
    assert many.count(None) == OF_ONE + 1, "of a thousand connections most are left to pages"


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (b"POST /connexion/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\n\r\nusername=", "192.0.2.7"),
        (b"POST /en/connexion/ HTTP/1.1\r\nx-forwarded-for: 9.9.9.9, 192.0.2.7\r\n\r\n", "192.0.2.7"),
        (b"POST /connexion/seconde-etape/ HTTP/1.1\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n", "192.0.2.7"),
        (b"POST /api/v1/token/ HTTP/1.1\r\nX-Forwarded-For: 2001:db8::7\r\n\r\n", "2001:db8::/64"),
        (b"POST /connexion/ HTTP/1.1\r\nHost: x\r\n\r\nX-Forwarded-For: 1.1.1.1\r\n", "127.0.0.1"),
        (b"GET /connexion/ HTTP/1.1\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n", None),
        (b"POST /danger/ HTTP/1.1\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n", None),
        (b"POST /signaler/?next=/connexion/ HTTP/1.1\r\n\r\n", None),
        (b"", None),
    ],
)
def test_who_signs_in_is_read_and_nothing_taken(settings, head, address):
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1/32")]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(head)
        assert caller(ours, ("127.0.0.1", 5)) == address
        if head:
            assert ours.recv(len(head) + 1) == head


def test_program_is_told_in_json():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST /api/v1/token/ HTTP/1.1\r\n\r\n")
        head, _, body = full(ours).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ") and b"Retry-After: 5" in head
    assert json.loads(body) == {"error": "temporarily_unavailable"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Yield the port of one process of four threads."""
    place = tmp_path_factory.mktemp("line")
    (place / "slow_sign_in.py").write_text(APPLICATION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "slow_sign_in:app", "--pythonpath", str(place)]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "referral.config.serving.Worker", "--threads", "4"]
    env = {name: value for name, value in os.environ.items() if name != "HEALTH_PORT"}
    env |= {"DJANGO_SETTINGS_MODULE": "referral.config.settings", "TRUSTED_PROXIES": "127.0.0.1/32"}
    with (place / "log").open("w") as log:
        process = subprocess.Popen([*command, "--no-control-socket"], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 90
            while ask(port, "GET", "/") is None:
                assert process.poll() is None and time.monotonic() < end, (place / "log").read_text()
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def ask(port, method, path, address="192.0.2.1"):
    """Return status, body and seconds; None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.monotonic()
    try:
        body = b"username=x" if method == "POST" else None
        connection.request(method, path, body, {"X-Forwarded-For": address})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), time.monotonic() - began
    except OSError:
        return None
    finally:
        connection.close()


def storm(port, many, path="/connexion/"):
    """Begin so many requests at once, and return who waits for them."""
    pool = ThreadPoolExecutor(many)
    begun = [pool.submit(ask, port, "POST", path) for _ in range(many)]
    time.sleep(0.1)
    return begun


def test_page_and_sign_in_of_others_do_not_wait_for_a_storm(server):
    waiting = storm(server, 24)  # 24 × 0.3 s by two at a time: 3.6 s
    status, said, took = ask(server, "GET", "/danger/", "192.0.2.2")
    assert (status, said) == (200, "GET") and took < 1
    status, said, took = ask(server, "POST", "/connexion/", "192.0.2.2")
    assert (status, said) == (200, "POST") and took < 5 * SECONDS, "after who is inside, and one of the storm"
    assert not all(one.done() for one in waiting)
    assert [one.result()[:2] for one in waiting] == [(200, "POST")] * 24, "nobody is sent away"


def test_other_long_requests_are_answered_as_before(server):
    waiting = storm(server, 4, "/slow/")
    assert max(one.result()[2] for one in waiting) < 4 * SECONDS, "by four threads"


def test_kept_connection_waits_for_each_of_its_requests(server):
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=60)
    for method, path in (("POST", "/connexion/"), ("GET", "/"), ("POST", "/connexion/"), ("POST", "/connexion/")):
        waiting = storm(server, 4)
        connection.request(method, path, b"x" if method == "POST" else None)
        assert connection.getresponse().read().decode() == method
        assert {one.result()[0] for one in waiting} == {200}
    connection.close()


@pytest.mark.long
def test_who_finds_the_line_full_is_told_at_once_and_pages_go_on(server):
    lock, asked = threading.Lock(), []

    def one(_n):
        found = ask(server, "POST", "/connexion/")
        with lock:
            asked.append(found)

    with ThreadPoolExecutor(60) as pool:
        for n in range(60):
            pool.submit(one, n)
        time.sleep(0.5)
        assert ask(server, "GET", "/danger/", "192.0.2.2")[2] < 1.5
    told = [found for found in asked if found[0] == 503]
    assert len(told) == 60 - AT_ONCE - OF_ONE or 0 < len(told) < 20
    assert all("réessayez" in said and "112" in said for _, said, _ in told)
    assert [found[0] for found in asked].count(200) == 60 - len(told)
    assert ask(server, "POST", "/connexion/")[0] == 200


def test_connections_that_say_nothing_hold_no_thread(server):
    """A proxy opens some ahead of requests: each held a thread for up to five seconds."""
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(socket.create_connection(("127.0.0.1", server)))
        time.sleep(0.2)
        assert ask(server, "GET", "/danger/")[2] < 1
        late = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
        time.sleep(1)
        late.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert late.recv(4096).startswith(b"HTTP/1.1 200 "), "what comes a little later is answered"
