"""Say whom a person of an event waits for, from what is known of her. Nobody waits for nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from referral.models import Orientation, SituationCase
from referral.orientations.rules import WAITING, is_report
from victims.models import Case

Answer, State = SituationCase.Answer, Orientation.State


class Wait(models.TextChoices):
    """What comes next for a person, in the order in which a unit has to look."""

    QUESTION = "question", _("A service asked a question: answer it")
    REFUSED = "refused", _("The service did not take the person: ask another one")
    LATE = "late", _("The service is late: call it")
    SEND = "send", _("A request is ready: send it")
    SHARE = "share", _("Agreed: choose a service")
    ASK = "ask", _("Not asked yet: ask the person")
    AGAIN = "again", _("Wants time: ask the person again")
    STAYS = "stays", _("Said no: stays with you, nothing is sent")
    DONE = "done", _("The service has finished: decide what follows")
    ANSWER = "answer", _("The service is to answer")
    WITH = "with", _("A service has accepted the person")
    LEAD = "lead", _("Another service leads the case")
    CLOSED = "closed", _("Case closed")


THEIRS = frozenset({Wait.ANSWER, Wait.WITH, Wait.LEAD})
OURS = frozenset(Wait) - THEIRS - {Wait.CLOSED}
# of the newest request for each need: the first state found says whom she waits for
_BY_STATE = (
    (State.QUESTION, Wait.QUESTION),
    (State.DECLINED, Wait.REFUSED),
    (State.EXPIRED, Wait.REFUSED),
    (State.SENT, Wait.ANSWER),
    (State.OPENED, Wait.ANSWER),
    (State.ACCEPTED, Wait.WITH),
    (State.IN_PROGRESS, Wait.WITH),
)
_BY_ANSWER = {
    Answer.NOT_ASKED: Wait.ASK,
    Answer.LATER: Wait.AGAIN,
    Answer.NO: Wait.STAYS,
    Answer.YES: Wait.SHARE,
    Answer.PART: Wait.SHARE,
}


@dataclass(frozen=True)
class Person:
    """Hold what decides. `states`: of the newest request for each need; `agreed`: an agreement is in force; `earlier`:
    the answer is to an earlier question than the one asked now."""

    status: str
    led: bool
    states: frozenset[str] = frozenset()
    late: bool = False
    drafted: bool = False
    agreed: bool = False
    child: bool = False
    agreement: str = Answer.NOT_ASKED
    earlier: bool = False


def wait_of(person: Person) -> Wait:
    """Return what comes next for this person; it says who acts (`OURS`, `THEIRS`; none for a case that is closed)."""
    if person.status == Case.Status.CLOSED:
        return Wait.CLOSED
    if not person.led:
        return Wait.LEAD
    asked = next((wait for state, wait in _BY_STATE if state in person.states), None)
    if asked == Wait.ANSWER and person.late:
        return Wait.LATE
    if asked in (Wait.QUESTION, Wait.REFUSED, Wait.ANSWER):
        return asked
    if person.drafted:
        return Wait.SEND
    if asked is not None:
        return asked
    if State.COMPLETED in person.states:
        return Wait.DONE
    return _unsent(person)


def _unsent(person: Person) -> Wait:
    if person.child:
        return Wait.SHARE  # protection of a child waits for no agreement
    wait = _BY_ANSWER[Answer(person.agreement)]
    if wait == Wait.STAYS and person.earlier:
        return Wait.ASK  # she said no to something else
    if wait == Wait.SHARE:
        return wait if person.agreed else Wait.AGAIN  # the agreement has ended since
    return Wait.SHARE if person.agreed and wait == Wait.ASK else wait


def was_asked(line: SituationCase, asked: dict) -> bool:
    """Return whether this person answered what is asked now, not an earlier question or none."""
    if line.agreement == Answer.NOT_ASKED or line.answered_at is None:
        return False
    since = asked.get("since")
    return not since or line.answered_at >= datetime.fromisoformat(since)


def answered_before(line: SituationCase, asked: dict | None) -> bool:
    """Return whether the answer of this person is to an earlier question than the one asked now."""
    return asked is not None and line.agreement != Answer.NOT_ASKED and not was_asked(line, asked)


def newest_of_each_need(requests: Iterable[Orientation], now: datetime) -> list[Orientation]:
    """Return the newest request for each need, of requests in the order of their time.

    A report to a prosecutor helps nobody: it takes the place of no request for help, and is left out unless it waits
    for its sender.
    """
    newest = {(request.service_id, is_report(request)): request for request in requests}
    return [request for request in newest.values() if not is_report(request) or _is_ours(request, now)]


def is_late(asked: Orientation, now: datetime) -> bool:
    """Return whether the service that was asked should have answered before."""
    return asked.state in WAITING and asked.answer_by is not None and asked.answer_by < now


def _is_ours(asked: Orientation, now: datetime) -> bool:
    return is_late(asked, now) or asked.state in (State.QUESTION, State.DECLINED, State.EXPIRED)
