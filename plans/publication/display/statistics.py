"""Prepare the public figures for readers: by series, with disputed and missing ones."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.tables import charts
from foundation.tables.charts import Chart, Point
from indicators.codes.words import PROVENANCES, wording
from plans.models import FigureSeries, Provenance, PublicFigure
from plans.models.statistics import SMALL
from plans.publication.rules.numbers import UNITS, amount

ASSOCIATIONS, POLICE = "associations_survey", "recorded_victims"
# form at the end of a code (statistics.yaml); labels vary from year to year
FORMS = ("sexuelle", "travail", "délits", "mendicité", "autres")
SEX_AND_AGE = ("Part de femmes", "Part de mineurs")  # beginnings of their labels


@dataclass(frozen=True)
class Series:
    """Hold a series with its figures, newest first, and its charts."""

    entry: FigureSeries
    figures: list[PublicFigure]
    charts: list[Chart]

    @property
    def latest(self) -> int:
        return max(figure.year for figure in self.figures)


def all_series() -> list[Series]:
    """Return all series that have figures. Two queries."""
    by_series = defaultdict(list)
    for figure in PublicFigure.objects.select_related("series").order_by("-year", "order"):
        by_series[figure.series_id].append(figure)
    entries = FigureSeries.objects.order_by("order")
    return [
        Series(entry, by_series[entry.pk], drawings(entry.pk, by_series[entry.pk]))
        for entry in entries
        if by_series[entry.pk]
    ]


def point(figure: PublicFigure | None) -> Point:
    """Return a figure in words, with the value of another publication; small numbers of persons are masked."""
    if figure is None:
        return Point(None, _("not known"))
    if figure.masked:
        return Point(None, _("1 to %(most)s") % {"most": SMALL})
    shown, note, brief = amount(figure.value, figure.unit), wording(figure, "note"), ""
    if figure.approximate:
        shown, brief = _("about %(value)s") % {"value": shown}, f"≈ {shown}"
    if figure.other_value is not None:
        other = amount(figure.other_value, figure.unit)
        both = _("%(one)s or %(other)s") % {"one": shown, "other": other}
        sources = _("%(one)s or %(other)s") % {"one": figure.publication, "other": figure.other_publication}
        return Point(float(figure.value), both, sources, f"{brief or shown}*")
    return Point(float(figure.value), shown, note, brief)


def drawings(series: str, figures: list[PublicFigure]) -> list[Chart]:
    """Return the charts of a series, without those of which no figure is known."""
    if series == ASSOCIATIONS:
        drawn = [supported(figures), forms(figures), shares(figures, "associations-profil")]
    elif series == POLICE:
        drawn = [recorded(figures), offences(figures), shares(figures, "police-profil"), rates(figures)]
    else:
        drawn = [over_time(figures, figures[0].metric_fr, series, wording(figures[0], "metric"))]
    return [chart for chart in drawn if chart is not None]


def over_time(figures, metric: str, code: str, title: str) -> Chart | None:
    """Return one metric year by year, a year without a publication is a gap; None when no year is known."""
    found = {figure.year: figure for figure in figures if figure.metric_fr == metric}
    if not found:
        return None
    years = range(min(found), max(found) + 1)
    points = [point(found.get(year)) for year in years]
    first, last = point(found[min(found)]), point(found[max(found)])
    summary = _("From %(one)s in %(first)s to %(other)s in %(last)s; the numbers are in the table.") % {
        "one": first.shown, "first": min(found), "other": last.shown, "last": max(found),
    }  # fmt: skip
    steps = [str(year) for year in years]
    return charts.lines(code, title, steps, [(title, points)], of=_("Year"), summary=summary)


def supported(figures) -> Chart | None:
    """Return persons supported, with the number of associations that answered beside them; None without any year."""
    chart = over_time(figures, METRICS[ASSOCIATIONS], "associations", _("People supported by the associations"))
    if chart is None:
        return None
    answered = {str(f.year): point(f) for f in figures if f.metric_fr == "Associations répondantes"}
    unknown = Point(None, _("not known"))
    rows = [(year, [*points, answered.get(year, unknown)]) for year, points in chart.rows]
    return replace(chart, head=[*chart.head[:1], _("People supported"), _("Associations that answered")], rows=rows)


def forms(figures) -> Chart:
    names = [
        pgettext("form", "Sexual"),
        pgettext("form", "Labour, domestic included"),
        pgettext("form", "Criminality"),
        pgettext("form", "Begging"),
        pgettext("form", "Other"),
    ]
    years = sorted({f.year for f in figures if "-f-" in f.code})
    found = {(f.year, f.code.rpartition("-f-")[2]): f for f in figures if "-f-" in f.code}
    rows = [(str(year), [point(found.get((year, form))) for form in FORMS]) for year in years]
    return charts.stacked(
        "formes",
        _("Forms of exploitation, people supported by the associations"),
        names,
        rows,
        of=_("Year"),
        summary=_("Share of each form; the numbers are in the table. Rounded, a total may differ from 100."),
        whole=100,
    )


def recorded(figures) -> Chart | None:
    return over_time(figures, METRICS[POLICE], "police", _("People recorded by police and gendarmerie"))


def offences(figures) -> Chart:
    rows = [
        (wording(f, "metric").partition(":")[2].strip().capitalize(), point(f))
        for f in figures
        if f.metric_fr.startswith("Part :")
    ]
    year = max(f.year for f in figures)
    return charts.bars(
        "infractions",
        _("Offences, people recorded in %(year)s; several for some people") % {"year": year},
        [(name, replace(value, note="")) for name, value in rows],
        of=_("Offence"),
        what=_("Share"),
        summary=_("A person may fall into several: the shares overlap and are not added."),
        whole=100,
    )


def shares(figures, code: str) -> Chart:
    """Return the shares of the last year; they overlap and are not parts of a whole."""
    year = max(f.year for f in figures)
    found = [f for f in figures if f.year == year and f.unit == "percent" and not _is_part(f)]
    return charts.bars(
        code,
        _("Who they are, %(year)s") % {"year": year},
        [(wording(f, "metric"), point(f)) for f in found] + _not_given(figures, found),
        of=_("Characteristic"),
        what=_("Share"),
        summary=_(
            "Each share is of all the people counted, unless its line says of whom; they overlap and are not added."
        ),
        whole=100,
    )


def _is_part(figure: PublicFigure) -> bool:
    """Return whether a share is one of the parts drawn in another chart: forms of exploitation, offences."""
    return "-f-" in figure.code or figure.metric_fr.startswith("Part :")


def _not_given(figures, found) -> list[tuple[str, Point]]:
    """Return « not known » for sex and age when the publication of the year does not give them."""
    absent = [begin for begin in SEX_AND_AGE if not any(f.metric_fr.startswith(begin) for f in found)]
    former = [next((f for f in figures if f.metric_fr.startswith(begin)), None) for begin in absent]
    return [(wording(f, "metric"), point(None)) for f in former if f is not None]


def rates(figures) -> Chart | None:
    """Return the persons recorded for 100,000 inhabitants; None when no publication gives a rate."""
    rows = [(f, wording(f, "metric").partition(":")[2].strip()) for f in figures if f.unit == "per_100k"]
    if not rows:
        return None
    return charts.bars(
        "taux",
        _("People recorded for 100,000 inhabitants, %(year)s") % {"year": max(f.year for f, _name in rows)},
        [(name, point(f)) for f, name in rows],
        of=_("Territory"),
        what=_("Rate"),
        summary=_("Three territories and the whole country; no other was published in what we read."),
    )


def disputed(found: list[Series]) -> list[PublicFigure]:
    """Return the figures for which another publication gives another value."""
    return [figure for series in found for figure in series.figures if figure.other_value is not None]


def doubtful(found: list[Series]) -> list[PublicFigure]:
    """Return the figures still to check."""
    return [figure for series in found for figure in series.figures if figure.to_check]


def missing(found: list[Series]) -> list[tuple[str, list[str]]]:
    """Return (title, years) of each curve with gaps."""
    gaps = []
    for series in found:
        for chart in series.charts:
            years = [label for label, points in chart.rows if points[0].value is None]
            if chart.shape == "lines" and years:
                gaps.append((chart.title, years))
    return gaps


# main metric of a series; of others, the first one
METRICS = {ASSOCIATIONS: "Personnes accompagnées", POLICE: "Victimes enregistrées"}


def headline(series: Series) -> dict:
    """Return the main figure of the last year of a series, in words."""
    metric = METRICS.get(series.entry.pk, series.figures[0].metric_fr)
    figure = next((one for one in series.figures if one.metric_fr == metric), series.figures[0])
    return {"figure": figure, "shown": point(figure).shown, "code": series.entry.pk}


def lines_of(series: Series) -> list[list[str]]:
    """Return a series as a table: year, metric, value, publication, and how certain it is when that must be told."""
    return [[str(f.year), str(wording(f, "metric")), _with_unit(f), f.publication, _origin(f)] for f in series.figures]


def printed_lines(series: Series) -> tuple[list[list[str]], list[str]]:
    """Return a series for a document: lines without their origin, then what must be known of some, year by year.

    A figure that was read in its publication needs no note: that is so of nearly all.
    """
    lines = [line[:4] for line in lines_of(series)]
    notes = []
    for f in series.figures:
        if said := _origin(f):
            notes.append(f"{f.year}, {wording(f, 'metric')} · {said}")
    return lines, notes


def _origin(figure: PublicFigure) -> str:
    """Return how certain a figure is, with its note when it is to check; nothing for one read in its publication."""
    words = "" if figure.provenance == Provenance.SEEN else str(PROVENANCES.get(figure.provenance, ""))
    return " · ".join(part for part in (words, wording(figure, "note") if figure.to_check else "") if part)


def _with_unit(figure: PublicFigure) -> str:
    shown = point(figure).shown
    return shown if figure.unit == "percent" else f"{shown} {UNITS.get(figure.unit, '')}".strip()
