"""Record a requisition, what was handed over or why nothing was, and remind the agency that received it.

No entry of the journal names the case: readers of the case would learn that justice asked. Nothing is sent.
"""

from datetime import date

from django.utils import timezone

from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import Due, enqueue_once
from victims.cases.access import must_write
from victims.models import CaseAccess, Requisition

from .access import may_give, visible_requisition
from .rules import SOON

State = Requisition.State


def add_requisition(
    actor, case_id, *, received_on: date, authority: str, body: str, ground: str, text: str, due_on: date | None = None
) -> Requisition:
    """Record a requisition that the actor's agency received. Raises NotFound, NotAllowed, WrongState."""
    case = must_write(actor, case_id)
    if received_on > timezone.localdate() or (due_on and due_on < received_on):
        raise WrongState("day")
    with guarded():
        made = Requisition.objects.create(
            case=case, reference=case.reference, agency=actor.agency, by=actor, received_on=received_on, due_on=due_on,
            data={"authority": authority, "body": body, "ground": ground, "text": text},
        )  # fmt: skip
    record("requisition.add", made)
    return made


def read_requisition(actor, pk) -> Requisition:
    """Return a requisition to show. Its reading is journalled. Raises NotFound."""
    found = visible_requisition(actor, pk)
    record("requisition.read", found)
    return found


def answer(actor, pk, *, given: list[str], to: str, on: date, text: str = "") -> Requisition:
    """Write what was handed over, to whom and when.

    Raises NotFound, NotAllowed for what the agency does not read of the case, WrongState.
    """
    found = _held(actor, pk)
    if not given or not set(given) <= set(may_give(CaseAccess.objects.of(actor).get(case=found.case_id))):
        raise NotAllowed("given")
    if not found.received_on <= on <= timezone.localdate():
        raise WrongState("day")
    _end(actor, found, State.ANSWERED, {"given": given, "to": to, "on": on.isoformat(), "text": text})
    record("requisition.answer", found)
    return found


def refuse(actor, pk, *, reason: str, text: str) -> Requisition:
    """Write why it is not followed. Raises NotFound, NotAllowed, WrongState."""
    found = _held(actor, pk)
    _end(actor, found, State.REFUSED, {"reason": reason, "text": text})
    record("requisition.refuse", found)
    return found


def _held(actor, pk) -> Requisition:
    """Return a requisition that waits for an answer, locked. Raises NotFound, NotAllowed, WrongState."""
    found = visible_requisition(actor, pk)
    must_write(actor, found.case_id)
    with guarded():
        rows = Requisition.objects.visible_to(actor).select_for_update(of=("self",))
        held = rows.filter(pk=pk, ended_at=None).first()
    if held is None:
        raise WrongState("answered")
    return held


def _end(actor, found: Requisition, state: str, outcome: dict) -> None:
    found.state, found.outcome = state, outcome
    found.ended_at, found.ended_by = timezone.now(), actor
    with guarded():
        found.save(update_fields=["state", "outcome", "ended_at", "ended_by"])


def remind_requisitions() -> int:
    """Tell the agency that received it, once before the day that the authority gave and once when it has passed.

    For the worker, in system mode.
    """
    today = timezone.localdate()
    waiting = Requisition.objects.filter(ended_at=None)
    soon, late = waiting.filter(due_on__gte=today, due_on__lte=today + SOON), waiting.filter(due_on__lt=today)
    told = enqueue_once("answer_soon", "requisition", _due(soon), to=["desk"])
    return told + enqueue_once("answer_late", "requisition", _due(late), to=["desk"])


def _due(rows) -> list[Due]:
    return [Due(f"{row.pk} {row.due_on}", row.pk, row.reference, [row.agency_id]) for row in rows]
