"""Say on a public page what is held of people: for what, of whom, which data, how long, which rights."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext, pgettext

from agencies.models import DRAFT_LIFE, Category, Kind, Level
from journal.models import Checkpoint
from referral.config.retention import ACCOUNT_KEPT, ALERT_KEPT_YEARS, CASE_KEPT_YEARS
from referral.exports.operations import TO_FETCH
from referral.models.erasures import AFTER_A_HOLD, AFTER_AN_ANSWER, KEPT_AT_LEAST
from victims.data_requests.rules import FIRST, PROLONGED
from victims.models import DataRequest

from . import rules
from .words import OF_NOBODY, OF_OTHERS, Purpose, Sort, Whose


def page() -> dict:
    """Return what the public page says, in the language of the reader."""
    return {
        "purposes": [
            {
                "label": purpose.label,
                "whose": _joined(each.label for each in Whose if each in whose),
                "data": [_named(sort, whose) for sort in Sort if sort in sorts],
            }
            for purpose, (whose, sorts) in purposes().items()
        ],
        "levels": get_text_list([str(level.label) for level in Level], gettext("or")),
        "categories": get_text_list([str(bit.label) for bit in Category], gettext("or")),
        "kinds": _joined(kind.label for kind in Kind),
        # inside a sentence, between brackets
        "others": _joined(str(w.label)[:1].lower() + str(w.label)[1:] for w in Whose if w not in NOT_OTHERS),
        "kept": _kept(),
        "longer": _longer(),
        "rights": [kind.label for kind in DataRequest.Kind],
        "months": {"first": _months(FIRST), "prolonged": _months(PROLONGED)},
    }


def _named(sort: Sort, whose: set[Whose]) -> str:
    return sort.label if Whose.PERSON in whose else OF_OTHERS.get(sort, sort.label)


@cache
def purposes() -> dict[Purpose, tuple[set[Whose], set[Sort]]]:
    """Return each purpose that concerns somebody -> of whom, and which data."""
    found = {}
    for purpose in Purpose:
        tables = {name for name, said in rules.tables().items() if said.purpose == purpose}
        whose = {each for name in tables for each in rules.tables()[name].whose} - {Whose.NOBODY}
        sorts = {s for (table, _), said in rules.columns().items() if table in tables for s in said.sorts} - OF_NOBODY
        if whose:
            found[purpose] = (whose, sorts)
    return found


def _kept() -> list[str]:
    """Return how long each thing is kept, in sentences, from the constants that end it."""
    return [
        ngettext(
            "A closed case: %(n)s year after its closing or, where that is later, %(n)s year after the person"
            " turns 18, counted from the day the case came for a child whose birth is not known.",
            "A closed case: %(n)s years after its closing or, where that is later, %(n)s years after the person"
            " turns 18, counted from the day the case came for a child whose birth is not known.",
            CASE_KEPT_YEARS,
        )
        % {"n": CASE_KEPT_YEARS},
        ngettext(
            "An alert closed without a case: %(n)s year after it last moved.",
            "An alert closed without a case: %(n)s years after it last moved.",
            ALERT_KEPT_YEARS,
        )
        % {"n": ALERT_KEPT_YEARS},
        gettext("A case or an alert that nobody closed: no end yet, for as long as nobody closes it."),
        ngettext("A draft: %(n)s day.", "A draft: %(n)s days.", DRAFT_LIFE.days) % {"n": DRAFT_LIFE.days},
        ngettext(
            "A list that a service takes out: %(n)s hour on the platform.",
            "A list that a service takes out: %(n)s hours on the platform.",
            _hours(TO_FETCH),
        )
        % {"n": _hours(TO_FETCH)},
        ngettext(
            "The name on a professional's account that is off: %(n)s year.",
            "The name on a professional's account that is off: %(n)s years.",
            ACCOUNT_KEPT.days // 365,
        )
        % {"n": ACCOUNT_KEPT.days // 365},
        ngettext(
            "The journal, which says who opened what: %(n)s day.",
            "The journal, which says who opened what: %(n)s days.",
            Checkpoint.KEPT.days,
        )
        % {"n": Checkpoint.KEPT.days},
    ]


def _longer() -> list[str]:
    """Return what keeps a closed case beyond its time, in sentences, from the constants that the database asks."""
    return [
        gettext(
            "when a judge, a complaint, the person or an inspection needs it: until two people agree that it may go,"
            " and for %(n)s days more"
        )
        % {"n": AFTER_A_HOLD.days},
        gettext("while a request of the person about their data waits, and for %(n)s days after the answer")
        % {"n": AFTER_AN_ANSWER.days},
        gettext("while another case that may be about the same person is open, or an alert that led to it goes on"),
        gettext("for %(n)s days after it last moved") % {"n": KEPT_AT_LEAST.days},
    ]


NOT_OTHERS = (Whose.PERSON, Whose.NOBODY)


def _joined(labels: Iterable) -> str:
    return pgettext("personal data", "; ").join(map(str, labels))


def _hours(length: timedelta) -> int:
    return length // timedelta(hours=1)


def _months(count: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
