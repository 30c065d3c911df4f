"""Exchange messages between sender and desk on an orientation: a question, its answer, messages.

The first question stops the time limit of the desk and starts one for the sender, of the length the urgency gives a
desk; unanswered, it is escalated and expires. The answer gives the desk the time it had left, and at least two hours.
For a danger to life no time limit stops. The text is in the thread only, which is closed with the orientation; moves
and notices carry none.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.members.rules import WORKS
from foundation.errors import guarded
from foundation.workflow import Asked, Moves, NotAllowed, WrongState, step
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Orientation, OrientationMessage
from referral.models.messages import thread_of
from referral.routing.rules.deadlines import due_after_answer, first_due
from referral.workflow import ORIENTATION
from victims.models import Urgency

from .orientations import move, sides, visible

OPEN = {"sent", "opened", "question", "accepted", "in_progress"}
Sort = OrientationMessage.Sort
MOVES = Moves()
MISSING = _("Write your message.")


@MOVES.declare(
    "ask",
    slug="question",
    asks=Asked("words", _("Your question"), MISSING),
    step=_("Question asked"),
    act=_("Question asked about a referral"),
    done=_("Question sent. The sender is told."),
    summary=_("Ask the sender a question"),
    description=_(
        "The first question pauses your time limit until the sender answers; a danger to life waits for nothing."
    ),
)
def ask_orientation(actor, orientation_id, *, words: str) -> Orientation:
    """Ask the sender a question before answering.

    Raises NotFound, NotAllowed for another than the desk, WrongState once answered.
    """
    orientation = visible(actor, orientation_id)
    first = not orientation.moves.filter(action="ask").exists()
    stops = first and orientation.urgency != Urgency.VITAL
    with guarded():
        due = first_due(orientation.urgency, timezone.now()) if stops else None
        move(actor, orientation, "ask", due=due)
        _say(actor, orientation, Sort.QUESTION, words)
    record("orientation.ask", orientation, case_id=orientation.case_id)
    enqueue("orientation_question", orientation, to=["sender"])
    return orientation


@MOVES.declare(
    "answer",
    slug="reponse",
    asks=Asked("words", _("Your answer"), MISSING),
    step=_("Question answered"),
    act=_("Question about a referral answered"),
    done=_("Answer sent. The service is told."),
    summary=_("Answer a desk's question"),
)
def answer_question(actor, orientation_id, *, words: str) -> Orientation:
    """Answer the question; the desk has again the time it had left. Raises NotFound, NotAllowed, WrongState."""
    orientation = visible(actor, orientation_id)
    step(ORIENTATION, orientation.state, "answer", side=sides(actor, orientation), actor=actor)
    with guarded():
        move(actor, orientation, "answer", due=_due_again(orientation, timezone.now()))
        _say(actor, orientation, Sort.ANSWER, words)
    record("orientation.answer", orientation, case_id=orientation.case_id)
    enqueue("orientation_answered", orientation, to=["desk"], agencies=[orientation.addressee_id])
    return orientation


@MOVES.declare(
    "message",
    slug="message",
    asks=Asked("words", _("Your message"), MISSING),
    act=_("Message written about a referral"),
    done=_("Message sent. The other side is told."),
    summary=_("Write a message"),
    description=_("While the request is open, by its sender or its desk. The notice holds none of the words."),
)
def write_message(actor, orientation_id, *, words: str) -> Orientation:
    """Write to the other side while the orientation is open. No state changes.

    Raises NotFound, WrongState once it has ended, NotAllowed for who is neither sender nor answering desk, and for a
    sender that no longer sees the case.
    """
    orientation = visible(actor, orientation_id)
    if not may_write(actor, orientation):
        if orientation.state in OPEN or not sides(actor, orientation) & {"sender", "desk"}:
            raise NotAllowed("message")
        raise WrongState(orientation.state)
    with guarded():
        _say(actor, orientation, Sort.MESSAGE, words)
    record("orientation.message", orientation, case_id=orientation.case_id)
    if actor.agency_id == orientation.sender_id:
        enqueue("orientation_message", orientation, to=["desk"], agencies=[orientation.addressee_id])
    else:
        enqueue("orientation_message", orientation, to=["sender"])
    return orientation


def may_write(actor, orientation: Orientation) -> bool:
    """Return whether the actor may write now: an answering desk, or a sender that leads or reads the file."""
    if orientation.state not in OPEN or not actor.has(*WORKS):
        return False
    mine = sides(actor, orientation)
    return "desk" in mine or ("sender" in mine and sees_thread(actor, orientation))


def sees_thread(actor, orientation: Orientation) -> bool:
    """Return whether the thread is open to the actor.

    A former lead keeps the moves of what it sent, without the messages written since.
    """
    return Orientation.objects.visible_to(actor).filter(thread_of("id").q(actor), pk=orientation.pk).exists()


def thread(actor, orientation: Orientation) -> list[OrientationMessage]:
    """Return the messages the actor may read, oldest first."""
    rows = OrientationMessage.objects.visible_to(actor).filter(orientation=orientation)
    return list(rows.select_related("agency", "by__user"))


def _say(actor, orientation, sort, words: str) -> None:
    OrientationMessage.objects.bulk_create(
        [
            OrientationMessage(
                orientation=orientation, sort=sort, by=actor, agency_id=actor.agency_id, words={"text": words}
            )
        ]
    )


def _due_again(orientation, now: datetime) -> datetime | None:
    """Return when the desk must answer, after an answer; None for a danger to life: its time limit never stopped."""
    if orientation.urgency == Urgency.VITAL:
        return None
    clocks = [(m.action, m.at, m.due_at) for m in orientation.moves.all() if m.due_at]
    return due_after_answer(clocks, now)
