"""Refuse to read more cases than a budget allows, and warn with the last one that it allows.

Counted from the journal, each case once: what was read of it lately is read again without counting. A case in danger of
life, and one opened by emergency access, are never refused. A table of cases with identity or contact counts in the
seven days, each of its cases; not in the hour, since it is one act, which a second person approved.
"""

from datetime import datetime

from django.db import connection, models
from django.db.models import Count, Max, Q
from django.utils import timezone

from foundation.statements.kept import KeptStatement
from journal.models import Entry
from journal.selectors.read_quota import one_at_a_time
from notifications.operations.events import enqueue
from victims.models import Case, Grant, ReadingAlarm, Requisition, Urgency
from victims.reading.rules import ACTS, ALERTS, DEMANDED, IN_A_FILE, LENGTHS, Budget, budgets

Window = ReadingAlarm.Window
SHOWN = ~Q(action__endswith=IN_A_FILE)


class Spent(Exception):
    """Signal that a budget of reading is used up until `again_at`. `alarm` can be lifted by a second person."""

    def __init__(self, kind: str, budget: Budget, again_at: datetime, alarm: ReadingAlarm | None):
        self.kind, self.budget, self.again_at, self.alarm = kind, budget, again_at, alarm
        super().__init__(f"{kind} {budget.window}")

    @property
    def words(self) -> str:
        """Return the words of the time in which so much was read."""
        return Window(self.budget.window).label

    @property
    def wait(self) -> int:
        """Return the whole seconds to wait."""
        return max(1, int((self.again_at - timezone.now()).total_seconds()) + 1)


def afford(actor, kind: str, case: Case | Requisition, *, writes: bool = False) -> None:
    """Raise Spent when reading this case would exceed a budget of the actor. Call it before the reading is recorded. A
    requisition counts as one more case: its readings name none.

    With the last reading allowed, the alarm is written: it could not be by the request that is refused. `writes`: the
    actor sends something to a case it has read within seven days, which is never lost.
    """
    limits = budgets(actor.kind, kind)
    since = timezone.now() - LENGTHS["week" if writes else "hour"]
    demanded = isinstance(case, Requisition)
    key, before = (str(case.pk), READ_DEMAND) if demanded else (case.pk, READ_BEFORE[kind])
    if not limits or before.count(actor, 1, since=since, **{"subject" if demanded else "case": key}):
        return
    one_at_a_time(actor)
    now = timezone.now()
    last = _last(actor, kind, now)
    last.pop(key, None)
    for budget in limits:
        start = _start(actor, kind, budget, now)
        read = sorted(at for times in last.values() if (at := times[budget.window]) and at > start)
        if len(read) >= budget.most and (demanded or not _life_at_stake(actor, case)):
            raise Spent(kind, budget, read[-budget.most] + budget.length, _open(actor, kind, budget))
        if len(read) + 1 >= budget.most and _open(actor, kind, budget) is None:
            _warn(actor, kind, budget)


def left(actor, kind: str, cases: set) -> int | None:
    """Return how many of these cases the actor may still take out in a file in its seven days; None: no limit.

    Locks the counts of the actor. A case read in these days is not counted again.
    """
    budget = _of_a_week(actor, kind)
    if budget is None:
        return None
    one_at_a_time(actor)
    read = _read_in(actor, kind, budget)
    return len(cases & read) + max(0, budget.most - len(read))


def warn_of_a_file(actor, kind: str) -> None:
    """Write the alarm when the cases of a file, recorded before, used up the seven days."""
    budget = _of_a_week(actor, kind)
    if budget and len(_read_in(actor, kind, budget)) >= budget.most and _open(actor, kind, budget) is None:
        _warn(actor, kind, budget)


def watch_alerts(actor) -> None:
    """Write an alarm when the actor has opened as many different alerts as a budget says, once in its time.

    Call it after a reading is recorded. It refuses nothing and waits for nobody: an alert is answered in minutes.
    """
    limits = budgets(actor.kind, ReadingAlarm.Kind.ALERT)
    if not limits:
        return
    now = timezone.now()
    read = Entry.objects.filter(
        membership_id=actor.pk, action=ALERTS, outcome=Entry.Outcome.DONE, at__gt=now - LENGTHS[Window.WEEK]
    )
    counted = {
        budget.window: Count("subject_id", distinct=True, filter=Q(at__gt=now - budget.length)) for budget in limits
    }
    found = read.order_by().aggregate(**counted)
    for budget in limits:
        over = found[budget.window] >= budget.most
        if over and _alone(actor) and _open(actor, ReadingAlarm.Kind.ALERT, budget) is None:
            _warn(actor, ReadingAlarm.Kind.ALERT, budget, to=["admins", "audit"])


def _alone(actor) -> bool:
    """Return whether no other request of this member is writing an alarm about alerts. Does not wait to know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('nrm.alerts_read', %s))", [actor.pk])
        return cursor.fetchone()[0]


def _of_a_week(actor, kind: str) -> Budget | None:
    return next((b for b in budgets(actor.kind, kind) if b.window == Window.WEEK), None)


def _read_in(actor, kind: str, budget: Budget) -> set:
    """Return the cases that this budget of seven days counts."""
    now = timezone.now()
    start = _start(actor, kind, budget, now)
    return {case for case, times in _last(actor, kind, now).items() if times[budget.window] > start}


def _start(actor, kind: str, budget: Budget, now: datetime) -> datetime:
    return max(filter(None, (now - budget.length, _lifted(actor, kind, budget, now))))


def _last(actor, kind: str, now: datetime) -> dict:
    """Return {case, or requisition: {window: when it was last read, as this window counts; None}} of seven days."""
    which = models.Case(models.When(action=DEMANDED, then="subject_id"), default=models.Value(""))
    read = _since(actor, kind, now - LENGTHS["week"]).order_by().values_list("case_id", which)
    found = read.annotate(shown=Max("at", filter=SHOWN), at=Max("at"))
    return {case or demand: {Window.HOUR: shown, Window.WEEK: at} for case, demand, shown, at in found}


def _since(actor, kind: str, since):
    acts = Q(action__startswith=ACTS[kind])
    if kind == ReadingAlarm.Kind.FILE:
        acts |= Q(action=DEMANDED)
    return Entry.objects.filter(acts, membership_id=actor.pk, outcome=Entry.Outcome.DONE, at__gt=since)


READ_BEFORE = {
    kind: KeptStatement(lambda reader, since, case, kind=kind: _since(reader, kind, since).filter(SHOWN, case_id=case))
    for kind in ACTS
}
READ_DEMAND = KeptStatement(
    lambda reader, since, subject: _since(reader, ReadingAlarm.Kind.FILE, since).filter(
        action=DEMANDED, subject_id=subject
    )
)


def _alarms(actor, kind: str, budget: Budget):
    return ReadingAlarm.objects.visible_to(actor).filter(membership=actor, kind=kind, window=budget.window)


def _lifted(actor, kind: str, budget: Budget, now: datetime) -> datetime | None:
    """Return when a second person lifted the limit, if that time is not over: readings are counted from then."""
    return _alarms(actor, kind, budget).filter(until__gt=now).aggregate(at=Max("lifted_at"))["at"]


def _open(actor, kind: str, budget: Budget) -> ReadingAlarm | None:
    """Return the alarm of this window that waits for a second person."""
    start = timezone.now() - budget.length
    return _alarms(actor, kind, budget).filter(lifted_at=None, at__gt=start).first()


def _life_at_stake(actor, case: Case) -> bool:
    return (
        case.urgency == Urgency.VITAL
        or Grant.objects.filter(content_object=case, group_id=actor.agency_id, ground=Grant.Ground.BREAK_GLASS).exists()
    )


def _warn(actor, kind: str, budget: Budget, to=("second", "audit")) -> None:
    """Write the alarm, and tell who may lift it, among them the administrators of the agency, and the auditors."""
    alarm = ReadingAlarm.objects.create(
        agency_id=actor.agency_id, membership=actor, kind=kind, window=budget.window, most=budget.most
    )
    enqueue("reading_limit", alarm, to=[*to])
