"""The case of a child whose report is noted."""

from types import SimpleNamespace

import pytest

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from referral.procedures.operations import checklists
from tests import factories as f
from tests.referral.pages import Hand
from tests.referral.procedures.reports import REPORT


@pytest.fixture
def shared():
    """The case of a child that a shelter leads: the coordination, and a partner that reads the file."""
    unit = Hand(f.member(f.coordination(name="Coordination fictive"), Role.COORDINATOR))
    lead = Hand(f.member(f.shelter(name="Foyer fictif")))
    partner = Hand(f.member(f.shelter(name="Abri fictif"), title="Une fonction"))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    desks = [unit.member.agency_id, lead.member.agency_id]
    alert = f.sent_alert(nurse, desks=desks, minor="yes")
    child = f.case(lead.member, alert=alert)
    f.orientation(lead.member, child, partner.member.agency, state="accepted", answerer=partner.member,
                  level=Level.FILE, consent=None, legal_ground="child_in_danger")  # fmt: skip
    with acting_as(lead.member):
        made = checklists.start_procedure(lead.member, child.pk, REPORT)
    return SimpleNamespace(unit=unit, lead=lead, partner=partner, child=child, alert=alert, list=made)
