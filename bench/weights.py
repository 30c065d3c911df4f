"""What does each page weigh on the wire, and how long does the first visit of an alert take on a slow network?

    ./run                                                            in one terminal: the demonstration
    .venv/dev/bin/python -m dev.services.session -m bench.weights    in another one

A web with the settings of production, its static files collected, and the proxy of production on the database of the
demonstration. Some of its accounts follow every link from their first page; of each route the heaviest page counts.
Then Chromium, with nothing kept from an earlier visit, opens a few pages at 400 kbit/s and 400 ms a request.
docs/figures/weights.md holds the last figures.
"""

import gzip
import http.client
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import django

from bench.lines import line
from dev.services.embedded import free_port
from dev.services.processes import spawn, stop_all
from dev.services.state import ROOT

LATER, FIRST, SLOW_BYTES, SLOW_SECONDS = 25_000, 150_000, 40_000, 2.0  # goals; the last two of Signaler alone
SPEED, LATENCY, ROUNDS = 50_000, 400, 5  # bytes a second (400 kbit/s), ms a request
SAMPLES = 2  # pages of one route that one account opens
VISITORS = ["", "infirmiere", "gendarme", "foyer", "coordination", "nationale", "audit", "direction-foyer"]
VISITORS += ["plateforme", "syndicat"]
SLOW = {"/signaler/": "infirmiere", "/danger/": "infirmiere", "/": "", "/fiches/": ""}
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')
STATIC = re.compile(r'(?:src|href|data-script)="(/static/[^"]+)"')


class Page(NamedTuple):
    """Say what came for an address: bytes of the answer's body on the wire, and of the page as it is read."""

    wire: int
    read: int
    text: str


class Visitor:
    """Keep one connection to the proxy, as a browser that takes gzip and brotli."""

    def __init__(self, port: int, cookie: str = ""):
        self.site, self.cookie = http.client.HTTPConnection("localhost", port, timeout=60), cookie

    def ask(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        headers = (
            {"Accept-Encoding": "gzip, br", "Cookie": self.cookie} if self.cookie else {"Accept-Encoding": "gzip, br"}
        )
        self.site.request("GET", path, headers=headers)
        answer = self.site.getresponse()
        return answer, answer.read()

    def page(self, path: str) -> Page | None:
        """Return a page of HTML; None for anything else."""
        answer, body = self.ask(path)
        if answer.status != 200 or answer.headers.get_content_type() != "text/html":
            return None
        text = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
        return Page(len(body), len(text), text.decode())


@contextmanager
def production() -> Iterator[int]:
    """Run the web and the proxy of production on the services of this process; yield the port of the proxy."""
    from tests.production.installation import command_of_the_image

    place, web, proxy = Path(tempfile.mkdtemp(prefix="repere-weights-")), free_port(), free_port()
    env = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    env |= {"STATIC_ROOT": str(place / "static"), "STATIC_HASHED": "1", "SSL_REDIRECT": "0", "HEALTH_HOST": "127.0.0.1"}
    env |= {"HEALTH_PORT": str(free_port()), "TRUSTED_PROXIES": "127.0.0.1/32", "PYTHONPATH": str(ROOT)}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, env=env, cwd=ROOT, check=True)
    command = [sys.executable, "-m", *command_of_the_image()]
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{web}") for part in command]
    site = {"SITE_HOST": f"http://localhost:{proxy}", "UPSTREAM": f"127.0.0.1:{web}", "HEALTH_PORT": env["HEALTH_PORT"]}
    site |= {"PLAIN_SITE": f"http://127.0.0.1:{free_port()}"}
    site |= dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(place))
    caddy = [str(Path(sys.executable).with_name("caddy")), "run", "--config", str(ROOT / "deploy/Caddyfile"),
             "--adapter", "caddyfile"]  # fmt: skip
    started = [
        spawn("The web", command, place / "web.log", env, cwd=ROOT, stop_signal=signal.SIGTERM),
        spawn("The proxy", caddy, place / "proxy.log", site, cwd=ROOT),
    ]
    try:
        _wait(proxy)
        yield proxy
    finally:
        stop_all(started, 30)
        shutil.rmtree(place, ignore_errors=True)


def _wait(port: int) -> None:
    for _ in range(120):
        try:
            if Visitor(port).ask("/connexion/")[0].status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("The web did not start.")


def cookie_of(name: str) -> str:
    """Sign an account of the demonstration in, with its second factor; return the cookie of its session."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from tests.second_step import pass_second_step

    client = Client()
    user = get_user_model().objects.get(email=f"{name}@demo.invalid")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    pass_second_step(client, user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def walked(visitor: Visitor) -> Iterator[tuple[str, str, Page]]:
    """Yield (route, address, page) of every page that links lead to from the first one, a few of each route."""
    from django.urls import Resolver404, resolve

    waiting, seen, taken = ["/"], {"/"}, Counter()
    while waiting:
        address = waiting.pop(0)
        try:
            route = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        if taken[route] == SAMPLES or route in ("logout",):
            continue
        taken[route] += 1
        if (page := visitor.page(address)) is None:
            continue
        yield route, address, page
        for found in map(unescape, LINK.findall(page.text)):
            target = urlsplit(found)
            whole = f"{target.path or urlsplit(address).path}" + (f"?{target.query}" if target.query else "")
            if not target.netloc and not target.scheme and whole.startswith("/") and whole not in seen:
                seen.add(whole)
                waiting.append(whole)


def weighed(port: int, cookies: dict[str, str]) -> dict[str, tuple]:
    """Return by route (bytes on the wire, bytes read, bytes of a first visit, requests of it, address, who)."""
    found: dict[str, tuple] = {}
    plain, files = Visitor(port), {}
    for who in VISITORS:
        for route, address, page in walked(Visitor(port, cookies.get(who, ""))):
            if os.environ.get("SHOW"):
                print(who, address, page.wire, page.read, file=sys.stderr, flush=True)
            parts = set(STATIC.findall(re.sub("<noscript>.*?</noscript>", "", page.text, flags=re.DOTALL)))
            for part in parts - files.keys():
                files[part] = len(plain.ask(part)[1])
            first = page.wire + sum(files[part] for part in parts)
            here = (page.wire, page.read, first, 1 + len(parts), address, who or "nobody")
            found[route] = max(found.get(route, here), here)
    return found


def slow(port: int, cookies: dict[str, str]) -> dict[str, list[tuple[float, float, float, int, int]]]:
    """Return by page, a line a round: seconds to the first text, to a usable page, to all; bytes and requests."""
    from playwright.sync_api import sync_playwright

    from tests.journeys.walk import CHROMIUM

    found: dict[str, list] = {address: [] for address in SLOW}
    with sync_playwright() as started:
        for _ in range(ROUNDS):
            for address, who in SLOW.items():
                browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                found[address].append(_visit(browser, f"http://localhost:{port}", address, cookies.get(who, "")))
                browser.close()
    return found


def _visit(browser, site: str, address: str, cookie: str) -> tuple[float, float, float, int, int]:
    """Open a page in a browser that was never here; the worker that keeps pages for the road comes after it."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block", locale="fr-FR")
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": site}])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY, "downloadThroughput": SPEED, "uploadThroughput": SPEED,
    })  # fmt: skip
    received: list[int] = []
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(site + address, wait_until="load")
    page.wait_for_timeout(1500)  # what a script asks for after it
    taken = page.evaluate("""() => { const all = performance.getEntriesByType('navigation')[0];
        const first = performance.getEntriesByName('first-contentful-paint')[0];
        return [first.startTime, all.domContentLoadedEventEnd, all.loadEventEnd] }""")
    received = [length for length in received if length]
    return (*(ms / 1000 for ms in taken), sum(received), len(received))


def main() -> int:
    """Print the table of pages and that of the slow network; return 1 when a goal is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "referral.config.settings")
    django.setup()
    cookies = {name: cookie_of(name) for name in {*VISITORS, *SLOW.values()} if name}
    with production() as port:
        pages, visits = weighed(port, cookies), slow(port, cookies)
    print("| route | opened by | on the wire | HTML | first visit | requests |\n|---|---|---|---|---|---|")
    for route, (wire, read, first, asked, _address, who) in sorted(pages.items(), key=lambda one: -one[1][1]):
        print(f"| `{route}` | {who} | {wire:,} | {read:,} | {first:,} | {asked} |")
    print("\n| first visit | first text | usable | all | bytes | requests |\n|---|---|---|---|---|---|")
    for address, rounds in visits.items():
        text, usable, whole, size, asked = map(statistics.median, zip(*rounds, strict=True))
        print(f"| `{address}` | {text:.2f} s | {usable:.2f} s | {whole:.2f} s | {size:,.0f} | {asked:.0f} |")
    signaler = visits["/signaler/"]
    kept = [
        line("later_page_most", max(page[0] for page in pages.values()), "bytes on the wire", len(pages), LATER),
        line("first_visit_most", max(page[2] for page in pages.values()), "bytes on the wire", len(pages), FIRST),
        line("signaler_bytes", statistics.median(one[3] for one in signaler), "bytes", ROUNDS, SLOW_BYTES),
        line("signaler_usable", statistics.median(one[1] for one in signaler), "s", ROUNDS, SLOW_SECONDS),
    ]
    return not all(kept)


if __name__ == "__main__":
    sys.exit(main())
