"""The ledger of what one may do by a page and by a program: each act of the journal, each page of the casework, each
operation of the API. Written by hand in expected/surfaces.csv: act, page, operation of the API, or why there is none.

`missing` in the column `api`: to be done by a program one day. Their number may only fall.
"""

import csv
import json
from collections import Counter
from pathlib import Path

from journal import words

from .test_routes import LEDGER, ROOT

SURFACES = list(csv.DictReader((Path(__file__).parent / "expected" / "surfaces.csv").open(encoding="utf-8")))
HOW = (
    "say in tests/guarantees/expected/surfaces.csv by which page and which operation of the API it is done, or why not"
)
MISSING = 0
CASEWORK = {"signed", "writes", "cases", "shares", "keeps", "agrees", "admin", "coordination", "watch", "audit"}
# the parts of an act that is done by opening a page, or by taking a file out
OPENED = {"read", "list", "fetch", "csv", "xlsx", "ods"}


def operations() -> dict[str, str]:
    """Return the method of each operation of the API, by its id."""
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    return {one["operationId"]: method for methods in paths.values() for method, one in methods.items()}


def faults(rows: list[dict], acts: set[str], routes: dict[str, dict], api: dict[str, str]) -> list[str]:
    """Return what is wrong with a ledger, in sentences."""
    named = Counter(row["act"] for row in rows if row["act"])
    pages, used = {row["page"] for row in rows}, {row["api"] for row in rows}
    found = [f"{code}: an act that no line names: {HOW}" for code in sorted(acts - set(named))]
    found += [f"{code}: no such act: take the line out" for code in sorted(set(named) - acts)]
    found += [f"{code}: {times} lines, one is enough" for code, times in named.items() if times > 1]
    for name, row in routes.items():
        posts = "POST" in row["methods"].split() and row["access"] not in ("token", "client", "public")
        if (row["access"] in CASEWORK and not name.startswith("plans:") or posts) and name not in pages:
            found.append(f"{name}: a page that no line names: {HOW}")
    wanted = {name for name in api if name not in ("get_token", "list_references", "get_reference")}
    found += [f"{name}: an operation that no line names: {HOW}" for name in sorted(wanted - used)]
    for row in rows:
        found += [f"{row['act'] or row['page']}: {fault}" for fault in _of_line(row, routes, api)]
    return found


def _of_line(row: dict, routes: dict[str, dict], api: dict[str, str]) -> list[str]:
    """Return what is wrong with one line: an empty place without a reason, a name that nothing bears."""
    found = []
    if (not row["page"] or not row["api"]) and len(row["why"].split()) < 4:
        found.append("a place is empty: write why, in a sentence")
    if row["page"] and row["api"] and row["why"]:
        found.append("both places are filled: nothing is to be explained")
    methods = routes[row["page"]]["methods"].split() if row["page"] in routes else []
    if row["page"] and not methods:
        found.append(f"there is no page {row['page']}")
    elif row["act"] and row["page"] and "POST" not in methods and not OPENED & set(row["act"].split(".")):
        found.append(f"{row['page']} takes no POST: nothing is done there")
    if row["api"] and row["api"] != "missing" and row["api"] not in api:
        found.append(f"there is no operation {row['api']} in docs/openapi.json")
    return found


def test_each_act_has_a_page_and_an_operation_of_the_api_or_says_why():
    wrong = faults(SURFACES, set(words.acts()), LEDGER, operations())
    assert not wrong, "\n".join(wrong)


def test_what_a_program_cannot_do_yet_only_gets_less():
    missing = sum(row["api"] == "missing" for row in SURFACES)
    assert missing <= MISSING, (
        "give a new act its operation of the API (docs/architecture.md), or write why it has none"
    )
    assert missing == MISSING, f"fewer: write {missing} in MISSING, so that they stay"


def test_a_fault_of_the_ledger_is_named_with_what_to_do():
    routes = {
        "referral:a": {"access": "cases", "methods": "GET POST"},
        "referral:b": {"access": "cases", "methods": "GET"},
    }
    rows = [
        {"act": "need.add", "page": "referral:a", "api": "add_need", "why": ""},
        {"act": "need.gone", "page": "", "api": "add_need", "why": "clock"},
        {"act": "need.met", "page": "referral:b", "api": "meet_need", "why": "said for nothing"},
    ]
    wrong = faults(rows, {"need.add", "need.met", "need.new"}, {**routes, "referral:c": routes["referral:b"]},
                   {"add_need": "post", "add_thing": "post"})  # fmt: skip
    assert wrong == [
        f"need.new: an act that no line names: {HOW}",
        "need.gone: no such act: take the line out",
        f"referral:c: a page that no line names: {HOW}",
        f"add_thing: an operation that no line names: {HOW}",
        "need.gone: a place is empty: write why, in a sentence",
        "need.met: both places are filled: nothing is to be explained",
        "need.met: referral:b takes no POST: nothing is done there",
        "need.met: there is no operation meet_need in docs/openapi.json",
    ]
