"""A questionnaire: what is asked of whom, what stays private until it is sent, the answer that is composed."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from agencies.models import Directory, Kind
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from plans.commitments.operations import questionnaires as ops
from plans.models import Answer, AnswerDraft, EvidenceRequest, FinalAnswer, Question, Questionnaire
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TEXT = {"text_fr": "Douze juridictions sont dotées.", "text_en": "", "as_of": date(2026, 10, 31)}
LATER = date(2030, 1, 15)


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except ProgrammingError as error:
        assert error.__cause__.pgcode == "42501"
        return True
    return False


def bodies(*codes):
    return list(Directory.objects.filter(pk__in=codes))


def opened(coordination, *codes, opens=True) -> Question:
    """A questionnaire of GRETA with one question, asked of these bodies."""
    with acting_as(coordination):
        made = ops.start(
            coordination, body_id="greta", title_fr="4e cycle", received_on=date(2026, 1, 10), due_on=date(2030, 3, 1)
        )
        ops.add_questions(coordination, made.pk, [{"number": "1", "text_fr": "Combien ?", "text_en": "How many?"}])
        question = made.questions.get()
        ops.ask(coordination, question.pk, bodies(*codes), due_on=LATER, wanted="Le nombre par cour.")
        if opens:
            ops.move(coordination, made.pk, "open")
    return question


def request_of(actor) -> EvidenceRequest:
    return EvidenceRequest.objects.visible_to(actor).with_state().get()


def test_nothing_is_asked_of_anybody_before_it_is_open():
    coordination, justice = people.coordination(), people.ministry()
    question = opened(coordination, "dacg", opens=False)
    with acting_as(justice):
        assert not Questionnaire.objects.exists(), "the database alone"
        assert not Question.objects.exists()
        assert not EvidenceRequest.objects.exists()
    with acting_as(coordination):
        assert Questionnaire.objects.get().state == "draft"
        ops.move(coordination, question.questionnaire_id, "open")
        with pytest.raises(WrongState):
            ops.move(coordination, question.questionnaire_id, "open")
    with acting_as(justice):
        assert Question.objects.get().text_fr == "Combien ?"
        assert request_of(justice).state == "asked"
    assert not Questionnaire.objects.exists(), "the public never"


def test_an_empty_questionnaire_does_not_open():
    coordination = people.coordination()
    with acting_as(coordination):
        made = ops.start(
            coordination, body_id="greta", title_fr="Vide", received_on=date(2026, 1, 10), due_on=date(2030, 3, 1)
        )
        with pytest.raises(WrongState):
            ops.move(coordination, made.pk, "open")


def test_a_request_is_seen_by_the_body_asked_and_the_coordination():
    coordination = people.coordination()
    opened(coordination, "dacg")
    seen = {}
    found = {
        "asked": people.ministry("dacg"),
        "another ministry": people.ministry("dgt", Kind.LABOUR),
        "cncdh": people.cncdh(),
        "no body": people.speaker(),
        "coordination": coordination,
    }
    for name, actor in found.items():
        with acting_as(actor):
            seen[name] = EvidenceRequest.objects.exists()  # no filter of ours
            assert Question.objects.exists(), "the questions are read by all who build policy"
    assert seen == {"asked": True, "another ministry": False, "cncdh": False, "no body": False, "coordination": True}


def test_what_a_unit_writes_is_its_own_until_it_is_sent():
    coordination, justice, colleague = people.coordination(), people.ministry(), people.ministry()
    opened(coordination, "dacg")
    with acting_as(justice):
        asked = request_of(justice)
        ops.keep_draft(justice, asked.pk, **TEXT)
        ops.keep_draft(justice, asked.pk, **{**TEXT, "text_fr": "Treize juridictions."})
        assert AnswerDraft.objects.get().text_fr == "Treize juridictions."
    # coordination, and another unit that speaks for the same body
    for other in (coordination, colleague, people.cncdh()):
        with acting_as(other):
            assert not AnswerDraft.objects.exists()
            assert AnswerDraft.objects.update(text_fr="Changé") == 0
    with acting_as(coordination):
        assert ops.visible_request(coordination, asked.pk).state == "asked"
    with acting_as(justice):
        ops.send_answer(justice, asked.pk, **TEXT)
        assert not AnswerDraft.objects.exists()
    with acting_as(coordination):
        assert Answer.objects.get().text_fr == "Douze juridictions sont dotées."
        assert ops.visible_request(coordination, asked.pk).state == "answered"
    for other, sees in ((colleague, True), (people.cncdh(), False), (people.ministry("dgt", Kind.LABOUR), False)):
        with acting_as(other):
            assert Answer.objects.exists() is sees


def test_an_answer_stays_and_a_correction_is_the_next_version():
    coordination, justice = people.coordination(), people.ministry()
    opened(coordination, "dacg")
    with acting_as(justice):
        asked = request_of(justice)
        ops.send_answer(justice, asked.pk, **TEXT)
        ops.send_answer(justice, asked.pk, **{**TEXT, "text_fr": "Treize."})
        assert [(a.number, a.text_fr) for a in asked.answers.all()] == [
            (2, "Treize."), (1, "Douze juridictions sont dotées."),
        ]  # fmt: skip
        assert refused(lambda: Answer.objects.update(text_fr="Zéro."))
        assert refused(lambda: Answer.objects.all()._raw_delete("default"))


def test_nobody_answers_for_another_body():
    coordination, labour = people.coordination(), people.ministry("dgt", Kind.LABOUR)
    opened(coordination, "dacg")
    with acting_as(coordination):
        asked = EvidenceRequest.objects.get()
        with pytest.raises(NotAllowed):
            ops.send_answer(coordination, asked.pk, **TEXT)

        def forged(actor=coordination, agency=coordination.agency, model=Answer, **more):
            model.objects.bulk_create([model(request=asked, agency=agency, by=actor, **{**TEXT, **more})])

        assert refused(lambda: forged(number=1))
        assert refused(lambda: forged(model=AnswerDraft))
    with acting_as(labour):
        with pytest.raises(NotFound):
            ops.send_answer(labour, asked.pk, **TEXT)
        assert refused(lambda: forged(labour, labour.agency, number=1))
        assert refused(lambda: forged(labour, labour.agency, model=AnswerDraft))


@pytest.mark.parametrize("act", [ops.send_answer, ops.keep_draft])
def test_only_the_body_asked_answers_where_no_policy_stands(act):
    """Above the walls the operation alone decides: the coordination, which sees each request, answers none."""
    coordination, justice = people.coordination(), people.ministry("dacg")
    opened(coordination, "dacg")
    asked = EvidenceRequest.objects.get
    with as_role("nrm_owner"), acting_as(coordination):
        with pytest.raises(NotAllowed, match="answer"):
            act(coordination, asked().pk, **TEXT)
        assert not Answer.objects.exists() and not AnswerDraft.objects.exists()
    with as_role("nrm_owner"), acting_as(justice):
        assert act(justice, asked().pk, **TEXT).agency == justice.agency


def test_asked_again_it_waits_again_and_late_is_told_by_the_day():
    coordination, justice = people.coordination(), people.ministry()
    question = opened(coordination, "dacg")
    with acting_as(justice):
        asked = request_of(justice)
        ops.send_answer(justice, asked.pk, **TEXT)
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting_as(coordination):
        ops.ask(coordination, question.pk, bodies("dacg"), due_on=LATER, wanted="Par cour d'appel.")
        assert EvidenceRequest.objects.count() == 1
        assert ops.visible_request(coordination, asked.pk).state == "asked"
        ops.ask(coordination, question.pk, bodies("dacg"), due_on=timezone.localdate(), wanted="")
        assert ops.visible_request(coordination, asked.pk).state == "asked", "the last day is still in time"
        ops.ask(coordination, question.pk, bodies("dacg"), due_on=yesterday, wanted="")
        assert ops.visible_request(coordination, asked.pk).state == "late"
    with acting_as(justice):
        ops.send_answer(justice, asked.pk, **TEXT)
        assert request_of(justice).state == "answered"
        with pytest.raises(NotAllowed):
            ops.ask(justice, question.pk, bodies("dgt"), due_on=LATER)
        assert refused(
            lambda: EvidenceRequest.objects.bulk_create(
                [EvidenceRequest(question=question, body_id="dgt", due_on=LATER, agency=justice.agency, by=justice)]
            )
        )


def test_the_final_answer_is_the_coordination_s_each_writing_kept_none_written_over():
    coordination, justice = people.coordination(), people.ministry()
    question = opened(coordination, "dacg")
    with acting_as(coordination):
        ops.compose(coordination, question.pk, seen=0, **TEXT)
        with pytest.raises(ops.WrittenMeanwhile) as met:
            ops.compose(coordination, question.pk, seen=0, **{**TEXT, "text_fr": "Autre."})
        assert met.value.args[0].text_fr == "Douze juridictions sont dotées."
        ops.compose(coordination, question.pk, seen=1, **{**TEXT, "text_fr": "Autre."})
        assert [(a.number, a.text_fr) for a in question.final_answers.all()] == [
            (2, "Autre."), (1, "Douze juridictions sont dotées."),
        ]  # fmt: skip
        assert refused(lambda: FinalAnswer.objects.update(text_fr="x"))
    with acting_as(justice):
        assert not FinalAnswer.objects.exists(), "not before the questionnaire is closed"
        with pytest.raises(NotAllowed):
            ops.compose(justice, question.pk, seen=2, **TEXT)
        row = FinalAnswer(question=question, number=3, agency=justice.agency, by=justice, **TEXT)
        assert refused(lambda: FinalAnswer.objects.bulk_create([row]))
    with acting_as(coordination):
        ops.move(coordination, question.questionnaire_id, "close")
        with pytest.raises(WrongState):
            ops.compose(coordination, question.pk, seen=2, **TEXT)
        row = FinalAnswer(question=question, number=3, agency=coordination.agency, by=coordination, **TEXT)
        assert refused(lambda: FinalAnswer.objects.bulk_create([row]))
    with acting_as(justice):
        assert FinalAnswer.objects.count() == 2
        asked = request_of(justice)
        with pytest.raises(WrongState):
            ops.send_answer(justice, asked.pk, **TEXT)
        row = Answer(request=asked, number=1, agency=justice.agency, by=justice, **TEXT)
        assert refused(lambda: Answer.objects.bulk_create([row]))
    assert not FinalAnswer.objects.exists(), "the public never"


def test_only_the_coordination_starts_changes_and_moves_it():
    coordination, justice = people.coordination(), people.ministry()
    question = opened(coordination, "dacg")
    said = {"body_id": "greta", "title_fr": "x", "received_on": date(2026, 1, 1), "due_on": LATER}
    for actor in (justice, people.cncdh(), people.collective()):
        with acting_as(actor):
            for act in (
                lambda actor=actor: ops.start(actor, **said),
                lambda actor=actor: ops.move(actor, question.questionnaire_id, "close"),
                lambda actor=actor: ops.change(actor, question.questionnaire_id, title_fr="x"),
                lambda actor=actor: ops.add_questions(actor, question.questionnaire_id, []),
            ):
                with pytest.raises(NotAllowed):
                    act()
            assert Questionnaire.objects.update(title_fr="x") == 0
            assert Question.objects.update(text_fr="x") == 0
            row = Questionnaire(agency=actor.agency, by=actor, **said)
            assert refused(lambda row=row: Questionnaire.objects.bulk_create([row]))


def test_a_list_of_questions_is_brought_twice_without_doubles():
    coordination = people.coordination()
    question = opened(coordination)
    with acting_as(coordination):
        lines = [{"number": "2", "text_fr": "Quand ?"}, {"number": "1", "text_fr": "Combien en 2025 ?"}]
        ops.add_questions(coordination, question.questionnaire_id, lines)
        found = Question.objects.values_list("number", "text_fr")
        assert list(found) == [("1", "Combien en 2025 ?"), ("2", "Quand ?")]
