"""The lists keep their ordered scan behind the policies, and read as many pages among more cases: a list that sorts a
whole agency, or gathers what a member is assigned to, is fast until it is not."""

import re

import pytest
from django.db import transaction

from dev.seeding.crowd import lay
from dev.seeding.lists import PAGE, faults, lists
from foundation.actor import acting_as
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SMALL, LARGE = 2_000, 10_000
SCANS = {
    "cases, newest": "Index Scan Backward using victims_caseaccess_pkey",
    "cases of one state": "Index Scan Backward using access_status",
    "cases, half way down": "Index Scan Backward using victims_caseaccess_pkey",
    "cases by state only": "Index Scan Backward using victims_caseaccess_pkey",
    "work: inbox": "Index Scan using alert_promised",
    "work: handled": "Index Scan Backward using alert_handled",
    "work: with_us": "Index Scan Backward using victims_caseaccess_pkey",
    "work: unassigned": "Index Scan Backward using victims_caseaccess_pkey",
    "work: awaited": "Index Scan using orientation_waiting",
    "work: by_us": "Index Scan using orientation_sender",
    "work: mine": "using assignment_newest on victims_assignment",
    "work: sent": "Index Scan using orientation_sender",
    "work: received": "Index Scan using orientation_inbox",
    "work: under_way": "Index Scan using orientation_received",
    "work: ended": "Index Scan using orientation_received",
    "notices": "Index Scan using notice_list",
    "notices, unread": "Index Scan using notice_list",
    "thread": "Index Scan using timeline_newest",
}
# an index of five times the rows may be a level deeper: up to two pages instead of one for each row looked up
DEEPER = 2.2
# a page of three hundred cases at most may as well be sorted
FEW = ("reader", "work: mine")


class Enough(Exception):
    """Take back what was laid."""


def plans(rows: int) -> dict[str, dict[str, str]]:
    """Return the plan of each list, run among this many cases, by reader: on few cases, and on a tenth of all."""
    found = {}
    try:
        with transaction.atomic():
            with as_role("nrm_owner"):
                crowd = lay(rows, agencies=32, members=200, using="default")
            for name, actor in (("reader", crowd.reader), ("hard", crowd.hard)):
                with acting_as(actor):
                    asked = lists(actor, crowd.busy)
                    assert {code for code, rows in asked.items() if len(rows.values_list("pk")) < PAGE} == set()
                    found[name] = {code: rows.explain(analyze=True, buffers=True) for code, rows in asked.items()}
            raise Enough
    except Enough:
        return found


def pages(plan: str) -> int:
    """Return how many pages the whole plan read: its first line of buffers."""
    return sum(int(number) for number in re.findall(r"\w+=(\d+)", re.search(r"Buffers: shared (.*)", plan)[1]))


def test_each_list_is_an_ordered_scan_that_does_not_grow():
    small, large = plans(SMALL), plans(LARGE)
    wrong = [
        f"« {name} » of {who} has {', '.join(faults(plan)) or 'lost ' + SCANS[name]}: docs/figures/lists.md\n{plan}"
        for who, found in large.items()
        for name, plan in found.items()
        if (faults(plan) or SCANS[name] not in plan) and (who, name) != FEW
    ]
    assert not wrong, "\n\n".join(wrong)
    grown = [
        f"« {name} » of {who} reads {pages(plan)} pages among {LARGE} cases, {pages(small[who][name])} among {SMALL}:"
        f" what it gathers grows, docs/figures/lists.md\n{plan}"
        for who, found in large.items()
        for name, plan in found.items()
        if pages(plan) > DEEPER * pages(small[who][name]) and (who, name) != FEW
    ]
    assert not grown, "\n\n".join(grown)
    assert set(large["reader"]) == set(SCANS)


def test_what_a_lost_scan_looks_like():
    assert faults("Limit\n  ->  Sort  (cost=1)\n    ->  Seq Scan on victims_caseaccess  (cost=1)") == [
        "a Seq Scan on victims_caseaccess",
        "Sort  (",
    ]
    assert faults("Limit\n  ->  Bitmap Heap Scan on referral_orientation  (cost=1)") == [
        "a Bitmap Heap Scan on referral_orientation"
    ]
    gathered = "Limit\n  Filter: (ANY (case_id = (hashed SubPlan 9).col1))\n  SubPlan 9\n    ->  Index Scan using x on "
    assert faults(gathered + "victims_caseaccess a  (cost=1)") == ["all rows of victims_caseaccess gathered"]
    assert faults(gathered + "victims_assignment s  (cost=1)") == []
    assert faults("Limit\n  ->  Index Scan Backward using victims_caseaccess_pkey") == []
