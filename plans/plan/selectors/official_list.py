"""Read the official list of a plan from a table, recognise its columns, and tell what each line would change.

Reads only; `operations/official_list.py` writes.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.models import Directory
from foundation.tables import reading
from foundation.tables.reading import Unreadable
from plans.models import Axis, Measure, Plan
from plans.steering import rules as steering_rules

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


class Line(steering_rules.Line):
    """Hold a line of the list; `known`: the measure it completes."""

    @property
    def changes(self) -> dict:
        """Return the fields the line would change: an empty cell removes nothing."""
        given = {name: value for name, value in self.values.items() if value not in ("", None)}
        if self.known is None:
            return given
        return {name: value for name, value in given.items() if getattr(self.known, name) != value}

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
    def changed_fields(self) -> list[str]:
        """Return the fields it would change, in words."""
        return [str(FIELDS[name][0]) for name in self.changes]


@dataclass
class Table:
    """Hold the headers, the field chosen for each, and the lines."""

    headers: list[str]
    columns: list[str]  # a field per header, or ""
    lines: list[Line]

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
        measures = list(plan.measures.standing().select_related("axis"))
        self.by_number = {m.number: m for m in measures if m.number}
        self.by_title = {normalised(m.title_fr): m for m in measures}
        self.axes = {}
        for axis in Axis.objects.filter(plan=plan):
            self.axes |= {str(axis.number): axis, normalised(axis.title_fr): axis, axis.code: axis}
        self.bodies = {}
        for body in Directory.objects.filter(active=True):
            self.bodies |= {normalised(name): body for name in (body.pk, body.name, body.acronym) if name}
        self.seen: set = set()

    def judged(self, line: Line, given: dict) -> Line:
        """Return the line with its parsed values, the measure it completes, and its faults."""
        values = line.values
        values["title_fr"], values["text_fr"] = given.get("title_fr", ""), given.get("text_fr", "")
        values["number"] = self._number(line, given.get("number", ""))
        values["axis"] = self._among(line, self.axes, given.get("axis", ""), _("axis of this plan"))
        values["lead"] = self._among(line, self.bodies, given.get("lead", ""), _("body of the directory"))
        values["start"], values["end"] = (self._day(line, given.get(name, "")) for name in ("start", "end"))
        line.known = self.by_number.get(values["number"]) or self.by_title.get(normalised(values["title_fr"]))
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
