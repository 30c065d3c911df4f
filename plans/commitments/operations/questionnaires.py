"""Handle a questionnaire from arrival to reply: bodies are asked, each answers, one final answer is composed."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.errors import get_or_not_found as found_or_404
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import Due, enqueue, enqueue_once
from plans.access import units_of
from plans.models import Answer, AnswerDraft, EvidenceRequest, FinalAnswer, Question, Questionnaire
from plans.models.bodies import body_of
from plans.models.coordination import coordinates

State = Questionnaire.State
WEEK = timedelta(days=7)  # before the deadline: the body is reminded
JUST_ASKED = timedelta(days=1)  # not reminded of what it was asked since
# verb -> (states before, state after)
MOVES = {
    "open": ({State.DRAFT}, State.OPEN),
    "close": ({State.OPEN}, State.CLOSED),
    "reopen": ({State.CLOSED}, State.OPEN),
}


def _coordination(actor, act: str) -> None:
    if not coordinates(actor):
        raise NotAllowed(act)


def visible(actor, pk) -> Questionnaire:
    """Return the questionnaire. Raises NotFound."""
    return found_or_404(Questionnaire.objects.visible_to(actor).select_related("body", "round"), pk=pk)


def visible_question(actor, pk) -> Question:
    """Return the question of a visible questionnaire. Raises NotFound."""
    rows = Question.objects.visible_to(actor)
    return found_or_404(rows.select_related("questionnaire__body"), pk=pk)


def visible_request(actor, pk) -> EvidenceRequest:
    """Return the request, with its state. Raises NotFound."""
    rows = EvidenceRequest.objects.visible_to(actor).with_state()
    return found_or_404(rows.select_related("body", "question__questionnaire__body"), pk=pk)


@transaction.atomic
def start(actor, **fields) -> Questionnaire:
    """Create a questionnaire. Coordination only."""
    _coordination(actor, "start")
    with guarded():
        made = Questionnaire.objects.create(agency=actor.agency, by=actor, **fields)
    record("questionnaire.started", made)
    return made


@transaction.atomic
def change(actor, pk, **fields) -> Questionnaire:
    """Change the fields of a questionnaire. Coordination only."""
    found = visible(actor, pk)
    _coordination(actor, "change")
    Questionnaire.objects.filter(pk=found.pk).update(**fields)
    record("questionnaire.changed", found)
    return found


@transaction.atomic
def move(actor, pk, verb: str) -> Questionnaire:
    """Open, close or reopen a questionnaire. Coordination only. Opening notifies the bodies asked.

    Raises WrongState from another state, or when it has no question to open with.
    """
    visible(actor, pk)
    _coordination(actor, verb)
    found = found_or_404(Questionnaire.objects.visible_to(actor).select_for_update(of=("self",)), pk=pk)
    before, after = MOVES[verb]
    if found.state not in before or (verb == "open" and not found.questions.exists()):
        raise WrongState(found.state)
    Questionnaire.objects.filter(pk=found.pk).update(state=after)
    record(f"questionnaire.{verb}", found)
    if verb == "open":
        _notify_asked(found)
    found.state = after
    return found


def _notify_asked(found: Questionnaire) -> None:
    """Notify each body asked once, by the first question that waits for it."""
    first: dict[Question, list[str]] = {}
    notified: set[str] = set()
    waiting = EvidenceRequest.objects.filter(question__questionnaire=found).with_state().filter(answered=False)
    for request in waiting.select_related("question").order_by("question__place"):
        if request.body_id not in notified:
            notified.add(request.body_id)
            first.setdefault(request.question, []).append(request.body_id)
    for question, bodies in first.items():
        enqueue("evidence_asked", question, to=["desk"], agencies=units_of(bodies))


@transaction.atomic
def add_questions(actor, pk, lines: list[dict]) -> int:
    """Add questions in the order given; a number already there gets its new text. Return their number.

    So a list may be brought twice. Raises WrongState when the questionnaire is closed.
    """
    found = visible(actor, pk)
    _coordination(actor, "questions")
    if found.state == State.CLOSED:
        raise WrongState(found.state)
    known = {question.number: question for question in found.questions.all()}
    place = max((question.place for question in known.values()), default=0)
    with guarded():
        for line in lines:
            question = known.get(line["number"])
            if question is None:
                place += 1
                question = Question(questionnaire=found, number=line["number"], place=place)
            new = question._state.adding
            question.text_fr, question.text_en = line["text_fr"], line.get("text_en", "")
            question.save(force_insert=new, update_fields=None if new else ["text_fr", "text_en"])
            known[question.number] = question
    record("questionnaire.questions", found)
    return len(lines)


@transaction.atomic
def ask(actor, pk, bodies, *, due_on, wanted="") -> int:
    """Ask these bodies about a question, again if they were asked before. Return their number. Coordination only.

    `wanted`: what is asked, or missing from the last answer. Raises WrongState when the questionnaire is closed.
    """
    question = visible_question(actor, pk)
    _coordination(actor, "ask")
    if question.questionnaire.state == State.CLOSED:
        raise WrongState(State.CLOSED)
    values = {"due_on": due_on, "wanted": wanted, "asked_at": timezone.now(), "agency": actor.agency, "by": actor}
    with guarded():
        for body in bodies:
            if not EvidenceRequest.objects.filter(question=question, body=body).update(**values):
                EvidenceRequest.objects.create(question=question, body=body, **values)
    record("questionnaire.asked", question)
    if question.questionnaire.state == State.OPEN:  # bodies of a draft are notified when it opens
        enqueue("evidence_asked", question, to=["desk"], agencies=units_of(bodies))
    return len(bodies)


def _asked_of(actor, pk) -> EvidenceRequest:
    """Return a request addressed to the actor's body, in an open questionnaire."""
    request = visible_request(actor, pk)
    if request.body_id != body_of(actor):
        raise NotAllowed("answer")
    if request.question.questionnaire.state != State.OPEN:
        raise WrongState(request.question.questionnaire.state)
    return request


def draft_of(actor, asked) -> AnswerDraft | None:
    """Return the draft answer of the actor's unit, or None."""
    return AnswerDraft.objects.filter(request=asked, agency=actor.agency_id).first()


@transaction.atomic
def keep_draft(actor, pk, **content) -> AnswerDraft:
    """Save the draft answer of the unit, read by that unit only."""
    request = _asked_of(actor, pk)
    with guarded():
        draft, _made = AnswerDraft.objects.update_or_create(
            request=request, agency=actor.agency, defaults={**content, "by": actor, "at": timezone.now()}
        )
    record("questionnaire.draft_kept", request)
    return draft


@transaction.atomic
def send_answer(actor, pk, *, text_fr, text_en, as_of) -> Answer:
    """Send the next version of the answer, and delete the draft of the unit.

    Raises WrongState when another version was sent meanwhile.
    """
    request = _asked_of(actor, pk)
    last = Answer.objects.filter(request=request).order_by("-number").values_list("number", flat=True).first() or 0
    try:
        with guarded():
            made = Answer.objects.create(
                request=request,
                number=last + 1,
                text_fr=text_fr,
                text_en=text_en,
                as_of=as_of,
                agency=actor.agency,
                by=actor,
            )
            AnswerDraft.objects.filter(request=request, agency=actor.agency).delete()
    except IntegrityError as error:
        raise WrongState("answered meanwhile") from error
    record("questionnaire.answered", made)
    return made


class WrittenMeanwhile(Exception):
    """Signal that another version was written since this one was opened; `args[0]` is that version."""


@transaction.atomic
def compose(actor, pk, *, seen: int, text_fr, text_en, as_of) -> FinalAnswer:
    """Write the next version of the final answer. `seen`: number of the version it replaces.

    Coordination only. Raises WrongState when the questionnaire is not open, and WrittenMeanwhile.
    """
    question = visible_question(actor, pk)
    _coordination(actor, "compose")
    if question.questionnaire.state != State.OPEN:
        raise WrongState(question.questionnaire.state)
    last = question.final_answers.first()
    if last and last.number != seen:
        raise WrittenMeanwhile(last)
    try:
        with guarded():
            made = FinalAnswer.objects.create(
                question=question,
                number=(last.number if last else 0) + 1,
                text_fr=text_fr,
                text_en=text_en,
                as_of=as_of,
                agency=actor.agency,
                by=actor,
            )
    except IntegrityError as error:
        raise WrittenMeanwhile(question.final_answers.first()) from error
    record("questionnaire.composed", made)
    return made


def remind_evidence() -> int:
    """Remind bodies whose answers are due within a week; return the number of reminders. For the worker.

    Once a questionnaire, body and day, by the first question that waits.
    """
    today = timezone.localdate()
    rows = EvidenceRequest.objects.waiting().filter(due_on__range=(today, today + WEEK))
    rows = rows.filter(asked_at__lt=timezone.now() - JUST_ASKED).select_related("question").order_by("question__place")
    first = {}
    for row in rows:
        first.setdefault((row.question.questionnaire_id, row.body_id, row.due_on), row.question)
    due = [
        Due(f"{questionnaire} {body} {day}", question.pk, question.reference, units_of([body]))
        for (questionnaire, body, day), question in first.items()
    ]
    return enqueue_once("evidence_reminder", "question", due, to=["desk"])
