"""Operations on an orientation: draft, send, open, accept, decline, start, complete, withdraw, revoke."""

import json
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.members.rules import WORKS
from agencies.models import Agency, Level
from foundation import workflow as foundation_workflow
from foundation.encryption import seal
from foundation.errors import NotFound, guarded
from journal.operations import record
from notifications.operations.events import enqueue, mark_subject_read
from referral import workflow
from referral.closing.operations import move_case
from referral.inbox.operations.charge import assign_desk
from referral.models import Orientation, OrientationDesk, OrientationMove, OrientationSheet
from referral.orientations.rules import REPORT_REASONS, acknowledges, is_report, open_to_addressee
from referral.orientations.selectors.answers import others_asked
from referral.orientations.selectors.sheets import preview
from referral.procedures.operations.checklists import report_asked
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from referral.routing.words import RevokeReason
from victims.access.operations.assignment import assign_member, assignable
from victims.models import Case, CaseAccess, Consent, Need, Urgency

from .coverage import check_covered, check_named, covered_brief, write_ground

LEGAL_LIFE = timedelta(days=365)
AT_ONCE = ("emergency_shelter",)  # needs that are never ordinary
# what a page and a program may do by one request; sending has its preview, opening is reading
MOVES = foundation_workflow.Moves()


def draft_orientation(
    actor,
    case: Case,
    *,
    addressee: Agency,
    service,
    verb=Orientation.Verb.REFER,
    urgency=None,
    consent: Consent | None = None,
    legal_ground: str = "",
    legal_reason: str = "",
    level: int = Level.SUMMARY,
    categories: int = 0,
    exclusive: bool | None = None,
    rerouted_from: Orientation | None = None,
) -> Orientation:
    """Write a draft as the lead of the case.

    One draft per need and addressee: a second call changes the existing one. `legal_reason` is stored separately when
    there is no agreement. `exclusive`: the acceptance of one withdraws the other orientations for this need; by default
    only for accommodation. Access on a legal ground ends after LEGAL_LIFE; an agreement has its own end, and a transfer
    none.

    Raises NotAllowed unless the actor's agency leads, Uncovered when the draft may not name this service or agreement,
    would transfer the case by a report, or the reason is too short.
    """
    access = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).first()
    if access is None or not actor.has(*WORKS):
        raise foundation_workflow.NotAllowed("draft")
    wanted = Orientation(case=case, addressee=addressee, service=service, verb=verb, consent=consent)
    check_named(wanted)
    exclusive = False if is_report(wanted) else exclusive  # received, it withdraws no request for help, nor one it
    chosen = {
        "verb": verb,
        "urgency": urgency or _urgency(actor, case, service, "" if consent else legal_ground),
        "consent": consent,
        "legal_ground": "" if consent else legal_ground,
        "level": level,
        "categories": categories,
        "exclusive": desks_selectors.is_exclusive(service.pk) if exclusive is None else exclusive,
        "rerouted_from": rerouted_from,
        "until": None if consent or verb == Orientation.Verb.TRANSFER else timezone.now() + LEGAL_LIFE,
    }
    with guarded():
        # the lock of the case serialises two clicks
        Case.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=case.pk)
        same = Orientation.objects.sent_by(actor).filter(case=case, addressee=addressee, service=service)
        orientation = same.filter(state=Orientation.State.DRAFT).first()
        if orientation is None:
            orientation = Orientation(
                case=case, sender=actor.agency, addressee=addressee, service=service, created_by=actor
            )
        for name, value in chosen.items():
            setattr(orientation, name, value)
        orientation.save()
        write_ground(actor, orientation, legal_reason)
    record("orientation.draft", orientation, case_id=case.pk)
    return orientation


def _urgency(actor, case: Case, service, ground: str) -> str:
    """Return that of the case; at least high for a need noted for now, for one that is never ordinary, and for what is
    asked without agreement because a life is in danger.
    """
    for_now = Need.objects.visible_to(actor).filter(case=case, priority=Need.Priority.NOW)
    now = any(need.service_id == service.pk for need in for_now)
    danger = ground == Orientation.LegalGround.VITAL_DANGER
    raised = case.urgency == Urgency.NORMAL and (danger or service.pk in AT_ONCE or now)
    return Urgency.HIGH if raised else case.urgency


def visible(actor, orientation_id, *, lock=False) -> Orientation:
    """Return an orientation visible to the actor, optionally locked. Raises NotFound."""
    rows = Orientation.objects.visible_to(actor).select_related("sender", "addressee", "service")
    if lock:
        rows = rows.select_for_update(of=("self",))
    orientation = rows.filter(pk=orientation_id).first()
    if orientation is None:
        raise NotFound
    return orientation


def sides(actor, orientation: Orientation) -> set[str]:
    """Return the sides of the actor: sender, lead of the case (unless addressee), desk (answers), system.

    A desk stays one after the end, so that it gets WrongState and not NotAllowed.
    """
    found = set()
    if orientation.sender_id == actor.agency_id:
        found.add("sender")
    leads = CaseAccess.objects.of(actor).filter(case=orientation.case_id, lead=True)
    if orientation.addressee_id != actor.agency_id and leads.exists():
        found.add("lead")
    row = OrientationDesk.objects.of(actor).filter(orientation=orientation).first()
    if row and row.live and actor.kind == "system":
        found.add("system")
    elif row and row.answers:
        found.add("desk")
    return found


def actions(actor, orientation: Orientation) -> list[str]:
    """Return the actions open to the actor now: the buttons of the page, the list of the API."""
    found = foundation_workflow.actions(
        workflow.ORIENTATION, orientation.state, side=sides(actor, orientation), actor=actor
    )
    return open_to_addressee(found, orientation)


def move(actor, orientation, action, *, reason="", comment=None, to=(), due=None) -> None:
    """Insert one move. The database checks it against the workflow, and sets the state and the desk rows.

    Raises NotAllowed, WrongState.
    """
    step = foundation_workflow.step(
        workflow.ORIENTATION, orientation.state, action, side=sides(actor, orientation), actor=actor
    )
    OrientationMove.objects.create(
        orientation=orientation,
        action=action,
        before=orientation.state,
        after=step.after,
        membership=actor,
        agency_id=actor.agency_id,
        reason=reason,
        comment=comment,
        to_agencies=list(to),
        due_at=due,
    )
    orientation.state = step.after


def send_orientation(actor, orientation_id, *, brief: dict | None = None) -> Orientation:
    """Freeze the sheet and send it. The addressee gets the sheet and no grant.

    `brief`: what the sender adds to decide on (`BRIEF`), frozen with the summary. Raises NotFound, NotAllowed,
    Uncovered, WrongState when it was already sent.
    """
    orientation = visible(actor, orientation_id)
    foundation_workflow.step(
        workflow.ORIENTATION, orientation.state, "send", side=sides(actor, orientation), actor=actor
    )
    # the case first, as a move of the case does: both go on to the alerts that it came from
    Case.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=orientation.case_id).first()
    try:
        # the policy lets only drafts be locked: not found means sent meanwhile
        orientation = visible(actor, orientation_id, lock=True)
    except NotFound:
        raise foundation_workflow.WrongState("sent") from None
    check_covered(orientation)
    parts = preview(actor, orientation)
    parts["summary"] |= covered_brief(orientation, brief or {})
    with guarded():
        OrientationSheet.objects.bulk_create(
            [OrientationSheet(orientation=orientation, part=part, data=data) for part, data in parts.items()]
        )
        move(actor, orientation, "send", due=first_due(orientation.urgency, timezone.now()))
        report_asked(actor, orientation)
    record("orientation.send", orientation, case_id=orientation.case_id)
    enqueue("orientation_sent", orientation, to=["desk"])
    return orientation


def open_orientation(actor, orientation_id) -> Orientation:
    """Read an orientation at the desk.

    Each reading is journalled; the first one is a move, and notifies the sender. A colleague who reads at the same
    moment makes none. Raises NotFound.
    """
    orientation = visible(actor, orientation_id)
    record("orientation.read", orientation, case_id=orientation.case_id)
    mark_subject_read(actor, "orientation", orientation.pk)
    if orientation.state == "sent" and "desk" in sides(actor, orientation):
        try:
            with guarded():
                move(actor, orientation, "open")
        except foundation_workflow.WrongState:  # it moved meanwhile: what it is now is read
            return visible(actor, orientation_id)
        enqueue("orientation_opened", orientation, to=["sender"])
    return orientation


@MOVES.declare(
    "accept",
    slug="accepter",
    step=_("Accepted"),
    act=_("Referral accepted"),
    done=_("Accepted. The sender is told; the case is open to your organisation."),
    summary=_("Accept a request"),
    description=_("Gives your agency exactly the level and categories written on it; `case` is then its case."),
)
def accept_orientation(actor, orientation_id, *, comment: str = "") -> Orientation:
    """Accept: the database grants exactly its level and categories, if the agreement still covers them.

    The request and the case become the accepting member's, unless a colleague is already in charge of the request.

    Raises NotFound, NotAllowed for a desk that does not answer, WrongState: not open, not covered, `transfers_report`.
    """
    orientation = visible(actor, orientation_id)
    foundation_workflow.step(
        workflow.ORIENTATION, orientation.state, "accept", side=sides(actor, orientation), actor=actor
    )
    move = uuid.uuid4()
    label = OrientationMove._meta.get_field("comment").label
    words = seal(json.dumps(comment).encode(), label=label, bound=str(move)) if comment else None
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.accept(%s, %s, %s)", [orientation.pk, move, words])
    orientation.refresh_from_db()
    record("orientation.accept", orientation, case_id=orientation.case_id)
    _take_charge(actor, orientation)
    enqueue("orientation_accepted", orientation, to=["sender", "lead", "coordination"])
    return orientation


def _take_charge(actor, orientation: Orientation) -> None:
    """Put the actor in charge of what was accepted, or leave the colleague who is; assign the case to that member.

    A program (API client) is in charge of nothing: the desk chooses who is.
    """
    people = assignable(actor)
    row = OrientationDesk.objects.of(actor).get(orientation=orientation)
    member = people.filter(pk=row.in_charge_id).first() if row.in_charge_id else None
    if member is None and people.filter(pk=actor.pk).exists():
        assign_desk(actor, "orientation", orientation.pk, actor)
        member = actor
    if member is not None:
        assign_member(actor, orientation.case_id, member)


@MOVES.declare(
    "decline",
    slug="refuser",
    step=_("Declined"),
    act=_("Referral declined"),
    done=_("Declined. The sender is told and looks for another service."),
    summary=_("Decline a request, with a reason"),
)
def decline_orientation(actor, orientation_id, *, reason: str, comment: str = "", suggestion=None) -> Orientation:
    """Decline with a coded reason (forms.yaml, decline_reasons). The desk keeps the moves and loses the sheet.

    `suggestion`: agency to ask instead; it is not notified. Raises NotFound, WrongState, NotAllowed for one that
    receives no orientations, and for the sender and the desk itself; for a report to a prosecutor, except that another
    one has jurisdiction.
    """
    orientation = visible(actor, orientation_id)
    if acknowledges(orientation) and reason not in REPORT_REASONS:
        raise foundation_workflow.NotAllowed("decline")
    if suggestion and not others_asked(orientation).filter(pk=suggestion.pk).exists():
        raise foundation_workflow.NotAllowed("suggest")
    with guarded():
        move(
            actor,
            orientation,
            "decline",
            reason=reason,
            comment=comment or None,
            to=[suggestion.pk] if suggestion else (),
        )
    record("orientation.decline", orientation, case_id=orientation.case_id)
    enqueue("orientation_declined", orientation, to=["sender", "lead"])
    return orientation


@MOVES.declare(
    "revoke",
    slug="mettre-fin",
    asks=foundation_workflow.Asked(
        "reason", _("Why?"), _("Say why you take this access back."), tuple(RevokeReason.choices)
    ),
    step=_("Access ended"),
    act=_("Access given by a referral taken back"),
    done=_("The access this request gave has ended, at once. The service is told."),
    summary=_("End the access an acceptance gave"),
    description=_("For the agency that leads the case."),
    button=_("End this access"),
    text=_("%(agency)s loses at once what this request gave, even if nobody there signs in any more. Its steps stay."),
    confirm=_("End this access now"),
    danger=True,
)
def revoke_orientation(actor, orientation_id, *, reason: str) -> Orientation:
    """End at once what an acceptance granted, as the lead of the case.

    Raises NotFound, WrongState, NotAllowed unless the actor leads, and for a transfer: its addressee leads.
    """
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "revoke", reason=reason)
    record("orientation.revoke", orientation, case_id=orientation.case_id)
    enqueue("orientation_withdrawn", orientation, to=["desk"])
    return orientation


@MOVES.declare(
    "withdraw",
    slug="retirer",
    step=_("Withdrawn"),
    act=_("Referral withdrawn"),
    done=_("Withdrawn. The addressee keeps nothing of the sheet."),
    summary=_("Take back a request not answered yet"),
    button=_("Withdraw this request"),
    text=_("The addressee loses the sheet at once and is told."),
    confirm=_("Confirm"),
    danger=True,
)
def withdraw_orientation(actor, orientation_id) -> Orientation:
    """Withdraw an orientation as its sender. The addressee loses the sheet. Raises NotFound, NotAllowed, WrongState."""
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "withdraw")
    record("orientation.withdraw", orientation, case_id=orientation.case_id)
    enqueue("orientation_withdrawn", orientation, to=["desk"])
    return orientation


@MOVES.declare(
    "start",
    slug="commencer",
    step=_("In progress"),
    act=_("Support started"),
    done=_("Support has started. The sender is told."),
    summary=_("Say that the support has begun"),
)
def start_orientation(actor, orientation_id) -> Orientation:
    """Record that support has started; for the agency that leads an `open` case, this starts the case too.

    Raises NotFound, WrongState, NotAllowed: for a report as well, which a prosecutor receives without any support.
    """
    orientation = visible(actor, orientation_id)
    if is_report(orientation):
        raise foundation_workflow.NotAllowed("start")
    with guarded():
        move(actor, orientation, "start")
    record("orientation.start", orientation, case_id=orientation.case_id)
    enqueue("orientation_started", orientation, to=["sender", "lead"])
    lead = CaseAccess.objects.of(actor).filter(case=orientation.case_id, lead=True).first()
    if lead is not None and lead.status == Case.Status.OPEN:
        move_case(actor, orientation.case_id, "start_support")
    return orientation


@MOVES.declare(
    "complete",
    slug="terminer",
    step=_("Completed"),
    act=_("Support completed"),
    done=_("Completed. The access this referral gave has ended."),
    summary=_("Say that the support is completed"),
    description=_("Ends the access that this request gave, and only that one."),
)
def complete_orientation(actor, orientation_id, *, outcome: str, comment: str = "") -> Orientation:
    """Complete with an outcome code; end the grants of this orientation, and only those.

    Raises NotFound, NotAllowed, WrongState.
    """
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "complete", reason=outcome, comment=comment or None)
    record("orientation.complete", orientation, case_id=orientation.case_id)
    enqueue("orientation_completed", orientation, to=["sender", "lead"])
    return orientation
