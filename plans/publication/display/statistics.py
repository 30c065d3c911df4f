"""The public figures as a reader meets them: a series at a time, what is disputed beside, what is missing said."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.codes.words import PROVENANCES, wording
from plans.models import FigureSeries, PublicFigure
from plans.models.statistics import SMALL
from plans.publication.rules import charts
from plans.publication.rules.charts import Chart, Point
from plans.publication.rules.numbers import UNITS, amount

ASSOCIATIONS, POLICE = "associations_survey", "recorded_victims"
# the end of a code says the form (statistics.yaml); the words vary from a year to the next
FORMS = ("sexuelle", "travail", "délits", "mendicité", "autres")
SEX_AND_AGE = ("Part de femmes", "Part de mineurs")  # beginnings of their words


@dataclass(frozen=True)
class Series:
    """A series with its figures, newest first, and its drawings."""

    entry: FigureSeries
    figures: list[PublicFigure]
    charts: list[Chart]

    @property
    def latest(self) -> int:
        return max(figure.year for figure in self.figures)


def all_series() -> list[Series]:
    """Two queries, however many figures."""
    by_series = defaultdict(list)
    for figure in PublicFigure.objects.select_related("series").order_by("-year", "order"):
        by_series[figure.series_id].append(figure)
    entries = FigureSeries.objects.order_by("order")
    return [Series(entry, by_series[entry.pk], drawings(entry.pk, by_series[entry.pk])) for entry in entries]


def point(figure: PublicFigure | None) -> Point:
    """A figure in words; with what another publication says; small numbers of persons are not shown."""
    if figure is None:
        return Point(None, _("not known"))
    if figure.masked:
        return Point(None, _("1 to %(most)s") % {"most": SMALL})
    shown, note = amount(figure.value, figure.unit), wording(figure, "note")
    if figure.other_value is not None:
        other = amount(figure.other_value, figure.unit)
        both = _("%(one)s or %(other)s") % {"one": shown, "other": other}
        sources = f"{figure.publication} / {figure.other_publication}"
        return Point(float(figure.value), both, sources, f"{shown}*")
    return Point(float(figure.value), shown, note)


def drawings(series: str, figures: list[PublicFigure]) -> list[Chart]:
    if series == ASSOCIATIONS:
        return [supported(figures), forms(figures), shares(figures, "associations-profil")]
    if series == POLICE:
        return [recorded(figures), offences(figures), shares(figures, "police-profil"), rates(figures)]
    return [over_time(figures, figures[0].metric_fr, series, wording(figures[0], "metric"))]


def over_time(figures, metric: str, code: str, title: str) -> Chart:
    """One measure, year by year; a year nobody published stays a gap."""
    found = {figure.year: figure for figure in figures if figure.metric_fr == metric}
    years = range(min(found), max(found) + 1)
    points = [point(found.get(year)) for year in years]
    first, last = point(found[min(found)]), point(found[max(found)])
    summary = _("From %(one)s in %(first)s to %(other)s in %(last)s; the numbers are in the table.") % {
        "one": first.shown, "first": min(found), "other": last.shown, "last": max(found),
    }  # fmt: skip
    steps = [str(year) for year in years]
    return charts.lines(code, title, steps, [(title, points)], of=_("Year"), summary=summary)


def supported(figures) -> Chart:
    """Persons supported, and beside them how many associations answered: the second explains the first."""
    chart = over_time(figures, METRICS[ASSOCIATIONS], "associations", _("Persons supported by the associations"))
    answered = {str(f.year): point(f) for f in figures if f.metric_fr == "Associations répondantes"}
    unknown = Point(None, _("not known"))
    rows = [(year, [*points, answered.get(year, unknown)]) for year, points in chart.rows]
    return replace(chart, head=[*chart.head[:1], _("Persons supported"), _("Associations that answered")], rows=rows)


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
        _("Forms of exploitation, persons supported by the associations"),
        names,
        rows,
        of=_("Year"),
        summary=_("Share of each form; the numbers are in the table. Rounded, a total may differ from 100."),
        whole=100,
    )


def recorded(figures) -> Chart:
    return over_time(figures, METRICS[POLICE], "police", _("Persons recorded by police and gendarmerie"))


def offences(figures) -> Chart:
    rows = [
        (wording(f, "metric").partition(":")[2].strip().capitalize(), point(f))
        for f in figures
        if f.metric_fr.startswith("Part :")
    ]
    year = max(f.year for f in figures)
    return charts.bars(
        "infractions",
        _("Offences, persons recorded in %(year)s") % {"year": year},
        [(name, replace(value, note="")) for name, value in rows],
        of=_("Offence"),
        what=_("Share"),
        summary=_("A person may fall into several: the shares overlap and are not added."),
        whole=100,
    )


def shares(figures, code: str) -> Chart:
    """What the last year says of the persons: shares that overlap, never parts of one whole."""
    year = max(f.year for f in figures)
    found = [f for f in figures if f.year == year and f.unit == "percent" and ":" not in f.metric_fr]
    return charts.bars(
        code,
        _("Who they are, %(year)s") % {"year": year},
        [(wording(f, "metric"), point(f)) for f in found] + _unsaid(figures, found),
        of=_("What is said"),
        what=_("Share"),
        summary=_("Each share is of all the persons counted; they overlap and are not added."),
        whole=100,
    )


def _unsaid(figures, found) -> list[tuple[str, Point]]:
    """Sex and age are asked every year: where the year's publication says nothing of them, « not known » stands."""
    asked = [begin for begin in SEX_AND_AGE if not any(f.metric_fr.startswith(begin) for f in found)]
    former = [next((f for f in figures if f.metric_fr.startswith(begin)), None) for begin in asked]
    return [(wording(f, "metric"), point(None)) for f in former if f is not None]


def rates(figures) -> Chart:
    rows = [(f, wording(f, "metric").partition(":")[2].strip()) for f in figures if f.unit == "per_100k"]
    return charts.bars(
        "taux",
        _("Persons recorded for 100,000 inhabitants, %(year)s") % {"year": max(f.year for f, _name in rows)},
        [(name, point(f)) for f, name in rows],
        of=_("Territory"),
        what=_("Rate"),
        summary=_("Three territories and the whole country; no other was published in what we read."),
    )


def disputed(found: list[Series]) -> list[PublicFigure]:
    return [figure for series in found for figure in series.figures if figure.other_value is not None]


def doubtful(found: list[Series]) -> list[PublicFigure]:
    return [figure for series in found for figure in series.figures if figure.to_check]


def missing(found: list[Series]) -> list[tuple[str, list[str]]]:
    """(what, years) of each curve that has a gap."""
    gaps = []
    for series in found:
        for chart in series.charts:
            years = [label for label, points in chart.rows if points[0].value is None]
            if chart.shape == "lines" and years:
                gaps.append((chart.title, years))
    return gaps


# what a series is quoted for; of another one, the first thing it counts
METRICS = {ASSOCIATIONS: "Victimes accompagnées", POLICE: "Victimes enregistrées"}


def headline(series: Series) -> dict:
    """The last year of what a series is quoted for: how many, of what, when, and where it was read."""
    metric = METRICS.get(series.entry.pk, series.figures[0].metric_fr)
    figure = next(one for one in series.figures if one.metric_fr == metric)
    return {"figure": figure, "shown": point(figure).shown, "code": series.entry.pk}


def lines_of(series: Series) -> list[list[str]]:
    """The figures of a series as a table: year, what, how many, where it was read."""
    return [[str(f.year), str(wording(f, "metric")), _with_unit(f), f.publication, _origin(f)] for f in series.figures]


def _origin(figure: PublicFigure) -> str:
    """How sure one may be of it, and why not."""
    said = str(PROVENANCES.get(figure.provenance, ""))
    return f"{said} · {wording(figure, 'note')}" if figure.to_check else said


def _with_unit(figure: PublicFigure) -> str:
    shown = point(figure).shown
    return shown if figure.unit == "percent" else f"{shown} {UNITS.get(figure.unit, '')}".strip()
