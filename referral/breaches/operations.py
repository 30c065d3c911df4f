"""Report a breach; write what was found, decided or asked about it; tell who answers, before and after the 72 hours."""

from datetime import datetime

from django.utils import timezone

from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import Due, enqueue, enqueue_once
from referral.models import Breach, BreachEntry

from .access import answers, visible_breach
from .rules import AGAIN, SOON, Sort, may

BOTH = ["readers", "author"]
DECISIONS = {Sort.NOTIFIED, Sort.NO_RISK, Sort.INFORMED, Sort.NOT_INFORMED}


def report(actor, *, kind: str, known_at: datetime, ongoing: bool, apart: bool, text: str) -> Breach:
    """Report a breach: the 72 hours run from `known_at`. All who answer for it, or audit it, are told at once."""
    if known_at > timezone.now():
        raise WrongState("to come")
    with guarded():
        made = Breach.objects.create(
            agency=actor.agency, by=actor, kind=kind, known_at=known_at, due_at=known_at, ongoing=ongoing, apart=apart,
            data={"text": text},
        )  # fmt: skip
    record("breach.report", made)
    enqueue("breach_reported", made, to=["readers"])
    return made


def write(
    actor,
    pk,
    sort: str,
    *,
    happened_at: datetime | None = None,
    answered=None,
    account=None,
    period=(None, None),
    **words,
) -> BreachEntry:
    """Write one entry of the register. `answered`: the decision agreed to, the request to close that is
    confirmed, or the readings of which those who lead are told. `account`, `period`: whose readings are counted.

    Raises NotFound, NotAllowed, WrongState.
    """
    breach = visible_breach(actor, pk)
    if not answers(actor, breach):
        raise NotAllowed("breach")
    if not may(breach, sort):
        raise WrongState(sort)
    with guarded():
        made = BreachEntry.objects.create(
            breach=breach, by=actor, sort=sort, happened_at=happened_at, answered_id=answered, account=account,
            since=period[0], until=period[1], data=words,
        )  # fmt: skip
    record("breach.close" if sort == Sort.CONFIRM else "breach.write", breach)
    _tell(breach, sort)
    return made


def _tell(breach: Breach, sort: str) -> None:
    """Tell those who read it what was decided, and its reporter too what becomes of it."""
    if sort in DECISIONS:
        enqueue("breach_decided", breach, to=["readers"])
    elif sort == Sort.UNDECIDE:
        enqueue("breach_undecided", breach, to=["readers"])
    elif sort == Sort.CLOSE:
        enqueue("breach_closing", breach, to=BOTH)
    elif sort == Sort.CONFIRM:
        enqueue("breach_closed", breach, to=BOTH)
    elif sort == Sort.REOPEN:
        enqueue("breach_reopened", breach, to=BOTH)


def remind_breaches() -> int:
    """Tell who answers: once when 24 hours are left, each day after the 72 hours while two have not decided about the
    CNIL, and each week while a breach is open. Returns the number of reminders. For the worker, in system mode."""
    now = timezone.now()
    waiting = Breach.objects.filter(closed_at=None)
    running = waiting.filter(cnil_agreed=False, due_at__lte=now + SOON)
    soon = [_due(row, "soon") for row in running if row.due_at > now]
    late = [_due(row, f"day {(now - row.due_at).days}") for row in running if row.due_at <= now]
    decided = waiting.filter(cnil_agreed=True, known_at__lte=now - AGAIN)
    still = [_due(row, f"week {(now - row.known_at) // AGAIN}") for row in decided]
    told = enqueue_once("breach_soon", "breach", soon, to=["readers"])
    told += enqueue_once("breach_late", "breach", late, to=["readers"])
    return told + enqueue_once("breach_open", "breach", still, to=["readers"])


def _due(breach: Breach, when: str) -> Due:
    return Due(f"{breach.pk} {when}", breach.pk, breach.reference, [])
