"""Keyset pages: every row once, both ways, at any size; cursors read strictly; filters say what they do."""

import base64
import json

import pytest

from agencies.models import Role
from foundation.actor import acting_as
from foundation.paging import BadCursor, Keyset, capped_count
from referral.inbox.filters import AlertDeskFilter
from referral.models import AlertDesk
from tests import factories as f
from victims.cases.filters import CaseAccessFilter
from victims.models import CaseAccess

pytestmark = pytest.mark.django_db
NEWEST = Keyset("received_at", "case")


@pytest.fixture
def coord(db):
    f.national()
    return f.member(f.coordination(), Role.COORDINATOR)


def walk(keyset, rows, limit):
    pages, cursor = [], ""
    while True:
        page = keyset.page(rows, cursor, limit)
        pages.append(page)
        if not page.next:
            return pages
        cursor = page.next


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_every_row_once_and_the_way_back(coord, limit):
    made = [f.case(coord).pk for _ in range(7)]
    with acting_as(coord):
        rows = CaseAccess.objects.of(coord)
        pages = walk(NEWEST, rows, limit)
        seen = [row.case_id for page in pages for row in page]
        assert seen == made[::-1]
        assert pages[0].previous == ""
        for before, after in zip(pages, pages[1:], strict=False):
            again = NEWEST.page(rows, after.previous, limit)
            assert [r.case_id for r in again] == [r.case_id for r in before]
            assert bool(again.previous) == bool(before.previous)


def test_ascending_by_time_left(coord):
    nurse = f.member(f.agency(desk=False), Role.FRONTLINE)
    for danger in ("no", "yes", "no"):
        f.sent_alert(nurse, danger=danger)
    with acting_as(coord):
        rows = AlertDesk.objects.of(coord).filter(live=True, due_at__isnull=False)
        pages = walk(Keyset("due_at", "id", descending=False), rows, 1)
        assert [page.rows[0].urgency for page in pages] == ["vital", "normal", "normal"]


def forged(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "===",
        forged("n"),
        forged("z", "2026-01-01T00:00:00+00:00", "0"),
        forged("n", "2026-01-01T00:00:00", "019c0000-0000-7000-8000-000000000000"),
        forged("n", "hier", "019c0000-0000-7000-8000-000000000000"),
        forged("n", None, None),
        forged("n", "2026-01-01T00:00:00+00:00", "not a uuid"),
        forged("n", "2026-01-01T00:00:00+00:00", {"a": 1}),
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
        base64.urlsafe_b64encode(b"3").decode(),
    ],
)
def test_a_bad_cursor_is_refused(coord, cursor):
    with acting_as(coord), pytest.raises(BadCursor):
        NEWEST.page(CaseAccess.objects.of(coord), cursor)


@pytest.mark.parametrize("number", [10**30, -(10**30), True, 1.5])
def test_a_number_too_large_is_refused(coord, number):
    with acting_as(coord), pytest.raises(BadCursor):
        keyset = Keyset("due_at", "id", descending=False)
        keyset.page(AlertDesk.objects.of(coord), forged("n", "2026-01-01T00:00:00+00:00", number))


def test_the_count_stops_at_its_cap(coord, django_assert_num_queries):
    for _ in range(3):
        f.case(coord)
    with acting_as(coord), django_assert_num_queries(1) as asked:
        assert capped_count(CaseAccess.objects.of(coord), cap=1) == 2
    assert "LIMIT 2" in asked.captured_queries[0]["sql"]


def test_filters_in_use_are_named_and_can_be_taken_off(coord):
    case = f.case(coord)
    f.case(coord, form="domestic_servitude")
    from django.http import QueryDict

    data = QueryDict(f"form=labour_exploitation&reference={case.reference[:5].lower()}&cursor=abc&status=nonsense")
    with acting_as(coord):
        narrowed = CaseAccessFilter(data, CaseAccess.objects.of(coord))
        assert [row.case_id for row in narrowed.qs] == [case.pk]
        assert {entry["name"]: entry["rest"] for entry in narrowed.active} == {
            "form": f"reference={case.reference[:5].lower()}&status=nonsense",
            "reference": "form=labour_exploitation&status=nonsense",
        }
        assert not narrowed.form.is_valid()
        assert CaseAccessFilter(QueryDict("staus=open&cursor=a"), CaseAccess.objects.of(coord)).unknown() == ["staus"]


def test_late_alerts_alone(coord):
    from datetime import timedelta

    from django.utils import timezone

    from tests.roles import as_role

    late = f.sent_alert(f.member(f.agency(desk=False), Role.FRONTLINE))
    f.sent_alert(f.member(f.agency(desk=False), Role.FRONTLINE))
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=late).update(answer_by=timezone.now() - timedelta(minutes=1))
    with acting_as(coord):
        rows = AlertDesk.objects.of(coord)
        assert [r.alert_id for r in AlertDeskFilter({"late": "true"}, rows).qs] == [late.pk]
        assert late.pk not in [r.alert_id for r in AlertDeskFilter({"late": "false"}, rows).qs]
