"""Change the state of a case, close and reopen it. In referral and not in victims: closing ends orientations."""

from dataclasses import dataclass, field
from functools import partial

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from foundation.errors import guarded
from foundation.workflow import Move, WrongState, actions, step
from indicators.codes.selectors import CLOSURE_REASONS
from indicators.models import Code
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import ENDED_BY_CLOSING, CaseMove, CaseOutcome, Clock, Orientation
from referral.orientations.rules import is_report
from victims.access.access import who_sees
from victims.cases.access import visible_case
from victims.models import Case, CaseAccess, Consent
from victims.workflow import CASE

State = Orientation.State
UNDER_WAY = (State.DRAFT, State.SENT, State.OPENED, State.QUESTION, State.ACCEPTED, State.IN_PROGRESS)


class UnknownReason(ValueError):
    """Signal a closing reason that is not in the current code list `closure_reasons`."""


def _side(actor, case) -> set[str]:
    return {"lead"} if CaseAccess.objects.of(actor).filter(case=case.pk, lead=True).exists() else set()


def possible(actor, case: Case) -> list[str]:
    """Return the moves of the case open to the actor now."""
    return actions(CASE, case.status, side=_side(actor, case), actor=actor)


def move_case(actor, case_id, action: str, *, reason: str = "", outcome: dict | None = None) -> CaseMove:
    """Move the case: start_support, follow_up, close or reopen.

    Notifies those who see the case and its coordination; the author of its alert sees the state on the alert. `reason`
    and `outcome` ({"wish", "feedback"}: text) are for a closing only. Closing ends, in this transaction, the open
    orientations and what other agencies held through them; each keeps `status`. Reopening restores none of it. Raises
    NotFound, NotAllowed unless the actor leads, WrongState, UnknownReason.
    """
    case = visible_case(actor, case_id)
    wanted = step(CASE, case.status, action, side=_side(actor, case), actor=actor)
    if action == "close":
        if not Code.objects.of(CLOSURE_REASONS).filter(code=reason).exists():
            raise UnknownReason(reason)
    elif reason or outcome:
        raise WrongState("only a closing has a reason and an outcome")
    with guarded():
        move = CaseMove.objects.create(
            case=case,
            action=action,
            before=case.status,
            after=wanted.after,
            membership=actor,
            agency=actor.agency,
            reason=reason,
        )
        if outcome and any(outcome.values()):
            CaseOutcome.objects.create(move=move, case=case, by=actor, data=outcome)
    record(f"case.{action}", case, case_id=case.pk)
    enqueue("case_moved", case, to=["holders", "lead", "coordination"])
    return move


# the moves that ask nothing; closing has a page of its own
MOVES = {
    action: Move(action, partial(move_case, action=action), **said)
    for action, said in {
        "start_support": {
            "name": "start_support",
            "step": _("Support begun"),
            "act": _("Case: support started"),
            "done": _("Support has begun: the author of the alert sees it."),
            "summary": _("Say that the support of the person has begun"),
            "description": _("By the agency that leads the case, as its three other moves; also back from follow-up."),
            "button": _("Support begins"),
        },
        "follow_up": {
            "name": "follow_up_case",
            "step": _("Follow-up after exit begun"),
            "act": _("Case: follow-up after exit"),
            "done": _("The case is in follow-up after exit."),
            "summary": _("Say that follow-up after exit has begun"),
            "button": _("The person has left: follow-up begins"),
        },
        "reopen": {
            "name": "reopen_case",
            "step": _("Case opened again"),
            "act": _("Case opened again"),
            "done": _("The case is open again. Services keep the state only: ask them again if needed."),
            "summary": _("Open a closed case again"),
            "description": _("Gives no access back: ask the services again."),
            "button": _("Open the case again"),
        },
    }.items()
}


@dataclass
class Remains:
    """Hold what is still open on a case, as far as the reader sees it: what a closing ends, and what it leaves."""

    waiting: list = field(default_factory=list)  # orientations without an answer: withdrawn
    carried: list = field(default_factory=list)  # orientations accepted: ended
    losing: list[Agency] = field(default_factory=list)  # reduced to `status`
    clocks: list = field(default_factory=list)  # time limits: stay, since a closing stops no legal time limit
    consents: list = field(default_factory=list)  # agreements: stay until withdrawn or expired


def remains(actor, case: Case) -> Remains:
    """Return what is still open on the case."""
    rows = Orientation.objects.visible_to(actor).filter(case=case, state__in=UNDER_WAY)
    found = list(rows.select_related("addressee", "service"))
    running = Clock.objects.visible_to(actor).filter(case=case, state=Clock.State.RUNNING)
    carried = [o for o in found if o.state in (State.ACCEPTED, State.IN_PROGRESS) and o.addressee_id != case.lead_id]
    return Remains(
        waiting=[o for o in found if o.state not in (State.ACCEPTED, State.IN_PROGRESS)],
        carried=carried,
        losing=[
            row["agency"]
            for row in who_sees(actor, case)
            if row["agency"].pk != case.lead_id and any(g.ground in ENDED_BY_CLOSING for g in row["grounds"])
        ],
        clocks=list(running.select_related("checklist")),
        consents=[consent for consent in Consent.objects.filter(case=case) if consent.is_live],
    )


def support_may_start(actor, case: Case) -> Orientation | None:
    """Return the first accepted orientation of a case that is still `open`, if the actor may start support.

    The lead confirms that support has started: nothing does it automatically. A report that a prosecutor received is no
    support.
    """
    if case.status != Case.Status.OPEN or "start_support" not in possible(actor, case):
        return None
    accepted = Orientation.objects.visible_to(actor).filter(case=case, state__in=(State.ACCEPTED, State.IN_PROGRESS))
    found = accepted.select_related("addressee").order_by("created_at")
    return next((orientation for orientation in found if not is_report(orientation)), None)
