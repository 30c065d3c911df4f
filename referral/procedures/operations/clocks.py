"""Work on clocks, the time limits of a case: start, meet, stop, change with a reason, remind."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import WrongState
from indicators.models import Unit
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Checklist, Clock, ClockMove
from referral.models.procedures import kind_of
from referral.procedures import rules as procedures_rules
from referral.procedures.access import lock, step_of, visible_checklist, working_access
from victims.models import Case

Action, Reason, State = ClockMove.Action, ClockMove.Reason, Clock.State


def visible_clock(actor, pk) -> Clock:
    """Return a clock visible to the actor, with its checklist and case. Raises NotFound."""
    found = Clock.objects.visible_to(actor).select_related("checklist", "case__territory").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def start_clock(actor, checklist_id, order: int, *, counted_on: date | None = None, moment: datetime | None = None,
                ends_on: date | None = None) -> Clock:  # fmt: skip
    """Start the time limit of a step.

    Counted from the day `counted_on`, from `moment` for hours, or up to `ends_on`, the day written on a permit. Raises
    NotFound, WrongState when one already runs, when the step has no time limit, or for the reflection period, which
    only an offer starts.
    """
    checklist = visible_checklist(actor, checklist_id)
    case = working_access(actor, checklist.case_id).case
    step = step_of(checklist, order)
    kind = kind_of(checklist.code, order)
    zone = case.territory.time_zone
    if kind == Clock.Kind.REFLECTION or not (step.runs or kind in procedures_rules.TYPED):
        raise WrongState("no time limit")
    if kind in procedures_rules.TYPED:
        counted_on, due = timezone.localdate(), procedures_rules.end_of(ends_on, zone)
    elif step.deadline_unit == Unit.HOUR:
        counted_on, due = (
            moment.astimezone(ZoneInfo(zone)).date(),
            procedures_rules.due_after(moment, step.deadline_value),
        )
    else:
        if kind == Clock.Kind.COMPENSATION and case.is_minor:
            counted_on = procedures_rules.majority_month(counted_on)
        due = procedures_rules.due_at(counted_on, step.deadline_value, step.deadline_unit, zone, case.territory_id)
    with guarded():
        clock = _start(actor, checklist, order, counted_on, due, zone)
    record("clock.start", clock, case_id=clock.case_id)
    return clock


def _start(actor, checklist, order, counted_on, due, zone) -> Clock:
    lock(checklist.case_id)
    if Clock.objects.filter(checklist=checklist, step=order, state=State.RUNNING).exists():
        raise WrongState("running")
    started = procedures_rules.end_of(counted_on, zone)
    clock = Clock.objects.create(
        case_id=checklist.case_id,
        checklist=checklist,
        step=order,
        counted_on=counted_on,
        due_at=due,
        remind_at=procedures_rules.next_reminder(kind_of(checklist.code, order), started, due, timezone.now()),
        by=actor,
    )
    _move(actor, clock, Action.START)
    return clock


def end_clock(actor, pk, *, met: bool, reason="", words="") -> Clock:
    """End a clock: met, or stopped with a reason. Raises NotFound, NotAllowed, WrongState."""
    clock = visible_clock(actor, pk)
    _require_access(actor, clock)
    with guarded():
        _lock_running(clock)
        _end(actor, clock, met=met, reason=reason, words=words)
    record("clock.meet" if met else "clock.stop", clock, case_id=clock.case_id)
    return clock


def extend_clock(actor, pk, *, ends_on: date, reason: str, words: str) -> Clock:
    """Change the date, to an earlier or later one, with a reason. The former date stays in the history."""
    clock = visible_clock(actor, pk)
    _require_access(actor, clock)
    zone = clock.case.territory.time_zone
    with guarded():
        _lock_running(clock)
        clock.due_at = procedures_rules.end_of(ends_on, zone)
        started = procedures_rules.end_of(clock.counted_on, zone)
        clock.remind_at = procedures_rules.next_reminder(clock.kind, started, clock.due_at, timezone.now())
        _move(actor, clock, Action.EXTEND, reason, words)
        clock.save(update_fields=["due_at", "remind_at"])
    record("clock.extend", clock, case_id=clock.case_id)
    return clock


def settled(actor, checklist: Checklist, order: int, *, met: bool) -> None:
    """End the clock of a settled step."""
    clock = Clock.objects.filter(checklist=checklist, step=order, state=State.RUNNING).first()
    if clock:
        _end(actor, clock, met=met, reason=Reason.STEP)


def reopened(actor, checklist: Checklist, order: int) -> None:
    """Resume the clock that the settling of the step had ended, with the same end."""
    clock = Clock.objects.filter(checklist=checklist, step=order).order_by("at", "id").last()
    if clock and clock.state != State.RUNNING and clock.moves.last().reason == Reason.STEP:
        zone = checklist.case.territory.time_zone
        clock.state = State.RUNNING
        started = procedures_rules.end_of(clock.counted_on, zone)
        kind = kind_of(checklist.code, order)
        clock.remind_at = procedures_rules.next_reminder(kind, started, clock.due_at, timezone.now())
        _move(actor, clock, Action.RESUME)
        clock.save(update_fields=["state", "remind_at"])


def reflection(actor, checklist: Checklist, offer, case: Case) -> None:
    """Start thirty days from the day of acceptance; another answer stops a running clock."""
    order = procedures_rules.REFLECTION[1]
    running = Clock.objects.filter(checklist=checklist, step=order, state=State.RUNNING).first()
    if running:
        _end(actor, running, met=False, reason=Reason.CHOICE)
    if offer.answer == offer.Answer.ACCEPTED:
        step, zone = step_of(checklist, order), case.territory.time_zone
        due = procedures_rules.due_at(offer.answered_on, step.deadline_value, step.deadline_unit, zone)
        _start(actor, checklist, order, offer.answered_on, due, zone)


def _require_access(actor, clock: Clock) -> None:
    working_access(actor, clock.case_id)


def _lock_running(clock: Clock) -> None:
    lock(clock.case_id)
    clock.refresh_from_db(fields=["state", "due_at"])
    if clock.state != State.RUNNING:
        raise WrongState(clock.state)


def _end(actor, clock: Clock, *, met: bool, reason="", words="") -> None:
    clock.state, clock.remind_at = (State.MET if met else State.STOPPED), None
    _move(actor, clock, Action.MEET if met else Action.STOP, reason, words)
    clock.save(update_fields=["state", "remind_at"])


def _move(actor, clock: Clock, action: str, reason="", words="") -> None:
    """Write the move before the clock: the database refuses a change of date or state without one."""
    ClockMove.objects.create(
        clock=clock,
        case_id=clock.case_id,
        action=action,
        due_at=clock.due_at,
        reason=reason,
        words={"text": words} if words else None,
        by=actor,
    )


def due_reminders() -> list[tuple[int, object]]:
    """Return (id of the leading agency, clock id) to remind now, the oldest first. For the worker in system mode."""
    open_ones = Clock.objects.filter(~Q(case__status=Case.Status.CLOSED), state=State.RUNNING)
    found = open_ones.filter(remind_at__lte=timezone.now())
    return list(found.order_by("remind_at").values_list("case__lead_id", "id"))


def remind(actor, pk) -> bool:
    """Notify the lead and the author of the clock that its end is near or past, once per reminder.

    Returns False when another worker already did: the lock decides.
    """
    clock = visible_clock(actor, pk)
    with guarded():
        _lock_running(clock)
        clock.refresh_from_db(fields=["remind_at"])
        now = timezone.now()
        if clock.remind_at is None or clock.remind_at > now:
            return False
        started = procedures_rules.end_of(clock.counted_on, clock.case.territory.time_zone)
        clock.remind_at = procedures_rules.next_reminder(clock.kind, started, clock.due_at, now)
        clock.save(update_fields=["remind_at"])
    enqueue("clock_late" if clock.due_at <= now else "clock_soon", clock, to=["lead", "author"])
    return True
