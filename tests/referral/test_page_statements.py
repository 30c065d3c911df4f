"""How many statements each kind of page asks of the database, those of its transaction apart: exact, at two sizes.

A page that asks one more fails here, and so does one that asks less: write what it asks now. CPU is measured by
`./run bench pages`, never by a test.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as f
from tests.referral.api import Caller

from .full_house import Place
from .pages import Hand

pytestmark = pytest.mark.django_db
# the last one: in a test the transaction of a request has one around it, in which nobody may be left behind
OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "SELECT set_config('nrm.agency', ''")

PAGES = {
    # route: who reads, statements
    "referral:case-list": ("lead", 8),
    "referral:alert-inbox": ("lead", 10),
    "referral:orientation-received": ("lead", 9),
    "referral:orientation-sent": ("lead", 9),
    "referral:alert-list": ("nurse", 7),
    "notifications:notice-list": ("lead", 6),
    "referral:case-detail": ("lead", 19),
    "home": ("lead", 10),
    "profile": ("lead", 5),
    "policy:home": ("", 1),
}
API = {"cases/": 6, "alerts/received/": 5, "orientations/": 5}


def asked(ask) -> int:
    """Return the statements of a request that is made a second time: the first fills the caches of the process."""
    assert ask().status_code == 200
    with CaptureQueriesContext(connection) as said:
        ask()
    return sum(not query["sql"].startswith(OF_TRANSACTIONS) for query in said)


def grown(place, n: int) -> None:
    place.inbox(n)
    place.talk(n)
    for _ in range(n):
        f.own_case(place.lead)
        f.orientation(place.coord, f.case(place.coord), place.home)


def test_pages_ask_what_they_asked(client):
    place, seen = Place(), []
    browsers = {name: Hand(getattr(place, name)).client for name in ("lead", "nurse")} | {"": client}
    program = Caller(f.program(place.home))
    for more in (1, 4):
        grown(place, more)
        found = {}
        for route, (who, _) in PAGES.items():
            address = reverse(route, args=[place.case.pk] if route.endswith("detail") else [])
            found[route] = asked(lambda browser=browsers[who], address=address: browser.get(address))
        found |= {path: asked(lambda path=path: program.get(path)) for path in API}
        seen.append(found)
    few, many = seen
    assert few == many
    assert many == {route: n for route, (_, n) in PAGES.items()} | API
