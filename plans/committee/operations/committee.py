"""Run the steering committee: seats, meetings, agenda, attendance, decisions, minutes, follow-up of decisions."""

from datetime import date

from django.db.models import Max
from django.utils import timezone

from agencies.models import Agency, Directory, Role
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from plans.models import AgendaItem, Attendance, Decision, DecisionFollowUp, Meeting, Minutes, Seat, coordination
from plans.models.bodies import body_of
from plans.steering import selectors as steering_selectors

PLANNED, HELD = Meeting.State.PLANNED, Meeting.State.HELD
# states that a planned meeting may reach
OUTCOMES = {HELD, Meeting.State.NOT_HELD, Meeting.State.POSTPONED, Meeting.State.CANCELLED}


def require_coordination(actor) -> None:
    """Raise NotAllowed for others than the coordination."""
    if not coordination.coordinates(actor):
        raise NotAllowed("coordinates")


def has_seat(actor) -> bool:
    """Return whether the actor's body has a seat today."""
    body = body_of(actor)
    return body is not None and Seat.objects.live().filter(body=body).exists()


# -- seats ------------------------------------------------------------------------------------------------------------
def give_seat(actor, *, body, college: str, start: date) -> Seat:
    """Give a body a seat from a day on. Coordination only. Raises WrongState when it has one."""
    require_coordination(actor)
    steering_selectors.require(body, steering_selectors.acting())
    if Seat.objects.live(start).filter(body=body, college=college).exists():
        raise WrongState("already sits")
    with guarded():
        made = Seat.objects.create(body=body, college=college, start=start)
    record("seat.give", made)
    return made


def end_seat(actor, pk: int, *, end: date) -> Seat:
    """Set the last day of a seat. Coordination only. Raises NotFound, or WrongState when it has ended."""
    require_coordination(actor)
    found = Seat.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.end is not None or end < found.start:
        raise WrongState("ended")
    found.end = end
    with guarded():
        found.save(update_fields=["end"])
    record("seat.end", found)
    return found


# -- meetings ---------------------------------------------------------------------------------------------------------
def plan_meeting(actor, *, on: date, title_fr: str, title_en: str = "") -> Meeting:
    """Plan a meeting and notify the bodies that sit. Coordination only."""
    require_coordination(actor)
    with guarded():
        made = Meeting.objects.create(on=on, title_fr=title_fr, title_en=title_en)
    record("meeting.plan", made)
    _tell("meeting_planned", made)
    return made


def settle_meeting(actor, pk: int, *, state: str, reason_fr: str = "", new_on: date | None = None) -> Meeting:
    """Record what happened to a planned meeting, once: held, not held, postponed or cancelled.

    Postponed to a known day, a new meeting is planned and the agenda items move to it. Raises WrongState without a
    reason (public, needed unless held), for a day that does not fit, or a meeting that is settled.
    """
    meeting = _planned(actor, pk)
    today = timezone.localdate()
    if state not in OUTCOMES or (state in (HELD, Meeting.State.NOT_HELD) and meeting.on > today):
        raise WrongState(state)
    if (state != HELD and not reason_fr.strip()) or (new_on and new_on <= today):
        raise WrongState("reason")
    if state == Meeting.State.POSTPONED and new_on:
        meeting.postponed_to = plan_meeting(actor, on=new_on, title_fr=meeting.title_fr, title_en=meeting.title_en)
        with guarded():  # proposals move to the new meeting
            meeting.items.update(meeting=meeting.postponed_to)
    meeting.state, meeting.reason_fr = state, reason_fr
    with guarded():
        meeting.save(update_fields=["state", "reason_fr", "postponed_to"])
    record(f"meeting.{state}", meeting)
    if state in (Meeting.State.POSTPONED, Meeting.State.CANCELLED):
        _tell("meeting_moved", meeting)
    return meeting


def publish_agenda(actor, pk: int) -> Meeting:
    """Publish the accepted items; one accepted later is public at once. Raises WrongState without items."""
    meeting = _planned(actor, pk)
    if not meeting.items.filter(state=AgendaItem.State.ACCEPTED).exists():
        raise WrongState("empty")
    meeting.agenda_published_at = timezone.now()
    with guarded():
        meeting.save(update_fields=["agenda_published_at"])
    record("agenda.publish", meeting)
    _tell("agenda_published", meeting)
    return meeting


def propose_item(actor, pk: int, *, text: str) -> AgendaItem:
    """Propose an item, by any body that sits; proposals of the coordination are accepted at once."""
    coordinates = coordination.coordinates(actor)
    if not coordinates and not has_seat(actor):
        raise NotAllowed("sits")
    meeting = _meeting(pk)
    if meeting.state != PLANNED:
        raise WrongState(meeting.state)
    states = AgendaItem.State
    with guarded():
        made = AgendaItem.objects.create(
            meeting=meeting,
            text=text,
            body_id=body_of(actor),
            state=states.ACCEPTED if coordinates else states.PROPOSED,
            place=_next(meeting) if coordinates else 0,
            agency=actor.agency,
            by=actor,
        )
    record("agenda.propose", made)
    return made


def answer_item(actor, pk: int, *, accept: bool, answer: str = "") -> AgendaItem:
    """Accept a proposal, or decline it with a reason. Coordination only."""
    require_coordination(actor)
    item = AgendaItem.objects.select_related("meeting").filter(pk=pk).first()
    if item is None:
        raise NotFound
    if item.state != AgendaItem.State.PROPOSED or item.meeting.state != PLANNED or (not accept and not answer):
        raise WrongState(item.state)
    item.state = AgendaItem.State.ACCEPTED if accept else AgendaItem.State.DECLINED
    item.answer, item.place = answer, _next(item.meeting) if accept else 0
    with guarded():
        item.save(update_fields=["state", "answer", "place"])
    record("agenda.answer", item)
    return item


def _next(meeting: Meeting) -> int:
    return (meeting.items.aggregate(last=Max("place"))["last"] or 0) + 1


def _tell(kind: str, meeting: Meeting, past: bool = False) -> None:
    """Notify the units of bodies that sit on the day of the meeting; for a past day only when `past`."""
    if meeting.on < timezone.localdate() and not past:
        return
    if units := list(units_with_seat(meeting).values_list("pk", flat=True).distinct()):
        enqueue(kind, meeting, to=["desk"], agencies=units)


def units_with_seat(meeting: Meeting):
    """Return the units that represent a body with a seat on the day of the meeting."""
    sitting = Seat.objects.live(meeting.on).values("body")
    return Agency.objects.filter(
        active=True, profile__in=sitting, memberships__active=True, memberships__roles__contains=[Role.POLICY]
    )


def bodies_without_unit(meeting: Meeting) -> list[Directory]:
    """Return the bodies that sit and have no unit here: the coordination writes to them by other means."""
    sitting = Seat.objects.live(meeting.on).values("body")
    return list(Directory.objects.filter(pk__in=sitting).exclude(pk__in=units_with_seat(meeting).values("profile")))


# -- after the meeting -------------------------------------------------------------------------------------------------
def take_attendance(actor, pk: int, presences: dict[int, str]) -> None:
    """Record presences: key of seat -> presence, for seats held on the day of the meeting."""
    meeting = _open(actor, pk)
    seats = Seat.objects.live(meeting.on).in_bulk(list(presences))
    with guarded():
        Attendance.objects.bulk_create(
            [
                Attendance(meeting=meeting, seat=seats[seat], presence=presence)
                for seat, presence in presences.items()
                if presence
            ],
            update_conflicts=True,
            unique_fields=["meeting", "seat"],
            update_fields=["presence"],
        )
    record("attendance.take", meeting)


def decide(actor, pk: int, *, text: str, responsible=None, due=None, measure=None, commitment=None) -> Decision:
    """Add a decision of a meeting held, before its minutes are published. Coordination only."""
    meeting = _open(actor, pk)
    steering_selectors.require(responsible, steering_selectors.acting())
    number = (meeting.decisions.aggregate(last=Max("number"))["last"] or 0) + 1
    with guarded():
        made = Decision.objects.create(
            meeting=meeting,
            number=number,
            text=text,
            responsible=responsible,
            due=due,
            measure=measure,
            commitment=commitment,
        )
    record("decision.add", made)
    return made


def drop_decision(actor, pk: int) -> Decision:
    """Delete a decision entered by mistake, before the minutes are published."""
    found = _decision(pk)
    _open(actor, found.meeting_id)
    record("decision.drop", found)
    with guarded():
        Decision.objects.filter(pk=pk).delete()
    return found


def follow_up(actor, pk: int, *, state: str, text: str = "", on: date | None = None) -> DecisionFollowUp:
    """Add the state of a decision, by the body responsible or the coordination. Raises NotFound, NotAllowed."""
    found = _decision(pk)
    if not may_follow(actor, found):
        raise NotAllowed("not responsible")
    with guarded():
        made = DecisionFollowUp.objects.create(
            decision=found, state=state, text=text, on=on or timezone.localdate(), agency=actor.agency, by=actor
        )
    record("decision.follow", made)
    return made


def may_follow(actor, decision: Decision) -> bool:
    """Return whether the actor may add a follow-up."""
    body = body_of(actor)
    return body is not None and (decision.responsible_id == body or coordination.coordinates(actor))


def save_minutes(actor, pk: int, *, text: str, reason: str = "") -> Minutes:
    """Save the draft of the minutes, or of their correction, which needs a reason. Coordination only."""
    require_coordination(actor)
    meeting = _meeting(pk)
    if meeting.state != HELD:
        raise WrongState(meeting.state)
    draft = meeting.minutes.filter(published_at=None).first()
    with guarded():
        if draft is None:
            last = meeting.minutes.first()
            if last and not reason:
                raise WrongState("say why")
            number = last.number + 1 if last else 1
            return Minutes.objects.create(meeting=meeting, number=number, text=text, reason=reason if last else "")
        draft.text, draft.saved_at = text, timezone.now()
        draft.save(update_fields=["text", "saved_at"])
    return draft


def publish_minutes(actor, pk: int) -> Minutes:
    """Publish the draft, with the decisions; it never changes then. Raises WrongState when it is empty."""
    require_coordination(actor)
    draft = (
        Minutes.objects.select_related("meeting")
        .select_for_update(of=("self",))
        .filter(meeting=pk, published_at=None)
        .first()
    )
    if draft is None or not draft.text.strip():
        raise WrongState("empty")
    draft.published_at = timezone.now()
    with guarded():
        draft.save(update_fields=["published_at"])
    record("minutes.publish", draft)
    _tell("minutes_published", draft.meeting, past=True)
    return draft


def _meeting(pk: int) -> Meeting:
    found = Meeting.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _planned(actor, pk: int) -> Meeting:
    """Return a planned meeting, locked, for the coordination."""
    require_coordination(actor)
    _meeting(pk)
    found = Meeting.objects.select_for_update(of=("self",)).filter(pk=pk, state=PLANNED).first()
    if found is None:  # row security lets nobody lock a settled meeting
        raise WrongState("settled")
    return found


def _open(actor, pk: int) -> Meeting:
    """Return a meeting held whose minutes are not published yet, for the coordination."""
    require_coordination(actor)
    found = _meeting(pk)
    if found.state != HELD or found.minutes.exclude(published_at=None).exists():
        raise WrongState("closed")
    return found


def _decision(pk: int) -> Decision:
    found = Decision.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def waiting(actor) -> int:
    """Count what waits for the actor.

    The coordination: proposals to answer and meetings whose day is past. A body: its late decisions.
    """
    if coordination.coordinates(actor):
        proposed = AgendaItem.objects.filter(state=AgendaItem.State.PROPOSED, meeting__state=PLANNED).count()
        return proposed + Meeting.objects.filter(state=PLANNED, on__lt=timezone.localdate()).count()
    body = body_of(actor)
    return Decision.objects.late().filter(responsible=body).count() if body else 0
