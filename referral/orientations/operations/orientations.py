"""What can be done with an orientation."""

import json
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency, Category, Desk, Level
from foundation import workflow as foundation_workflow
from foundation.encryption import seal
from foundation.errors import NotFound, guarded
from journal.operations import record
from notifications.operations.events import enqueue
from referral import workflow
from referral.models import Orientation, OrientationDesk, OrientationMove, OrientationSheet
from referral.routing.rules.deadlines import again, first_due
from referral.routing.selectors import desks as desks_selectors
from victims.categories.operations import for_sheet
from victims.models import Case, CaseAccess, Consent, Contact, Identity

from .coverage import check_covered, check_named, write_ground

LEGAL_LIFE = timedelta(days=365)


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
    """A draft from the lead of the case. Raises NotAllowed unless the actor's agency leads it, Uncovered when it may
    not name this service or this agreement.

    One draft a need and addressee: asked again (a second click, a change of mind), the draft that stands is changed.
    Without agreement `legal_reason` is written apart; Uncovered when it says too little.
    `exclusive`: accepted by one, the others asked for this need are withdrawn; unsaid, it is so for a place to sleep.
    What a legal ground opens to somebody who helps ends after a year; an agreement has its own end, and a lead none.
    """
    access = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).first()
    if access is None or not actor.has(*WORKS):
        raise foundation_workflow.NotAllowed("draft")
    check_named(Orientation(case=case, addressee=addressee, consent=consent))
    chosen = {
        "verb": verb,
        "urgency": urgency or case.urgency,
        "consent": consent,
        "legal_ground": "" if consent else legal_ground,
        "level": level,
        "categories": categories,
        "exclusive": desks_selectors.is_exclusive(service.pk) if exclusive is None else exclusive,
        "rerouted_from": rerouted_from,
        "until": None if consent or verb == Orientation.Verb.TRANSFER else timezone.now() + LEGAL_LIFE,
    }
    with guarded():
        # the lock of the case makes two clicks follow one another
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


def visible(actor, orientation_id, *, lock=False) -> Orientation:
    rows = Orientation.objects.visible_to(actor).select_related("sender", "addressee", "service")
    if lock:
        rows = rows.select_for_update(of=("self",))
    orientation = rows.filter(pk=orientation_id).first()
    if orientation is None:
        raise NotFound
    return orientation


def sides(actor, orientation: Orientation) -> set[str]:
    """What the actor is to it: sender, lead of its case (the addressee apart), answering desk, system.

    A desk stays one after the end: it is told « not now any more », and not that it never was.
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
    """What the actor may do now; pages show these buttons, the API this list."""
    return foundation_workflow.actions(
        workflow.ORIENTATION, orientation.state, side=sides(actor, orientation), actor=actor
    )


def move(actor, orientation, action, *, reason="", comment=None, to=(), due=None) -> None:
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


PARTS = {
    "identity": Category.IDENTITY,
    "contact": Category.CONTACT,
    "health": Category.HEALTH,
    "offence": Category.OFFENCE,
    "residence": Category.RESIDENCE,
}
# What stands for a part whose content is not written on the sheet. SEALED: the sender may not read it, acceptance
# opens it (the safe contact kept with the alert, the file of a case it leads with `summary`). EMPTY: nothing there.
SEALED = {"sealed": True}
EMPTY = {"empty": True}


def preview(actor, orientation: Orientation) -> dict[str, dict]:
    """Exactly what the addressee would be shown, one part for the level and one for each category, none left out.

    What the sender may not read itself is not in it, and is named as SEALED: it travels at acceptance.
    """
    case = Case.objects.visible_to(actor).select_related("territory").filter(pk=orientation.case_id).first()
    if case is None:
        raise NotFound
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    parts = {"summary": _summary(case, orientation)}
    if orientation.level >= Level.FILE:
        parts["file"] = _file(case) if access.level >= Level.FILE else SEALED
    for name, bit in PARTS.items():
        if orientation.categories & bit:
            parts[name] = (_category(case, bit) or EMPTY) if access.categories & bit else SEALED
    return parts


def _category(case, bit) -> dict:
    if bit == Category.IDENTITY:
        identity = Identity.objects.filter(case=case).first()
        return identity.data if identity else {}
    if bit == Category.CONTACT:
        contacts = [contact.data for contact in Contact.objects.filter(case=case)]
        return {"ways": contacts} if contacts else {}
    return for_sheet(case, bit)


def sheets(actor, orientation: Orientation) -> dict[str, dict]:
    """The frozen sheet, for a live desk or a sender who still sees the case; nothing for anybody else."""
    live = OrientationDesk.objects.of(actor).filter(orientation=orientation, live=True).exists()
    sender = orientation.sender_id == actor.agency_id
    if not live and not (sender and Case.objects.visible_to(actor).filter(pk=orientation.case_id).exists()):
        return {}
    return {sheet.part: sheet.data for sheet in orientation.sheets.all()}


def _summary(case, orientation) -> dict:
    return {
        "form": case.form,
        "age_side": case.age_side,
        "territory": case.territory_id,
        "language": case.language,
        "persons": case.persons,
        "urgency": orientation.urgency,
        "service": orientation.service_id,
        "verb": orientation.verb,
        **_opinion(case),
    }


def _opinion(case) -> dict:
    """A child's opinion goes beside the request (CIDE art. 12): what it thinks and when, its words with the file."""
    opinion = case.opinions.first() if case.is_minor else None
    return {"opinion": opinion.stance, "opinion_on": opinion.at.date().isoformat()} if opinion else {}


def _file(case) -> dict:
    assessment = case.assessments.first()
    return {
        "observations": [{"indicator": o.indicator, "value": o.value} for o in case.observations.all()],
        "assessment": assessment.result if assessment else None,
        "texts": [text.data for text in case.texts.all()],
    }


def send_orientation(actor, orientation_id) -> Orientation:
    """Freeze the sheet and send. The addressee gets the sheet and no grant; sending again is WrongState."""
    orientation = visible(actor, orientation_id)
    foundation_workflow.step(
        workflow.ORIENTATION, orientation.state, "send", side=sides(actor, orientation), actor=actor
    )
    try:
        # the policy lets a draft alone be locked: not found here, it left meanwhile
        orientation = visible(actor, orientation_id, lock=True)
    except NotFound:
        raise foundation_workflow.WrongState("sent") from None
    check_covered(orientation)
    with guarded():
        OrientationSheet.objects.bulk_create(
            [
                OrientationSheet(orientation=orientation, part=part, data=data)
                for part, data in preview(actor, orientation).items()
            ]
        )
        move(actor, orientation, "send", due=first_due(orientation.urgency, timezone.now()))
    record("orientation.send", orientation, case_id=orientation.case_id)
    enqueue("orientation_sent", orientation, to=["desk"])
    return orientation


def open_orientation(actor, orientation_id) -> Orientation:
    """Read it at the desk; the first reading is a move, each reading is journalled."""
    orientation = visible(actor, orientation_id)
    record("orientation.read", orientation, case_id=orientation.case_id)
    if orientation.state == "sent" and "desk" in sides(actor, orientation):
        with guarded():
            move(actor, orientation, "open")
        enqueue("orientation_opened", orientation, to=["sender"])
    return orientation


def accept_orientation(actor, orientation_id, *, comment: str = "") -> Orientation:
    """Accept: the database gives exactly the level and categories written on it, if the agreement still covers them.

    Raises WrongState when it is no longer open or no longer covered, NotAllowed for a desk that does not answer.
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
    enqueue("orientation_accepted", orientation, to=["sender", "lead", "coordination"])
    return orientation


def others_asked(orientation: Orientation):
    """Return the desks that a request like this one could be sent to, its sender and addressee apart."""
    desks = Desk.objects.filter(receives_orientations=True, agency__active=True)
    return desks.exclude(pk__in=[orientation.sender_id, orientation.addressee_id])


def decline_orientation(actor, orientation_id, *, reason: str, comment: str = "", suggestion=None) -> Orientation:
    """Decline with a coded reason (forms.yaml, decline_reasons): the desk keeps the moves, the sheet is gone.

    `suggestion` is the agency the desk would ask in the sender's place: a word of advice, told to nobody else. Raises
    NotAllowed for one that receives no requests, and for the sender and the desk itself.
    """
    orientation = visible(actor, orientation_id)
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


def revoke_orientation(actor, orientation_id, *, reason: str) -> Orientation:
    """The lead of the case takes back what an acceptance gave, at once, whether or not the addressee can still sign in.

    Raises NotAllowed for another than the lead, and on a transfer: its addressee leads.
    """
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "revoke", reason=reason)
    record("orientation.revoke", orientation, case_id=orientation.case_id)
    enqueue("orientation_withdrawn", orientation, to=["desk"])
    return orientation


def withdraw_orientation(actor, orientation_id) -> Orientation:
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "withdraw")
    record("orientation.withdraw", orientation, case_id=orientation.case_id)
    enqueue("orientation_withdrawn", orientation, to=["desk"])
    return orientation


def start_orientation(actor, orientation_id) -> Orientation:
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "start")
    record("orientation.start", orientation, case_id=orientation.case_id)
    enqueue("orientation_started", orientation, to=["sender", "lead"])
    return orientation


def complete_orientation(actor, orientation_id, *, outcome: str, comment: str = "") -> Orientation:
    """Complete with an outcome code: ends the grants this orientation gave, and only those."""
    orientation = visible(actor, orientation_id)
    with guarded():
        move(actor, orientation, "complete", reason=outcome, comment=comment or None)
    record("orientation.complete", orientation, case_id=orientation.case_id)
    enqueue("orientation_completed", orientation, to=["sender", "lead"])
    return orientation


def overdue_orientation(actor, orientation_id) -> str:
    """Silence, for the system membership of the silent desk: escalate to coordination first, expire the second time."""
    orientation = visible(actor, orientation_id)
    escalated = orientation.moves.filter(action="escalate").exists()
    if escalated:
        with guarded():
            move(actor, orientation, "expire")
        enqueue("orientation_expired", orientation, to=["sender", "desk"])
        record("orientation.expire", orientation, case_id=orientation.case_id)
        return "expire"
    unit = _watching_unit(orientation)
    due = again(orientation.urgency, timezone.now(), 1)
    with guarded():
        move(actor, orientation, "escalate", to=[unit] if unit else [], due=due)
    enqueue("orientation_escalated", orientation, to=["sender", "desk"])
    record("orientation.escalate", orientation, case_id=orientation.case_id)
    return "escalate"


def _watching_unit(orientation) -> int | None:
    """The sender's territory's coordination, or the national one when the sender is that coordination."""
    sender = orientation.sender
    if sender.mandate == Agency.Mandate.NATIONAL:
        return None
    if sender.is_coordination or sender.territory is None:
        return desks_selectors.national().pk
    return desks_selectors.coordination_of(sender.territory).pk
