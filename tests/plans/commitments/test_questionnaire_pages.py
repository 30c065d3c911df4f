"""A questionnaire walked by its pages: opened, asked, answered in private then sent, composed, handed over."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from odfdo import Document

from agencies.models import Kind
from foundation.actor import acting_as
from plans.commitments.documents import questionnaire_reply as reply
from plans.commitments.operations import questionnaires as ops
from plans.commitments.selectors.questionnaires import by_body, questions, waiting
from plans.models import Answer, EvidenceRequest, Question, Questionnaire
from tests.plans import people

from .test_commitment_pages import page, post, signed
from .test_questionnaires import LATER, TEXT, bodies, opened

pytestmark = pytest.mark.django_db
FIELDS = {"body": "greta", "title_fr": "4e cycle", "received_on": "2026-01-10", "due_on": "2030-03-01"}


def test_it_is_built_asked_answered_and_handed_over_by_the_pages():
    coordination, justice = signed(people.coordination()), signed(people.ministry())
    made = post(coordination, reverse("plans:questionnaire-new"), **FIELDS)
    with acting_as(coordination.hat):
        found = Questionnaire.objects.get()
    assert made["Location"] == reverse("plans:questionnaire-questions", args=[found.pk])
    lines = '1;Combien de juridictions ?;How many courts?\n2;"Quels textes ; et depuis quand ?"\n'
    post(coordination, reverse("plans:questionnaire-questions", args=[found.pk]), lines=lines)
    with acting_as(coordination.hat):
        first, second = Question.objects.all()
    assert second.text_fr == "Quels textes ; et depuis quand ?"
    assert "4e cycle" not in page(justice, "plans:questionnaires"), "prepared out of sight"
    url = reverse("plans:question", args=[first.pk])
    asked = {"ask-bodies": ["dacg"], "ask-due_on": "2030-01-15", "ask-wanted": "Le nombre par cour."}
    assert post(coordination, url, act="ask", **asked).status_code == 302
    assert post(coordination, reverse("plans:questionnaire", args=[found.pk]), act="open").status_code == 302
    assert "1. Combien de juridictions" in page(justice, "plans:questionnaires")
    with acting_as(justice.hat):
        request = EvidenceRequest.objects.get()
    answer = reverse("plans:evidence-request", args=[request.pk])
    post(justice, answer, text_fr="Douze, à vérifier.")
    assert "Douze, à vérifier." in page(justice, "plans:evidence-request", request.pk)
    assert "Douze, à vérifier." not in page(coordination, "plans:question", first.pk)
    assert "Douze, à vérifier." not in page(coordination, "plans:evidence-request", request.pk)
    for shown in (page(justice, "plans:question", first.pk), page(justice, "plans:evidence-request", request.pk)):
        assert re.search(r'Texte anglais\s*: <span lang="en">How many courts\?</span>', shown)
        assert "Question 1" in shown, "a number alone says nothing"
    missing = post(justice, answer, send="yes", text_fr="Douze.").content.decode()
    assert "Indiquez à quelle date ces faits" in missing
    assert "Douze." in missing
    assert not Answer.objects.exists()
    post(justice, answer, send="yes", text_fr="Douze.", as_of="2026-10-31")
    html = page(coordination, "plans:question", first.pk)
    assert "Douze." in html
    assert "arrêtés au 31 oct. 2026" in html
    post(coordination, url, act="final", seen="0", **{"final-text_fr": "Douze cours.", "final-as_of": "2026-10-31"})
    assert "1/2" in page(coordination, "plans:questionnaire", found.pk)
    assert "Douze cours." not in page(justice, "plans:question", first.pk)
    post(coordination, reverse("plans:questionnaire", args=[found.pk]), act="close")
    assert "Douze cours." in page(justice, "plans:question", first.pk)


@pytest.mark.parametrize("act", ["publish", ""])
def test_an_act_that_does_not_exist_is_refused_and_opens_nothing(act):
    coordination = signed(people.coordination())
    found = opened(coordination.hat, "dacg", opens=False).questionnaire
    assert post(coordination, reverse("plans:questionnaire", args=[found.pk]), act=act).status_code == 403
    with acting_as(coordination.hat):
        assert Questionnaire.objects.get(pk=found.pk).state == Questionnaire.State.DRAFT


def texts(actor, found, language) -> str:
    with acting_as(actor):
        data = reply.as_odt(actor, found, language)
    return Document(io.BytesIO(data)).get_formatted_text()


def test_the_reply_comes_out_in_each_language_with_its_days():
    coordination, justice = people.coordination(), people.ministry()
    question = opened(coordination, "dacg")
    found = question.questionnaire
    with acting_as(coordination):
        ops.add_questions(coordination, found.pk, [{"number": "2", "text_fr": "Quand ?", "text_en": ""}])
        ops.compose(coordination, question.pk, seen=0, **{**TEXT, "text_en": "Twelve courts."})
    french, english = texts(coordination, found, "fr"), texts(coordination, found, "en")
    for said in (
        "4e cycle",
        "1. Combien ?",
        "Douze juridictions sont dotées.",
        "Faits et chiffres arrêtés au 31 octobre 2026.",
    ):
        assert said in french, said
    assert "Pas encore de réponse." in french
    for said in ("1. How many?", "Twelve courts.", "State as of 31 October 2026.", "2. Quand ?", "No answer yet."):
        assert said in english, said
    with acting_as(coordination):
        ops.compose(coordination, question.pk, seen=1, **TEXT)
    assert "Not translated yet" in texts(coordination, found, "en")
    client = signed(coordination)
    sent = client.get(reverse("plans:questionnaire-odt", args=[found.pk]), {"langue": "en"})
    assert sent["Content-Type"] == "application/vnd.oasis.opendocument.text"
    assert Document(io.BytesIO(sent.content)).language == "en-GB"
    table = client.get(reverse("plans:questionnaire-csv", args=[found.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    assert (rows[0]["Réponse en français"], rows[0]["Faits et chiffres arrêtés au"]) == (
        "Douze juridictions sont dotées.",
        "2026-10-31",
    )
    for name in ("plans:questionnaire-odt", "plans:questionnaire-csv"):
        assert signed(justice).get(reverse(name, args=[found.pk])).status_code == 403


def test_two_who_write_the_final_answer_lose_nothing():
    coordination = people.coordination()
    question = opened(coordination, "dacg")
    client, url = signed(coordination), reverse("plans:question", args=[question.pk])
    said = {"final-text_fr": "Première.", "final-as_of": "2026-10-31"}
    post(client, url, act="final", seen="0", **said)
    answer = post(client, url, act="final", seen="0", **{**said, "final-text_fr": "Seconde."})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Quelqu&#x27;un a écrit une autre version" in html
    assert "Première." in html
    assert "Seconde." in html
    assert post(client, url, act="final", seen="1", **{**said, "final-text_fr": "Seconde."}).status_code == 302


def test_who_is_late_is_told_and_the_doors_count_what_waits():
    coordination = people.coordination()
    question = opened(coordination, "dacg")
    justice, labour = people.ministry(), people.ministry("dgt", Kind.LABOUR)
    with acting_as(coordination):
        ops.ask(coordination, question.pk, bodies("dgt"), due_on=timezone.localdate() - timedelta(days=1))
        assert waiting(coordination) == 1, "the late one"
        found = by_body(questions(coordination, question.questionnaire))
        assert [(line["body"].pk, line["answered"], line["late"]) for line in found] == [("dgt", 0, 1), ("dacg", 0, 0)]
    for actor, waits in ((justice, 1), (labour, 1), (people.cncdh(), 0), (people.speaker(), 0)):
        with acting_as(actor):
            assert waiting(actor) == waits
    html = page(signed(coordination), "plans:questionnaire", question.questionnaire_id)
    assert html.index("Direction générale du travail") < html.index("Direction des affaires criminelles")
    assert "0 sur 1" in html
    assert "En retard" in page(signed(labour), "plans:questionnaires")
    with acting_as(labour):
        ops.send_answer(labour, EvidenceRequest.objects.get().pk, **TEXT)
        assert waiting(labour) == 0


@pytest.mark.parametrize(("who", "code"), [(people.cncdh, 404), (lambda: people.ministry("dgt", Kind.LABOUR), 404)])
def test_a_request_of_another_body_does_not_exist(who, code):
    coordination = people.coordination()
    opened(coordination, "dacg")
    with acting_as(coordination):
        asked = EvidenceRequest.objects.get()
    client, url = signed(who()), reverse("plans:evidence-request", args=[asked.pk])
    assert client.get(url).status_code == code
    assert post(client, url, text_fr="x").status_code == code
    assert post(signed(coordination), url, text_fr="x").status_code == 403, "nor does the coordination write it"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Écrivez ou collez au moins une question"),
        ("sans numéro", "Ligne 1"),
        ("1;Un ?\n1;Deux ?", "vient deux fois"),
        ("1;a;b;c", "plus de trois parties"),
        ("x" * 21 + ";Un ?", "20 caractères"),
    ],
)
def test_questions_that_cannot_be_read_say_where_and_what_to_do(typed, told):
    coordination = people.coordination()
    question = opened(coordination)
    client = signed(coordination)
    html = post(client, reverse("plans:questionnaire-questions", args=[question.questionnaire_id]), lines=typed)
    assert told in html.content.decode()
    with acting_as(coordination):
        assert Question.objects.count() == 1


def test_days_that_cannot_be_are_refused_with_what_was_typed():
    client = signed(people.coordination())
    html = post(client, reverse("plans:questionnaire-new"), **{**FIELDS, "due_on": "2025-01-01"}).content.decode()
    assert "avant l&#x27;arrivée du questionnaire" in html
    assert "4e cycle" in html
    question = opened(client.hat)
    past = {"ask-bodies": ["dacg"], "ask-due_on": "2020-01-01"}
    people.ministry()
    html = post(client, reverse("plans:question", args=[question.pk]), act="ask", **past).content.decode()
    assert "laissez-leur du temps" in html
    with acting_as(client.hat):
        assert not EvidenceRequest.objects.exists()


def test_as_many_queries_for_one_question_as_for_five():
    coordination = people.coordination()
    question = opened(coordination, "dacg")
    client, counts = signed(coordination), []
    for size in (1, 5):
        with acting_as(coordination):
            lines = [{"number": str(n), "text_fr": "Combien ?"} for n in range(2, size + 1)]
            ops.add_questions(coordination, question.questionnaire_id, lines)
            for each in Question.objects.all():
                ops.ask(coordination, each.pk, bodies("dacg", "dgt"), due_on=LATER)
        for name, args in (("plans:questionnaire", [question.questionnaire_id]), ("plans:questionnaires", [])):
            with CaptureQueriesContext(connection) as made:
                client.get(reverse(name, args=args))
            counts.append(len(made))
    assert counts[:2] == counts[2:]
