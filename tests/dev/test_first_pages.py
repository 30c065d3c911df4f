"""What each account of the demonstration finds in its menu and on its first page."""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from agencies.models import Kind
from dev.demo import people
from referral.public import display
from tests import factories

pytestmark = pytest.mark.django_db
COORDINATIONS = {unit.code for unit in people.UNITS if unit.kind == Kind.COORDINATION}
HATS = sorted(
    {(code in COORDINATIONS, tuple(sorted(roles))) for person in people.PEOPLE for code, roles, _title in person.hats}
)
# written by hand: the five acts that each role does most, and in how many clicks from its first page
FILE = Path(settings.BASE_DIR, "tests/guarantees/expected/first_acts.csv")
ACTS = list(csv.DictReader(FILE.read_text().splitlines()))


def words(hat) -> str:
    return "+".join(hat[1]) + (" of a coordination" if hat[0] else "")


def first_page(hat):
    """Return a member who wears this hat, with nothing to do yet, and the first page as its reader finds it."""
    coordination, roles = hat
    member = factories.member(factories.coordination() if coordination else factories.agency(), *roles)
    client = Client()
    client.force_login(member.user)
    return member, client.get("/").content.decode()


@pytest.mark.parametrize("hat", HATS, ids=words)
def test_menu_has_six_lines_at_most_and_the_first_page_has_the_rest(hat):
    member, page = first_page(hat)
    row = re.findall(r'<a class="fr-nav__link" href="([^"]+)"', page)
    assert 1 < len(row) <= 6
    main = page[page.index("<main") :]
    elsewhere = {line["href"] for line in display.entries(member)} - set(row)
    assert not {href for href in elsewhere if f'href="{href}"' not in main}


@pytest.mark.parametrize("hat", HATS, ids=words)
def test_first_page_holds_the_five_most_frequent_acts_of_a_role(hat):
    """One click each, also for who has nothing to do yet: a link that is neither folded nor on another page."""
    acts = [line for line in ACTS if line["role"] == words(hat)]
    assert len(acts) == 5, f"write the five acts of {words(hat)} in tests/guarantees/expected/first_acts.csv"
    _member, page = first_page(hat)
    in_sight = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for line in acts:
        clicks = 1 if f'href="{reverse(line["route"])}"' in in_sight else 2
        assert clicks == int(line["clicks"]), f"{line['act']}: {line['route']} is not one click away"


def test_no_act_is_written_for_a_role_that_nobody_has():
    assert {line["role"] for line in ACTS} == set(map(words, HATS))
