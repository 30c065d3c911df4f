"""A questionnaire read as a whole: who has answered, and the reply as a document."""

from django.db.models import Prefetch, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies import odt
from agencies.templatetags.words import day

from .access import body_of, coordinates
from .models import Answer, EvidenceRequest, FinalAnswer, Question, Questionnaire

States = EvidenceRequest.State


def questions(actor, found) -> list[Question]:
    """Each with the requests this actor sees (`asked`) and the last final answer it sees (`final`). Three queries."""
    requests = EvidenceRequest.objects.visible_to(actor).with_state().select_related("body")
    rows = list(found.questions.prefetch_related(Prefetch("requests", requests, to_attr="asked")))
    written = FinalAnswer.objects.filter(question__questionnaire=found)
    last = written.order_by("question_id", "-number").distinct("question_id")
    finals = {answer.question_id: answer for answer in last}
    for row in rows:
        row.final = finals.get(row.pk)
    return rows


def progress(rows) -> dict[str, int]:
    asked = [request for row in rows for request in row.asked]
    return {
        "questions": len(rows),
        "composed": sum(row.final is not None for row in rows),
        "requests": len(asked),
        "answered": sum(request.state == States.ANSWERED for request in asked),
        "late": sum(request.state == States.LATE for request in asked),
    }


def by_body(rows) -> list[dict]:
    """How far each body is, the most behind first."""
    found: dict[str, dict] = {}
    for request in (request for row in rows for request in row.asked):
        line = found.setdefault(request.body_id, {"body": request.body, "asked": 0, "answered": 0, "late": 0})
        line["asked"] += 1
        line["answered"] += request.state == States.ANSWERED
        line["late"] += request.state == States.LATE
    return sorted(found.values(), key=lambda line: (-line["late"], line["answered"] - line["asked"], line["body"].name))


def with_progress(found: list[Questionnaire]) -> list[Questionnaire]:
    """Adds `asked`, `answered`, `late` to each: of the requests the reader's walls let through. One query."""
    counts: dict = {each.pk: {"asked": 0, "answered": 0, "late": 0} for each in found}
    rows = EvidenceRequest.objects.filter(question__questionnaire__in=[each.pk for each in found]).with_state()
    for row in rows.select_related("question"):
        count = counts[row.question.questionnaire_id]
        count["asked"] += 1
        count["answered"] += row.state == States.ANSWERED
        count["late"] += row.state == States.LATE
    for each in found:
        each.count = counts[each.pk]
    return found


def seen_of(actor, question) -> dict:
    """What this actor sees of a question: its requests with all their answers, the versions of the final one."""
    answers = Prefetch("answers", Answer.objects.select_related("agency").order_by("-number"), to_attr="sent")
    requests = EvidenceRequest.objects.visible_to(actor).with_state().filter(question=question)
    return {
        "requests": list(requests.select_related("body").prefetch_related(answers)),
        "finals": list(question.final_answers.all()),
        "body": body_of(actor),
    }


def waiting(actor) -> int:
    """How many requests wait for this actor: addressed to its body; for the coordination, those that are late too."""
    mine = Q(body=body_of(actor))
    if coordinates(actor):
        mine |= Q(due_on__lt=timezone.localdate())
    return EvidenceRequest.objects.visible_to(actor).waiting().filter(mine).count()


# -- the reply ------------------------------------------------------------------
def columns() -> list[str]:
    return [
        _("Number"),
        _("Question in French"),
        _("Question in English"),
        _("Answer in French"),
        _("Answer in English"),
        pgettext("answer", "State as of"),
        _("Bodies asked"),
        _("Bodies late"),
    ]


def rows(actor, found) -> list[list]:
    return [
        [
            row.number,
            row.text_fr,
            row.text_en,
            row.final.text_fr if row.final else "",
            row.final.text_en if row.final else "",
            row.final.as_of.isoformat() if row.final else "",
            ", ".join(str(request.body) for request in row.asked),
            ", ".join(str(request.body) for request in row.asked if request.state == States.LATE),
        ]
        for row in questions(actor, found)
    ]


def as_odt(actor, found, language: str) -> bytes:
    """Title, then each question with its final answer and its day. What is not in this language says so."""
    with translation.override(language):
        title = _in(found, "title", language)
        facts = _("Reply expected by %(due)s. Text of %(today)s.")
        days = {"due": _day(found.due_on), "today": _day(timezone.localdate())}
        parts = [odt.heading(title, 1), odt.paragraph(facts % days, "Note")]
        for row in questions(actor, found):
            parts.append(odt.heading(f"{row.number}. {_in(row, 'text', language)}", 2))
            parts += _answer(row.final, language)
    return odt.write(title, "en-GB" if language == "en" else "fr-FR", parts)


def _answer(final, language: str) -> list[str]:
    if final is None:
        return [odt.paragraph(_("No answer yet."), "Note")]
    text = getattr(final, f"text_{language}")
    other = getattr(final, "text_fr" if language == "en" else "text_en")
    found = [odt.paragraph(line) for line in (text or other).splitlines() if line.strip()]
    if not text:
        found.insert(0, odt.paragraph(_("Not translated yet: the text stands in the other language."), "Note"))
    return [*found, odt.paragraph(_("State as of %(day)s.") % {"day": _day(final.as_of)}, "Note")]


def _in(row, name: str, language: str) -> str:
    return (getattr(row, f"{name}_en") if language == "en" else "") or getattr(row, f"{name}_fr")


def _day(value) -> str:
    return day(value, "F Y")
