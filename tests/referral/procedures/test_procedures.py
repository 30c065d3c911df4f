"""Procedures on a case: who may begin and settle, what cannot be skipped, clocks, and what stays hidden."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Category, Kind, Level, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Event, Notice
from referral import tasks
from referral.models import Checklist, Clock, ClockMove, ReflectionOffer, StepAct
from referral.procedures.filters import running
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.roles import as_role
from victims.access.operations.assignment import restrict_case
from victims.models import Case

pytestmark = pytest.mark.django_db
CIVI, ASILE, PERIOD = "indemnisation_civi", "asile", "delai_reflexion"


@pytest.fixture
def unit():
    """A coordination unit that leads an adult's case with `summary`."""
    member = f.member(f.coordination(), Role.COORDINATOR)
    return member, f.case(member)


def partner(lead, case, *, level=Level.FILE, categories=0, may_hold=Category.RESIDENCE):
    """A member of an association that accepted an orientation of this case."""
    house = f.shelter(may_hold=may_hold)
    member = f.member(house)
    f.orientation(lead, case, house, state="accepted", answerer=member, level=level, categories=categories)
    return member


def begin(actor, case, code):
    with acting_as(actor):
        return checklists.start_procedure(actor, case.pk, code)


def test_who_may_begin_a_procedure(unit):
    lead, case = unit
    filed, summary = partner(lead, case), partner(lead, case, level=Level.SUMMARY)
    assert begin(lead, case, CIVI) == begin(filed, case, CIVI)  # begun once
    for actor in (summary, f.member(f.shelter())):
        with pytest.raises(NotFound):
            begin(actor, case, "soins")
    with pytest.raises(NotFound):
        begin(lead, case, "voyage_dans_la_lune")
    with acting_as(summary):
        assert not Checklist.objects.exists()
    with acting_as(filed):
        assert Checklist.objects.get().code == CIVI


def test_asylum_shows_to_the_lead_and_to_those_who_hold_residence(unit):
    lead, case = unit
    without, holder = partner(lead, case), partner(lead, case, categories=Category.RESIDENCE)
    made = begin(lead, case, ASILE)
    with acting_as(lead):
        assert made.refresh_from_db() is None and made.sealed
        clock = clocks.start_clock(lead, made.pk, 3, counted_on=date(2026, 11, 2))
        checklists.settle_step(lead, made.pk, 1, "done", on=date(2026, 11, 2))
    with acting_as(without):
        for model in (Checklist, StepAct, Clock, ClockMove):
            assert not model.objects.exists() and not model.objects.visible_to(without).exists()
        assert not running(without, mine=False).exists()
        with pytest.raises(NotFound):
            clocks.visible_clock(without, clock.pk)
    with pytest.raises(NotAllowed):
        begin(without, case, "titre_sejour")
    with acting_as(holder):
        assert clocks.visible_clock(holder, clock.pk).due_at == datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
        assert running(holder, mine=False).get() == clock
    with as_role("nrm_owner"):  # the filters alone say the same
        assert Checklist.objects.visible_to(holder).exists() and not Checklist.objects.visible_to(without).exists()


def test_steps_are_done_waived_with_a_reason_undone_and_nothing_is_lost(unit):
    lead, case = unit
    made = begin(lead, case, "soins")
    with acting_as(lead):
        checklists.settle_step(lead, made.pk, 1, "waived", reason="refused", words="Plus tard")
        with pytest.raises(WrongState):
            checklists.settle_step(lead, made.pk, 1, "done", on=date(2026, 11, 3))
        checklists.reopen_step(lead, made.pk, 1)
        with pytest.raises(WrongState):
            checklists.reopen_step(lead, made.pk, 1)
        checklists.settle_step(lead, made.pk, 1, "done", on=date(2026, 11, 3))
        checklists.settle_step(lead, made.pk, 2, "not_applicable")
        with pytest.raises(NotFound):
            checklists.settle_step(lead, made.pk, 9, "not_applicable")
        acts = list(made.acts.filter(step=1).values_list("action", "reason"))
        assert acts == [("waived", "refused"), ("reopened", ""), ("done", "")]
        assert made.acts.first().words == {"text": "Plus tard"}
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT words FROM referral_stepact WHERE words IS NOT NULL")
        assert b"Plus tard" not in bytes(cursor.fetchone()[0])


def test_a_waiver_without_a_reason_is_refused_by_the_database(unit):
    lead, case = unit
    made = begin(lead, case, "soins")
    with acting_as(lead), pytest.raises(DatabaseError), transaction.atomic():
        StepAct.objects.create(checklist=made, case=case, step=1, action="waived", by=lead)


def test_the_reflection_period_cannot_be_skipped(unit):
    lead, case = unit
    made = begin(lead, case, PERIOD)
    with acting_as(lead):
        assert checklists.reflection_missing(case)
        for step, action in ((1, "not_applicable"), (2, "not_applicable"), (3, "not_applicable")):
            with pytest.raises(WrongState):
                checklists.settle_step(lead, made.pk, step, action)
        with pytest.raises(WrongState):
            checklists.settle_step(lead, made.pk, 1, "waived", reason="other", words="Pas le temps")
        with pytest.raises(WrongState):
            checklists.settle_step(lead, made.pk, 1, "done", on=date(2026, 11, 3))
        with pytest.raises(WrongState):
            clocks.start_clock(lead, made.pk, 2, counted_on=date(2026, 11, 3))
        checklists.offer_reflection(lead, case.pk, offered_on=date(2026, 11, 3), answer="thinking", answered_on=None)
        assert checklists.latest(made, 1) == "done" and not Clock.objects.exists()
        with pytest.raises(WrongState):  # she has not answered: what follows still stands
            checklists.settle_step(lead, made.pk, 2, "not_applicable")
        checklists.offer_reflection(
            lead, case.pk, offered_on=date(2026, 11, 3), answer="declined", answered_on=date(2026, 11, 5)
        )
        checklists.settle_step(lead, made.pk, 2, "not_applicable")
        with pytest.raises(WrongState):  # what was offered stays offered
            checklists.reopen_step(lead, made.pk, 1)


def test_thirty_days_run_from_the_answer_and_stop_when_it_changes(unit):
    lead, case = unit
    with acting_as(lead):
        checklists.offer_reflection(
            lead, case.pk, offered_on=date(2026, 10, 30), answer="accepted", answered_on=date(2026, 11, 1)
        )
        clock = Clock.objects.get()
        assert (clock.kind, clock.counted_on) == ("reflection", date(2026, 11, 1))
        assert clock.due_at == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
        checklists.offer_reflection(
            lead, case.pk, offered_on=date(2026, 10, 30), answer="declined", answered_on=date(2026, 11, 9)
        )
        clock.refresh_from_db()
        assert clock.state == "stopped" and clock.moves.last().reason == "choice"
        assert ReflectionOffer.objects.filter(case=case).count() == 2


def test_a_clock_is_met_with_its_step_and_runs_again_when_undone(unit):
    lead, case = unit
    made = begin(lead, case, CIVI)
    with acting_as(lead):
        clock = clocks.start_clock(lead, made.pk, 2, counted_on=date(2025, 1, 31))
        assert (clock.kind, clock.due_at) == ("compensation", datetime(2028, 1, 31, 22, 59, tzinfo=UTC))
        with pytest.raises(WrongState):
            clocks.start_clock(lead, made.pk, 2, counted_on=date(2025, 1, 31))
        checklists.settle_step(lead, made.pk, 2, "done", on=date(2026, 11, 3))
        assert Clock.objects.get().state == "met" and Clock.objects.get().remind_at is None
        checklists.reopen_step(lead, made.pk, 2)
        assert Clock.objects.get().state == "running" and Clock.objects.get().remind_at is not None
        clocks.extend_clock(lead, clock.pk, ends_on=date(2029, 2, 28), reason="decision", words="Décision définitive")
        assert Clock.objects.get().due_at == datetime(2029, 2, 28, 22, 59, tzinfo=UTC)
        clocks.end_clock(lead, clock.pk, met=False, reason="choice", words="Elle renonce")
        with pytest.raises(WrongState):
            clocks.end_clock(lead, clock.pk, met=True)
        assert list(clock.moves.values_list("action", flat=True)) == ["start", "meet", "resume", "extend", "stop"]


def test_a_childs_compensation_runs_from_the_month_of_its_majority():
    lead = f.member(f.coordination(), Role.COORDINATOR)
    case = f.case(lead, minor="yes", agreement="not_asked", recipients=[])
    made = begin(lead, case, CIVI)
    with acting_as(lead):
        clock = clocks.start_clock(lead, made.pk, 2, counted_on=date(2030, 7, 19))
    assert clock.counted_on == date(2030, 7, 1) and clock.due_at == datetime(2033, 7, 1, 21, 59, tzinfo=UTC)


def test_a_permit_ends_on_the_day_written_on_it_in_the_time_of_the_place():
    lead = f.member(f.coordination(territories=("974",)), Role.COORDINATOR)
    case = f.case(lead, territory="974")
    made = begin(lead, case, "titre_sejour")
    with acting_as(lead):
        clock = clocks.start_clock(lead, made.pk, 2, ends_on=date(2027, 11, 23))
        assert (clock.kind, clock.due_at) == ("permit", datetime(2027, 11, 23, 19, 59, tzinfo=UTC))
        with pytest.raises(WrongState):  # a step without time limit
            clocks.start_clock(lead, made.pk, 1, counted_on=date(2026, 11, 3))


def test_a_closed_case_is_read_only(unit):
    lead, case = unit
    made = begin(lead, case, "soins")
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="other")
    with acting_as(lead):
        with pytest.raises(WrongState):
            checklists.settle_step(lead, made.pk, 1, "not_applicable")
        with pytest.raises(WrongState):
            checklists.start_procedure(lead, case.pk, CIVI)


def test_a_child_protection_unit_that_accepts_starts_the_three_months():
    lead = f.member(f.coordination(), Role.COORDINATOR)
    crip = f.agency(Kind.CHILD_PROTECTION, services=("child_care",), supports_people=True)
    other = f.shelter()
    for minor, addressee, wanted in (("doubt", crip, 1), ("no", crip, 0), ("yes", other, 0)):
        case = f.case(lead, minor=minor, **({"agreement": "not_asked", "recipients": []} if minor != "no" else {}))
        ground = {"consent": None, "legal_ground": "child_in_danger" if minor != "no" else "vital_danger"}
        f.orientation(lead, case, addressee, state="accepted", **ground)
        with acting_as(lead):
            found = Clock.objects.filter(case=case)
            assert found.count() == wanted, (minor, addressee.kind)
            if wanted:
                clock = found.get()
                today = timezone.localdate()
                assert (clock.kind, clock.counted_on, clock.state) == ("evaluation", today, "running")
                assert clock.moves.get().by is None
                # the child path is a checklist like the others: settled, its clock is met
                checklists.settle_step(lead, clock.checklist_id, 3, "done", on=today)
                clock.refresh_from_db()
                assert clock.state == "met"


def test_the_worker_reminds_once_each_moment_and_only_who_sees(unit):
    lead, case = unit
    stranger = f.member(f.shelter())
    made = begin(lead, case, CIVI)
    with acting_as(lead):
        clock = clocks.start_clock(lead, made.pk, 2, counted_on=date(2026, 11, 3))
    with as_role("nrm_owner"):  # the application moves no clock by hand
        Clock.objects.filter(pk=clock.pk).update(
            due_at=timezone.now() + timedelta(days=100), remind_at=timezone.now() - timedelta(minutes=1)
        )
    other = f.member(lead.agency, Role.COORDINATOR)
    with as_role("nrm_worker"):
        assert tasks.clocks() == 1 and tasks.clocks() == 0
        with acting_as(SYSTEM), connection.cursor() as cursor:
            assert list(Event.objects.filter(subject="clock").values_list("kind", flat=True)) == ["clock_soon"]
            cursor.execute("SELECT nrm.fan_out(1000)")
    for member, wanted in ((lead, 1), (other, 1), (stranger, 0)):
        with acting_as(member):
            assert Notice.objects.of(member).filter(kind="clock_soon").count() == wanted
    with as_role("nrm_owner"):
        Clock.objects.filter(pk=clock.pk).update(
            due_at=timezone.now() - timedelta(minutes=2), remind_at=timezone.now() - timedelta(minutes=1)
        )
    with as_role("nrm_worker"):
        assert tasks.clocks() == 1
        with acting_as(SYSTEM):
            assert Event.objects.filter(kind="clock_late").count() == 1
    with acting_as(lead):
        assert Clock.objects.get(pk=clock.pk).remind_at is None


def test_the_agenda_is_mine_or_my_agencys_and_keeps_restricted_cases(unit):
    lead, case = unit
    house = f.shelter()
    mine, colleague, frontline = f.member(house), f.member(house), f.member(house, Role.FRONTLINE)
    f.orientation(lead, case, house, state="accepted", answerer=mine, level=Level.FILE)
    made = begin(lead, case, CIVI)
    with acting_as(lead):
        clock = clocks.start_clock(lead, made.pk, 2, counted_on=date(2026, 11, 3))

    def agenda(actor, own):
        with acting_as(actor):
            return list(running(actor, mine=own))

    assert agenda(lead, True) == [clock] and agenda(mine, False) == [clock] and agenda(frontline, False) == []
    assert agenda(mine, True) == [clock], "whoever accepted is assigned"
    assert agenda(colleague, False) == [clock] and agenda(colleague, True) == []
    with acting_as(mine):
        restrict_case(mine, case.pk)
    assert agenda(mine, False) == [clock] and agenda(colleague, False) == []
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="other")
    assert agenda(lead, False) == []
