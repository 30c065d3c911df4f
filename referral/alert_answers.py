"""The answers of an alert: their closed lists, and the answers said again in words.

The keys stand encrypted in `AlertContent`; the lists here are what the pages offer. One place says them, so that the
check page, the follow-up and a desk read the same words.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext, pgettext_lazy

from agencies.models import Territory
from agencies.templatetags.words import day, moment
from referral.code_labels import FORMS, labels
from referral.languages import read_as
from referral.models import Alert, Orientation
from referral.routing import protection_ground

WHEN = [
    ("today", pgettext_lazy("alert", "Today")),
    ("yesterday", pgettext_lazy("alert", "Yesterday")),
    ("date", pgettext_lazy("alert", "Another date")),
    ("past", pgettext_lazy("alert", "Facts of the past")),
    ("abroad", pgettext_lazy("alert", "Outside France")),
]
MINOR = [
    ("yes", pgettext_lazy("alert", "Yes")),
    ("no", pgettext_lazy("alert", "No")),
    ("doubt", pgettext_lazy("alert", "In doubt")),
]
DANGER = MINOR[:2]
AGREEMENT = [
    ("yes", pgettext_lazy("alert", "Yes, the person agrees")),
    ("no", pgettext_lazy("alert", "No, the person refuses")),
    ("not_asked", pgettext_lazy("alert", "Not asked")),
]
EXPLAINED = [
    ("purpose", pgettext_lazy("alert", "What an alert is for")),
    ("recipients", pgettext_lazy("alert", "Who will read it")),
    ("withdrawal", pgettext_lazy("alert", "That one may refuse, or change one's mind later")),
    ("help_anyway", pgettext_lazy("alert", "That help does not depend on the answer, nor on a complaint")),
]
INTERPRETER = [
    ("independent", pgettext_lazy("alert", "Independent interpreter")),
    ("phone", pgettext_lazy("alert", "Interpreter by phone")),
    ("refused", pgettext_lazy("alert", "Interpreter refused")),
    ("other_requested", pgettext_lazy("alert", "Another interpreter asked for")),
]
RECIPIENTS = [
    ("association", pgettext_lazy("alert", "An association, for help")),
    ("contact", pgettext_lazy("alert", "To be contacted again")),
    ("police", pgettext_lazy("alert", "The police or the gendarmerie")),
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
PLACES = "detection_contexts"  # the pack's list


@dataclass(frozen=True)
class Said:
    """One answer in words, and where it is changed: the step, and the field to land on."""

    question: str
    answer: str
    step: int
    field: str


def word(choices, code) -> str:
    """The words of a code; a code that is no longer offered is shown as it stands."""
    return str(dict(choices).get(code, code or ""))


def words(choices, codes) -> str:
    return ", ".join(word(choices, code) for code in codes or [])


def local_moment(text: str, zone: str) -> str:
    """A stored moment as its place reads it."""
    return moment(datetime.fromisoformat(text).astimezone(ZoneInfo(zone)))


def said(answers: dict) -> list[Said]:
    """Answers of the situation and of the agreement, in the order of the pages; what was left empty is left out."""
    codes = [answers[k] for k in ("territory", "other_territory") if answers.get(k)]
    places = {t.pk: t for t in Territory.objects.filter(pk__in=codes)}
    known = labels(FORMS, PLACES)
    found = [
        Said(pgettext_lazy("alert", "Département"), _place(places, answers.get("territory")), 1, "territory"),
        Said(
            pgettext_lazy("alert", "Other département concerned"),
            _place(places, answers.get("other_territory")),
            1,
            "other_territory",
        ),
        Said(pgettext_lazy("alert", "When"), when_said(answers), 1, "when_0"),
        Said(pgettext_lazy("alert", "Minor?"), word(MINOR, answers.get("minor")), 1, "minor_0"),
        Said(pgettext_lazy("alert", "In danger now?"), word(DANGER, answers.get("danger")), 1, "danger_0"),
        Said(pgettext_lazy("alert", "Persons concerned"), str(answers.get("persons") or ""), 1, "persons"),
        Said(pgettext_lazy("alert", "Can be reached there until"), _until(places, answers), 1, "reachable_until"),
        Said(pgettext_lazy("alert", "Kind of place"), known[PLACES].get(answers.get("place"), ""), 1, "place"),
        Said(pgettext_lazy("alert", "Form suspected"), known[FORMS].get(answers.get("form"), ""), 1, "form"),
        Said(
            pgettext_lazy("alert", "Employer with diplomatic immunity"),
            str(pgettext_lazy("alert", "Yes")) if answers.get("employer_immunity") else "",
            1,
            "employer_immunity",
        ),
        Said(pgettext_lazy("alert", "Language"), read_as(answers.get("language") or ""), 1, "language"),
        Said(pgettext_lazy("alert", "Where the person is"), answers.get("where") or "", 1, "where"),
        Said(pgettext_lazy("alert", "Where to call you back"), answers.get("callback") or "", 1, "callback"),
        Said(_asked(answers), _agreement(answers), 3, "agreement_0"),
        Said(
            pgettext_lazy("alert", "What was explained"), words(EXPLAINED, answers.get("explained")), 3, "explained_0"
        ),
        Said(pgettext_lazy("alert", "Interpreter"), word(INTERPRETER, answers.get("interpreter")), 3, "interpreter_0"),
        Said(pgettext_lazy("alert", "For whom"), words(RECIPIENTS, answers.get("recipients")), 3, "recipients_0"),
        Said(
            pgettext_lazy("alert", "Legal ground"),
            word(Orientation.LegalGround.choices, answers.get("legal_ground")),
            3,
            "legal_ground_0",
        ),
    ]
    return [line for line in found if line.answer]


def _place(places: dict, code) -> str:
    return f"{places[code].pk} · {places[code]}" if code in places else ""


# « today » is read on another day than it was said
WHEN_READ = {
    "today": pgettext_lazy("alert", "The day of the alert"),
    "yesterday": pgettext_lazy("alert", "The day before the alert"),
}


def when_said(answers: dict) -> str:
    if answers.get("when") == "date" and answers.get("when_date"):
        return day(datetime.fromisoformat(answers["when_date"]))
    return word([*WHEN, *WHEN_READ.items()], answers.get("when"))


def _until(places: dict, answers: dict) -> str:
    until, here = answers.get("reachable_until"), places.get(answers.get("territory"))
    return local_moment(until, here.time_zone if here else "Europe/Paris") if until else ""


def is_child(answers: dict) -> bool:
    """A doubt about age counts as a child: no agreement is asked of a child, the child's opinion is heard."""
    return answers.get("minor") in ("yes", "doubt")


def _asked(answers: dict) -> str:
    return gettext("The child's opinion") if is_child(answers) else pgettext("alert", "Agreement")


def _agreement(answers: dict) -> str:
    """A danger call asks no agreement: nothing is said of it."""
    return "" if answers.get("kind") == "danger" else word(AGREEMENT, answers.get("agreement"))


def said_contact(contact: dict) -> list[Said]:
    found = [
        Said(pgettext_lazy("alert", "How to reach the person"), word(CHANNELS, contact.get("channel")), 3, "channel"),
        Said(pgettext_lazy("alert", "Number or address"), contact.get("value") or "", 3, "value"),
        Said(pgettext_lazy("alert", "Whose number is it?"), word(WHOSE, contact.get("whose")), 3, "whose_0"),
        Said(pgettext_lazy("alert", "Safe hours"), contact.get("hours") or "", 3, "hours"),
        Said(pgettext_lazy("alert", "Who may answer"), contact.get("who_may_answer") or "", 3, "who_may_answer"),
        Said(pgettext_lazy("alert", "Code word"), contact.get("code_word") or "", 3, "code_word"),
    ]
    if contact.get("do_not_call"):
        found.insert(0, Said(pgettext_lazy("alert", "Safe contact"), pgettext("alert", "Do not call."), 3, "whose_0"))
    return [line for line in found if line.answer]


def employer_word(state: str) -> str:
    """A company reads « Reçue », « Lue », never more."""
    return pgettext_lazy("alert", "Received") if state == Alert.State.SENT else pgettext_lazy("alert", "Read by a desk")


def followed_state(alert: Alert, employer: bool) -> tuple[str, str]:
    """(family, words) of an alert's state, for who sent it."""
    if not employer:
        return alert.state, alert.get_state_display()
    return (Alert.State.SENT if alert.state == Alert.State.SENT else Alert.State.OPENED), employer_word(alert.state)


CASE_WORDS = {
    "open": pgettext_lazy("alert", "A case is open: services are being looked for with the person."),
    "in_support": pgettext_lazy("alert", "The person is supported by a service."),
    "follow_up": pgettext_lazy("alert", "The support has ended; news is still taken."),
    "closed": pgettext_lazy("alert", "The case is closed. Your alert has been followed to its end."),
}


def case_words(status: str) -> str:
    """What the author is told of the case opened after the alert: its state in words, and nothing of the person."""
    return CASE_WORDS.get(status, "")


MOVES = {
    "send": pgettext_lazy("alert", "Sent"),
    "open": pgettext_lazy("alert", "Opened"),
    "redirect": pgettext_lazy("alert", "Redirected"),
    "escalate": pgettext_lazy("alert", "No answer yet: one more service told"),
    "act": pgettext_lazy("alert", "A case is opened: the situation is taken up"),
    "close": pgettext_lazy("alert", "Closed without a case"),
    "readdress": pgettext_lazy("alert", "No answer: the coordination sent it to another service"),
}


def move_word(action: str) -> str:
    return MOVES.get(action, action)


def legal_ground(code: str) -> str:
    return word(Orientation.LegalGround.choices, code)


def ground_of(answers: dict) -> str:
    """On what ground an alert leaves: the law, the person's agreement, or namelessness."""
    if code := protection_ground(answers) or answers.get("legal_ground"):
        return legal_ground(code)
    if answers.get("agreement") == "yes":
        return pgettext_lazy("alert", "Agreement of the person")
    return pgettext_lazy("alert", "No name, no contact: nothing that identifies the person is sent")
