"""The ledger of routes: who may open each, by which methods, and from where one gets there. Written by hand; a route
that is not in it, or that opens to somebody else, fails.

`public`: anybody; `signed`: any membership; `writes`: who writes alerts; `cases`: who sees cases; `token`: a program;
`coordination`: a coordination unit's members; `watch`: those who read the journal, and national coordination;
`audit`: those who read the journal alone;
`keeps`: who sees cases and the administrator; `admin`: the latter alone; `shares`: who sees cases and who audits;
`policy`: who builds public policy; `coordinates`: the body that holds the mandate of coordination;
`money`: who builds public policy and who audits; `enters`: a body of the State;
`platform`: the administrator of the platform;
`client`: a program's own secret; `development`: a page that exists with DEBUG=1 only.
"""

import csv
import re
import uuid
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from django.template import engines, loader
from django.test import Client
from django.urls import get_resolver, reverse

from agencies.models import Kind, Role
from referral.inbox.operations.alerts import MOVES as ALERT_MOVES
from referral.orientations.operations.moves import MOVES as ORIENTATION_MOVES
from tests import factories as f

from .conditions import sample

ROOT = Path(__file__).resolve().parents[2]
ROWS = {r["route"]: r for r in csv.DictReader((Path(__file__).parent / "expected" / "routes.csv").open())}
# tests run as production does, where pages of development must not exist
LEDGER = {name: row for name, row in ROWS.items() if row["access"] != "development"}
PAGES = [name for name, row in LEDGER.items() if row["access"] not in ("token", "client")]
OFF = {"referral:provider", "referral:provider-return"}  # no provider is configured: tests/referral/provider has one
REFUSES = {"referral:in-force"}  # answers the proxy whether somebody is known, nobody else
HOW = "add it to tests/guarantees/expected/routes.csv with who may open it, its methods and the page that leads to it"
MANDATE = "the body that coordinates"
MONEY = {"money", "enters"}
WATCH = {"watch", "audit"}
# an address that leads to where its page is now; a second step without a second factor, to setting one up
MOVED = {"referral:work", "referral:second-step"}
# a declared move with a button: the template of its noun makes the link of all of them
BUTTONS = {
    f"referral:{noun}-{move.route}": f'"referral:{noun}-"|add:move.route'
    for noun, moves in (("alert", ALERT_MOVES), ("orientation", ORIENTATION_MOVES))
    for move in moves.values()
    if move.button
}
SAMPLE = {
    "pk": uuid.UUID(int=7),
    "episode": uuid.UUID(int=8),
    "thing": uuid.UUID(int=9),
    "step": 1,
    "code": "recruitment",
    "token": "sample",
    "form": "csv",
    "name": "territories",
    "procedure": "soins",
    "sheet": "health",
    "who": "sante",
    "whom": "enfant",
    "action": "publish",
    "measure": "plan1-m01",
    "number": 1,
    "year": 2025,
}


@cache
def routes(resolver=None, space="") -> dict:
    found = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            found |= routes(entry, space + (f"{entry.namespace}:" if entry.namespace else ""))
        else:
            found[space + (entry.name or f"without a name at {entry.pattern}")] = entry
    return found


def ledger_faults(found: set[str], ledger: set[str]) -> list[str]:
    return [f"{name}: an undeclared route: {HOW}" for name in sorted(found - ledger)] + [
        f"{name}: in the ledger and nowhere else: take it out, or put the route back" for name in sorted(ledger - found)
    ]


def unreached(ledger: dict, root: Path) -> list[str]:
    """A page nobody leads to is a page nobody finds: the file named must hold the route's name."""
    found = []
    for name, row in ledger.items():
        path = root / row["reached"]
        if not row["reached"] and name in ("api:elsewhere", *MOVED, *REFUSES):
            continue  # led to by nothing on purpose
        text = path.read_text() if path.is_file() else ""
        said = BUTTONS.get(name, name) if row["access"] not in ("token", "client") else "/api/v1/"
        if said not in text:
            found.append(
                f"{name}: {row['reached']} does not lead to it: link it from a page, and say which in the ledger"
            )
    return found


def address(name: str) -> str:
    entry = routes()[name]
    if name == "api:elsewhere":
        return "/api/v1/nowhere/"
    wanted = {key: 7 if "int:pk" in str(entry.pattern) else SAMPLE[key] for key in entry.pattern.converters}
    return reverse(name, kwargs=wanted)


def test_every_route_is_in_the_ledger():
    assert not (faults := ledger_faults(set(routes()), set(LEDGER))), "\n".join(faults)


def test_an_undeclared_route_is_named_with_what_to_do():
    assert ledger_faults({"home", "referral:new"}, {"home"}) == [f"referral:new: an undeclared route: {HOW}"]
    assert ledger_faults({"home"}, {"home", "gone"})[0].startswith("gone: in the ledger")
    lost = {"referral:new": {"access": "signed", "reached": "templates/base.html"}}
    assert "link it from a page" in unreached(lost, ROOT)[0]


def test_every_page_is_reached_from_somewhere():
    assert not (faults := unreached(LEDGER, ROOT)), "\n".join(faults)


def test_the_api_describes_its_routes():
    described = (ROOT / "docs" / "openapi.json").read_text()
    for name, row in LEDGER.items():
        if row["access"] in ("token", "client") and name != "api:elsewhere":
            shown = re.sub(r"<\w+:(\w+)>", r"{\1}", str(routes()[name].pattern))
            assert f"/api/v1/{shown}" in described or f"/api/v1/{shown.replace('{pk}', '{id}')}" in described, name


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    home = f.shelter()
    return {
        None: Client(),
        **{role: _signed(f.member(home, role)) for role in (Role.CASE_WORKER, Role.FRONTLINE, Role.AGENCY_ADMIN)},
        Role.AUDITOR: _signed(f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)),
        Role.POLICY: _signed(f.member(f.agency(Kind.NGO, desk=False), Role.POLICY)),
        MANDATE: _signed(f.member(f.agency(Kind.COORDINATION, desk=False, profile_id="miprof"), Role.POLICY)),
        Role.PLATFORM_ADMIN: _signed(f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)),
    }


@pytest.fixture
def bare(monkeypatch):
    """Refusals as a status alone: test_refusals renders their pages for the same addresses."""
    written, empty = loader.get_template, engines["django"].from_string("")
    pages = {"404.html", "not_allowed.html", "wrong_state.html"}
    monkeypatch.setattr(
        loader, "get_template", lambda name, using=None: empty if name in pages else written(name, using)
    )


def _signed(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    client.hat = {"_membership": member.pk}
    return client


def ask(client, name, method) -> int:
    data = getattr(client, "hat", {}) if method == "POST" else None
    return getattr(client, method.lower())(address(name), data).status_code


def test_nobody_signed_in_opens_the_public_pages_only(people):
    client, wrong = people[None], []
    for name, row in LEDGER.items():
        code = ask(client, name, row["methods"].split()[0])
        allowed = {
            "public": {200, 404} if routes()[name].pattern.converters else {200},
            "token": {401},
            "client": {400, 401},
        }.get(row["access"], {302})
        allowed = {404} if name in OFF else {401} if name in REFUSES else allowed
        if code not in allowed:
            wrong.append(f"{name}: {code} for nobody, expected {sorted(allowed)} ({row['access']})")
        if row["access"] not in ("token", "client") and (row["access"] == "public") == getattr(
            routes()[name].callback, "login_required", True
        ):
            wrong.append(f"{name}: {row['access']} in the ledger, and its view says otherwise")
    assert not wrong, "\n".join(wrong)


@pytest.mark.proof
def test_pages_of_a_role_are_closed_to_the_others(people, bare):
    """403 for the page of another role; 404 where a page is about a thing, which such a member never sees."""
    closed = {
        Role.FRONTLINE: {
            "cases",
            "shares",
            "keeps",
            "agrees",
            "admin",
            "coordination",
            *WATCH,
            "policy",
            "coordinates",
            *MONEY,
        },
        Role.CASE_WORKER: {"admin", "coordination", *WATCH, "policy", "coordinates", *MONEY},
        Role.AGENCY_ADMIN: {"cases", "shares", "writes", "coordination", *WATCH, "policy", "coordinates", *MONEY},
        Role.AUDITOR: {"cases", "keeps", "admin", "writes", "coordination", "policy", "coordinates", "enters"},
        Role.POLICY: {
            "cases",
            "shares",
            "keeps",
            "agrees",
            "admin",
            "writes",
            "coordination",
            *WATCH,
            "coordinates",
            "enters",
        },
    }
    closed = {role: {*kinds, "platform"} for role, kinds in closed.items()}
    wrong = []
    doors = [(role, name) for role, kinds in closed.items() for name in PAGES if LEDGER[name]["access"] in kinds]
    for role, name in sample(doors):
        row, about_a_thing = LEDGER[name], bool(routes()[name].pattern.converters)
        for method in row["methods"].split():
            code = ask(people[role], name, method)
            hidden = about_a_thing and code == 404 and row["access"] != "coordinates"
            if code != 403 and not hidden:
                wrong.append(f"{name}: {method} gives {code} to {role}, whose page it is not")
    assert not wrong, "\n".join(wrong)


def test_pages_open_to_those_they_are_for(people):
    wrong = []
    opened = {
        Role.CASE_WORKER: {"signed", "writes", "cases", "shares", "keeps", "agrees"},
        Role.FRONTLINE: {"signed", "writes"},
        Role.AGENCY_ADMIN: {"signed", "keeps", "agrees", "admin"},
        Role.AUDITOR: {"shares", "agrees", *WATCH, "money"},
        Role.POLICY: {"signed", "policy", "money"},
        MANDATE: {"signed", "policy", "coordinates", *MONEY},
        Role.PLATFORM_ADMIN: {"signed", "platform"},
    }
    for role, kinds in opened.items():
        for name in PAGES:
            row, entry = LEDGER[name], routes()[name]
            if row["access"] in kinds and not entry.pattern.converters and "GET" in row["methods"].split():
                code = ask(people[role], name, "GET")
                if code not in ((302,) if name in MOVED else (200, 204)):
                    wrong.append(f"{name}: {code} to {role}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
def test_methods_are_those_of_the_ledger(people, bare):
    wrong = []
    for name in PAGES:
        for method in ({"GET", "POST", "PUT", "DELETE", "PATCH"}) - set(LEDGER[name]["methods"].split()):
            code = ask(people[Role.CASE_WORKER], name, method)
            # an act's address opened by hand leads to its page
            if code not in (405, 302, 403, 404):
                wrong.append(f"{name}: {method} gives {code}, the ledger says {LEDGER[name]['methods']}")
    assert not wrong, "\n".join(wrong)
