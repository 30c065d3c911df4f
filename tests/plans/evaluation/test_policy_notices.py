"""Who is told of a released evaluation, of a right of reply, of a questionnaire, of its deadline: a reference alone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Event, Notice
from plans.commitments.operations import questionnaires
from plans.evaluation import operations as evaluation
from plans.models import EvidenceRequest
from plans.tasks import remind_evidence
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told, worker
from tests.plans import people
from tests.plans.commitments.test_questionnaires import TEXT, bodies, opened, request_of
from tests.roles import as_role

from .test_evaluation import SAID, draft, release

pytestmark = pytest.mark.django_db
LED_BY_DGT = "plan3-x14"


def seen_by(member) -> list[str]:
    with acting_as(member):
        return sorted(Notice.objects.of(member).values_list("kind", flat=True))


# -- evaluations -------------------------------------------------------------------------------------------------------
def released_on(author, code):
    with acting_as(author):
        made = evaluation.start_evaluation(author, code.partition("-")[0], "final")
        evaluation.save_evaluation(author, made.pk, opinions={code: SAID})
    return people.released(author, made)


def test_a_release_tells_who_may_answer_and_the_other_evaluators():
    author, colleague = people.cncdh(), people.collective()
    dgt, dacg = people.ministry("dgt", Kind.LABOUR), people.ministry("dacg")
    coordination, association = people.coordination(), people.speaker()
    case_worker = f.member(dgt.agency, Role.CASE_WORKER)
    released_on(author, LED_BY_DGT)
    fan_out()
    # dgt leads the measure, miprof coordinates and leads the plan
    assert {dgt.pk, coordination.pk} <= told("evaluation_reply")
    assert not {author.pk, colleague.pk, dacg.pk, association.pk, case_worker.pk} & told("evaluation_reply")
    assert colleague.pk in told("evaluation_released")
    assert not {author.pk, dgt.pk, dacg.pk, coordination.pk, association.pk} & told("evaluation_released")
    assert seen_by(dgt) == ["evaluation_reply"] and seen_by(colleague) == ["evaluation_released"]


def test_a_draft_tells_nobody():
    people.coordination(), people.collective()
    draft(people.cncdh())
    fan_out()
    assert told("evaluation_reply") == told("evaluation_released") == set()


def test_an_answer_is_told_to_the_evaluator_alone():
    author, dgt, other = people.cncdh(), people.ministry("dgt", Kind.LABOUR), people.collective()
    made = released_on(author, LED_BY_DGT)
    with acting_as(dgt):
        evaluation.reply(dgt, made.pk, measure=LED_BY_DGT, text="TEXTE-SECRET")
    fan_out()
    assert author.pk in told("evaluation_answered") and other.pk not in told("evaluation_answered")


def test_a_notice_of_an_evaluation_says_a_reference_and_opens_its_page(client, mailoutbox):
    dgt = people.ministry("dgt", Kind.LABOUR)
    made = released_on(people.cncdh(), LED_BY_DGT)
    one_pass()
    sent = [message for message in mailoutbox if dgt.user.email in message.to]
    assert sent and made.reference in f"{sent[0].subject} {sent[0].body}"
    for secret in ("plan3", "CNCDH", "valuation", "MARQUEUR"):
        assert secret not in f"{sent[0].subject} {sent[0].body}", secret
    client.force_login(dgt.user, backend="django.contrib.auth.backends.ModelBackend")
    with acting_as(dgt):
        notice = Notice.objects.of(dgt).get()
    opened_page = client.get(f"/notifications/{notice.pk}/", follow=True)
    assert opened_page.request["PATH_INFO"] == f"/pilotage/evaluations/{made.pk}/"


# -- questionnaires ----------------------------------------------------------------------------------------------------
def test_a_questionnaire_tells_each_body_asked_once_and_when_it_opens():
    coordination, dacg, dgt = people.coordination(), people.ministry(), people.ministry("dgt", Kind.LABOUR)
    question = opened(coordination, "dacg", opens=False)
    with acting_as(coordination):
        more = [{"number": "2", "text_fr": "Et où ?", "text_en": ""}]
        questionnaires.add_questions(coordination, question.questionnaire_id, more)
        second = question.questionnaire.questions.get(number="2")
        questionnaires.ask(coordination, second.pk, bodies("dacg", "dgt"), due_on=date(2030, 1, 1))
    fan_out()
    assert told("evidence_asked") == set(), "nothing is asked of anybody before it opens"
    with acting_as(coordination):
        questionnaires.move(coordination, question.questionnaire_id, "open")
    fan_out()
    assert {dacg.pk, dgt.pk} <= told("evidence_asked")
    assert coordination.pk not in told("evidence_asked")
    assert seen_by(dacg) == ["evidence_asked"], "once, for two questions"
    assert seen_by(people.cncdh()) == []


def test_asked_once_it_is_open_and_asked_again_it_is_told_again():
    coordination, dacg = people.coordination(), people.ministry()
    question = opened(coordination, "dacg")
    with acting_as(coordination):
        questionnaires.ask(coordination, question.pk, bodies("dacg"), due_on=date(2030, 1, 1), wanted="La date.")
    fan_out()
    assert seen_by(dacg) == ["evidence_asked"] * 2


def due_in(days, asked_days_ago=10):
    today = timezone.localdate()
    with as_role("nrm_owner"):
        EvidenceRequest.objects.update(
            due_on=today + timedelta(days), asked_at=timezone.now() - timedelta(asked_days_ago)
        )


@pytest.mark.parametrize(
    ("days", "asked_ago", "reminded"), [(8, 10, 0), (7, 10, 1), (0, 10, 1), (-1, 10, 0), (3, 0, 0)]
)
def test_a_body_is_reminded_in_the_week_before_the_deadline(days, asked_ago, reminded):
    coordination, dacg = people.coordination(), people.ministry()
    opened(coordination, "dacg")
    due_in(days, asked_ago)
    with worker():
        assert remind_evidence() == reminded
        assert remind_evidence() == 0, "once a deadline"
    fan_out()
    assert (dacg.pk in told("evidence_reminder")) is bool(reminded)


def test_who_has_answered_is_not_reminded_and_a_later_deadline_is_told_again():
    coordination, dacg, dgt = people.coordination(), people.ministry(), people.ministry("dgt", Kind.LABOUR)
    opened(coordination, "dacg", "dgt")
    due_in(5)
    with acting_as(dacg):
        questionnaires.send_answer(dacg, request_of(dacg).pk, **TEXT)
    with worker():
        assert remind_evidence() == 1
    due_in(6)
    with worker():
        assert remind_evidence() == 1
    fan_out()
    assert dgt.pk in told("evidence_reminder") and dacg.pk not in told("evidence_reminder")
    with as_role("nrm_owner"):
        assert {e.reference[:2] for e in Event.objects.filter(subject="question")} == {"Q-"}
    with acting_as(coordination):
        questionnaires.move(coordination, EvidenceRequest.objects.first().question.questionnaire_id, "close")
    due_in(4)
    with worker():
        assert remind_evidence() == 0, "a closed questionnaire waits for nothing"


def test_a_release_by_its_own_unit_is_not_told_to_it():
    coordination = people.coordination()
    made = draft(coordination)
    release(coordination, made)
    fan_out()
    assert seen_by(coordination) == ["evaluation_decided"], "as a member of the unit, not as who may answer"
