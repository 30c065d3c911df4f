"""What callers send through deploy/Caddyfile: whoever is slow, or stops, takes neither memory nor a web from others."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from dev.hygiene import ROOT
from dev.services.embedded import free_port
from tests.production.installation import wait

from .proxied import CHECK, KNOWN, LONG, MORE, WITHIN, ask, seen

SIGNED_IN = {"Cookie": f"sessionid={KNOWN}"}


def begin(proxy, path: str, size: int, **headers) -> socket.socket:
    """Announce a body of this size, and send nothing of it."""
    sender = socket.create_connection(("127.0.0.1", proxy.port), 60)
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    sender.sendall("\r\n".join([*lines, "", ""]).encode())
    return sender


def send(sender: socket.socket, size: int, rate: float = 0) -> int:
    """Send this many bytes, as fast as they are taken or at a rate a second; return how many were."""
    sent, began = 0, time.monotonic()
    with suppress(OSError):
        while sent < size:
            sent += sender.send(b"x" * min(size - sent, 10_000))
            time.sleep(max(began + sent / rate - time.monotonic(), 0) if rate else 0)
    return sent


def answered(sender: socket.socket) -> int:
    """Wait for the answer; return its status, 0 when the connection ended without one."""
    with suppress(OSError):
        said = sender.recv(100)
        return int(said.split()[1]) if said else 0
    return 0


@pytest.mark.parametrize("size", [1000, 100_000])
def test_slow_sender_holds_no_web(proxy, size):
    """Fifteen megabytes from a bad network would keep a thread and a transaction until they are read."""
    path = f"/lent/{size}/"
    with begin(
        proxy, path, size, **SIGNED_IN, **{"X-Forwarded-For": "203.0.113.9", "X-Caller": "203.0.113.9"}
    ) as sender:
        send(sender, size // 2)
        time.sleep(1)
        assert path not in proxy.begun + proxy.other.begun
        send(sender, size // 2)
        assert answered(sender) == 302
    [headers] = [headers for where, headers in seen(proxy) if where == path]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert len(headers["X-Request-Id"]) == 36 and "X-Caller" not in headers


def test_who_sends_much_is_known_before_it_is_read(proxy):
    """Of the caller's own: the session on a page, the token in the API. What is small is asked about nowhere."""
    for web in (proxy, proxy.other):
        web.checks.clear()
    assert ask(proxy, "POST", "/signaler/", b"x" * 15_000, **SIGNED_IN) == 302
    assert proxy.checks + proxy.other.checks == []
    assert ask(proxy, "POST", "/dossiers/", b"x" * 100_000, **SIGNED_IN) == 302
    assert ask(proxy, "POST", "/api/v1/cases/", b"x" * 100_000, Authorization=f"Bearer {KNOWN}") == 302
    checks = proxy.checks + proxy.other.checks
    assert {(method, path) for method, path, _ in checks} == {("GET", CHECK)} and len(checks) == 2
    assert not {"Content-Length", "Transfer-Encoding"} & {name for *_, headers in checks for name in headers}
    assert {headers["X-Body-Length"] for *_, headers in checks} == {"100000"}
    assert all(len(headers["X-Request-Id"]) == 36 for *_, headers in checks), "by which its end is known"
    assert ask(proxy, "POST", "/dossiers/", b"x" * 100_000) == 302, "a form of a session that ended is kept by the web"


def ended(sender: socket.socket) -> bool:
    """Return whether the connection is closed once what came is read."""
    sender.settimeout(10)
    try:
        while sender.recv(10_000):
            continue
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def resident(proxy) -> int:
    """Return the megabytes that the proxy holds in memory."""
    pages = Path(f"/proc/{proxy.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def spoken(port: int) -> str | None:
    """Return what the proxy speaks to a browser that knows HTTP/2; None until it has a certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as plain:
        return context.wrap_socket(plain, server_hostname="localhost").selected_alpn_protocol()
    return None


def test_a_connection_is_one_request(tmp_path):
    """HTTP/2 holds 250 requests in one connection, and the firewall counts connections."""
    port = free_port()
    caddy, file = Path(sys.executable).with_name("caddy"), ROOT / "deploy" / "Caddyfile"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    env |= {"SITE_HOST": f"https://localhost:{port}", "PLAIN_SITE": "http://127.0.0.1:0"}
    said = subprocess.run([caddy, "adapt", "--config", file], env=env, capture_output=True, text=True, check=True)
    config = json.loads(said.stdout)
    # an authority of its own, which this machine must not trust
    config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [caddy, "run", "--config", tmp_path / "config.json"], env=env, stdout=log, stderr=log
        )
    try:
        wait(lambda: spoken(port), 60)
        assert spoken(port) == "http/1.1"
    finally:
        process.terminate()
        process.wait(30)


def test_headers_are_bounded(proxy):
    """What a browser sends of ours is taken; more would fill the memory, many times."""
    longest = {"Cookie": f"sessionid={KNOWN}; messages={'x' * 2048}; others={'x' * 4096}"}
    assert ask(proxy, "GET", "/danger/?" + "x" * 4000, **longest) == 302
    assert ask(proxy, "POST", "/signaler/", b"x" * 15_000, **longest) == 302
    for crumbs in (["x" * 30_000], ["x" * 1000] * 50):
        with begin(proxy, "/crumbs/", 9, **{f"Cookie-{at}": crumb for at, crumb in enumerate(crumbs)}) as sender:
            sender.settimeout(5)
            assert answered(sender) == 431, "before a byte of the body"
    assert "/crumbs/" not in proxy.begun + proxy.other.begun


def test_one_address_within_the_rule_of_the_firewall_fills_nothing(proxy):
    """Each of its connections stops in a form, behind the longest headers that are taken."""
    rule = int(re.search(r"--connlimit-above (\d+)", (ROOT / "docs" / "operation.md").read_text())[1])
    before, held = resident(proxy), []
    try:
        for _ in range(rule):
            held.append(begin(proxy, "/arret/", 15_900, Cookie="x" * 15_000))
            send(held[-1], 15_000)
        assert ask(proxy, "GET", "/danger/") == 302
        assert resident(proxy) - before < 200, "of 2 GB"
    finally:
        for sender in held:
            sender.close()


@pytest.mark.long
def test_senders_who_stop_are_ended_and_hold_nothing(proxy):
    """Forty callers without an account announce 15.9 MB each, send twelve of them and stop, five stop in a form."""
    before, stopped = resident(proxy), [begin(proxy, "/arret/", 15_900_000) for _ in range(40)]
    stopped += [begin(proxy, "/arret/", 15_000, **SIGNED_IN) for _ in range(5)]
    threads = [threading.Thread(target=send, args=(sender, 12_000_000), daemon=True) for sender in stopped[:40]]
    began, most, slowest = time.monotonic(), 0, 0.0
    try:
        for thread in threads:
            thread.start()
        while (now := time.monotonic()) < began + WITHIN - 5:
            assert ask(proxy, "GET", "/danger/") == ask(proxy, "POST", "/signaler/", b"x" * 15_000) == 302
            assert ask(proxy, "POST", "/dossiers/", b"x" * 1_000_000, **SIGNED_IN) == 302
            slowest, most = max(slowest, time.monotonic() - now), max(most, resident(proxy) - before)
            time.sleep(0.2)
        assert most < 300 and slowest < 5, f"{most} MB more, nobody else waits for them ({slowest:.1f} s)"
        said = [answered(sender) for sender in stopped]
        assert time.monotonic() - began < WITHIN + 25, "15 s for a place, and what the answer takes"
        assert said.count(503) >= 30 and not {200, 204, 302} & set(said)
        assert all(ended(sender) for sender in stopped)
    finally:
        for sender in stopped:
            sender.close()
        for thread in threads:
            thread.join(30)
    assert "/arret/" not in proxy.begun + proxy.other.begun


@pytest.mark.long
def test_slow_line_sends_its_document_and_a_trickle_ends(proxy):
    """400 kbit/s until just before the end; a fortieth of it, and nothing at all, meet the end."""
    size, found = 50_000 * (WITHIN - 6), {}

    def upload(name: str, rate: int, **headers) -> None:
        with begin(proxy, f"/{name}/", size, **headers) as sender:
            began = time.monotonic()
            send(sender, size if rate else 0, rate)
            found[name] = answered(sender), time.monotonic() - began

    waits = {
        "steady": (50_000, SIGNED_IN),
        "trickle": (1_200, SIGNED_IN),
        "silent": (0, SIGNED_IN),
        "other": (50_000, {}),
    }
    threads = [threading.Thread(target=upload, args=(name, rate), kwargs=who) for name, (rate, who) in waits.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN + 40)
    assert found["steady"][0] == found["other"][0] == 302 and found["steady"][1] > WITHIN - 7
    for name in ("trickle", "silent"):
        assert found[name][0] not in (200, 204, 302) and WITHIN - 1 < found[name][1] < WITHIN + 15, found
    said = (ROOT / "deploy" / "Caddyfile").read_text()
    minutes = int(re.search(r"read_body \{\$BODY_WITHIN:(\d+)m\}", said)[1])
    assert 60 * minutes > 15_000_000 / 50_000 + 30, "a telephone at 400 kbit/s sends 15 MB, and begins again once"


@pytest.mark.long
def test_answer_is_not_cut_where_a_body_is(proxy):
    """The end of what is sent is not one of what is read, over HTTP/1.1: a document comes whole to a slow line."""
    whole = []

    def download(sent: bytes) -> None:
        with begin(proxy, "/long/", len(sent), **SIGNED_IN) as caller:
            caller.sendall(sent)
            began, came = time.monotonic(), 0
            while came < LONG and (piece := caller.recv(65_536)):
                came += len(piece)
                time.sleep(max(began + came / (LONG / (WITHIN + 10)) - time.monotonic(), 0))
            whole.append(came >= LONG and time.monotonic() - began > WITHIN + 5)

    threads = [threading.Thread(target=download, args=(body,)) for body in (b"", b"x" * 100, b"x" * 1_000_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN + 40)
    assert whole == [True] * 3


def test_what_has_no_body_and_no_length_is_small(proxy):
    """`curl -X POST` says neither; a body without a length says that it is chunked, and waits for a place."""
    for extra, asked in (("", 0), ("Transfer-Encoding: chunked\r\n", 1)):
        before = len(proxy.checks + proxy.other.checks)
        with socket.create_connection(("127.0.0.1", proxy.port), 30) as sender:
            sender.sendall(f"POST /vide/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{extra}\r\n".encode())
            sender.sendall(b"0\r\n\r\n" if asked else b"")
            assert answered(sender) == 302
        assert len(proxy.checks + proxy.other.checks) - before == asked


@pytest.mark.long
def test_known_callers_fill_no_more_than_their_places(proxy):
    """One more is refused after a while; pages, forms and what others send wait for none of them."""
    said = (ROOT / "deploy" / "Caddyfile").read_text()
    places = int(re.search(r"import wait_by_size known \d+ (\d+)", said)[1])
    held = [begin(proxy, "/place/", 1_000_000, **SIGNED_IN) for _ in range(places)]
    try:
        time.sleep(2)
        began = time.monotonic()
        assert ask(proxy, "GET", "/danger/") == ask(proxy, "POST", "/signaler/", b"x" * 15_000) == 302
        assert ask(proxy, "POST", "/signaler/", b"x" * 100_000) == 302
        assert time.monotonic() - began < 4
        with begin(proxy, "/place/", 1_000_000, **SIGNED_IN) as one_more:
            assert answered(one_more) == 503
        assert time.monotonic() - began < WITHIN
    finally:
        for sender in held:
            sender.close()
    wait(lambda: ask(proxy, "POST", "/dossiers/", b"x" * 1_000_000, **SIGNED_IN) == 302, 30)


BEYOND = {"Cookie": f"sessionid={KNOWN}; x={MORE}"}
STRANGER_BEYOND = {"Cookie": f"x={MORE}"}


@pytest.mark.parametrize(("who", "others", "places"), [(BEYOND, SIGNED_IN, 2), (STRANGER_BEYOND, {}, 1)])
def test_who_has_no_place_left_waits_in_a_line_that_no_other_waits_in(proxy, who, others, places):
    held = [begin(proxy, "/place/", 1_000_000, **who) for _ in range(places)]
    try:
        time.sleep(1)
        began = time.monotonic()
        for size in (50_000, 1_000_000):
            assert ask(proxy, "POST", "/dossiers/", b"x" * size, **others) == 302
        assert ask(proxy, "POST", "/dossiers/", b"x" * 50_000, **who) == 302, "near miss: a text"
        assert time.monotonic() - began < 4
        assert ask(proxy, "POST", "/dossiers/", b"x" * 1_000_000, **who) == 503
    finally:
        for sender in held:
            sender.close()
    wait(lambda: ask(proxy, "POST", "/dossiers/", b"x" * 1_000_000, **who) == 302, 30)


@pytest.mark.parametrize(("who", "places"), [(SIGNED_IN, 13), ({}, 3)])
def test_a_long_text_waits_for_no_document(proxy, who, places):
    """Minutes, a draft of 300 kB, an alert by the API: while every place of a document is held."""
    held = [begin(proxy, "/place/", 1_000_000, **who) for _ in range(places)]
    try:
        time.sleep(1)
        for size in (16_000, 50_000, 319_999):
            began = time.monotonic()
            assert ask(proxy, "POST", "/dossiers/", b"x" * size, **who) == 302, size
            assert time.monotonic() - began < 4, size
        began = time.monotonic()
        assert ask(proxy, "POST", "/dossiers/", b"x" * 320_000, **who) == 503, "a document"
    finally:
        for sender in held:
            sender.close()
    wait(lambda: ask(proxy, "POST", "/dossiers/", b"x" * 1_000_000, **who) == 302, 30)
