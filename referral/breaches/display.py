"""Put breaches in words: how they stand, how much of the 72 hours is left, what was written."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from referral.models import Breach, BreachEntry

from .rules import is_late, is_soon
from .words import CATEGORIES, NOT_INFORMED, SAID

NOT_COUNTED = _lazy("Not counted: lists, searches, exported tables and possible duplicates.")
CODES = {"categories": dict(CATEGORIES), "reason": dict(NOT_INFORMED)}


def lacking(breach: Breach) -> list[str]:
    """Return in words what must still be written before this breach may be closed."""
    needed = [
        (not breach.ongoing, pgettext("breach", "that it is stopped, and that this is written")),
        (breach.assessed, pgettext("breach", "what was found out")),
        (breach.cnil, pgettext("breach", "the decision to notify the CNIL or not")),
        (breach.persons, pgettext("breach", "the decision to inform the persons or not")),
    ]
    return [words for done, words in needed if not done]


def shown(breach: Breach) -> Breach:
    """Add how a breach stands: `state`, as colour and words; `late` and `soon`, of its clock."""
    now = timezone.now()
    breach.late, breach.soon = is_late(breach, now), is_soon(breach, now)
    if breach.closed_at:
        breach.state = ("completed", pgettext("breach", "Closed"))
    elif breach.closing_id:
        breach.state = ("sent", pgettext("breach", "Closing awaits a second person"))
    else:
        breach.state = ("sent", pgettext("breach", "Open"))
    return breach


def in_words(entries: Iterable[BreachEntry]) -> list[BreachEntry]:
    """Return the entries, each with `lines`: what was asked, and the answer."""
    found = list(entries)
    for entry in found:
        answers = ((label, _answer(name, entry.data.get(name))) for name, label in SAID.items())
        entry.lines = [(label, words) for label, words in answers if words]
        if entry.sort == BreachEntry.Sort.READINGS:
            entry.lines = [(pgettext("breach", "Counted"), f"{said_of(entry)}\n{NOT_COUNTED}")]
    for entry in found:
        if entry.sort == BreachEntry.Sort.TOLD:
            counted = next((one for one in found if one.pk == entry.answered_id), None)
            entry.lines = [(pgettext("breach", "About"), said_of(counted))] if counted else []
            entry.lines.append((pgettext("breach", "Result"), told_of(entry)))
    return found


def _answer(name: str, said) -> str:
    if name in CODES and said:
        listed = said if isinstance(said, list) else [said]
        return ", ".join(str(CODES[name][code]) for code in listed)
    return "" if said is None else str(said)


def said_of(entry: BreachEntry) -> str:
    """Return whose readings an entry counts, of which days, and how many cases: in words."""
    last = entry.until - timedelta(seconds=1)
    days = {"first": date_format(localtime(entry.since)), "last": date_format(localtime(last))}
    counted = ngettext("%(n)d case", "%(n)d cases", entry.cases) % {"n": entry.cases}
    shown = ngettext("identity shown for %(n)d", "identities shown for %(n)d", entry.identities) % {
        "n": entry.identities
    }
    alerts = ngettext("%(n)d alert", "%(n)d alerts", entry.alerts) % {"n": entry.alerts}
    who = _("account no. %(number)s") % {"number": entry.account_id}
    return _("%(who)s (%(name)s), from %(first)s to %(last)s: %(cases)s, %(identities)s, %(alerts)s") % {
        **days, "who": who, "name": entry.account.called, "cases": counted, "identities": shown, "alerts": alerts,
    }  # fmt: skip


def told_of(entry: BreachEntry) -> str:
    """Return of how many cases somebody was told, and of how many nobody was, and why: in words."""
    lines = [ngettext("Told of %(n)d case.", "Told of %(n)d cases.", entry.cases) % {"n": entry.cases}]
    if entry.nobody:
        lines.append(
            ngettext(
                "Of %(n)d case nobody could be told: nobody else reads it. Telephone the service.",
                "Of %(n)d cases nobody could be told: nobody else reads them. Telephone the services.",
                entry.nobody,
            )
            % {"n": entry.nobody}
        )
    if entry.elsewhere:
        lines.append(
            ngettext(
                "%(n)d case is led by another organisation: the national coordination tells it.",
                "%(n)d cases are led by other organisations: the national coordination tells them.",
                entry.elsewhere,
            )
            % {"n": entry.elsewhere}
        )
    return "\n".join(lines)
