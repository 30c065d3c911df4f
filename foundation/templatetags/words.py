"""Format dates, delays, states and urgencies with the same words on every page."""

from datetime import datetime
from functools import lru_cache
from itertools import zip_longest
from math import ceil

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, npgettext, pgettext

from foundation.words import telephone as numbers
from foundation.words.languages import others

register = template.Library()

register.filter("telephone", numbers.telephone)
register.filter("digits", numbers.digits)

# Colour family by code of state (alert, orientation, case); the colour only repeats the word.
NEW, INFO, SUCCESS, WARNING, ERROR = (
    " fr-badge--new",
    " fr-badge--info",
    " fr-badge--success",
    " fr-badge--warning",
    " fr-badge--error",
)
UNDER_WAY = f"{INFO} fr-badge--no-icon"  # the usual states: in a list nothing stands out beside an urgency
# The colour of a state; one that is not here is grey.
STATES = {
    "question": NEW,
    **dict.fromkeys(("sent", "redirected", "submitted", "open", "opened", "accepted", "acted"), UNDER_WAY),
    **dict.fromkeys(("in_support", "in_progress", "follow_up"), UNDER_WAY),
    **dict.fromkeys(("taken_up", "completed", "published"), SUCCESS),
    **dict.fromkeys(("declined", "set_aside", "consent_withdrawn"), WARNING),
    "expired": ERROR,
}
URGENT = {"vital": f"{ERROR} rp-urgency", "high": WARNING}
WEEK = 7  # days; below, hours are said too: « 2 jours » would stand for almost three
URGENCIES = {
    "vital": gettext_lazy("Danger to life"),
    "high": gettext_lazy("Urgent"),
    "normal": gettext_lazy("Not urgent"),
}


@register.filter
def moment(value) -> str:
    """Format a date and time, « 14 nov. 2026 à 10 h 22 », in the time zone of the reader."""
    return _moment(value, timezone.get_current_timezone_name(), get_language()) if value else ""


@lru_cache(maxsize=4096)
def _moment(value: datetime, _zone: str, _language: str) -> str:
    """Return the text, kept: a list writes the times of its rows again at each reading."""
    return gettext("%(date)s at %(time)s") % {"date": day(value), "time": clock(value)}


@register.filter
def clock(value) -> str:
    """Format a time, « 10 h 22 », in the time zone of the reader, without a line break."""
    return date_format(timezone.localtime(value), gettext("H:i")).replace(" ", "\u00a0") if value else ""


@register.filter
def coded(text) -> str:
    """Render words between backticks, as in the texts of the API, as `<code>`."""
    parts = str(text).split("`")
    return format_html_join(
        "",
        "{}{}",
        (
            (part, format_html("<code>{}</code>", word) if word else "")
            for part, word in zip_longest(parts[::2], parts[1::2], fillvalue="")
        ),
    )


@register.filter
def day(value, rest="N Y") -> str:
    """Format a date, « 14 nov. 2026 », in the time zone of the reader. In French the first of a month is « 1er »."""
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        value = timezone.localtime(value)
    if not value:
        return ""
    number = pgettext("first day of a month", "j") if value.day == 1 else "j"
    return date_format(value, f"{number} {rest}")


@register.simple_tag
def this_day() -> str:
    """Return the day it is, in full: « 1er décembre 2026 »."""
    return day(timezone.localdate(), "F Y")


@register.simple_tag
def time_left(due_at, now=None):
    """Render a delay, « 21 h 50 restantes » or « en retard de 2 h », with the exact time for machines."""
    if not due_at:
        return ""
    seconds = (due_at - (now or timezone.now())).total_seconds()
    late = seconds < 0
    # never « 0 min restante », which would stand beside « Délai dépassé » during the first half minute
    minutes = -max(1, int(-seconds / 60)) if late else ceil(seconds / 60)
    return format_html(
        '<time class="rp-left{}" datetime="{}" title="{}">{}</time>',
        " rp-left--late" if late else " rp-left--soon" if minutes < 120 else "",
        due_at.isoformat(),
        moment(due_at),
        _late(-minutes) if late else _remaining(minutes),
    )


def _remaining(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    days, more = divmod(hours, 24)
    if 2 <= days < WEEK and more:
        return gettext("%(days)d d %(hours)d h left") % {"days": days, "hours": more}
    if hours >= 48:
        return ngettext("%(days)d day left", "%(days)d days left", hours // 24) % {"days": hours // 24}
    if hours:
        return npgettext("hours", "%(time)s left", "%(time)s left", hours) % {"time": _hours(hours, rest)}
    return ngettext("%(minutes)d min left", "%(minutes)d mins left", rest) % {"minutes": rest}


def _late(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(days)d day late", "%(days)d days late", hours // 24) % {"days": hours // 24}
    if hours:
        return gettext("%(time)s late") % {"time": _hours(hours, rest)}
    return gettext("%(minutes)d min late") % {"minutes": rest}


def _hours(hours: int, minutes: int) -> str:
    """Format « 21 h 50 », "21 h 50 min", « 2 h »: never « 21:50 », which reads as a time of the day."""
    if not minutes:
        return f"{hours}\u00a0h"
    if (get_language() or "fr").startswith("fr"):
        return f"{hours}\u00a0h\u00a0{minutes:02d}"
    return f"{hours}\u00a0h\u00a0{minutes}\u00a0min"


@register.simple_tag
def state_badge(state, label):
    """Render the word of a state in its colour: `{% state_badge alert.state alert.get_state_display %}`.

    As components/state.html does, without the cost of a template for each row of a list.
    """
    return format_html('<span class="fr-badge{}">{}</span>', STATES.get(state, ""), label)


@register.simple_tag
def urgency_badge(urgency):
    return format_html('<span class="fr-badge{}">{}</span>', URGENT.get(urgency, ""), URGENCIES.get(urgency, urgency))


@register.inclusion_tag("components/stepper.html")
def stepper(step, steps, title, following=""):
    return {"step": step, "steps": steps, "title": title, "following": following}


@register.inclusion_tag("components/emergency.html", takes_context=True)
def emergency(context, child=False):
    """Render the emergency numbers of the database, queried at most once per request.

    `child`: also the number for children in danger, when a child is or may be concerned.
    """
    numbers = list(context.get("emergency_numbers") or [])
    if child:
        numbers += [line for line in context.get("numbers_without_network") or [] if line["child"]]
    return {"numbers": numbers}


@register.simple_tag(takes_context=True)
def reading_languages(context) -> list[dict]:
    """Return this public page in the other languages, for readers without an account."""
    request = context.get("request")
    if request is None or getattr(request, "user", None) is None or request.user.is_authenticated:
        return []
    return others(request.path, request.get_full_path())
