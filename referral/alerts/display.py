"""Put the answers, the state and the moves of an alert in words.

The check page, the follow-up and the desks show the same words.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, npgettext, pgettext, pgettext_lazy

from agencies.models import Agency, Territory
from foundation.templatetags.words import moment
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import FORMS, labels
from referral.models import Alert, Orientation
from referral.routing.rules.deadlines import next_due
from victims.cases.words import (
    DETECTIONS,
    EXPLAINED,
    INTERPRETER,
    MINOR,
    PLACES,
    AnswerLine,
    when_in_words,
    word,
    words,
)

from .rules import is_child, protection_ground
from .words import AGREEMENT, DANGER, RECIPIENTS


def local_moment(text: str, zone: str) -> str:
    """Return a stored moment (ISO 8601) in words, in the time zone `zone`."""
    return moment(datetime.fromisoformat(text).astimezone(ZoneInfo(zone)))


def child_in_words(answers: dict, doubt: list[str] | None) -> str:
    """Return whether the person is a child, as its author answered, and what the platform made of it (`doubted`)."""
    if doubt is None:
        return word(MINOR, answers.get("minor"))
    if not doubt:
        return pgettext("alert", "The author answered: no, and doubts since. Check the age.")
    return pgettext("alert", "The author answered: no. Their words speak of a child: %(words)s. Check the age.") % {
        "words": ", ".join(gettext("“%(word)s”") % {"word": text} for text in doubt)
    }


def answers_in_words(answers: dict, doubt: list[str] | None = None) -> list[AnswerLine]:
    """Return the answers about the situation and the agreement in the order of the pages, without empty ones.

    `doubt`: what `doubted` says of a sent alert.
    """
    codes = [answers[k] for k in ("territory", "other_territory") if answers.get(k)]
    places = {t.pk: t for t in Territory.objects.filter(pk__in=codes)}
    known = labels(FORMS, PLACES, DETECTIONS)
    found = [
        AnswerLine(pgettext_lazy("alert", "Département"), _place(places, answers.get("territory")), 1, "territory"),
        AnswerLine(
            pgettext_lazy("alert", "Other département concerned"),
            _place(places, answers.get("other_territory")),
            1,
            "other_territory",
        ),
        AnswerLine(pgettext_lazy("alert", "When"), when_in_words(answers), 1, "when_0"),
        AnswerLine(pgettext_lazy("alert", "Child?"), child_in_words(answers, doubt), 1, "minor_0"),
        AnswerLine(pgettext_lazy("alert", "In danger now?"), word(DANGER, answers.get("danger")), 1, "danger_0"),
        AnswerLine(pgettext_lazy("alert", "Number of people"), str(answers.get("persons") or ""), 1, "persons"),
        AnswerLine(pgettext_lazy("alert", "Can be reached there until"), _until(places, answers), 1, "reachable_until"),
        AnswerLine(
            pgettext_lazy("alert", "Place where the person was seen, works or is"),
            known[PLACES].get(answers.get("place"), ""),
            1,
            "place",
        ),
        AnswerLine(
            pgettext_lazy("alert", "How it was noticed"),
            known[DETECTIONS].get(answers.get("detection"), ""),
            1,
            "detection",
        ),
        AnswerLine(
            pgettext_lazy("alert", "Suspected form of exploitation"),
            known[FORMS].get(answers.get("form"), ""),
            1,
            "form",
        ),
        AnswerLine(
            pgettext_lazy("alert", "Employer with diplomatic immunity"),
            str(pgettext_lazy("alert", "Yes")) if answers.get("employer_immunity") else "",
            1,
            "employer_immunity",
        ),
        AnswerLine(pgettext_lazy("alert", "Language"), read_as(answers.get("language") or ""), 1, "language"),
        AnswerLine(pgettext_lazy("alert", "Where the person is"), answers.get("where") or "", 1, "where"),
        AnswerLine(pgettext_lazy("alert", "Where to call you back"), answers.get("callback") or "", 1, "callback"),
        AnswerLine(_asked(answers), _agreement(answers), 3, "agreement_0"),
        AnswerLine(
            pgettext_lazy("alert", "What was explained"), words(EXPLAINED, answers.get("explained")), 3, "explained_0"
        ),
        AnswerLine(
            pgettext_lazy("alert", "Interpreter"), word(INTERPRETER, answers.get("interpreter")), 3, "interpreter_0"
        ),
        AnswerLine(
            pgettext_lazy("alert", "Agreed for"), words(RECIPIENTS, answers.get("recipients")), 3, "agreement_0"
        ),
        AnswerLine(
            pgettext_lazy("alert", "Legal ground"),
            word(Orientation.LegalGround.choices, answers.get("legal_ground")),
            3,
            "legal_ground_0",
        ),
    ]
    return [line for line in found if line.answer]


def _place(places: dict, code) -> str:
    return f"{places[code].pk} · {places[code]}" if code in places else ""


def _until(places: dict, answers: dict) -> str:
    until, here = answers.get("reachable_until"), places.get(answers.get("territory"))
    return local_moment(until, here.time_zone if here else "Europe/Paris") if until else ""


def _asked(answers: dict) -> str:
    return gettext("The child's opinion") if is_child(answers) else pgettext("alert", "Agreement")


def _agreement(answers: dict) -> str:
    """Return the agreement in words; empty for a danger call, which asks none."""
    return "" if answers.get("kind") == "danger" else word(AGREEMENT, answers.get("agreement"))


def employer_word(state: str) -> str:
    """Return the state of an alert as a company reads it: « Envoyée » or « Lue », never more."""
    return Alert.State.SENT.label if state == Alert.State.SENT else pgettext_lazy("alert", "Read by a desk")


def followed_state(alert: Alert, employer: bool, moves=(), *, kept: bool = False) -> tuple[str, str]:
    """Return the state of an alert as its author reads it: (code that chooses the colour, words).

    `moves`: with them, what a service did is said in the words of its step. `kept`: its agency alone has it; it
    waits there, or stays there since the person refused.
    """
    if kept:
        return Alert.State.DRAFT, pgettext("alert", "Kept")
    if employer:
        return (Alert.State.SENT if alert.state == Alert.State.SENT else Alert.State.OPENED), employer_word(alert.state)
    if alert.state == Alert.State.TAKEN_UP and (help_given := _most_help(moves)):
        return alert.state, step_word(alert, help_given)
    return alert.state, alert.state_words


def readers(alert: Alert, moves) -> str:
    """Return the names of the services that read an alert to which nothing else was answered yet."""
    if alert.state != Alert.State.OPENED:
        return ""
    return ", ".join(dict.fromkeys(move.agency.name for move in moves if move.action == "open" and move.agency))


def _done(moves) -> set[str]:
    """Return the codes of what was done since an addition opened the alert again; a case opened before stays."""
    done: set[str] = set()
    for move in moves:
        if move.action in ("add", "add_on"):
            done &= {"act"}
        done.add(move.reason if move.action == "declare" else move.action)
    return done


def _most_help(moves) -> str:
    """Return the code of MOVES for the most that was done for the person, empty when nothing was."""
    did = _done(moves)
    return next((code for code in ("with_person", "acting", "follow") if code in did), "")


CASE_WORDS = {
    "in_support": pgettext_lazy("alert", "The person is supported by a service."),
    "follow_up": pgettext_lazy("alert", "The support has ended; news is still taken."),
    "closed": pgettext_lazy("alert", "The case is closed. Your alert has been followed to its end."),
}


def case_words(status: str) -> str:
    """Return the state of the case opened after the alert, in words for its author; nothing about the person.

    Empty for an open case: its state says it.
    """
    return CASE_WORDS.get(status, "")


ANSWERS = {
    "act": pgettext_lazy("what a service did", "opened a case"),
    "acting": pgettext_lazy("what a service did", "is acting"),
    "with_person": pgettext_lazy("what a service did", "somebody is with the person"),
    "close": pgettext_lazy("what a service did", "closed it for its part"),
    "confirm": pgettext_lazy("what a service did", "has nothing to do, and confirmed it"),
    "reach": pgettext_lazy("what a service did", "reached by phone"),
    "redirect": pgettext_lazy("what a service did", "sent it on"),
}


# what these moves make the services answer again: all but a case opened and what was sent on
AGAIN = {
    "add": ("acting", "with_person", "close", "confirm", "reach"),
    "add_on": ("acting", "with_person", "close", "confirm", "reach"),
    "doubt": ("close", "confirm", "reach"),
}
GIVEN_UP = ("redirect", "close", "confirm", "reach")


def addressees(moves, names: dict | None = None) -> list[dict]:
    """Return each agency an alert was ever sent to: since when, when it was opened there, what it did last, and when.

    `moves`: every move, oldest first, with its agency. `did`: a code of ANSWERS, empty while it said nothing. `gone`:
    when it was taken from a silent service and sent to another. One query, for the names, unless they are given.
    """
    known = names_of(moves) if names is None else names
    found: dict[int, dict] = {}
    for move in moves:
        if again := AGAIN.get(move.action):
            for line in found.values():
                if line["did"] in again:
                    line |= {"did": "", "said": "", "at": None}
        for pk in move.to_agencies:
            line = {"pk": pk, "name": known.get(pk, ""), "since": move.at, "opened": None, "did": "", "said": ""}
            line = found.setdefault(pk, line | {"at": None, "gone": None})
            line["gone"] = None  # sent to it again
            if line["did"] in GIVEN_UP and move.action != "reach":  # it has the alert again, and is awaited again
                line |= {"did": "", "said": "", "at": None}
            if move.action == "reach":
                line |= {"did": "reach", "said": ANSWERS["reach"], "at": move.at}
        if move.action == "readdress" and move.instead_of_id in found:
            found[move.instead_of_id]["gone"] = move.at
        if mine := found.get(move.agency_id):
            if move.action in ("open", "act", "declare", "close", "confirm"):
                mine["opened"] = mine["opened"] or move.at
            did = move.reason if move.action == "declare" else move.action
            if did in ANSWERS and did != "reach":
                mine |= {"did": did, "said": ANSWERS[did], "at": move.at}
    return list(found.values())


def names_of(moves) -> dict:
    """Return the names of the agencies that these moves tell."""
    told = {pk for move in moves for pk in move.to_agencies}
    return dict(Agency.objects.filter(pk__in=told).values_list("pk", "name"))


def taken_up(alert: Alert, moves, *, kept: bool = False) -> str:
    """Return in words what an author is told first: somebody is with the person, a service acts, a case is opened.

    That something follows the case (a request sent, say) is no service that acts. `kept`: no other service was told.
    """
    did = _done(moves)
    if "with_person" in did:
        return pgettext("alert", "Somebody is with the person.")
    if alert.state == Alert.State.TAKEN_UP:
        if "acting" in did:
            return pgettext("alert", "A service is acting.")
        if alert.persons > 1:
            return pgettext("alert", "A first step is taken for one person at least.")
        return pgettext("alert", "A first step is taken on the case.")
    if "act" in did and not kept:
        return pgettext("alert", "A case is opened. No service has said yet that it acts.")
    return ""


def kept_due(alert: Alert, moves) -> datetime | None:
    """Return when an alert that its author's agency kept goes to the coordination; what was added gave it more time, as
    nrm.alert_clock says. None when the person refused: it goes nowhere.
    """
    if alert.agreement == Alert.Agreement.NO:
        return None
    again = [move.at for move in moves if move.action in ("add", "add_on")]
    return next_due(alert.urgency, again[-1], False, alert.reachable_until) if again else moves[0].due_at


KEPT = pgettext_lazy("alert", "Recorded, kept by your organisation")
MOVES = {
    "send": pgettext_lazy("alert", "Sent"),
    "address": pgettext_lazy("alert", "Sent to the coordination by its author"),
    "finish": pgettext_lazy("alert", "Closed by its author: nothing more to pass on"),
    "open": pgettext_lazy("alert", "Read"),
    "redirect": pgettext_lazy("alert", "Redirected"),
    "act": pgettext_lazy("alert", "A case is opened"),
    "acting": pgettext_lazy("alert", "A service is acting"),
    "with_person": pgettext_lazy("alert", "Somebody is with the person"),
    "follow": pgettext_lazy("alert", "A first step is taken on the case"),
    "reach": pgettext_lazy("alert", "Reached by phone"),
    "stand_down": pgettext_lazy("alert", "A service that acts told the others that they have nothing to do"),
    "confirm": pgettext_lazy("alert", "Nothing to do, confirmed"),
    "take_note": pgettext_lazy("alert", "What was added is read"),
    "close": pgettext_lazy("alert", "Closed by this service, for its part"),
    "settle": pgettext_lazy("alert", "Closed without a case: every service closed it"),
    "resume": pgettext_lazy("alert", "Its case is open again"),
    "add": pgettext_lazy("alert", "Information added: the services have it again"),
    "add_on": pgettext_lazy("alert", "Information added: the services have it again"),
    "doubt": pgettext_lazy("alert", "What was added tells of a child: age in doubt"),
    "readdress": pgettext_lazy("alert", "No answer: the coordination sent it to another service"),
}


def by_moment(moves) -> list[list]:
    """Group moves, in their order: the silences of one minute are one moment, each other move is one by itself.

    Due work writes one move for each service that did not answer, all within seconds.
    """
    found, silences = [], {}
    for move in moves:
        minute = move.at.replace(second=0, microsecond=0)
        if move.action != "escalate":
            found.append([move])
        elif minute in silences:
            silences[minute].append(move)
        else:
            found.append(silences.setdefault(minute, [move]))
    return found


def silence_word(told: int) -> str:
    """Return in words what a silence led to. `told`: how many services that did not have the alert, or no more."""
    if not told:  # every service of the place has it: those that are silent are reminded
        return pgettext("alert", "No answer in time: reminder sent")
    return npgettext(
        "alert", "No answer in time: one more service is told", "No answer in time: more services are told", told
    )


def move_word(alert: Alert, move) -> str:
    """Return a move of an alert in words."""
    action = move.reason if move.action == "declare" else move.action
    return step_word(alert, action)


def step_word(alert: Alert, action: str) -> str:
    """Return a step in words. A case of several persons may have one who still waits, so the words say no more."""
    if action == "follow" and alert.persons > 1:
        return pgettext("alert", "A first step is taken for one person at least")
    return str(MOVES.get(action, action))


def legal_ground(code: str) -> str:
    """Return a legal ground in words."""
    return word(Orientation.LegalGround.choices, code)


def ground_of(answers: dict) -> str:
    """Return in words why an alert may be sent: a legal ground, the person's agreement, or without any name."""
    if code := protection_ground(answers) or answers.get("legal_ground"):
        return legal_ground(code)
    if answers.get("agreement") == "yes":
        return pgettext_lazy("alert", "Agreement of the person")
    return pgettext_lazy("alert", "No name, no contact: nothing that identifies the person is sent")
