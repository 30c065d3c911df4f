"""A questionnaire from its arrival to its answer: bodies are asked, each answers, one answer is composed."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.errors import found as found_or_404
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from plans.access import units_of
from plans.models import Answer, AnswerDraft, EvidenceRequest, FinalAnswer, Question, Questionnaire
from plans.models.bodies import body_of
from plans.models.coordination import coordinates

State = Questionnaire.State
# before -> after, by the verb
MOVES = {
    "open": ({State.DRAFT}, State.OPEN),
    "close": ({State.OPEN}, State.CLOSED),
    "reopen": ({State.CLOSED}, State.OPEN),
}


def _coordination(actor, act: str) -> None:
    if not coordinates(actor):
        raise NotAllowed(act)


def visible(actor, pk) -> Questionnaire:
    return found_or_404(Questionnaire.objects.visible_to(actor).select_related("body", "round"), pk=pk)


def visible_question(actor, pk) -> Question:
    rows = Question.objects.filter(questionnaire__in=Questionnaire.objects.visible_to(actor))
    return found_or_404(rows.select_related("questionnaire__body"), pk=pk)


def visible_request(actor, pk) -> EvidenceRequest:
    rows = EvidenceRequest.objects.visible_to(actor).with_state()
    return found_or_404(rows.select_related("body", "question__questionnaire__body"), pk=pk)


@transaction.atomic
def start(actor, **said) -> Questionnaire:
    _coordination(actor, "start")
    with guarded():
        made = Questionnaire.objects.create(agency=actor.agency, by=actor, **said)
    record("questionnaire.started", made)
    return made


@transaction.atomic
def change(actor, pk, **said) -> Questionnaire:
    found = visible(actor, pk)
    _coordination(actor, "change")
    Questionnaire.objects.filter(pk=found.pk).update(**said)
    record("questionnaire.changed", found)
    return found


@transaction.atomic
def move(actor, pk, verb: str) -> Questionnaire:
    """Open it to the bodies asked, close it, open it again. Nothing is asked of anybody before it is open."""
    visible(actor, pk)
    _coordination(actor, verb)
    found = found_or_404(Questionnaire.objects.visible_to(actor).select_for_update(of=("self",)), pk=pk)
    before, after = MOVES[verb]
    if found.state not in before or (verb == "open" and not found.questions.exists()):
        raise WrongState(found.state)
    Questionnaire.objects.filter(pk=found.pk).update(state=after)
    record(f"questionnaire.{verb}", found)
    if verb == "open":
        _tell_asked(found)
    found.state = after
    return found


def _tell_asked(found: Questionnaire) -> None:
    """Each body asked hears once of the questionnaire, by the first question that waits for it."""
    first: dict[Question, list[str]] = {}
    told: set[str] = set()
    waiting = EvidenceRequest.objects.filter(question__questionnaire=found).with_state().filter(answered=False)
    for request in waiting.select_related("question").order_by("question__place"):
        if request.body_id not in told:
            told.add(request.body_id)
            first.setdefault(request.question, []).append(request.body_id)
    for question, bodies in first.items():
        enqueue("evidence_asked", question, to=["desk"], agencies=units_of(bodies))


@transaction.atomic
def add_questions(actor, pk, lines: list[dict]) -> int:
    """Questions in the order given; a number already there takes its new text, so that a list can be brought twice."""
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
    """Ask bodies for a question. A body already asked is asked again: it waits again, with what is missing."""
    question = visible_question(actor, pk)
    _coordination(actor, "ask")
    if question.questionnaire.state == State.CLOSED:
        raise WrongState(State.CLOSED)
    asked = {"due_on": due_on, "wanted": wanted, "asked_at": timezone.now(), "agency": actor.agency, "by": actor}
    with guarded():
        for body in bodies:
            if not EvidenceRequest.objects.filter(question=question, body=body).update(**asked):
                EvidenceRequest.objects.create(question=question, body=body, **asked)
    record("questionnaire.asked", question)
    if question.questionnaire.state == State.OPEN:  # one being prepared is told when it opens
        enqueue("evidence_asked", question, to=["desk"], agencies=units_of(bodies))
    return len(bodies)


def _asked_of(actor, pk) -> EvidenceRequest:
    """The request, if it is addressed to the body the actor speaks for and its questionnaire is open."""
    request = visible_request(actor, pk)
    if request.body_id != body_of(actor):
        raise NotAllowed("answer")
    if request.question.questionnaire.state != State.OPEN:
        raise WrongState(request.question.questionnaire.state)
    return request


def draft_of(actor, asked) -> AnswerDraft | None:
    return AnswerDraft.objects.filter(request=asked, agency=actor.agency_id).first()


@transaction.atomic
def keep_draft(actor, pk, **said) -> AnswerDraft:
    """What is being written: the unit's own eyes only."""
    request = _asked_of(actor, pk)
    with guarded():
        draft, _made = AnswerDraft.objects.update_or_create(
            request=request, agency=actor.agency, defaults={**said, "by": actor, "at": timezone.now()}
        )
    record("questionnaire.draft_kept", request)
    return draft


@transaction.atomic
def send_answer(actor, pk, *, text_fr, text_en, as_of) -> Answer:
    """The next version of the answer; what the unit was writing is gone with it."""
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
    """Somebody wrote another version since this one was opened; `args[0]` is that version."""


@transaction.atomic
def compose(actor, pk, *, seen: int, text_fr, text_en, as_of) -> FinalAnswer:
    """The answer of France to a question. `seen`: number of the version it was written over."""
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
