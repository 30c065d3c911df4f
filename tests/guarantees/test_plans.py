"""The lists keep their ordered scan behind the policies, and read as many pages among more cases: a list that sorts a
whole agency, or gathers what a member is assigned to, is fast until it is not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction

from dev.seeding.crowd import Crowd, lay
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
    "work: unassigned": "Index Scan Backward using access_unassigned",
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


# what a grant reads by key, and never whole
OF_A_GRANT = ("victims_case", "victims_caseaccess", "victims_grant", "victims_grantlog", "victims_restriction")
GRANT = """
INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_at)
SELECT c.id, (SELECT min(g.group_id) FROM agencies_agency g WHERE NOT EXISTS (
                SELECT 1 FROM victims_caseaccess a WHERE a.case_id = c.id AND a.agency_id = g.group_id)),
       p.id, 'consent', gen_random_uuid(), now()
FROM victims_case c, auth_permission p WHERE p.codename = 'summary_case' AND c.id = %s
"""


class Enough(Exception):
    """Take back what was laid."""


@contextmanager
def among(rows: int) -> Iterator[Crowd]:
    """Lay this many cases, and take them back."""
    with suppress(Enough), transaction.atomic():
        with as_role("nrm_owner"):
            crowd = lay(rows, agencies=32, members=200, using="default")
        yield crowd
        raise Enough


def plans(rows: int) -> dict[str, dict[str, str]]:
    """Return the plan of each list, run among this many cases, by reader: on few cases, and on a tenth of all."""
    found = {}
    with among(rows) as crowd:
        for name, actor in (("reader", crowd.reader), ("hard", crowd.hard)):
            with acting_as(actor):
                asked = lists(actor, crowd.busy)
                assert {code for code, rows in asked.items() if len(rows.values_list("pk")) < PAGE} == set()
                found[name] = {code: rows.explain(analyze=True, buffers=True) for code, rows in asked.items()}
    return found


def read_by_a_grant(rows: int) -> dict[str, tuple[int, int]]:
    """Return for each table how many of its rows a grant reads: in a scan of the whole, and by key."""
    with among(rows), as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM victims_case ORDER BY id LIMIT 8")
        *earlier, last = cursor.fetchall()
        for case in earlier:  # a session makes its plans at first, and keeps them from the sixth on
            cursor.execute(GRANT, case)
        before = _read(cursor)
        cursor.execute(GRANT, last)
        return {
            table: tuple(now - then for now, then in zip(counts, before[table], strict=True))
            for table, counts in _read(cursor).items()
        }


def _read(cursor) -> dict[str, tuple[int, int]]:
    cursor.execute(
        "SELECT relname, seq_tup_read, COALESCE(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
        " WHERE relname = ANY(%s)",
        [list(OF_A_GRANT)],
    )
    return {table: counts for table, *counts in cursor.fetchall()}


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
    # nine of ten cases have somebody: they are not read to show the others
    assert max(pages(found["work: unassigned"]) for found in large.values()) < 12 * PAGE


def test_a_grant_reads_a_few_rows_by_key_among_however_many():
    few, many = read_by_a_grant(SMALL), read_by_a_grant(LARGE)
    assert {table: whole for table, (whole, _) in many.items()} == dict.fromkeys(OF_A_GRANT, 0)
    assert sum(by_key for _, by_key in many.values()) < 40
    assert sum(by_key for _, by_key in few.values()) < 40


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
