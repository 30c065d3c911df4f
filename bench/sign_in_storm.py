"""How long do pages wait while many sign in at once? Ratios of two settings, rounds interleaved.

    python bench/sign_in_storm.py PASSWORD NAME=EMAIL,EMAIL=http://127.0.0.1:8001 NAME=EMAIL,EMAIL=http://127.0.0.1:8002

Each address is a running web process (2 workers of 4 threads) on the same demonstration data. A round of each: the page
« Danger immédiat » alone, then while 12 and 32 sign in at the same moment with right passwords (name a dozen accounts:
one alone is counted, and closed). Prints seconds: median and worst of the page, median of the sign-ins, and answers.
docs/figures/sign_in_storm.md holds the last figures.
"""

import argparse
import http.client
import re
import statistics
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

STORMS = (12, 32)
PAGE = "/danger/"


class Browser:
    """Keep the cookies of one browser, and open a connection for each request, as the proxy may."""

    def __init__(self, address: str):
        self.host, self.cookies = urlsplit(address).netloc, {}

    def ask(self, method: str, path: str, fields: dict | None = None) -> tuple[int, str, float]:
        """Return status, body and seconds."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(self.host, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, body, time.monotonic() - began

    def form(self, email: str, password: str) -> dict:
        """Open the page of sign-in; return its fields, filled."""
        page = self.ask("GET", "/connexion/")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        return {"csrfmiddlewaretoken": token, "username": email, "password": password}

    def sign_in(self, fields: dict) -> tuple[int, float]:
        status, _body, took = self.ask("POST", "/connexion/", fields)
        return status, took


def storm(address: str, emails: list[str], password: str, many: int) -> tuple[list[float], list[float], Counter]:
    """Return the seconds of the page during the storm, the seconds of each sign-in, and their answers."""
    reader = Browser(address)
    assert reader.sign_in(reader.form(emails[0], password))[0] == 302
    assert reader.ask("GET", PAGE)[0] == 200
    ready = [(browser := Browser(address), browser.form(emails[n % len(emails)], password)) for n in range(many)]
    over, pages = threading.Event(), []

    def read():
        while not over.is_set():
            status, _body, took = reader.ask("GET", PAGE)
            assert status == 200
            pages.append(took)

    reading = threading.Thread(target=read)
    reading.start()
    if not many:
        time.sleep(2)
    with ThreadPoolExecutor(max(many, 1)) as pool:
        done = list(pool.map(lambda one: one[0].sign_in(one[1]), ready))
    over.set()
    reading.join()
    return pages, [took for _status, took in done], Counter(status for status, _took in done)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("password")
    parser.add_argument("sites", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    sites = {name: where.split("=", 1) for name, where in (site.split("=", 1) for site in asked.sites)}
    pages, waits, answers = defaultdict(list), defaultdict(list), defaultdict(Counter)
    for _round in range(asked.rounds):
        for many in (0, *STORMS):
            for name, (emails, address) in sites.items():
                page, took, said = storm(address, emails.split(","), asked.password, many)
                pages[many, name] += page
                waits[many, name] += took
                answers[many, name] += said
    print("| sign-ins at once | setting | page, median | page, worst | sign-in, median | answers |")
    print("|---|---|---|---|---|---|")
    for (many, name), found in sorted(pages.items()):
        took = f"{statistics.median(waits[many, name]):.2f}" if many else ""
        said = dict(answers[many, name])
        print(f"| {many} | {name} | {statistics.median(found):.3f} | {max(found):.2f} | {took} | {said} |")


if __name__ == "__main__":
    main()
