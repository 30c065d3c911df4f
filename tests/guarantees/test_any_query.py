"""Whatever stands behind the question mark of an address, no page breaks."""

import re

import pytest

from .advice import ROOT
from .conditions import EVERYTHING
from .test_routes import LEDGER, PAGES, address, bare, laid, people  # noqa: F401

pytestmark = pytest.mark.django_db
APPS = ("agencies", "foundation", "indicators", "journal", "notifications", "plans", "referral", "victims")
READ = re.compile(r'GET\.get(?:list)?\("(\w+)"|^    (\w+) = (?:django_filters\.)?\w*Filter\(', re.MULTILINE)
VALUES = ["²", "x\ny: z", "\x00", "9" * 40, "2026-99-99"]


def names() -> set[str]:
    """Return every name that a page reads behind the question mark."""
    texts = (path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py"))
    return {name for text in texts for found in READ.findall(text) for name in found if name}


@pytest.mark.long
def test_no_value_in_an_address_breaks_a_page(people, bare):  # noqa: F811
    asked, broken = names(), set()
    assert {"cursor", "q", "page", "next", "year", "status"} <= asked
    doors = [(who, name) for who in people for name in PAGES if "GET" in LEDGER[name]["methods"].split()]
    for turn, (who, name) in enumerate(doors):
        people[who].raise_request_exception = False
        for value in VALUES if EVERYTHING else [VALUES[turn % len(VALUES)]]:
            answer = people[who].get(address(name), dict.fromkeys(asked, value))
            if answer.status_code >= 500:
                broken.add(f"{name} to {who}: {value!r} gives {answer.status_code}")
    assert not broken, "\n".join(sorted(broken))
