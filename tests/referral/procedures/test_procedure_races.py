"""Two members of one unit act on the same procedure at once, on connections of their own."""

from datetime import date

import pytest

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import Checklist, Clock, StepAct
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.orientations.test_orientation_races import twice

pytestmark = pytest.mark.django_db(transaction=True)


def test_begun_settled_and_counted_once(transactional_db):
    lead = f.member(f.coordination(), Role.COORDINATOR)
    case = f.case(lead)
    assert twice(lead, lambda: checklists.start_procedure(lead, case.pk, "indemnisation_civi")) == ["done", "done"]
    with acting_as(lead):
        made = Checklist.objects.get()
    count = {"counted_on": date(2026, 10, 1)}
    assert twice(lead, lambda: clocks.start_clock(lead, made.pk, 2, **count)) == ["done", "late"]
    settle = {"action": "done", "on": date(2026, 11, 2)}
    assert twice(lead, lambda: checklists.settle_step(lead, made.pk, 2, **settle)) == ["done", "late"]
    with acting_as(lead):
        assert StepAct.objects.count() == 1 and Clock.objects.get().state == "met"
        assert list(Clock.objects.get().moves.values_list("action", flat=True)) == ["start", "meet"]
