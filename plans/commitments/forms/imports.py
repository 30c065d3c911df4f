"""Read a table of commitments line by line, each fault with what to do; loaded whole or not at all."""

import re
from datetime import date

from django.utils.translation import gettext as _

from foundation.tables.reading import Table, Unreadable
from plans.models import Commitment, CommitmentBody, CommitmentSource, CommitmentTheme, CommitmentUrgency
from plans.steering.rules import Line, day

from .commitments import DATED

COLUMNS = ("code", "body", "source", "paragraph", "urgency", "theme", "text_fr", "text_en", "due_date")
REQUIRED = ("code", "body", "source", "urgency", "theme", "text_fr")
NEW_SOURCE = ("source_title", "source_date")  # two optional columns, for a text not in the register
CODE = re.compile(r"[A-Z0-9]{1,6}(-[A-Z0-9]{1,8}){0,2}", re.I)
MOST = 1000
SHORT = {"paragraph": Commitment.paragraph, "source": CommitmentSource.code, "source_title": CommitmentSource.title_fr}


class ImportLine(Line):
    """Hold a line of the table; `known`: the commitment it completes."""

    @property
    def act(self) -> str:
        if self.known is None:
            return "new"
        same = all(_stored_value(self.known, name) == self.values[name] for name in COLUMNS if name not in ("code",))
        return "same" if same else "changed"


def _stored_value(commitment: Commitment, name: str):
    column = {"body": "body_id", "source": "from_text_id", "urgency": "urgency_id", "theme": "theme_id"}.get(name, name)
    return getattr(commitment, column)


def read(table: Table) -> list[ImportLine]:
    """Return every line with what is wrong in it.

    Raises Unreadable for missing columns or too many lines.
    """
    headers = [cell.lower() for cell in table.headers]
    if missing := [name for name in REQUIRED if name not in headers]:
        raise Unreadable(_("Columns missing: %(names)s. Start from the model.") % {"names": ", ".join(missing)})
    if len(table.rows) > MOST:
        raise Unreadable(_("More than 1,000 lines: cut the table into several."))
    known = {
        "body": set(CommitmentBody.objects.values_list("pk", flat=True)),
        "urgency": set(CommitmentUrgency.objects.values_list("pk", flat=True)),
        "theme": set(CommitmentTheme.objects.values_list("pk", flat=True)),
        "source": set(CommitmentSource.objects.values_list("pk", flat=True)),
    }
    stored = Commitment.objects.in_bulk()
    found, seen = [], set()
    for number, cells in enumerate(table.rows, start=2):
        given = dict(zip(headers, cells, strict=True))
        line = ImportLine(number, {n: given.get(n, "") for n in (*COLUMNS, *NEW_SOURCE)})
        _judge(line, known, seen)
        line.known = stored.get(line.values["code"])
        found.append(line)
    return found


def _judge(line: ImportLine, known: dict[str, set], seen: set[str]) -> None:
    values = line.values
    for name in REQUIRED:
        if not values[name]:
            line.faults.append(_("Fill in “%(name)s”.") % {"name": name})
    if values["code"] and not CODE.fullmatch(values["code"]):
        line.faults.append(_("“%(code)s”: write a code like G4-02.") % {"code": values["code"]})
    if values["code"] in seen:
        line.faults.append(_("“%(code)s” comes twice: keep one line.") % {"code": values["code"]})
    seen.add(values["code"])
    for name in ("body", "urgency", "theme"):
        if values[name] and values[name] not in known[name]:
            allowed = ", ".join(sorted(known[name]))
            line.faults.append(
                _("“%(value)s” is no %(name)s: choose among %(allowed)s.")
                % {"value": values[name], "name": name, "allowed": allowed}
            )
    named = values["source_title"] and DATED.fullmatch(values["source_date"])
    if values["source"] and values["source"] not in known["source"] and not named:
        line.faults.append(
            _("“%(value)s” is no text of the register: give source_title and source_date (2026, 2026-05...).")
            % {"value": values["source"]}
        )
    values["due_date"] = _day(line, values["due_date"])
    if max(len(values["text_fr"]), len(values["text_en"])) > Commitment.text_fr.field.max_length:
        line.faults.append(_("A text is over 2,000 characters: shorten it."))
    for name, column in SHORT.items():
        if len(values[name]) > (most := column.field.max_length):
            line.faults.append(_("“%(name)s” is over %(most)d characters.") % {"name": name, "most": most})


def _day(line: ImportLine, text: str) -> date | None:
    found = day(text)
    if text and found is None:
        line.faults.append(_("“%(date)s”: write the date as 2026-07-15 or 15/07/2026.") % {"date": text})
    return found
