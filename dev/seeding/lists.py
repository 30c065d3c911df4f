"""Write the queries of the daily lists as pages write them, and check their plans.

Used by `./run bench lists` and by tests/guarantees/test_plans.py. Plans are taken as the application, behind the
policies.
"""

import re
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from agencies.models import Level, Membership
from notifications.models import Notice
from referral.desk import filters as desk_filters
from victims.models import CaseAccess, TimelineEntry

from .crowd import BIG_TABLES

PAGE = 26
WORK = tuple(code for code in desk_filters.LISTS if code != "cases")


def lists(actor: Membership, busy: UUID) -> dict[str, QuerySet]:
    """Return the queries of the lists, as pages and API write them; `busy`: a case with a long thread."""
    cases = CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case").order_by("-received_at", "-case_id")
    middle = cases.values_list("received_at", "case_id")[cases.count() // 2]
    thread = TimelineEntry.objects.visible_to(actor).now().order_by("-placed_at", "-id")
    notices = Notice.objects.of(actor).order_by("-at", "-id")
    return {
        "cases, newest": cases[:PAGE],
        "cases of one state": cases.filter(status="in_support")[:PAGE],
        "cases, half way down": cases.filter(TupleLessThan(Tuple("received_at", "case_id"), middle))[:PAGE],
        "cases by state only": CaseAccess.objects.of(actor).order_by("-received_at", "-case_id")[:PAGE],
        **{f"work: {code}": _work(code, actor) for code in WORK},
        "notices": notices[:PAGE],
        "notices, unread": notices.unread()[:PAGE],
        "thread": thread.filter(case=busy)[:PAGE],
    }


def _work(code: str, actor) -> QuerySet:
    """Return one page of a work list; a received orientation also reads its service and sender."""
    listed = desk_filters.LISTS[code]
    rows = listed.rows(actor)
    if listed.noun == "request":
        rows = rows.select_related("orientation__sender", "orientation__service", "in_charge__user")
    names = [rows.model._meta.get_field(name).attname for name in listed.keyset.columns]
    return rows.order_by(*(f"-{name}" if listed.keyset.descending else name for name in names))[:PAGE]


def faults(plan: str) -> list[str]:
    """Return what a plan of these lists must not contain.

    A policy may gather a few rows of a small table (restricted cases) at once; lists, and what grows with them, are
    read in order, and subqueries are run per row.
    """
    scans = ("Seq Scan on", "Bitmap Heap Scan on")
    found = [f"a {scan} {table}" for scan in scans for table in BIG_TABLES if f"{scan} {table} " in plan]
    found += [f"all rows of {table} gathered" for table in BIG_TABLES if f" on {table} " in "\n".join(_gathered(plan))]
    return found + [word for word in ("Sort  (",) if word in plan]


def _gathered(plan: str) -> list[str]:
    """Return the first line of each hashed subplan: all its rows are read beforehand."""
    lines, hashed = plan.splitlines(), set(re.findall(r"hashed (SubPlan \d+)", plan))
    return [after for line, after in zip(lines, lines[1:], strict=False) if line.strip() in hashed]
