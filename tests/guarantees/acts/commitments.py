"""Acts on commitments, evaluations and questionnaires."""

from datetime import date

from plans.commitments.forms import imports
from plans.commitments.operations import commitments, questionnaires
from plans.evaluation import operations as evaluation
from plans.models import Commitment, Evaluation, EvidenceRequest, Measure
from plans.steering.rules import table_of
from tests.guarantees.acts import Done, act, prepared
from tests.plans.commitments.test_questionnaires import LATER, TEXT, bodies, opened
from tests.roles import as_role

from .house import do
from .policy import body

CODE = "G1-04"
SAID = {"status": "in_progress", "on": date(2026, 10, 1), "text": "Un décret est en préparation."}


# -- commitments ------------------------------------------------------------------------------------------------------
def stated(w):
    return do(w.ministry, commitments.state_progress, CODE, **SAID)


def opinion(w, **how):
    return do(w.cncdh, commitments.write_opinion, CODE, stance="contests", text="Aucun texte n'est paru.", **how)


@act("commitment.progress")
def state_progress(w):
    return Done(w.ministry, stated(w))


@act("commitment.check")
def check_progress(w):
    made = stated(w)
    prepared()
    return Done(w.coord, do(w.coord, commitments.check_progress, made.pk, verdict="confirmed"))


@act("commitment.opinion_kept")
def keep_opinion(w):
    return Done(w.cncdh, opinion(w))


@act("commitment.opinion_released")
def release_opinion(w):
    return Done(w.cncdh, opinion(w, release=True))


@act("commitment.opinion_discarded")
def discard_opinion(w):
    made = opinion(w)
    prepared()
    do(w.cncdh, commitments.discard_opinion, CODE)
    return Done(w.cncdh, made)


@act("commitment.links")
def link(w):
    do(w.coord, commitments.link_measure, CODE, Measure.objects.filter(plan__code="plan3").first())
    return Done(w.coord, Commitment(pk=CODE))


@act("commitment.put_aside")
def put_aside(w):
    do(w.coord, commitments.put_aside, CODE)
    return Done(w.coord, Commitment(pk=CODE))


@act("commitment.put_back")
def put_back(w):
    do(w.coord, commitments.put_aside, CODE)
    prepared()
    do(w.coord, commitments.put_aside, CODE, back=True)
    return Done(w.coord, Commitment(pk=CODE))


@act("commitment.added")
def add(w):
    like = Commitment.objects.get(pk=CODE)
    said = {"body": like.body, "from_text": like.from_text, "urgency": like.urgency, "theme": like.theme}
    return Done(w.coord, do(w.coord, commitments.add_commitment, text_fr="Former les juges.", **said))


@act("commitment.imported")
def bring_in(w):
    like = Commitment.objects.get(pk=CODE)
    columns = ("code", "body", "source", "urgency", "theme", "text_fr")
    line = ("X-01", like.body_id, like.from_text_id, like.urgency_id, like.theme_id, "Former les juges.")
    do(
        w.coord,
        commitments.import_commitments,
        imports.read(table_of(f"{';'.join(columns)}\n{';'.join(line)}\n")),
    )
    return Done(w.coord, Commitment(pk="X-01"))


# -- evaluations ------------------------------------------------------------------------------------------------------
def draft(w) -> Evaluation:
    made = do(w.cncdh, evaluation.start_evaluation, "plan2", "final")
    do(w.cncdh, evaluation.save_evaluation, made.pk, head={"text_fr": "Bilan"})
    return made


def released(w) -> Evaluation:
    return do(w.coord, evaluation.release_evaluation, asked_of(w).pk)


def asked_of(w) -> Evaluation:
    """Ask for the release: the only member of the unit, so the coordination is the second person."""
    return do(w.cncdh, evaluation.ask_release, draft(w).pk)


@act("evaluation.start")
def start_evaluation(w):
    return Done(w.cncdh, do(w.cncdh, evaluation.start_evaluation, "plan2", "final"))


@act("evaluation.ask", tells="evaluation_waiting evaluation_asked")
def ask_release(w):
    made = draft(w)
    prepared()
    return Done(w.cncdh, do(w.cncdh, evaluation.ask_release, made.pk))


@act("evaluation.resume", tells="evaluation_decided")
def resume_evaluation(w):
    made = asked_of(w)
    prepared()
    return Done(w.cncdh, do(w.cncdh, evaluation.resume_evaluation, made.pk))


@act("evaluation.return", tells="evaluation_decided")
def return_evaluation(w):
    made = asked_of(w)
    prepared()
    do(w.coord, evaluation.return_evaluation, made.pk, "Une mesure manque.")
    return Done(w.coord, made)


@act("evaluation.release", tells="evaluation_reply evaluation_released evaluation_decided")
def release_evaluation(w):
    made = asked_of(w)
    prepared()
    return Done(w.coord, do(w.coord, evaluation.release_evaluation, made.pk))


@act("evaluation.discard")
def discard_evaluation(w):
    made = draft(w)
    pk = made.pk
    prepared()
    do(w.cncdh, evaluation.discard_evaluation, pk)
    return Done(w.cncdh, Evaluation(pk=pk))


@act("evaluation.note")
def add_note(w):
    made = released(w)
    prepared()
    do(w.cncdh, evaluation.add_note, made.pk, "Une date était fausse.")
    return Done(w.cncdh, made)


@act("evaluation.reply", tells="evaluation_answered")
def reply(w):
    made = released(w)
    prepared()
    do(w.coord, evaluation.reply, made.pk, text="Nous en tenons compte.")
    return Done(w.coord, made)


# -- questionnaires ---------------------------------------------------------------------------------------------------
def prepared_one(w):
    """A question of a questionnaire not opened yet, asked of the ministry."""
    return opened(w.coord, "dgcs", opens=False)


def asked(w):
    with as_role("nrm_owner"):
        return EvidenceRequest.objects.select_related("question__questionnaire").get(question=opened(w.coord, "dgcs"))


@act("questionnaire.started")
def start_questionnaire(w):
    said = {"body_id": "greta", "title_fr": "4e cycle", "received_on": date(2026, 1, 10), "due_on": LATER}
    return Done(w.coord, do(w.coord, questionnaires.start, **said))


@act("questionnaire.changed")
def change_questionnaire(w):
    made = prepared_one(w).questionnaire
    prepared()
    return Done(w.coord, do(w.coord, questionnaires.change, made.pk, title_fr="5e cycle"))


@act("questionnaire.questions")
def add_questions(w):
    made = prepared_one(w).questionnaire
    prepared()
    do(w.coord, questionnaires.add_questions, made.pk, [{"number": "2", "text_fr": "Où ?"}])
    return Done(w.coord, made)


@act("questionnaire.asked")
def ask_before_it_is_open(w):
    question = prepared_one(w)
    prepared()
    do(w.coord, questionnaires.ask, question.pk, bodies("dacg"), due_on=LATER)
    return Done(w.coord, question)


@act("questionnaire.asked", tells="evidence_asked")
def ask(w):
    question = opened(w.coord, "dgcs")
    prepared()
    do(w.coord, questionnaires.ask, question.pk, [body("dgcs")], due_on=LATER)
    return Done(w.coord, question)


@act("questionnaire.open", tells="evidence_asked")
def open_questionnaire(w):
    made = prepared_one(w).questionnaire
    prepared()
    return Done(w.coord, do(w.coord, questionnaires.move, made.pk, "open"))


@act("questionnaire.close")
def close_questionnaire(w):
    made = asked(w).question.questionnaire
    prepared()
    return Done(w.coord, do(w.coord, questionnaires.move, made.pk, "close"))


@act("questionnaire.reopen")
def reopen_questionnaire(w):
    made = asked(w).question.questionnaire
    do(w.coord, questionnaires.move, made.pk, "close")
    prepared()
    return Done(w.coord, do(w.coord, questionnaires.move, made.pk, "reopen"))


@act("questionnaire.draft_kept")
def keep_draft(w):
    request = asked(w)
    prepared()
    do(w.ministry, questionnaires.keep_draft, request.pk, **TEXT)
    return Done(w.ministry, request)


@act("questionnaire.answered")
def send_answer(w):
    request = asked(w)
    prepared()
    return Done(w.ministry, do(w.ministry, questionnaires.send_answer, request.pk, **TEXT))


@act("questionnaire.composed")
def compose(w):
    question = opened(w.coord, "dgcs")
    prepared()
    return Done(w.coord, do(w.coord, questionnaires.compose, question.pk, seen=0, **TEXT))
