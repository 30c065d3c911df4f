"""Make the reply to a questionnaire, as a table and as a document."""

from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.documents import odt
from foundation.templatetags.words import day
from plans.commitments.selectors.questionnaires import States, questions
from plans.models import Answer, EvidenceRequest
from plans.models.bodies import body_of


def seen_of(actor, question) -> dict:
    """Return what the actor sees of a question: its requests with their answers, the versions of the final answer."""
    answers = Prefetch("answers", Answer.objects.select_related("agency").order_by("-number"), to_attr="sent")
    requests = EvidenceRequest.objects.visible_to(actor).with_state().filter(question=question)
    return {
        "requests": list(requests.select_related("body").prefetch_related(answers)),
        "finals": list(question.final_answers.all()),
        "body": body_of(actor),
    }


# -- the table and the document ---------------------------------------------------
def columns() -> list[str]:
    """Return the headers of the table."""
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
    """Return the lines of the table, one per question, as the actor sees them."""
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
    """Return the document (ODT): title, then each question with its final answer and date.

    `language`: "fr" or "en"; a text missing in it is replaced by the other one, with a note.
    """
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
