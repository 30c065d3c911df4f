"""A report of concern made outside the platform: whose word takes the duty off the page of a child's case."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.closing import operations as closing
from referral.models import Clock
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TELL = "saisir la protection de l'enfance maintenant"
REPORT = "mineur_information_preoccupante"


@pytest.fixture
def shared():
    """The case of a child that a shelter leads: the coordination, and a partner that reads the file."""
    unit = Hand(f.member(f.coordination(name="Coordination fictive"), Role.COORDINATOR))
    lead = Hand(f.member(f.shelter(name="Foyer fictif")))
    partner = Hand(f.member(f.shelter(name="Abri fictif"), title="Une fonction"))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    desks = [unit.member.agency_id, lead.member.agency_id]
    child = f.case(lead.member, alert=f.sent_alert(nurse, desks=desks, minor="yes"))
    f.orientation(lead.member, child, partner.member.agency, state="accepted", answerer=partner.member,
                  level=Level.FILE, consent=None, legal_ground="child_in_danger")  # fmt: skip
    with acting_as(lead.member):
        made = checklists.start_procedure(lead.member, child.pk, REPORT)
    return SimpleNamespace(unit=unit, lead=lead, partner=partner, child=child, list=made)


def noted(who, made, how="written", on=None):
    on = (on or timezone.localdate()).isoformat()
    return Hand(who).post("checklist-step", made.pk, 1, act="done", on=on, how=how)


def test_report_noted_by_another_agency_leaves_the_duty_and_the_lead_is_told(shared):
    assert noted(shared.partner.member, shared.list).status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "?service=child_care" in page and "la noter" in page
    assert "à confirmer par le service qui suit le dossier : Abri fictif" in page
    assert shared.partner.member.called not in page, "the name of a person of another agency"
    assert shared.partner.member.called in text(shared.partner.get("case-detail", shared.child.pk)), "its own"
    with as_role("nrm_owner"):
        told = Event.objects.filter(kind="case_addition", subject_id=shared.child.pk).values_list("audience", flat=True)
        assert list(told) == [["lead"]]
    assert 'name="how"' in shared.lead.get("checklist-step", shared.list.pk, 1).content.decode(), "the lead confirms it"
    assert noted(shared.lead.member, shared.list).status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL not in page and f": {shared.lead.member.called}" in page
    assert noted(shared.lead.member, shared.list).status_code == 409, "it counts: nothing is to confirm"
    page = text(shared.partner.get("case-detail", shared.child.pk))
    assert shared.lead.member.called not in page and "Foyer fictif" in page


def test_report_noted_by_a_program_of_the_lead_leaves_the_duty(shared):
    program = f.program(shared.lead.member.agency, Role.CASE_WORKER)
    with acting_as(program):
        checklists.settle_step(program, shared.list.pk, 1, "done", on=timezone.localdate(), how="written")
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk))
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="case_addition", subject_id=shared.child.pk).exists()


def test_call_to_119_is_no_report_in_writing(shared):
    assert noted(shared.lead.member, shared.list, how="").status_code == 200, "which of the two is asked"
    assert noted(shared.lead.member, shared.list, how="called").status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "mais pas par écrit" in page
    assert noted(shared.lead.member, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


def test_report_of_before_the_alert_or_the_reopening_tells_nothing_of_it(shared):
    who, yesterday = shared.lead.member, timezone.localdate() - timedelta(days=1)
    late = noted(who, shared.list, on=yesterday)
    assert late.status_code == 200 and "depuis l'alerte" in text(late)
    with acting_as(who), pytest.raises(WrongState):
        checklists.settle_step(who, shared.list.pk, 1, "done", on=yesterday, how="written")
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    with acting_as(who):
        closing.move_case(who, shared.child.pk, "close", reason="autonomy")
        closing.move_case(who, shared.child.pk, "reopen")
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "avant ce qui est signalé aujourd'hui" in page
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


def test_the_time_limit_of_the_report_runs_until_it_counts(shared):
    """The lead would be reminded no more of what nobody wrote: another's word, « déjà fait ailleurs », a call."""
    who = shared.lead.member
    with acting_as(who):
        clocks.start_clock(who, shared.list.pk, 1, moment=timezone.now())

    def running() -> bool:
        with as_role("nrm_owner"):
            return Clock.objects.get(checklist=shared.list, step=1).state == "running"

    with acting_as(shared.partner.member):
        checklists.settle_step(
            shared.partner.member, shared.list.pk, 1, "waived", reason="elsewhere", words="L'école l'a fait"
        )
    assert running()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="case_addition", subject_id=shared.child.pk, audience=["lead"]).count() == 1
    with acting_as(who):
        checklists.reopen_step(who, shared.list.pk, 1)
    assert noted(shared.partner.member, shared.list).status_code == 302 and running()
    assert noted(who, shared.list, how="called").status_code == 302 and running()
    assert noted(who, shared.list).status_code == 302 and not running()
