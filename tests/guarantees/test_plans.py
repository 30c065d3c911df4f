"""The lists keep their ordered scan behind the policies: a list that sorts a whole agency is fast until it is not."""

import pytest

from dev.seeding.lists import faults, lists, seed
from foundation.actor import acting_as
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROWS = 10_000
SCANS = {
    "cases, newest": "Index Scan Backward using victims_caseaccess_pkey",
    "cases of one state": "Index Scan Backward using access_status",
    "cases, half way down": "Index Scan Backward using victims_caseaccess_pkey",
    "cases by state only": "Index Scan Backward using victims_caseaccess_pkey",
    "inbox by time left": "Index Scan using alert_promised",
    "work: with_us": "Index Scan Backward using victims_caseaccess_pkey",
    "work: unassigned": "Index Scan Backward using victims_caseaccess_pkey",
    "work: awaited": "Index Scan using orientation_waiting",
    "work: by_us": "Index Scan using orientation_sender",
    "work: mine": "Index Scan Backward using victims_caseaccess_pkey",
    "work: sent": "Index Scan using orientation_sender",
    "work: received": "Index Scan using orientation_inbox",
    "work: under_way": "Index Scan using orientation_received",
    "work: ended": "Index Scan using orientation_received",
}


def test_each_list_is_an_ordered_scan():
    with as_role("nrm_owner"):
        actor = seed(ROWS, using="default")
    with acting_as(actor):
        plans = {name: queryset.explain() for name, queryset in lists(actor).items()}
        assert len(list(lists(actor)["cases, newest"])) == 26
    wrong = [
        f"« {name} » has {', '.join(faults(plan)) or 'lost ' + SCANS[name]}: compare with docs/figures/lists.md\n{plan}"
        for name, plan in plans.items()
        if faults(plan) or SCANS[name] not in plan
    ]
    assert set(plans) == set(SCANS)
    assert not wrong, "\n\n".join(wrong)


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
