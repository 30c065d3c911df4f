"""Build the report for a reply to a monitoring body: commitments by round, then theme, with positions on each.

Page, CSV and PDF are made of the same `Report`.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from plans.commitments.filters import CommitmentFilter
from plans.commitments.selectors import register
from plans.models import Commitment, CommitmentOpinion, Measure
from plans.plan.selectors.published import measures_as_published


class ReportFilter(CommitmentFilter):
    """Filter the report by who asks, in which text, on what theme."""

    class Meta:
        model = Commitment
        fields = ["body", "text", "theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.filters) - {"body", "text", "theme"}:
            del self.filters[name]
        for name, words in (
            ("body", _("All who ask")),
            ("text", _("All reports and texts")),
            ("theme", _("All themes")),
        ):
            self.filters[name].extra["empty_label"] = words


@dataclass
class Round:
    """Hold a report or text, and what it asks, by theme."""

    source: object
    themes: list[tuple[object, list[register.Line]]] = field(default_factory=list)

    @property
    def lines(self) -> list[register.Line]:
        return [line for _theme, lines in self.themes for line in lines]

    @property
    def figures(self) -> dict[str, int]:
        return register.figures(self.lines)


@dataclass
class Report:
    """Hold the filters, the rounds, the day, and whether a filter is invalid (`wrong`)."""

    filters: ReportFilter
    rounds: list[Round]
    on: date
    wrong: bool

    @property
    def lines(self) -> list[register.Line]:
        return [line for each in self.rounds for line in each.lines]

    @property
    def figures(self) -> dict[str, int]:
        return register.figures(self.lines)

    @property
    def query(self) -> str:
        """Return the query string of the report."""
        return self.filters.data.urlencode()


def report(params, commitments) -> Report:
    """Build the report of these commitments. `params`: query parameters.

    Without a filter nor `all`, the rounds of GRETA.
    """
    data = params.copy()
    if not any(data.get(name) for name in ("body", "text", "theme", "all")):
        data["body"] = "greta"
    filters = ReportFilter(data, register.rows(commitments))
    lines = register.lines(list(filters.qs.order_by("from_text__dated", "from_text", "theme__order", "order")))
    _add_details(lines)
    rounds: list[Round] = []
    for line in lines:
        source, theme = line.commitment.from_text, line.commitment.theme
        if not rounds or rounds[-1].source != source:
            rounds.append(Round(source))
        if not rounds[-1].themes or rounds[-1].themes[-1][0] != theme:
            rounds[-1].themes.append((theme, []))
        rounds[-1].themes[-1][1].append(line)
    return Report(filters, rounds, timezone.localdate(), not filters.form.is_valid())


def _add_details(lines) -> None:
    """Add current `opinions` and public `measures` to each line. Two queries."""
    codes = [line.commitment.pk for line in lines]
    opinions: dict[str, list] = {}
    for opinion in CommitmentOpinion.objects.current().filter(commitment__in=codes).select_related("agency__profile"):
        opinions.setdefault(opinion.commitment_id, []).append(opinion)
    measures: dict[str, list] = {}
    links = Commitment.measures.through.objects.filter(
        commitment__in=codes, measure__in=Measure.objects.public()
    ).select_related("measure__plan")
    measures_as_published(link.measure for link in links)
    for link in links:
        measures.setdefault(link.commitment_id, []).append(link.measure)
    for line in lines:
        line.opinions = opinions.get(line.commitment.pk, [])
        line.measures = measures.get(line.commitment.pk, [])


def made_of(found: Report) -> str:
    """Return a short name for the file: filters and day. Never what was typed in place of a code."""
    chosen = found.filters.form.cleaned_data
    parts = [chosen.get(name, "") for name in ("body", "text", "theme")]
    return "-".join([part for part in parts if part] + [found.on.isoformat()])


def words(row, name="label") -> str:
    """Return a field in the language of the page, French where English is missing."""
    english = (get_language() or "fr").startswith("en")
    return (getattr(row, f"{name}_en", "") if english else "") or getattr(row, f"{name}_fr")


def columns() -> list[str]:
    return [
        _("Number"),
        _("Asked by"),
        _("Report or text"),
        _("Date of the text"),
        _("Paragraph"),
        _("Strength of the wording"),
        _("Theme"),
        _("What France is asked"),
        pgettext("commitment", "Status"),
        _("State as of"),
        _("Body in charge"),
        _("Official position"),
        _("Evidence"),
        _("Next step"),
        _("Deadline"),
        _("Check"),
        _("Other opinions"),
        _("First asked"),
        _("Years"),
        _("Times asked"),
        _("Measures"),
    ]


def table(found: Report) -> list[list]:
    return [_row(line) for line in found.lines]


def _row(line) -> list:
    c, p = line.commitment, line.progress
    verdict = getattr(p, "verdict", None) if p else None
    opinions = [f"{o.agency.profile or o.agency.name} ({o.get_stance_display()}) : {o.text}" for o in line.opinions]
    return [
        c.pk,
        words(c.body),
        words(c.from_text, "title"),
        c.from_text.dated,
        c.paragraph,
        words(c.urgency),
        words(c.theme),
        words(c, "text"),
        str(line.status_label) or pgettext("commitment", "Nothing stated"),
        p.on.isoformat() if p else "",
        str(p.responsible) if p else "",
        p.text if p else "",
        p.evidence if p else "",
        p.next_step if p else "",
        c.due.isoformat() if c.due else "",
        str(verdict.get_verdict_display()) if verdict else "",
        "\n\n".join(opinions),
        line.chain.first.from_text.dated,
        line.years if line.years is not None else "",
        line.chain.times,
        "\n".join(measure.title_fr for measure in line.measures),
    ]
