"""Work on procedures of a case: start one, settle its steps, offer the reflection period."""

from datetime import date

from foundation.errors import NotFound, guarded
from foundation.workflow import WrongState
from indicators.procedures.selectors import book
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Checklist, ReflectionOffer, StepAct
from referral.procedures import selectors
from referral.procedures.access import lock, step_of, visible_checklist, working_access

from . import clocks

Action = StepAct.Action
REFLECTION = "delai_reflexion"
OFFER = 1  # step that an offer settles


def start_procedure(actor, case_id, code: str) -> Checklist:
    """Start a procedure on a case, or return the one already started.

    Raises NotFound for a procedure not in the pack, NotAllowed for residence or asylum without the lead or its
    category.
    """
    working_access(actor, case_id)
    shown = book()
    if code not in shown.procedures:
        raise NotFound
    sealed = shown.procedures[code].kind in selectors.SEALED
    with guarded():
        lock(case_id)  # two members who start it at once get one checklist
        begun = Checklist.objects.visible_to(actor).of(case_id, code).first()
        if begun:
            return begun
        made = Checklist.objects.begin(case_id, code, sealed=sealed, version=shown.version, by=actor)
    record("procedure.start", made, case_id=case_id)
    return made


def settle_step(actor, pk, order: int, action: str, *, on: date | None = None, reason="", words="", how="",
                tells=(), by_sender=False) -> StepAct:  # fmt: skip
    """Settle a step: done on a day, waived with a reason, or not applicable. Its time limit is met, or stops.

    `how` the report of concern of a child was made, of what its writing `tells` (`selectors.Fact.id`), and whether the
    sender of these alerts wrote it before them (`by_sender`, said in `words`). One that does not count is recorded
    again (`selectors.Report`). The lead is told of what another says of it.

    Raises NotFound, NotAllowed, WrongState when it is already settled or is the offer of the reflection period, which
    only `offer_reflection` settles.
    """
    checklist = visible_checklist(actor, pk)
    case = working_access(actor, checklist.case_id).case
    step_of(checklist, order)
    of_report = selectors.is_report(checklist, order)
    report = of_report and action == Action.DONE
    settled = latest(checklist, order) in (Action.DONE, Action.WAIVED, Action.NOT_APPLICABLE)
    if settled and not (report and selectors.may_confirm(actor, case)):
        raise WrongState("settled")
    said = _said_of_report(case, on, how, tells, by_sender and bool(words)) if report else {}
    with guarded():
        act = _write(actor, checklist, order, action, on=on, reason=reason, words=words, **said)
        own = not of_report or selectors.counts_for(actor, case)
        if own and not (report and selectors.may_confirm(actor, case)):  # one that does not count stops no time limit
            clocks.settled(actor, checklist, order, met=action == Action.DONE)
        if not own:
            enqueue("case_addition", case, to=["lead"])
    record(f"procedure.{action}", checklist, case_id=checklist.case_id)
    return act


def _said_of_report(case, on: date, how: str, tells, by_sender: bool) -> dict:
    """Return what is recorded of a report of concern. Raises WrongState when its day tells nothing of what is owed."""
    owed = selectors.report_owed(case)
    chosen = [fact for fact in owed if fact.id in tells]
    if not all(fact.covered(on, by_sender) for fact in chosen or owed[:1]):
        raise WrongState("before")
    if how != selectors.WRITTEN:  # a call is owed its writing
        return {"how": how}
    return {"how": how, "tells": [fact.id for fact in chosen], "by_sender": by_sender}


def reopen_step(actor, pk, order: int) -> StepAct:
    """Reopen a settled step: its time limit runs again; the former act stays in the history."""
    checklist = visible_checklist(actor, pk)
    working_access(actor, checklist.case_id)
    if latest(checklist, order) in (None, Action.REOPENED):
        raise WrongState("open")
    with guarded():
        act = _write(actor, checklist, order, Action.REOPENED)
        clocks.reopened(actor, checklist, order)
    record("procedure.reopened", checklist, case_id=checklist.case_id)
    return act


def report_asked(actor, orientation) -> None:
    """Meet the time limit of the report of concern: a request sent to the CRIP tells it of all that is owed."""
    service = selectors.SERVICES[selectors.PROCEDURE, selectors.STEP]
    if orientation.service_id != service or not orientation.addressee.is_crip:
        return
    for made in Checklist.objects.visible_to(actor).of(orientation.case_id, selectors.PROCEDURE):
        clocks.settled(actor, made, selectors.STEP, met=True)


def latest(checklist: Checklist, order: int) -> str | None:
    """Return the last action on a step, or None. Locks the case: of two simultaneous answers one is refused."""
    lock(checklist.case_id)
    act = checklist.acts.filter(step=order).order_by("at", "id").last()
    return act.action if act else None


def _write(actor, checklist, order, action, *, on=None, reason="", words="", how="", **told) -> StepAct:
    return StepAct.objects.create(
        checklist=checklist,
        case_id=checklist.case_id,
        step=order,
        action=action,
        on=on,
        reason=reason,
        words={"text": words} | ({"how": how} if how else {}) if words or how else None,
        by=actor,
        **told,
    )


def offer_reflection(actor, case_id, *, offered_on: date, answer: str, answered_on: date | None) -> ReflectionOffer:
    """Record an offer of thirty days and the answer; a later answer is a new row.

    Accepted, the time limit runs from that day; declined later, it stops (CESEDA R425-2; offered to all, STCE 197 art.
    13).
    """
    row = working_access(actor, case_id)
    checklist = start_procedure(actor, case_id, REFLECTION)
    with guarded():
        before = latest(checklist, OFFER)
        offer = ReflectionOffer.objects.create(
            case_id=case_id, offered_on=offered_on, answer=answer, answered_on=answered_on, by=actor
        )
        if before is None:
            _write(actor, checklist, OFFER, Action.DONE, on=offered_on)
        clocks.reflection(actor, checklist, offer, row.case)
    record("reflection.offer", checklist, case_id=case_id)
    return offer


def reflection_missing(case) -> bool:
    """Return whether no offer of the reflection period is recorded."""
    return not ReflectionOffer.objects.filter(case=case).exists()
