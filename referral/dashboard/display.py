"""Prepare the dashboard of a coordination unit: charts and tables of its figures, exact or with small ones masked; and
what is kept of all cases."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.directory.filters import places
from foundation.tables import charts
from foundation.tables.charts import Chart, Point
from foundation.templatetags.words import day
from indicators.codes.selectors import DECLINE_REASONS, FORMS, labels
from plans.models import PushedFigure
from plans.models.figures import SMALL
from referral.models import NationalFigure, Orientation
from referral.survey.rules import protected_counts
from victims.models import AgeSide, Urgency

from .rules import PLACES
from .selectors import Asked, Counted, Delay

STATES = (
    Orientation.State.SENT,
    Orientation.State.OPENED,
    Orientation.State.QUESTION,
    Orientation.State.ACCEPTED,
    Orientation.State.IN_PROGRESS,
    Orientation.State.COMPLETED,
    Orientation.State.DECLINED,
    Orientation.State.EXPIRED,
    Orientation.State.WITHDRAWN,
    Orientation.State.CONSENT_WITHDRAWN,
)


def shown(found: Counted, asked: Asked, *, masked: bool = False) -> dict:
    """Return what the page prints: `charts` of alerts, `delays`, `requests`, `reasons`.

    `masked`: each number from 1 to 10, and each from which such a one can be computed, is left out; so is a delay of
    fewer than eleven.
    """
    forms, reasons = labels(FORMS)[FORMS], labels(DECLINE_REASONS)[DECLINE_REASONS]
    alerts = {name: _points(numbers, masked) for name, numbers in found.alerts.items()}
    requests, declined = _points(found.requests, masked), _points(found.declined, masked)
    return {
        "received": _point(found.received, masked),
        "sent": _point(found.sent, masked),
        "charts": [
            _by_period(alerts["period"], asked),
            _by_form(alerts["form"], forms, _("Alerts received, by form of exploitation"), _("Alerts")),
            _by_place(alerts["territory"], _("Alerts received, by département"), _("Alerts"), _in_all(found.received)),
        ],
        "delays": [
            (Urgency(urgency).label, _delay(found.opened[urgency], masked), _delay(found.answered[urgency], masked))
            for urgency in found.opened
        ],
        "accepted": _delay(found.accepted, masked),
        "requests": [(state.label, requests[state]) for state in STATES if state in requests],
        "reasons": [(reasons.get(code, code), point) for code, point in _largest(declined)],
        "full": declined.get("no_place", Point(0, "0")),
        "silent": found.silent,
    }


def _points(numbers: Mapping, masked: bool) -> dict:
    if not masked:
        return {key: _point(number, masked) for key, number in numbers.items()}
    whole = sum(numbers.values())
    kept = protected_counts({None: whole, **numbers})
    return {key: _masked() if kept[key] is None else _point(number, masked) for key, number in numbers.items()}


def _point(number: int, masked: bool) -> Point:
    if masked and 0 < number < SMALL:
        return _masked()
    return Point(number, str(number))


def _masked() -> Point:
    return Point(None, pgettext("a number", "masked"), pgettext("a number", "from 1 to 10, or close to one"), brief="…")


def _largest(points: dict) -> list[tuple]:
    return sorted(points.items(), key=lambda each: -(each[1].value or 0))


def _by_period(points: dict[datetime, Point], asked: Asked) -> Chart:
    known = {timezone.localtime(start).date(): point for start, point in points.items()}
    rows = [(_named(start, asked), known.get(start, Point(0, "0"))) for start in _periods(asked)]
    title = _("Alerts received, by month") if asked.by_month else _("Alerts received, by week")
    of = pgettext("of a year", "Month") if asked.by_month else _("Week of")
    return charts.bars("periode", title, rows, of=of, what=_("Alerts"), summary=_sum_up(rows))


def _periods(asked: Asked) -> list[date]:
    """Return the first day of each month or week, oldest first."""
    start = timezone.localtime(asked.since).date()
    start = start.replace(day=1) if asked.by_month else start - timedelta(days=start.weekday())
    step, found = relativedelta(months=1) if asked.by_month else timedelta(days=7), []
    # a Monday, or the first of a month, has a period of its own from its first minute
    while timezone.make_aware(datetime.combine(start, time.min)) < asked.before:
        found.append(start)
        start += step
    return found


def _named(start: date, asked: Asked) -> str:
    return date_format(start, "F Y") if asked.by_month else day(start)


def _by_form(points: dict[str, Point], words: Mapping[str, str], title: str, what: str) -> Chart:
    rows = [(words.get(form, form), point) for form, point in _largest(points)]
    return charts.bars("forme", title, rows, of=_("Form of exploitation"), what=what, summary=_sum_up(rows))


def _by_place(points: dict[str, Point], title: str, what: str, summary: str) -> Chart:
    names, none = dict(places()), Point(0, "0")
    squares = [(*at, code, names.get(code, code), points.get(code, none)) for code, at in PLACES.items()]
    if any(point.note for point in points.values()):
        summary = _("Small numbers are masked.")
    return charts.tiles("carte", title, squares, of=_("Département"), what=what, summary=summary)


def _in_all(received: int) -> str:
    return ngettext("%(n)d alert in all", "%(n)d alerts in all", received) % {"n": received}


def _sum_up(rows: list[tuple[str, Point]]) -> str:
    return "; ".join(f"{label}: {point.shown}" for label, point in rows[:12])


def _delay(delay: Delay, masked: bool) -> dict:
    """Return a delay in words: `done`, `count`, `half` and `most`; all of them masked where fewer than eleven were."""
    if masked and (0 < delay.count < SMALL or 0 < delay.done < SMALL or 0 < delay.count - delay.done < SMALL):
        return dict.fromkeys(("count", "done", "half", "most"), _masked().shown)
    half, most = (took(each) if each is not None else "–" for each in (delay.half, delay.most))
    return {"count": delay.count, "done": delay.done, "half": half, "most": most}


def took(delay: timedelta) -> str:
    """Return how long something took: « 12 min », « 3 h 20 », « 4 jours »; a minute at least."""
    minutes = max(round(delay.total_seconds() / 60), 1)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(days)d day", "%(days)d days", hours // 24) % {"days": hours // 24}
    if hours:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    return _("%(minutes)d min") % {"minutes": minutes}


def flat(page: dict) -> list[tuple[str, str, str]]:
    """Return the lines of the table that is taken out: figure, detail, value."""
    lines = []
    for chart in page["charts"]:
        lines += [(chart.title, label, point.shown) for label, (point,) in chart.rows]
    heads = [_("Delay to open, half of alerts"), _("Delay to open, nine in ten"),
             _("Delay to a first answer, half of alerts"), _("Delay to a first answer, nine in ten")]  # fmt: skip
    for urgency, opened, answered in page["delays"]:
        values = (opened["half"], opened["most"], answered["half"], answered["most"])
        lines += [(head, str(urgency), value) for head, value in zip(heads, values, strict=True)]
    lines += [(_("Requests sent"), str(label), point.shown) for label, point in page["requests"]]
    lines += [(_("Refusals received"), str(label), point.shown) for label, point in page["reasons"]]
    return lines


def of_all_cases(kept: list[NationalFigure], pushed: list[PushedFigure]) -> dict:
    """Return what the national page prints: `received`, `drawn` (chart, number of its parts masked), `withheld` (titles
    of divisions) and `pushed` (label, value)."""
    parts: dict[str, dict[str, int | None]] = {part: {} for part in NationalFigure.Part}
    for row in kept:
        parts[row.part][row.code] = row.value
    part, what = NationalFigure.Part, _("Situations")
    divisions = {
        part.TERRITORY: _("Situations received, by département"),
        part.FORM: _("Situations received, by form of exploitation"),
        part.AGE: _("Situations received, by age"),
    }
    drawn = []
    for each, title in divisions.items():
        points = {code: Point(n, str(n)) for code, n in parts[each].items() if n is not None}
        if each == part.TERRITORY:
            chart = _by_place(points, title, what, _("Only numbers of fifteen and more are shown."))
        else:
            words = labels(FORMS)[FORMS] if each == part.FORM else {side: str(side.label) for side in AgeSide}
            rows = [(words.get(code, code), point) for code, point in _largest(points)]
            chart = charts.bars(each, title, rows, of=str(each.label), what=what, summary=_sum_up(rows))
        drawn.append((chart, len(parts[each]) - len(points)) if points else None)
    return {
        "received": parts[part.ALL].get(""),
        "drawn": [one for one in drawn if one],
        "withheld": [title for title, one in zip(divisions.values(), drawn, strict=True) if not one],
        "pushed": [(row.get_metric_display(), _pushed(row)) for row in pushed],
    }


def _pushed(row: PushedFigure) -> str:
    if row.value is None:
        return _masked().shown
    return f"{number_format(row.value.normalize(), use_l10n=True)} {row.get_unit_display()}"
