"""Present health, offence and residence in words, the same on the case and on the sheet of an orientation."""

from datetime import date

from django.utils.translation import gettext as _

from foundation.templatetags.words import day
from indicators.codes.selectors import labels
from victims.cases.words import CHANNELS, WHOSE, word

FACTORS, STATUSES = "vulnerability_factors", "residence_statuses"
ROLES, RELATIONS, MEANS = "perpetrator_roles", "recruiter_relationships", "means_of_control"


def facts(name: str, entries: list[dict]) -> list[list[tuple[str, str]]]:
    """Return the (question, answer) pairs of each entry, without empty answers. One query for all words."""
    say, lists = _QUESTIONS[name]
    known = labels(*lists)
    return [[(question, answer) for question, answer in say(data, known) if answer] for data in entries]


def _health(data: dict, known: dict):
    yield _("To know for care"), ", ".join(known[FACTORS].get(code, code) for code in data.get("needs") or [])
    yield _("How soon"), _("Care is urgent") if data.get("urgent") else ""
    yield _("Care needed"), data.get("text") or ""


def _offence(data: dict, known: dict):
    number = data.get("number") or ""
    yield _("Do not call"), f"{number} ({word(CHANNELS, data.get('channel'))})" if data.get("channel") else number
    yield _("Whose it may be"), word(WHOSE, data.get("whose"))
    yield _("Part played"), known[ROLES].get(data.get("role"), "")
    yield _("Link with the person"), known[RELATIONS].get(data.get("relationship"), "")
    yield _("Means used"), ", ".join(known[MEANS].get(code, code) for code in data.get("means") or [])
    yield _("What is known"), data.get("text") or ""


def _residence(data: dict, known: dict):
    yield _("Right to stay"), known[STATUSES].get(data.get("status"), "")
    yield _("Valid until"), day(date.fromisoformat(data["until"])) if data.get("until") else ""
    yield _("What is known"), data.get("text") or ""


_QUESTIONS = {
    "health": (_health, (FACTORS,)),
    "offence": (_offence, (ROLES, RELATIONS, MEANS)),
    "residence": (_residence, (STATUSES,)),
}


def sheet(name: str, data: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of a category for the sheet of an orientation."""
    return [fact for entry in facts(name, data.get("entries", [])) for fact in entry]
