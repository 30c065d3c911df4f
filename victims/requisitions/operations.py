"""Record a requisition, what was handed over or why nothing was, and remind the agency that received it.

The database tells the others of the agency of each decision, whoever writes it (`nrm.requisition_moved`). No entry of
the journal names the case: readers of the case would learn that justice asked. Nothing is sent. It does not keep its
case, of which others read the day of erasure: one that outlives its day would tell them.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from agencies.members.rules import WORKS
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import Due, enqueue_once
from victims.cases.access import must_write_in_own_right
from victims.models import ReadingAlarm, Requisition, RequisitionMove
from victims.reading.access import afford

from .access import held, may_give, visible_requisition
from .rules import ends_or_waits, reminders_so_far
from .words import Check

State = RequisitionMove.State


def add_requisition(
    actor, case_id, *, received_on: date, authority: str, body: str, ground: str, text: str, due_on: date | None = None
) -> Requisition:
    """Record a requisition that the actor's agency received. Raises NotFound, NotAllowed, also by emergency access,
    WrongState."""
    case = must_write_in_own_right(actor, case_id)
    if received_on > timezone.localdate() or (due_on and due_on < received_on):
        raise WrongState("day")
    with guarded():
        made = Requisition.objects.create(
            case=case, agency=actor.agency, by=actor, received_on=received_on, due_on=due_on,
            data={"authority": authority, "body": body, "ground": ground, "text": text},
        )  # fmt: skip
    record("requisition.add", made)
    return made


def read_list(rows):
    """Return requisitions to list. Their reading is journalled: that there is one is secret too."""
    record("requisition.list")
    return rows


def read_requisition(actor, pk, *, writes: bool = False) -> Requisition:
    """Return a requisition to show. Its reading is journalled. Raises NotFound, Spent beyond the budget of reading."""
    found = visible_requisition(actor, pk)
    afford(actor, ReadingAlarm.Kind.FILE, found, writes=writes)
    record("requisition.read", found)
    return found


def answer(
    actor, pk, *, given: list[str], to: str, text: str = "", unchecked: Iterable[str] = Check.values
) -> Requisition:
    """Write what is handed over and to whom, what the agency reads of the case at this moment, and what nobody had
    checked before; also of one that was not followed first, or a second part.

    Raises NotFound, NotAllowed for what the agency does not read of the case.
    """
    found = visible_requisition(actor, pk)
    if not given or not set(given) <= set(may_give(actor, found.case_id)):
        raise NotAllowed("given")
    read = [str(one) for one in held(actor, found.case_id)]
    said = {
        "given": given,
        "held": read,
        "to": to,
        "text": text,
        "unchecked": [one for one in Check.values if one in unchecked],
    }
    _move(actor, found, State.ANSWERED, said)
    record("requisition.answer", found)
    return found


def refuse(actor, pk, *, reason: str, text: str) -> Requisition:
    """Write why it is not followed, or that what was said of it was wrong; where the authority will come back it waits.
    Raises NotFound, NotAllowed."""
    found = visible_requisition(actor, pk)
    _move(actor, found, ends_or_waits(reason, found.state), {"reason": reason, "text": text})
    record("requisition.refuse", found)
    return found


def _move(actor, found: Requisition, state: str, data: dict) -> None:
    if not actor.has(*WORKS):
        raise NotAllowed("write")
    with guarded():
        RequisitionMove.objects.create(requisition=found, state=state, by=actor, data=data)


def remind_requisitions() -> int:
    """Tell the agency that received one, each week and on the eve of its day, as long as it waits. For the worker, in
    system mode."""
    today = timezone.localdate()
    rows = Requisition.objects.filter(ended_at=None)
    due = [
        Due(f"{row.pk} {reminders_so_far(row.received_on, row.due_on, today)}", row.pk, row.reference, [row.agency_id])
        for row in rows
    ]
    return enqueue_once("answer_owed", "requisition", due, to=["desk"])
