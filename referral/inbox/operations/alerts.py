"""Operations of a desk on an alert it received, and escalation when it does not answer."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import workflow as foundation_workflow
from foundation.errors import NotFound, guarded
from foundation.tasks import database_now
from journal.operations import record
from notifications.operations.events import enqueue, mark_subject_read
from referral import workflow
from referral.alerts.rules import counted
from referral.models import Alert, AlertDesk, AlertLink, AlertMove, DeskAnswer
from referral.routing.rules.deadlines import first_due, next_due
from referral.routing.selectors import desks as desks_selectors
from referral.routing.words import CloseReason
from victims.models import Case, CaseAccess, Urgency
from victims.reading.access import watch_alerts

# what a desk answers by one request; opening is reading, and a case is opened in `referral/alerts`
MOVES = foundation_workflow.Moves()


def visible(actor, alert_id) -> Alert:
    """Return an alert visible to the actor, with its content. Raises NotFound."""
    found = Alert.objects.visible_to(actor).select_related("content", "agency").filter(pk=alert_id)
    alert = found.first()
    if alert is None:
        raise NotFound
    return alert


def sides(actor, alert: Alert) -> set[str]:
    """Return the sides of the actor on this alert: author, desk (live), system."""
    found = set()
    if alert.author_id == actor.pk:
        found.add("author")
    if AlertDesk.objects.of(actor).filter(alert=alert, live=True).exists():
        found.add("system" if actor.kind == "system" else "desk")
    return found


def row_of(actor, alert) -> AlertDesk | None:
    """Return the live row of the actor's desk on this alert."""
    return AlertDesk.objects.of(actor).filter(alert=alert, live=True).first()


def may_answer(actor, row: AlertDesk, named: list[str], *, caseless: bool = False) -> list[str]:
    """Keep the actions that this desk may still take after what it answered; the database refuses the same.

    Only agencies that coordinate or support people open a case. `caseless`: the case of this desk is closed, as one
    merged into another's; else its case is closed in the place of its share.
    """
    barred = set()
    if not (actor.agency.is_coordination or actor.agency.supports_people):
        barred |= {"act"}
    if row.case_at:
        barred |= {"act", "redirect"} if caseless else {"act", "redirect", "close"}
    if row.answer == AlertDesk.Answer.CLOSED:
        barred |= {"close"}
    if row.opened_at:
        barred |= {"open"}
    if row.answer in AlertDesk.ACTS:
        barred |= {"confirm"}
    else:
        barred |= {"stand_down"}
    if not (row.answer == AlertDesk.Answer.CASE and row.followed_at and row.due_at):
        barred |= {"take_note"}
    if row.answer == AlertDesk.Answer.NOTHING_TO_DO or row.told_at is None:
        barred |= {"confirm"}
    return [name for name in named if name not in barred]


def caseless(actor, row: AlertDesk) -> bool:
    """Return whether this desk, which opened a case after the alert, leads no open one any more."""
    if row.case_at is None:
        return False
    cases = AlertLink.objects.filter(alert=row.alert_id).values("case")
    rows = CaseAccess.objects.of(actor).filter(case__in=cases, lead=True)
    return not rows.exclude(status=Case.Status.CLOSED).exists()


def move(actor, alert, action, *, to=(), due=None, reason="", instead_of=None) -> None:
    """Insert one move. The database checks it against the workflow, and sets the state and the desk rows.

    `to`: agencies addressed; `due`: their time limit; `instead_of`: silent desk replaced. Raises NotAllowed,
    WrongState.
    """
    step = foundation_workflow.step(workflow.ALERT, alert.state, action, side=sides(actor, alert), actor=actor)
    AlertMove.objects.create(
        alert=alert,
        action=action,
        before=alert.state,
        after=step.after,
        membership=actor,
        agency_id=actor.agency_id,
        reason=reason,
        to_agencies=list(to),
        instead_of_id=instead_of,
        due_at=due,
    )
    alert.state = step.after
    if action == "close":  # the last share closed has closed the alert
        alert.refresh_from_db(fields=["state"])


def note_reading(actor, alert: Alert) -> None:
    """Journal that the actor reads an alert; who read unusually many is told to others, and goes on."""
    record("alert.read", alert)
    watch_alerts(actor)


def open_alert(actor, alert_id) -> Alert:
    """Read an alert at a desk.

    Each reading is journalled; the first one is a move, and notifies the author. A colleague who reads at the same
    moment makes none. Raises NotFound.
    """
    alert = visible(actor, alert_id)
    row = row_of(actor, alert)
    note_reading(actor, alert)
    mark_subject_read(actor, "alert", alert.pk)
    if row and row.opened_at is None and alert.state in (*workflow.WAITING, *workflow.UNDER_WAY):
        try:
            with guarded():
                move(actor, alert, "open")
        except foundation_workflow.WrongState:  # it moved meanwhile: what it is now is read
            return visible(actor, alert_id)
        enqueue("alert_opened", alert, to=["author"])
    return alert


@MOVES.declare(
    "redirect",
    step=_("Redirected"),
    act=_("Alert redirected"),
    done=_("Alert %(reference)s is sent on."),
    summary=_("Send an alert on to other desks"),
)
def redirect_alert(actor, alert_id, desks: list[int], *, reason: str) -> Alert:
    """Send an alert on to these desks (ids of agencies). The redirecting desk keeps the moves and loses the content.

    Raises NotFound, WrongState, NotAllowed for a desk that receives no alerts, must not learn of it (`discretion`)
    or is not covered by the person's agreement (`may_be_told`).
    """
    alert = visible(actor, alert_id)
    found = _receivers(alert, desks, without=actor.agency_id)
    if not found or len(found) != len(set(desks)):
        raise foundation_workflow.NotAllowed("redirect")
    due = first_due(alert.urgency, timezone.now(), alert.reachable_until)
    found = desks_selectors.with_stand_ins(alert, found, due)
    with guarded():
        move(actor, alert, "redirect", to=found, due=due, reason=reason)
    record("alert.redirect", alert)
    enqueue(_arrival_kind(alert), alert, to=["desk"], agencies=found)
    enqueue("alert_redirected", alert, to=["author"])
    return alert


def readdress_alert(actor, alert_id, agency_id: int, *, instead_of: int) -> Alert:
    """Send on an alert that waits at a silent desk, as a coordination unit.

    The silent desk loses the content and keeps the moves; the unit keeps its own row. Raises NotAllowed as
    `redirect_alert`, and for an actor outside a coordination unit.
    """
    alert = visible(actor, alert_id)
    found = _receivers(alert, [agency_id], without=instead_of)
    if not found or not actor.agency.is_coordination:
        raise foundation_workflow.NotAllowed("readdress")
    due = first_due(alert.urgency, timezone.now(), alert.reachable_until)
    with guarded():
        move(actor, alert, "readdress", to=found, due=due, reason="silent", instead_of=instead_of)
    record("alert.readdress", alert)
    enqueue(_arrival_kind(alert), alert, to=["desk"], agencies=found)
    enqueue("alert_readdressed", alert, to=["author"])
    enqueue("alert_passed_on", alert, to=["desk"], agencies=[instead_of])
    return alert


def _receivers(alert, agency_ids, *, without: int) -> list[int]:
    desks = desks_selectors.alert_desks().filter(pk__in=agency_ids).exclude(pk=without)
    desks = desks.select_related("agency").prefetch_related("services")
    found = [desk for desk in desks if not desks_selectors.barred(alert, desk)]
    if hasattr(alert, "content"):  # without it nothing can be sent on: the database refuses the move
        answers = counted(alert.content.data, alert.age_side)
        found = [desk for desk in found if desks_selectors.may_be_told(answers, desk.agency)]
    return sorted(desk.pk for desk in found)


def _arrival_kind(alert) -> str:
    return "alert_vital" if alert.urgency == Urgency.VITAL else "alert_sent"


@MOVES.declare(
    "declare",
    name="declare_on_alert",
    slug="agir",
    step=_("A service is acting"),
    act=_("Action declared on an alert"),
    done=_("Noted: your service answers for itself, and the others are told."),
    summary=_("Say that your service acts, or that somebody is with the person"),
    description=_("Stops your own time limit. About a child or a danger to life, no other service's."),
)
def declare(actor, alert_id, *, what: str, words: str) -> Alert:
    """Declare that the actor's service acts, or that somebody is with the person: `acting`, `with_person`.

    `words`: what is done, kept encrypted, for the live desks. The time limit of this desk stops, and of no other one
    when a child, a doubtful age or a danger to life is concerned. Raises NotFound, NotAllowed, WrongState.
    """
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "declare", reason=what)
        _say(actor, alert, what, words)
    record("alert.declare", alert)
    _notify_other_desks("alert_acting", actor, alert)
    return alert


@MOVES.declare(
    "stand_down",
    name="stand_down_alert",
    slug="rien-a-faire",
    step=_("Others told that they have nothing to do"),
    act=_("Other desks told that they have nothing to do"),
    done=_("The other services are told; each confirms."),
    summary=_("Tell the other desks that they have nothing to do"),
    description=_("For a desk that acts. Each confirms it; until then its time limit runs."),
)
def stand_down(actor, alert_id, *, words: str) -> Alert:
    """Tell the other desks that they have nothing to do, and why, as a desk that acts. Each must confirm it.

    Raises NotFound, NotAllowed, WrongState for a desk that does not act.
    """
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "stand_down")
        _say(actor, alert, DeskAnswer.Code.STAND_DOWN, words)
    record("alert.stand_down", alert)
    _notify_other_desks("alert_stand_down", actor, alert)
    return alert


@MOVES.declare(
    "confirm",
    name="confirm_alert",
    slug="confirmer",
    step=_("Nothing to do, confirmed"),
    act=_("Nothing to do, confirmed"),
    done=_("Confirmed: your service has nothing to do on this alert."),
    summary=_("Confirm that your service has nothing to do, as a desk that acts said"),
)
def confirm(actor, alert_id) -> Alert:
    """Confirm that the actor's desk has nothing to do, as another desk that acts said.

    Raises NotFound, NotAllowed, WrongState when no desk that acts said so.
    """
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "confirm")
    record("alert.confirm", alert)
    _notify_other_desks("alert_confirmed", actor, alert)
    return alert


@MOVES.declare(
    "take_note",
    name="take_note_of_addition",
    slug="complement-lu",
    step=_("Addition read"),
    act=_("Addition to an alert noted as read"),
    done=_("Noted: your service has read what was added, and no time limit runs for it."),
    summary=_("Note that what was added to an alert is read"),
    description=_("Stops the time limit that it began, for a service that owes nothing else."),
)
def take_note(actor, alert_id, *, added: int | None = None) -> Alert:
    """Note that the actor's desk has read what the author added: the time limit that it began stops.

    For a desk that opened a case, each of whose persons is helped. `added`: how many additions were read; one that
    came since is not. Raises NotFound, NotAllowed, WrongState.
    """
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "take_note")
        # counted once the move holds the alert: what is added after it waits for this, and starts a time limit
        if added not in (None, alert.additions.count()):
            raise foundation_workflow.WrongState
    record("alert.take_note", alert)
    return alert


def _say(actor, alert, code: str, words: str) -> None:
    DeskAnswer.objects.create(alert=alert, agency_id=actor.agency_id, by=actor, code=code, text=words)


@MOVES.declare(
    "close",
    slug="classer",
    asks=foundation_workflow.Asked("reason", _("Why?"), _("Say why you close it."), tuple(CloseReason.choices)),
    step=_("Closed"),
    act=_("Alert closed"),
    done=_("Your service has closed alert %(reference)s."),
    summary=_("Close your share of an alert, without a case"),
    description=_("With a reason. A low score is never one. The alert is closed when every desk has closed its share."),
    button=_("Close without a case"),
    text=_("A result that does not conclude, or too few elements, is never a reason."),
    confirm=_("Close"),
)
def close_alert(actor, alert_id, *, reason: str) -> Alert:
    """Close the actor's share of an alert without a case, with a coded reason.

    The alert is closed when every desk that has it closed its share; what a coordination unit closes, about an adult in
    no danger to life, is closed for those that had not answered. A low score is not a reason (mission, section 8).
    """
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "close", reason=reason)
    record("alert.close", alert)
    if alert.state == Alert.State.CLOSED:
        enqueue("alert_closed", alert, to=["author"])
    _notify_other_desks("alert_closed_elsewhere", actor, alert)
    return alert


def notify_taken(actor, alert) -> None:
    """Notify the author and the other desks that a case was opened from the alert, or joined."""
    enqueue("alert_acted", alert, to=["author"])
    _notify_other_desks("alert_taken", actor, alert)


def _notify_other_desks(kind, actor, alert) -> None:
    if others := sorted(desks_selectors.alert_agencies(alert) - {actor.agency_id}):
        enqueue(kind, alert, to=["desk"], agencies=others)


def escalate_alert(actor, alert_id) -> list[int]:
    """Escalate an unanswered alert and return the agencies notified.

    Order: the stand-in or the territory, then the national unit, then those notified again. The actor is the system
    membership of the silent desk. Raises NotFound, NotAllowed.
    """
    alert = visible(actor, alert_id)
    row = AlertDesk.objects.of(actor).filter(alert=alert, live=True).first()
    if row is None:
        raise foundation_workflow.NotAllowed("escalate")
    first = not alert.moves.filter(action="escalate", agency=actor.agency_id).exists()
    target = desks_selectors.next_desk(alert, row, first)
    due = next_due(alert.urgency, database_now(), first and row.rung == 0, alert.reachable_until)
    with guarded():
        move(actor, alert, "escalate", to=target, due=due)
    record("alert.escalate", alert)
    if alert.urgency == Urgency.VITAL:  # the silent desk is alerted too, until somebody acts
        enqueue("alert_vital", alert, to=["desk"], agencies=[*target, actor.agency_id])
    else:
        enqueue("alert_escalated", alert, to=["desk"], agencies=target or [actor.agency_id])
    if target and actor.agency_id == alert.agency_id:  # kept until now: its author learns who has it
        enqueue("alert_left", alert, to=["author"])
    return target
