"""Closed lists of answers kept with a case, and their text."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext, pgettext_lazy

from foundation.templatetags.words import day

WHEN = [
    ("today", pgettext_lazy("alert", "Today")),
    ("yesterday", pgettext_lazy("alert", "Yesterday")),
    ("date", pgettext_lazy("alert", "Another date")),
    ("past", pgettext_lazy("alert", "Earlier, date not given")),
    ("abroad", pgettext_lazy("alert", "Outside France")),
]
WHEN_LABEL = pgettext_lazy("alert", "When did the latest events happen?")
WHEN_HINT = pgettext_lazy("alert", "Today, if they are still going on.")
MINOR = [
    ("yes", pgettext_lazy("alert", "Yes")),
    ("no", pgettext_lazy("alert", "No")),
    ("doubt", pgettext_lazy("alert", "In doubt")),
]
_EXPLAINED_ALWAYS = [
    ("withdrawal", pgettext_lazy("alert", "That one may refuse, or change one's mind later")),
    ("help_anyway", pgettext_lazy("alert", "That help does not depend on the answer, nor on a complaint")),
]
EXPLAINED = [
    ("purpose", pgettext_lazy("alert", "What an alert is for")),
    ("recipients", pgettext_lazy("alert", "Who will read it")),
    *_EXPLAINED_ALWAYS,
]
EXPLAINED_OF_AGREEMENT = [
    ("purpose", pgettext_lazy("agreement", "What this agreement is for")),
    ("recipients", pgettext_lazy("agreement", "Which services will read what")),
    *_EXPLAINED_ALWAYS,
]
INTERPRETER = [
    ("independent", pgettext_lazy("alert", "Independent interpreter")),
    ("phone", pgettext_lazy("alert", "Interpreter by phone")),
    ("refused", pgettext_lazy("alert", "Interpreter refused")),
    ("other_requested", pgettext_lazy("alert", "Another interpreter asked for")),
]
CHANNELS = [
    ("phone", pgettext_lazy("alert", "Call")),
    ("sms", pgettext_lazy("alert", "Text message")),
    ("messaging", pgettext_lazy("alert", "Messaging application")),
    ("email", pgettext_lazy("alert", "E-mail")),
    ("through_someone", pgettext_lazy("alert", "Through somebody trusted")),
]
WHOSE = [
    ("hers", pgettext_lazy("alert", "The person's own")),
    ("trusted", pgettext_lazy("alert", "Somebody the person trusts")),
    ("controller", pgettext_lazy("alert", "Somebody who controls the person")),
    ("unknown", pgettext_lazy("alert", "I do not know")),
]
PLACES, DETECTIONS = "place_kinds", "detection_contexts"  # codes of lists in the pack


@dataclass(frozen=True)
class AnswerLine:
    """Hold one answer in words, with the step and the field where it is changed."""

    question: str
    answer: str
    step: int
    field: str


def word(choices, code) -> str:
    """Return the text of a code. A code no longer in the list is returned as it is."""
    return str(dict(choices).get(code, code or ""))


def words(choices, codes) -> str:
    """Return the texts of several codes, separated by commas."""
    return ", ".join(word(choices, code) for code in codes or [])


# « today » is read on a later day than it was written
WHEN_READ = {
    "today": pgettext_lazy("alert", "The day of the alert"),
    "yesterday": pgettext_lazy("alert", "The day before the alert"),
}


def when_in_words(answers: dict) -> str:
    """Return when the facts took place, in words, seen from the day of reading."""
    if answers.get("when") == "date" and answers.get("when_date"):
        return day(datetime.fromisoformat(answers["when_date"]))
    return word([*WHEN, *WHEN_READ.items()], answers.get("when"))


def contact_in_words(contact: dict) -> list[AnswerLine]:
    """Return the answers about the safe contact, without empty ones; a warning comes first when one must not call."""
    found = [
        AnswerLine(
            pgettext_lazy("alert", "How to reach the person"), word(CHANNELS, contact.get("channel")), 3, "channel"
        ),
        AnswerLine(pgettext_lazy("alert", "Number or address"), contact.get("value") or "", 3, "value"),
        AnswerLine(pgettext_lazy("alert", "Whose number is it?"), word(WHOSE, contact.get("whose")), 3, "whose_0"),
        AnswerLine(pgettext_lazy("alert", "Safe hours"), contact.get("hours") or "", 3, "hours"),
        AnswerLine(pgettext_lazy("alert", "Who may answer"), contact.get("who_may_answer") or "", 3, "who_may_answer"),
        AnswerLine(pgettext_lazy("alert", "Code word"), contact.get("code_word") or "", 3, "code_word"),
    ]
    if contact.get("do_not_call"):
        found.insert(
            0, AnswerLine(pgettext_lazy("alert", "Safe contact"), pgettext("alert", "Do not call."), 3, "whose_0")
        )
    return [line for line in found if line.answer]
