"""Make a public number ready to show with its details: whether it answers now, its hours, languages, audience, cost."""

import re
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

from agencies.models import Helpline
from foundation.words.typography import with_no_break_spaces

from .rules import PARIS, Line, answers
from .selectors import spoken

NO_MINUTES = re.compile(r"\s00$")
FAMILIES = {Line.ALWAYS: "success", Line.OPEN: "success", Line.CLOSED: "warning", Line.HOLIDAY: "warning"}


def described(line: Helpline, now: datetime) -> dict:
    """Return a number as `spoken`, with its state at `now` in words and its details, each with its label."""
    found = answers(line.opening, now)
    shown = spoken(line)
    facts = [
        (gettext("Hours"), _said(line, "hours") or gettext("Hours not known")),
        (gettext("Languages"), _said(line, "languages") or gettext("French; for another language, ask when calling.")),
        (gettext("For whom"), _said(line, "audience")),
        (pgettext("help line", "Cost"), _said(line, "cost")),
        (gettext("In writing or in sign language"), _said(line, "text_relay")),
        (gettext("To know"), _said(line, "note")),
    ]
    return {
        **shown,
        "state": in_words(found.state, found.changes, now),
        "family": FAMILIES.get(found.state, "draft"),
        "facts": [(label, words) for label, words in facts if words],
        "source": _source(line),
        "read_on": line.read_on,
    }


def in_words(state: Line, changes: datetime | None, now: datetime) -> str:
    """Return « Ouvert maintenant, jusqu'à 20 h » in Paris time; empty when hours are not known."""
    if state == Line.UNKNOWN:
        return gettext("Hours not known")
    if state == Line.ALWAYS:
        return gettext("Open day and night")
    if state == Line.UNCONFIRMED:
        return gettext("Day and night (to be confirmed)")
    if state == Line.HOLIDAY:
        return gettext("Public holiday: may be closed")
    if changes is None:
        return gettext("Closed now")
    moment = changes.astimezone(PARIS)
    clock = _clock(moment)
    if state == Line.OPEN:
        return gettext("Open now, until %(time)s") % {"time": clock}
    days = (moment.date() - now.astimezone(PARIS).date()).days
    if days == 0:
        return gettext("Closed now: opens today at %(time)s") % {"time": clock}
    if days == 1:
        return gettext("Closed now: opens tomorrow at %(time)s") % {"time": clock}
    return gettext("Closed now: opens on %(day)s at %(time)s") % {"day": date_format(moment, "l"), "time": clock}


def _clock(moment: datetime) -> str:
    """Return a time without its minutes when there are none: « 9 h », « 9 h 30 »; "09:00" in English."""
    words = date_format(moment, gettext("H:i"))
    return NO_MINUTES.sub("", words) if (get_language() or "fr").startswith("fr") else words


def _said(line: Helpline, name: str) -> str:
    """Return a detail in the language of the reader, French where English is missing."""
    french = with_no_break_spaces(getattr(line, f"{name}_fr"))
    return french if get_language() == "fr" else getattr(line, f"{name}_en") or french


def _source(line: Helpline) -> str:
    """Return where the details were read, in English for an English page when it is translated."""
    return line.source if get_language() == "fr" else line.source_en or line.source
