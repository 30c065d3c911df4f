"""What each page of the daily work weighs on the wire: 25 KB at most, and 150 KB with all its files at a first visit.

`bench/weights.py` weighs those of the demonstration behind the proxy of production.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from . import test_every_page, test_everybody
from .test_every_page import place  # noqa: F401
from .test_surface import weight

pytestmark = pytest.mark.django_db(transaction=True)
LATER, FIRST = 25_000, 150_000
READ = 50_000  # of HTML, unpacked: what a telephone must hold
# the short grids of all forms and ages at once, behind the first page; all fields of the acts of a case, and each act
# that the journal is searched by, at a desk
HEAVY = {"/hors-ligne/": 180_000, "/developpeurs/reference/": 250_000, "/journal/": 60_000}


def pages(place):  # noqa: F811
    """Yield (client, address) of each page that a member of the place opens, then those of developers."""
    for addresses in (test_every_page.addresses(place), test_everybody.addresses(place)):
        for who, wanted in addresses.items():
            client = Client()
            if who:
                client.force_login(getattr(place, who).user)
            yield from ((client, address) for address in wanted)
    client = Client()
    reference = client.get(reverse("referral:developers-reference")).content.decode()
    groups = set(re.findall(r'href="(\?groupe=[a-z-]+)', reference))
    assert len(groups) > 8
    yield from ((client, reverse("referral:developers-reference") + group) for group in ("", *groups))
    yield client, reverse("referral:developers")


def test_every_page_is_light_on_the_wire(place):  # noqa: F811
    wrong = []
    for client, address in pages(place):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        parts = set(re.findall(r'(?:src|href|data-script)="(/static/[^"]+)"', text))
        wire = weight(client, address)
        first = wire + sum(weight(client, part) for part in parts)
        read = len(answer.content)
        print(f"{wire:6} {read:6} {first:6} {len(parts) + 1:2} {address}")
        wrong += [f"{address}: {wire} bytes on the wire"] if wire > LATER else []
        wrong += [f"{address}: {read} bytes of HTML"] if read > HEAVY.get(address.split("?")[0], READ) else []
        wrong += [f"{address}: {first} bytes, {len(parts) + 1} requests"] if first > FIRST or len(parts) > 11 else []
    assert not wrong, "\n".join(wrong)
