"""Record what the person asks about their data; prolong, answer, refuse; tell who answers before the day."""

from datetime import date, timedelta

from django.utils import timezone

from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import Due, enqueue_once
from victims.cases.access import must_write_in_own_right
from victims.models import Case, DataRequest, Limitation

from .access import visible_request
from .rules import PROLONGED, SOON, due_day, may_prolong

QUARTER = timedelta(days=91)
Identity, Kind, State = DataRequest.Identity, DataRequest.Kind, DataRequest.State


def add_request(
    actor, case_id, *, kind: str, received_on: date, asked_by: str, identity: str, way: str, text: str = ""
) -> DataRequest:
    """Record a request. Its day is counted from the day it was received. Raises NotFound, NotAllowed, WrongState for a
    day to come."""
    case = must_write_in_own_right(actor, case_id)
    if received_on > timezone.localdate():
        raise WrongState("to come")
    with guarded():
        made = DataRequest.objects.create(
            case=case, reference=case.reference, agency=actor.agency, by=actor, kind=kind, received_on=received_on,
            asked_by=asked_by, identity=identity, way=way, data={"text": text}, due_on=due_day(received_on),
        )  # fmt: skip
    record("data_request.add", made, case_id=case.pk)
    return made


def prolong(actor, pk, *, reason: str) -> DataRequest:
    """Give two months more, once, while the person can be told within the first one.

    Raises NotFound, NotAllowed, WrongState.
    """
    found = _held(actor, pk)
    today = timezone.localdate()
    if found.state != State.OPEN:
        raise WrongState(found.state)
    if not may_prolong(found.received_on, today):
        raise WrongState("late")
    found.state, found.prolonged_on, found.prolonged_by = State.PROLONGED, today, actor
    found.due_on, found.reason = due_day(found.received_on, PROLONGED), {"text": reason}
    with guarded():
        found.save(update_fields=["state", "prolonged_on", "prolonged_by", "due_on", "reason"])
    record("data_request.prolong", found, case_id=found.case_id)
    return found


def answer(actor, pk, *, text: str, identity: str = "") -> DataRequest:
    """Write what was done; a limitation of use that was asked begins. `identity`: how it was checked, when it was not.

    Raises NotFound, NotAllowed, WrongState.
    """
    found = _held(actor, pk)
    if found.identity == Identity.PENDING:
        found.identity = identity or Identity.PENDING
    if found.identity == Identity.PENDING:
        raise NotAllowed("identity")
    _end(actor, found, State.ANSWERED, text)
    record("data_request.answer", found, case_id=found.case_id)
    if found.kind == Kind.LIMITATION:
        _limit(actor, found.case)
    return found


def refuse(actor, pk, *, text: str) -> DataRequest:
    """Write why it is refused. Raises NotFound, NotAllowed, WrongState."""
    found = _held(actor, pk)
    _end(actor, found, State.REFUSED, text)
    record("data_request.refuse", found, case_id=found.case_id)
    return found


def _limit(actor, case: Case) -> None:
    """Begin a limitation of use, unless one stands."""
    if not Limitation.objects.visible_to(actor).in_force().filter(case=case).exists():
        with guarded():
            made = Limitation.objects.create(case=case, agency=actor.agency, by=actor)
        record("limitation.begin", made, case_id=case.pk)


def end_limitation(actor, case_id, *, because: str) -> Limitation:
    """End the limitation of use of a case, whose person was told. Raises NotFound, NotAllowed, WrongState."""
    must_write_in_own_right(actor, case_id)
    with guarded():
        rows = Limitation.objects.visible_to(actor).in_force().select_for_update(of=("self",))
        found = rows.filter(case=case_id).first()
    if found is None:
        raise WrongState("ended")
    found.ended_at, found.ended_by, found.ended_because = timezone.now(), actor, because
    with guarded():
        found.save(update_fields=["ended_at", "ended_by", "ended_because"])
    record("limitation.end", found, case_id=found.case_id)
    return found


def _held(actor, pk) -> DataRequest:
    """Return a request that waits for an answer, locked. Raises NotFound, NotAllowed, WrongState."""
    found = visible_request(actor, pk)
    must_write_in_own_right(actor, found.case_id)
    if not found.is_open:
        raise WrongState(found.state)
    with guarded():
        rows = DataRequest.objects.visible_to(actor).select_for_update(of=("self",))
        held = rows.filter(pk=pk, ended_at=None).first()
    if held is None:
        raise WrongState("answered")
    return held


def _end(actor, found: DataRequest, state: str, text: str) -> None:
    found.state, found.outcome = state, {"text": text}
    found.ended_at, found.ended_by = timezone.now(), actor
    with guarded():
        found.save(update_fields=["state", "identity", "outcome", "ended_at", "ended_by"])


def remind_requests() -> int:
    """Tell who answers, once a week before the day and once when it has passed; return the number of reminders.

    The agency that received the request, and the one that leads the case now: whoever comes to lead it is told too. For
    the worker, in system mode.
    """
    today = timezone.localdate()
    waiting = DataRequest.objects.filter(ended_at=None).select_related("case")
    soon = waiting.filter(due_on__gte=today, due_on__lte=today + SOON)
    late = waiting.filter(due_on__lt=today)
    told = enqueue_once("data_request_soon", "datarequest", _due(soon), to=["desk"])
    return told + enqueue_once("data_request_late", "datarequest", _due(late), to=["desk"])


def remind_limitations() -> int:
    """Tell who leads the case, every QUARTER, that a limitation of use still stands; return how many were told.

    It ends by an act alone (article 18 GDPR), which nobody would think of. For the worker, in system mode.
    """
    now = timezone.now()
    standing = Limitation.objects.in_force().filter(at__lte=now - QUARTER).select_related("case")
    due = [Due(f"{row.pk} {(now - row.at) // QUARTER}", row.case_id, row.case.reference, []) for row in standing]
    return enqueue_once("limitation_stands", "case", due, to=["lead"])


def _due(rows) -> list[Due]:
    return [
        Due(f"{row.pk} {row.due_on} {agency}", row.pk, row.reference, [agency])
        for row in rows
        for agency in sorted({row.agency_id, row.case.lead_id})
    ]
