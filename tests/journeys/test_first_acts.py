"""The five acts that each role does most, pressed in a real browser from its first page, on a phone and at a desk.

`tests/guarantees/expected/first_acts.csv` says in how many clicks; a link behind « Menu » is a click more.
SHOW=1 prints the table of docs/figures/first_acts.md.
"""

import os

import pytest
from django.urls import reverse

from tests import factories as f
from tests.dev.test_first_pages import ACTS, HATS, words

from .walk import Walk, one_heading, take_form

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (390, 1280)


def seen(page, address: str):
    """Return the first link to this address that is in sight and has a name; None when there is none."""
    links = page.locator(f'a[href="{address}"]')
    return next((link for link in links.all() if link.is_visible() and link.inner_text().strip()), None)


def pressed(walk, address: str) -> tuple[int, str]:
    """Go from the first page to this one; return how many clicks it took and what the link is called."""
    page, before = walk.page, walk.clicks
    walk.open("/")
    if (link := seen(page, address)) is None:
        walk.click("button:has-text('Menu')")
        link = seen(page, address)
    assert link is not None, f"no link to {address}"
    name = " ".join(link.inner_text().split())
    with page.expect_navigation():
        page.get_by_role("link", name=name).and_(page.locator(f'a[href="{address}"]:visible')).first.click()
    walk.clicks += 1
    assert page.url.removeprefix(walk.base).split("?")[0] == address
    one_heading(page, address)
    return walk.clicks - before, name


@pytest.mark.parametrize("hat", HATS, ids=words)
def test_five_most_frequent_acts_are_one_click_from_the_first_page(hat, transactional_db, live_server, browser):
    coordination, roles = hat
    f.national()
    walk = Walk(browser, live_server, f.member(f.coordination() if coordination else f.agency(), *roles))
    wrong = []
    for line in (line for line in ACTS if line["role"] == words(hat)):
        took = []
        for width in WIDTHS:
            take_form(walk.page, width, "light")
            clicks, name = pressed(walk, reverse(line["route"]))
            took.append(clicks)
            wrong += [f"{line['act']}: {clicks} clicks at {width} px"] if clicks != int(line["clicks"]) else []
        if os.environ.get("SHOW"):
            print(f"\n| {line['role']} | {line['act']} | {name} | {took[0]} | {took[1]} |", end="")
    assert not wrong, "\n".join(wrong)
    assert not walk.faults
