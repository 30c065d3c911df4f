"""The working lists of plans, evaluations and questionnaires ask the database as much for one row as for many."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Kind
from foundation.actor import acting_as
from plans.commitments.operations import questionnaires
from plans.evaluation import operations as evaluation
from plans.plan.operations import plans
from tests.plans.commitments.test_questionnaires import bodies, opened
from tests.plans.evaluation.test_evaluation import SAID
from tests.plans.plan.test_plan_operations import a_measure, body
from tests.plans.plan.test_plan_pages import Hand

from . import people

pytestmark = pytest.mark.django_db


def asked(hand, *pages) -> dict:
    found = {}
    for name, *args in pages:
        hand.get(name, *args)
        with CaptureQueriesContext(connection) as seen:
            assert hand.get(name, *args).status_code == 200, name
        found[name] = len(seen)
    return found


@pytest.fixture
def c(db):
    return people.coordination()


def test_pages_of_a_plan(c):
    pages = [(f"plans:plan-{name}", "plan4") for name in ("gate", "axes", "carry", "detail", "changes")]
    made = a_measure(c)
    pages += [("plans:plan-list",), ("plans:measure-detail", made.code), ("plans:hub",)]
    with acting_as(c):
        first = plans.add_axis(c, "plan4", title_fr="Axe")
    few = asked(Hand(c), *pages)
    with acting_as(c):
        for n in range(4):
            plans.add_axis(c, "plan4", title_fr=f"Axe {n}")
            plans.create_plan(c, kind="related", title_fr=f"Voisin {n}", lead=body("sdfe"))
    for n in range(5):
        a_measure(c, title_fr=f"Mesure {n}", axis=first, partners=[body("dacg")])
    assert asked(Hand(c), *pages) == few


def test_evaluations_and_what_waits_for_an_answer(c):
    dgt = people.ministry("dgt", Kind.LABOUR)

    def speak(author, *codes):
        with acting_as(author):
            made = evaluation.start_evaluation(author, "plan1", "final")
            evaluation.save_evaluation(author, made.pk, opinions=dict.fromkeys(codes, SAID))
        people.released(author, made)

    speak(people.cncdh(), "plan1-x06")
    few = {who: asked(Hand(who), ("plans:evaluation-list",)) for who in (dgt, c)}
    for author in (people.cncdh(), people.collective(), people.collective()):
        speak(author, "plan1-x06", "plan1-x04", "plan1-m01")
    assert {who: asked(Hand(who), ("plans:evaluation-list",)) for who in (dgt, c)} == few


def test_questionnaires(c):
    dacg = people.ministry()
    opened(c, "dacg")
    few = {who: asked(Hand(who), ("plans:questionnaires",)) for who in (dacg, c)}
    for _ in range(4):
        question = opened(c, "dacg", "dgt")
        with acting_as(c):
            lines = [{"number": str(n), "text_fr": "Et puis ?", "text_en": ""} for n in range(2, 5)]
            questionnaires.add_questions(c, question.questionnaire_id, lines)
            for more in question.questionnaire.questions.exclude(pk=question.pk):
                questionnaires.ask(c, more.pk, bodies("dacg"), due_on=date(2030, 1, 1))
    assert {who: asked(Hand(who), ("plans:questionnaires",)) for who in (dacg, c)} == few
