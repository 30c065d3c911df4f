"""Read the official list of a plan from a table, recognise its columns, and tell what each line would change.

Reads only; `operations/official_list.py` writes.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.tables import reading
from foundation.tables.reading import Unreadable
from plans.models import Axis, Commitment, Measure, Metric, Plan
from plans.money.rules.typed_amounts import NotAnAmount, amount
from plans.steering import rules as steering_rules
from plans.steering import selectors as steering_selectors

MOST = 500
FIELDS = {
    "number": (gettext_lazy("Official number"), ("numero", "n", "no", "num", "mesure n", "number")),
    "title_fr": (gettext_lazy("Title"), ("titre", "mesure", "intitule", "libelle", "action", "title")),
    "axis": (gettext_lazy("Axis"), ("axe", "axis", "priorite")),
    "lead": (gettext_lazy("Leading body"), ("pilote", "responsable", "chef de file", "organisme", "lead")),
    "start": (gettext_lazy("Begins"), ("debut", "date de debut", "start")),
    "end": (gettext_lazy("Ends"), ("fin", "echeance", "date de fin", "end")),
    "text_fr": (gettext_lazy("What will be done"), ("description", "texte", "contenu", "detail", "text")),
    "partners": (gettext_lazy("Partners"), ("partenaires", "partenaire", "associes", "partners")),
    "metric": (gettext_lazy("Metric"), ("indicateur", "indicateur de suivi", "metric", "indicator")),
    "unit": (gettext_lazy("Unit of the metric"), ("unite", "unite de l indicateur", "unit")),
    "target": (gettext_lazy("Target of the metric"), ("cible", "valeur cible", "objectif", "target")),
    "target_on": (gettext_lazy("Target reached by"), ("date de la cible", "cible pour le", "target date")),
    "cost": (gettext_lazy("Cost in euros"), ("cout", "cout en euros", "montant", "cost")),
    "cost_year": (gettext_lazy("Year of the cost"), ("annee du cout", "annee", "exercice", "cost year")),
    "not_funded_reason": (gettext_lazy("Without money: why"), ("sans moyens", "sans financement", "not funded")),
    "commitments": (gettext_lazy("Requests it answers"), ("engagements", "demandes", "recommandations", "commitments")),
    "source": (gettext_lazy("Source"), ("source", "lu dans", "reference")),
}
# fields of the measure itself; the others make its metric, its money and its links
OWN = ("number", "title_fr", "axis", "lead", "start", "end", "text_fr", "source")
BETWEEN = re.compile(r"[;|\n]")
WORDS = {
    "new": pgettext_lazy("import", "added"),
    "changed": pgettext_lazy("import", "completed"),
    "same": pgettext_lazy("import", "as it stands"),
}


class Line(steering_rules.Line):
    """Hold a line of the list; `known`: the measure it completes."""

    @property
    def changes(self) -> dict:
        """Return the fields the line would change: an empty cell removes nothing."""
        given = {name: self.values[name] for name in OWN if self.values[name] not in ("", None)}
        if self.values["not_funded_reason"]:
            given |= {"not_funded": True, "not_funded_reason": self.values["not_funded_reason"]}
        if self.known is None:
            return given
        return {name: value for name, value in given.items() if getattr(self.known, name) != value}

    @property
    def additions(self) -> dict:
        """Return what the line would add beside the measure: metric, cost, partners, requests; never what is there."""
        values, known = self.values, self.known
        found = {}
        for name in ("partners", "commitments"):
            there = {row.pk for row in getattr(known, name).all()} if known else set()
            if missing := [row for row in values[name] if row.pk not in there]:
                found[name] = missing
        if values["metric"] and not (known and any(self._is(metric) for metric in known.metrics.all())):
            found["metric"] = values["metric"]
        if values["cost"] is not None and not (known and self._costed(known)):
            found["cost"] = values["cost"]
        return found

    def _is(self, metric: Metric) -> bool:
        return metric.label_fr == self.values["metric"] and metric.target == self.values["target"]

    def _costed(self, measure: Measure) -> bool:
        lines = [line for envelope in measure.envelopes.all() for line in envelope.lines.all()]
        return any((line.year, line.amount) == (self.values["cost_year"], self.values["cost"]) for line in lines)

    @property
    def act(self) -> str:
        return "new" if self.known is None else "changed" if self.changes or self.additions else "same"

    @property
    def words(self):
        return WORDS[self.act]

    @property
    def title(self) -> str:
        return self.values.get("title_fr") or (self.known.title_fr if self.known else "")

    @property
    def changed_fields(self) -> list[str]:
        """Return the fields it would change, in words."""
        return [str(FIELDS[name][0]) for name in (*self.changes, *self.additions) if name in FIELDS]


@dataclass
class Table:
    """Hold the headers, the field chosen for each, and the lines."""

    headers: list[str]
    columns: list[str]  # a field per header, or ""
    lines: list[Line]

    @property
    def ordered(self) -> list[Line]:
        """Return the lines to correct first."""
        return sorted(self.lines, key=lambda line: not line.faults)

    @property
    def faulty(self) -> list[Line]:
        return [line for line in self.lines if line.faults]


def normalised(words: str) -> str:
    """Return the text in lower case without accents and punctuation, to compare two spellings."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def read(plan: Plan, table: reading.Table, chosen: list[str] | None = None) -> Table:
    """Return the lines of a table with what they would change.

    `chosen`: the field of each column, when the reader corrected the recognised ones. Raises Unreadable.
    """
    columns = chosen if chosen and len(chosen) == len(table.headers) else recognised(table.headers)
    if len(table.rows) > MOST:
        raise Unreadable(_("More than 500 lines: this is no list of measures."))
    known = _Known(plan)
    lines = []
    for number, cells in enumerate(table.rows, start=2):
        given = {name: cell for name, cell in zip(columns, cells, strict=True) if name}
        lines.append(known.judged(Line(number), given))
    return Table(table.headers, columns, lines)


def recognised(headers: list[str]) -> list[str]:
    """Return the field of each header, "" for an unknown or repeated one."""
    found: list[str] = []
    for header in headers:
        name = next((name for name, (_label, names) in FIELDS.items() if normalised(header) in names), "")
        found.append("" if name in found else name)
    return found


class _Known:
    """Hold the measures, axes and bodies known, read once for all lines."""

    def __init__(self, plan: Plan):
        related = ("partners", "commitments", "metrics", "envelopes__lines")
        measures = list(plan.measures.standing().select_related("axis").prefetch_related(*related))
        self.plan = plan
        self.commitments = {row.pk: row for row in Commitment.objects.filter(active=True)}
        self.by_number = {m.number: m for m in measures if m.number}
        self.by_title = {normalised(m.title_fr): m for m in measures}
        self.axes = {}
        for axis in Axis.objects.filter(plan=plan):
            self.axes |= {str(axis.number): axis, normalised(axis.title_fr): axis, axis.code: axis}
        self.bodies, self.leads = (
            {normalised(name): body for body in found for name in (body.pk, body.name, body.acronym) if name}
            for found in (steering_selectors.joining(), steering_selectors.leading())
        )
        self.seen: set = set()

    def judged(self, line: Line, given: dict) -> Line:
        """Return the line with its parsed values, the measure it completes, and its faults."""
        values = line.values
        values["title_fr"], values["text_fr"] = given.get("title_fr", ""), given.get("text_fr", "")
        values["number"] = self._number(line, given.get("number", ""))
        values["axis"] = self._among(line, self.axes, given.get("axis", ""), _("axis of this plan"))
        values["lead"] = self._among(line, self.leads, given.get("lead", ""), _("body of the directory that may lead"))
        for name in ("start", "end", "target_on"):
            values[name] = self._day(line, given.get(name, ""))
        for name in ("source", "not_funded_reason", "metric"):
            values[name] = given.get(name, "")
        self._metric(line, given)
        body = _("body of the directory")
        values["partners"] = self._several(line, self.bodies, given.get("partners", ""), body)
        values["commitments"] = self._several(
            line, self.commitments, given.get("commitments", ""), _("code of a request")
        )
        line.known = self.by_number.get(values["number"]) or self.by_title.get(normalised(values["title_fr"]))
        self._money(line, given)
        if line.known is None and not values["title_fr"]:
            line.faults.append(_("Write the title of the measure."))
        if len(values["title_fr"]) > Measure.title_fr.field.max_length:
            line.faults.append(_("The title is over 300 letters: shorten it."))
        key = line.known.pk if line.known else values["number"] or normalised(values["title_fr"])
        if key in self.seen:
            line.faults.append(_("The same measure comes twice: keep one line."))
        self.seen.add(key)
        begins, ends = (values[name] or (line.known and getattr(line.known, name)) for name in ("start", "end"))
        if begins and ends and ends < begins:
            line.faults.append(_("The end comes before the beginning: correct one of them."))
        return line

    def _metric(self, line, given):
        """Read metric, unit and target: a target needs its metric and its unit."""
        values = line.values
        values["unit"] = given.get("unit", "") or (values["metric"] and "%" if "%" in given.get("target", "") else "")
        values["target"] = self._amount(line, given.get("target", "").removesuffix("%"))
        values["target_on"] = values["target_on"] or (values["end"] if values["metric"] else None)
        if values["target"] is not None and not values["metric"]:
            line.faults.append(_("A target without its metric: write what is measured."))
        if values["metric"] and not values["unit"]:
            line.faults.append(_("Write the unit of the metric: places, people, %%…") % {})
        for name in ("metric", "unit"):
            most = Metric._meta.get_field("label_fr" if name == "metric" else "unit").max_length
            if len(values[name]) > most:
                line.faults.append(_("“%(what)s” is over %(n)d letters.") % {"what": FIELDS[name][0], "n": most})

    def _money(self, line, given):
        """Read the cost, in euros, and its year: by default that of the first day of the measure, else of the plan."""
        values = line.values
        values["cost"] = self._amount(line, given.get("cost", ""))
        said, begins = given.get("cost_year", ""), values["start"] or self.plan.start
        values["cost_year"] = int(said) if re.fullmatch("20[0-9]{2}", said) else begins.year if begins else None
        if said and not re.fullmatch("20[0-9]{2}", said):
            line.faults.append(_("“%(said)s” is no year: write 2028.") % {"said": said})
        if values["cost"] is not None and values["not_funded_reason"]:
            line.faults.append(_("A cost, and a reason for having no money: keep one of them."))
        payer = values["lead"] or (line.known and line.known.lead)
        if values["cost"] is not None and (payer is None or payer.is_template):
            line.faults.append(_("A cost needs a leading body, whose money it is."))
        if values["cost"] is not None and self.plan.state == Plan.State.CLOSED:
            line.faults.append(_("No cost is entered for a closed plan."))
        if values["cost"] is not None and values["cost_year"] is None:
            line.faults.append(_("Write the year of the cost."))
        if len(values["not_funded_reason"]) > Measure.not_funded_reason.field.max_length:
            line.faults.append(_("The reason is over 300 letters: shorten it."))

    @staticmethod
    def _amount(line, text) -> Decimal | None:
        try:
            return amount(text)
        except NotAnAmount as wrong:
            line.faults.append(f"“{text}”: {wrong}")
            return None

    @staticmethod
    def _several(line, known, text, what) -> list:
        """Return the rows named in a cell, separated by « ; », « | » or, when no name has one, by commas."""
        names = [name.strip() for name in BETWEEN.split(text) if name.strip()]
        if len(names) == 1 and not (known.get(names[0]) or known.get(normalised(names[0]))):
            names = [name.strip() for name in names[0].split(",") if name.strip()]
        found = [(name, known.get(name) or known.get(name.upper()) or known.get(normalised(name))) for name in names]
        line.faults += [_("“%(said)s” is no %(what)s.") % {"said": n, "what": what} for n, row in found if row is None]
        return list(dict.fromkeys(row for _name, row in found if row is not None))

    @staticmethod
    def _number(line, text):
        if not text:
            return None
        if text.isdigit() and 0 < int(text) < 1000:
            return int(text)
        line.faults.append(_("“%(said)s” is no number of a measure: write 12.") % {"said": text})
        return None

    @staticmethod
    def _among(line, known, text, what):
        found = known.get(text) or known.get(normalised(text))
        if text and found is None:
            line.faults.append(_("“%(said)s” is no %(what)s.") % {"said": text, "what": what})
        return found

    @staticmethod
    def _day(line, text):
        found = steering_rules.day(text)
        if text and found is None:
            line.faults.append(_("“%(said)s”: write the date as 31/12/2026.") % {"said": text})
        return found
