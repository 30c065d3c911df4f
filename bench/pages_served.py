"""Ask the application for pages as gunicorn does, in this process, and print what each costs. bench/pages.py starts it.

CPU is that of this process (`time.process_time`), without PostgreSQL; beside it the calls of Python functions, which a
busy machine does not change. Kinds of pages are asked in turn, each round a
floor too: a view that answers what SELECT 1 says, behind the same middleware with the same session. Medians.
"""

import cProfile
import io
import json
import os
import pstats
import sys
import uuid
from collections import Counter
from time import process_time
from urllib.parse import urlencode

import django

from bench.lines import in_turn, line, p50

UNTOLD = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def floor(request):
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


class Site:
    def __init__(self):
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()
        self.known: dict[str, str] = {}

    def ask(self, path, *, session="", token="", data=None, body=None):
        """Send a request; return (status, Location, body)."""
        from django.conf import settings

        path, _, query = path.partition("?")
        signed_in = {settings.SESSION_COOKIE_NAME: session} if session else {}
        cookies = {**self.known.setdefault(session, {}), **signed_in}
        sent = urlencode({**data, "csrfmiddlewaretoken": "a" * 32}, doseq=True).encode() if data is not None else b""
        kind = "application/x-www-form-urlencoded"
        if data is not None:
            cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        if body is not None:
            sent, kind = json.dumps(body).encode(), "application/json"
        environ = {
            "REQUEST_METHOD": "GET" if data is None and body is None else "POST",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_REFERER": "https://localhost/",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
        }
        if token:
            environ |= {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex}
        said = {}

        def start(status, headers, _=None):
            said["status"], said["headers"] = int(status[:3]), headers

        answer = self.application(environ, start)
        content = b"".join(answer)
        answer.close()
        for name, value in said["headers"]:
            if name == "Set-Cookie":
                name, _, value = value.partition(";")[0].partition("=")
                self.known[session][name] = value
        return said["status"], dict(said["headers"]).get("Location", ""), content


def alert(site, who):
    """Write and send an alert page by page, as a browser does: nine pages shown or sent."""
    hat = {"_membership": who["member"]}

    def posted(path, data):
        status, location, content = site.ask(path, session=who["session"], data={**hat, **data})
        assert status == 302, (path, status, content[-3000:])
        return location

    at = "/signaler/"
    site.ask(at, session=who["session"])
    for sent in ({"draft": str(uuid.uuid4())}, *who["steps"], {"go": "send"}):
        at = posted(at, sent)
        assert site.ask(at, session=who["session"])[0] == 200
    assert at.startswith("/recu/"), at


def asks(site, told) -> dict:
    """Return {name: a call that asks for it}."""

    def get(path, **how):
        def call():
            status, location, content = site.ask(path, **how)
            assert status == 200, (path, status, location, content[-500:])

        return call

    found = {"floor": get("/bench/floor/", session=told["sessions"]["lead"])}
    found["public_floor"] = get("/bench/public-floor/")
    for name, (who, path) in told["pages"].items():
        found[name] = get(path, **({"session": told["sessions"][who]} if who else {}))
    for name, path in told["api"].items():
        found[name] = get(path, token=told["token"])
    found["api_floor"] = get("/api/v1/bench/floor/", token=told["token"])
    found["alert"] = lambda: alert(site, told["alert"])
    found["api_alert"] = lambda: api_alert(site, told)
    return found


def api_alert(site, told):
    status, _, content = site.ask("/api/v1/alerts/", token=told["token"], body=told["api_alert"])
    assert status == 201, content


def statements(call) -> tuple[int, Counter]:
    """Return the statements of a call without those of transactions, and these by their first word."""
    from django.db import connection

    connection.force_debug_cursor = True
    connection.queries_log.clear()
    call()
    said = [query["sql"] for query in connection.queries_log]
    connection.force_debug_cursor = False
    if os.environ.get("SHOW"):
        print(f"-- {call}", *said, sep="\n   ", file=sys.stderr)
    words = Counter(sql.split()[0] for sql in said)
    return sum(n for word, n in words.items() if word not in UNTOLD), words


def calls_of(call) -> int:
    """Return how many functions a request calls."""
    watched = cProfile.Profile()
    watched.runcall(call)
    return pstats.Stats(watched, stream=io.StringIO()).total_calls  # type: ignore[attr-defined]


def profile(call, times=50) -> str:
    watched = cProfile.Profile(process_time)
    watched.enable()
    for _ in range(times):
        call()
    watched.disable()
    out = io.StringIO()
    pstats.Stats(watched, stream=out).sort_stats("cumulative").print_stats(90)
    pstats.Stats(watched, stream=out).sort_stats("tottime").print_stats(40)
    return out.getvalue()


def main(told):
    from django.conf import settings

    from referral.api.middleware import request_quota

    settings.ROOT_URLCONF = "bench.pages_urls"
    request_quota.ORDINARY = 10**9  # requests are counted as always, and more of them allowed
    site = Site()
    calls = asks(site, told)
    for call in calls.values():
        call()
    counts = {name: statements(call) for name, call in calls.items()}
    functions = {name: calls_of(call) for name, call in calls.items()}
    if only := os.environ.get("PROFILE"):
        for name in only.split():
            print(name, profile(calls[name]), file=sys.stderr)
        return
    alerts = {name: calls.pop(name) for name in [*calls] if name.endswith("alert")}
    spent = in_turn(calls, told["rounds"], process_time) | in_turn(alerts, told["rounds"] // 4, process_time)
    held = [
        line(f"{name}_cpu_p50", p50(times), "ms", len(times), told["goals"].get(name)) for name, times in spent.items()
    ]
    for name in told["api"]:
        over = p50(spent[name]) / p50(spent["api_floor"])
        held.append(line(f"{name}_over_select1_p50", over, "ratio", len(spent[name]), 1.3))
    for name, (count, words) in counts.items():
        held.append(line(f"{name}_statements", count, "statements", 1, told["statement_goals"].get(name)))
        line(f"{name}_transactions", words["BEGIN"], "transactions", 1)
        line(f"{name}_calls", functions[name], "calls of functions", 1)
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    django.setup()
    main(json.load(sys.stdin))
