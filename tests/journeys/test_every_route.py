"""Each page of the ledger of routes is looked at with axe: in the lists of three journeys, by the walk below, which
follows the links of members of every role, or in a journey named beside it. What is no page says why.

A new route is in none of them, and fails.
"""

import uuid
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from agencies.models import Category, Kind, Membership, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.guarantees import policy_rows
from tests.guarantees.forms_walk import Page, route_of, signed
from tests.guarantees.test_routes import LEDGER
from tests.guarantees.world import World
from tests.roles import as_role
from victims.thread.operations import write_entry

from . import test_every_page, test_everybody, test_public_policy
from .test_every_page import SIDES, look_at
from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
JOURNEYS = Path(__file__).parent
# what answers a GET with something else than a page of its own
NO_PAGE = {
    "a file": "opendata:archive opendata:file opendata:package plans:commitment-template plans:money-campaign-table"
    " plans:questionnaire-csv plans:questionnaire-odt policy:commitment-report-csv policy:commitment-report-pdf"
    " policy:plan-pdf policy:plan-version-pdf policy:statistics-pdf referral:dashboard-csv referral:dashboard-ods"
    " referral:developers-openapi referral:export-file referral:import-template referral:survey-csv"
    " referral:survey-ods referral:survey-xlsx",
    "a file of the device": "referral:manifest service-worker",
    "an answer to a script": "referral:alert-reading referral:offline-ticket still-here",
    "an answer to the proxy": "referral:in-force",
    "a way to another page": "notifications:notice-open plans:contribution-answer plans:contribution-moderate"
    " plans:contribution-name plans:contribution-withdraw plans:evaluation-discard referral:action-done"
    " referral:requisition-keeping referral:export-prepare referral:hold-detail referral:procedure-start"
    " referral:provider-return referral:survey-send referral:timeline-search referral:work",
    "the page of another route, one form more": "plans:metric-value plans:money-beneficiary-correct",
}
ELSEWHERE = {  # where axe looks at it
    "kept": "test_kept.py",
    "plans:consultation-withdraw": "test_participation.py",
    "plans:contribution-publish": "test_participation.py",
    "plans:plan-changes": "test_plan.py",
    "referral:archive-open": "test_archives.py",
    "referral:hook": "test_programs.py",
    "referral:hook-make": "test_programs.py",
    "referral:match-detail": "test_duplicates.py",
    "referral:match-merge": "test_duplicates.py",
    "referral:powers": "test_powers.py",
    "referral:powers-list": "test_powers.py",
    "referral:program": "test_programs.py",
    "referral:program-calls": "test_programs.py",
    "referral:second-step": "test_second_factor.py",
    "referral:situation-ask": "test_group.py",
    "referral:situation-opening": "test_group.py",
    "referral:situation-question": "test_group.py",
}
EACH, MOST = 2, 6  # pages of one route that are read to follow their links: of one member, of all


@cache
def pages() -> set[str]:
    """Return the routes that a person opens."""
    known = {name for name, row in LEDGER.items() if row["access"] not in ("token", "client", "development")}
    return {name for name in known if "GET" in LEDGER[name]["methods"]}


@cache
def listed() -> set[str]:
    """Return the routes of the journeys that open a list of pages."""
    anything = SimpleNamespace(pk=uuid.UUID(int=7))
    names = ("case", "entry", "paper", "checklist", "agreement", "export", "situation", "table", "asked")
    place = SimpleNamespace(**dict.fromkeys(names, anything))
    place.lead = SimpleNamespace(pk=7)
    addresses = [one for some in test_every_page.addresses(place).values() for one in some]
    public = {name for name, row in LEDGER.items() if row["access"] == "public"} - test_public_policy.APART
    return {resolve(one).view_name for one in addresses} | test_everybody.ROUTES | public


def reached(members: dict, within: str) -> dict[str, list]:
    """Return by route [member, address] of a page that links lead to, which no list opens."""
    found, known, seen = {}, listed(), defaultdict(int)
    for member, starts in members.items():
        client, todo, mine = signed(member), [*starts, within], defaultdict(int)
        while todo:
            address = todo.pop(0)
            route = route_of(address)
            if not route or mine[route] == EACH or route == "logout" or (seen[route] >= MOST and address != within):
                continue
            mine[route], seen[route] = mine[route] + 1, seen[route] + 1
            answer = client.get(address)
            held_out_of_frames(answer, address)
            if answer.status_code == 302:
                todo.append(answer["Location"])
            if answer.status_code != 200 or answer.streaming or "text/html" not in answer.get("Content-Type", ""):
                continue
            if route not in known and route in pages():
                found.setdefault(route, [member, address])
            todo += [to for to in Page(address, answer.content.decode()).links if to.startswith(within)]
    return found


def held_out_of_frames(answer, address: str) -> None:
    """Check that no other site shows this answer within a page of its own, where one would click without knowing."""
    policy = answer.get("Content-Security-Policy", "")
    assert "frame-ancestors 'none'" in policy or policy.startswith("sandbox"), (address, policy)
    assert answer.get("X-Frame-Options") == "DENY", address


def walk_of(member, browser, live_server) -> Walk:
    """Open a browser under the very membership that found the page: one person may have two."""
    walk, cookie = Walk(browser, live_server, None), signed(member).cookies[settings.SESSION_COOKIE_NAME]
    walk.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": walk.base}])
    return walk


def look(found: dict[str, list], browser, live_server) -> list[str]:
    """Open each page as its member; return what is wrong."""
    wrong, walks = [], {}
    for turn, (route, (member, address)) in enumerate(sorted(found.items())):
        walk = walks.get(member.pk) or walks.setdefault(member.pk, walk_of(member, browser, live_server))
        answer = walk.page.goto(walk.base + address)
        try:
            assert answer.status == 200, answer.status
            look_at(walk.page, address, SIDES[turn % 2])
        except AssertionError as said:
            wrong.append(f"{route}: {said}")
    return [*wrong, *(fault for walk in walks.values() for fault in walk.faults)]


def unseen(found: dict[str, list], policy: bool) -> list[str]:
    how = "no page of it is looked at: let a link of a member of the walk lead to it, or name its journey in ELSEWHERE"
    known = {*found, *listed(), *ELSEWHERE, *(name for names in NO_PAGE.values() for name in names.split())}
    return [f"{name}: {how}" for name in sorted(pages() - known) if name.startswith("plans:") == policy]


def deep(world) -> dict[Membership, list[str]]:
    """Who reads first, and pages that no link of this small country leads to."""
    child = f.case(world.coordinator, minor="yes")
    police = f.agency(Kind.INTERIOR, max_level=2, may_hold=Category.OFFENCE)
    world.sent(police, "accepted", categories=Category.OFFENCE)
    with acting_as(world.lead):
        entry = write_entry(world.lead, world.case.pk, sort="message", text="Un mot")
    counts = f.member(world.national, Role.COORDINATOR)
    with as_role("nrm_owner"):
        officer = Membership.objects.filter(agency=police, kind=Membership.Sort.PERSON).first()
    border = world.actor("case_worker", "border")
    return {
        world.lead: [reverse("referral:timeline-entry", args=[entry.pk])],
        world.coordinator: [reverse("referral:opinion-new", args=[child.pk])],
        world.nurse: [],
        world.actor(Role.AGENCY_ADMIN, "lead"): [],
        world.actor(Role.AUDITOR, "stranger"): [],
        world.actor("case_worker", "sent"): [],
        counts: [reverse("referral:dashboard-national")],
        border: [reverse("referral:case-residence", args=[world.case.pk])],
        officer: [reverse("referral:case-offence", args=[world.case.pk])],
    }


def test_axe_finds_nothing_on_pages_that_links_lead_to(transactional_db, live_server, browser):
    world = World()
    first = deep(world)
    world.tell_everybody(set())
    with as_role("nrm_owner"):
        every = Membership.objects.filter(active=True, kind=Membership.Sort.PERSON).order_by("pk")
        others = list(every.exclude(pk__in=[m.pk for m in first]).select_related("user", "agency"))
    found = reached({**first, **dict.fromkeys(others, ())}, "/")
    found = {route: shown for route, shown in found.items() if not route.startswith("plans:")}
    wrong = unseen(found, False) + look(found, browser, live_server)
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_on_pages_of_public_policy(transactional_db, live_server, browser):
    found = reached(policy_rows.members(), "/pilotage/")
    wrong = unseen(found, True) + look(found, browser, live_server)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_no_walk_meets_is_looked_at_in_its_journey(route):
    assert (JOURNEYS / ELSEWHERE[route]).exists()
    assert route in pages(), "no page of the ledger"
