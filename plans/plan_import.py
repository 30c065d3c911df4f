"""The official list of a plan brought as CSV: columns recognised by their name, each line with what it would do or what
is wrong in it. Reads only; `operations/plan_import.py` writes."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.models import Directory

from .models import Axis, Measure, Plan

MOST = 500
FIELDS = {
    "number": (gettext_lazy("Official number"), ("numero", "n", "no", "num", "mesure n", "number")),
    "title_fr": (gettext_lazy("Title"), ("titre", "mesure", "intitule", "libelle", "action", "title")),
    "axis": (gettext_lazy("Axis"), ("axe", "axis", "priorite")),
    "lead": (gettext_lazy("Leading body"), ("pilote", "responsable", "chef de file", "organisme", "lead")),
    "start": (gettext_lazy("Begins"), ("debut", "date de debut", "start")),
    "end": (gettext_lazy("Ends"), ("fin", "echeance", "date de fin", "end")),
    "text_fr": (gettext_lazy("What will be done"), ("description", "texte", "contenu", "detail", "text")),
}
WORDS = {
    "new": pgettext_lazy("import", "added"),
    "changed": pgettext_lazy("import", "completed"),
    "same": pgettext_lazy("import", "as it stands"),
}
DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4}))")


class Unreadable(ValueError):
    """Says in words what is wrong with the table and what to do."""


@dataclass
class Line:
    """A line of the table: what it says, the measure it completes, what is wrong in it."""

    number: int
    values: dict = field(default_factory=dict)
    known: Measure | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def changes(self) -> dict:
        """Only what the table says: an empty cell takes nothing away."""
        said = {name: value for name, value in self.values.items() if value not in ("", None)}
        if self.known is None:
            return said
        return {name: value for name, value in said.items() if getattr(self.known, name) != value}

    @property
    def act(self) -> str:
        return "new" if self.known is None else "changed" if self.changes else "same"

    @property
    def words(self):
        return WORDS[self.act]

    @property
    def title(self) -> str:
        return self.values.get("title_fr") or (self.known.title_fr if self.known else "")

    @property
    def said(self) -> list[str]:
        """Which fields it would complete, in words."""
        return [str(FIELDS[name][0]) for name in self.changes]


@dataclass
class Table:
    headers: list[str]
    columns: list[str]  # a field for each header, or ""
    lines: list[Line]

    @property
    def faulty(self) -> list[Line]:
        return [line for line in self.lines if line.faults]


def folded(words: str) -> str:
    """Small letters without accents nor signs, to compare what two hands wrote."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def read(plan: Plan, text: str, chosen: list[str] | None = None) -> Table:
    """`chosen`: the field of each column, where the reader corrected what was recognised. Raises Unreadable."""
    rows = _rows(text)
    headers = [cell.strip() for cell in rows[0]]
    columns = chosen if chosen and len(chosen) == len(headers) else recognised(headers)
    if len(rows) > MOST + 1:
        raise Unreadable(_("More than 500 lines: this is no list of measures."))
    known = _Known(plan)
    lines = []
    for number, cells in enumerate(rows[1:], start=2):
        given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
        lines.append(known.judged(Line(number), given))
    return Table(headers, columns, lines)


def recognised(headers: list[str]) -> list[str]:
    found: list[str] = []
    for header in headers:
        name = next((name for name, (_label, names) in FIELDS.items() if folded(header) in names), "")
        found.append("" if name in found else name)
    return found


def _rows(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Unreadable(_("This cannot be read as a table: save it again as CSV.")) from error
    if len(rows) < 2:
        raise Unreadable(_("The table is empty: a line of column names, then a line a measure."))
    return rows


class _Known:
    """What the plan and the directory know, asked once for all lines."""

    def __init__(self, plan: Plan):
        measures = list(plan.measures.standing().select_related("axis"))
        self.by_number = {m.number: m for m in measures if m.number}
        self.by_title = {folded(m.title_fr): m for m in measures}
        self.axes = {}
        for axis in Axis.objects.filter(plan=plan):
            self.axes |= {str(axis.number): axis, folded(axis.title_fr): axis, axis.code: axis}
        self.bodies = {}
        for body in Directory.objects.filter(active=True):
            self.bodies |= {folded(name): body for name in (body.pk, body.name, body.acronym) if name}
        self.seen: set = set()

    def judged(self, line: Line, given: dict) -> Line:
        values = line.values
        values["title_fr"], values["text_fr"] = given.get("title_fr", ""), given.get("text_fr", "")
        values["number"] = self._number(line, given.get("number", ""))
        values["axis"] = self._among(line, self.axes, given.get("axis", ""), _("axis of this plan"))
        values["lead"] = self._among(line, self.bodies, given.get("lead", ""), _("body of the directory"))
        values["start"], values["end"] = (self._day(line, given.get(name, "")) for name in ("start", "end"))
        line.known = self.by_number.get(values["number"]) or self.by_title.get(folded(values["title_fr"]))
        if line.known is None and not values["title_fr"]:
            line.faults.append(_("Write the title of the measure."))
        if len(values["title_fr"]) > 300:
            line.faults.append(_("The title is over 300 letters: shorten it."))
        key = line.known.pk if line.known else values["number"] or folded(values["title_fr"])
        if key in self.seen:
            line.faults.append(_("The same measure comes twice: keep one line."))
        self.seen.add(key)
        begins, ends = (values[name] or (line.known and getattr(line.known, name)) for name in ("start", "end"))
        if begins and ends and ends < begins:
            line.faults.append(_("The end comes before the beginning: correct one of them."))
        return line

    @staticmethod
    def _number(line, said):
        if not said:
            return None
        if said.isdigit() and 0 < int(said) < 1000:
            return int(said)
        line.faults.append(_("« %(said)s » is no number of a measure: write 12.") % {"said": said})
        return None

    @staticmethod
    def _among(line, known, said, what):
        found = known.get(said) or known.get(folded(said))
        if said and found is None:
            line.faults.append(_("« %(said)s » is no %(what)s.") % {"said": said, "what": what})
        return found

    @staticmethod
    def _day(line, said):
        found = DAY.fullmatch(said)
        try:
            if found:
                y, m, d = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
                return date(int(y), int(m), int(d))
        except ValueError:
            found = None  # the 31st of a short month: told like any other day that does not exist
        if said:
            line.faults.append(_("« %(said)s »: write the date as 31/12/2026.") % {"said": said})
        return None
