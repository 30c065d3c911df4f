"""Recognise a table of the HTCDS by the codes of its columns, never by their order, and read its values."""

from datetime import date
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.tables.reading import Stream, Table, Unreadable
from foundation.words.comparison import plain
from foundation.words.days import day_in
from referral.htcds.words import ALIASES, FIELDS, LANGUAGES, OWN, TAKEN_AS, Field

ENOUGH = 3  # columns named as fields of the standard: fewer are a chance
MANY = 5  # cells of a line that repeat the names of their columns: the line of labels of the templates


def _key(name: str) -> str:
    """Return a name without what the tools change: the group of a form before it, underscores, spaces, capitals."""
    return name.rpartition("/")[2].replace("_", "").replace(" ", "").casefold()


_NAMES = {_key(name): name for name in [*FIELDS, *OWN]} | {_key(alias): name for alias, name in ALIASES.items()}


def standard_name(header: str) -> str:
    """Return the name of the standard, or of its extension, that a column has; "" for another column."""
    return _NAMES.get(_key(header), "")


def field_of(header: str) -> Field | None:
    """Return the field of the standard that a column is."""
    return FIELDS.get(standard_name(header))


def taken_as(header: str) -> str:
    """Return the field of an import that a column of the standard or of its extension becomes; "" for none."""
    name = standard_name(header)
    return OWN.get(name, "") or (FIELDS[name].taken if name in FIELDS else "")


def why_not_taken(header: str) -> str:
    """Return, in words, why a column of the standard or of its extension is not taken; "" for another column."""
    if field := field_of(header):
        return str(field.why)
    return _("For the reader: nothing is made of it here.") if standard_name(header) else ""


def hint(header: str) -> str:
    """Return what the reader should know of a column that is taken; "" for most."""
    born = standard_name(header) == "prs_Birthdate"
    return _("Read for the age, today: the date itself is forgotten at once.") if born else ""


def read_at_once(header: str, cell: str) -> str:
    """Return what is kept of a cell: of a date of birth, the age."""
    return age_on_today(cell) if standard_name(header) == "prs_Birthdate" else cell


def in_standard(headers: list[str]) -> bool:
    """Return whether the table is one of the standard."""
    return sum(field_of(header) is not None for header in headers) >= ENOUGH


def unfolded(table: Table | Stream) -> Table | Stream:
    """Return a table of the standard without its line of labels and its lines that are numbered and empty.

    A column without a code takes its label. Raises Unreadable when no line is left. Another table is returned as it is.
    """
    if not in_standard(table.headers):
        return table
    headers, first, rows = table.headers, table.first, iter(table.rows)
    begins = next(rows)
    if _labels(headers, begins):
        for number, label in enumerate(begins):
            if not standard_name(headers[number]) and label:
                headers[number] = label
        first += 1
    else:
        rows = chain([begins], rows)
    known = [number for number, header in enumerate(headers) if standard_name(header)]
    kept = (row for row in rows if any(row[number] for number in known))
    if (begins := next(kept, None)) is None:
        raise Unreadable(_("The table is empty: a line of column names, then its lines."))
    return Stream(headers, chain([begins], kept), first)


def _labels(headers: list[str], row: list[str]) -> bool:
    """Return whether a line repeats the names of its columns: « First Name » under prs_FirstName."""
    named = ((standard_name(header).partition("_")[2], cell) for header, cell in zip(headers, row, strict=True))
    return sum(_key(name) == _key(cell) for name, cell in named if name) >= MANY


def age_on_today(text: str) -> str:
    """Return the age that a date of birth gives today, "" when it gives none: the date itself is not kept."""
    born = day_in(text)
    return _age(born, timezone.localdate()) if born else ""


def _age(born: date, today: date) -> str:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return str(years) if 0 <= years <= 120 else ""


def parts(text: str) -> list[str]:
    """Return the values of a cell: the tables of the standard part them by semicolons, its forms by spaces."""
    return [part for part in text.replace(";", " ").split(" ") if part]


# Persian stands for Dari too: the code means Persian when it is read
LANGUAGE_OF = {name: code for code, names in reversed(LANGUAGES.items()) for name in names.split()}


def codes_of(field: str, values: dict[str, str]) -> dict[str, str]:
    """Return {value of the standard, as `plain` gives it: code} for a list {code: value} and a field.

    A value that several codes have is left out, for the reader to choose, unless it is the name of one (« Other »).
    """
    said = list(values.values())
    found = {plain(value): code for code, value in values.items() if said.count(value) == 1 or code == plain(value)}
    return found | {plain(value): code for (name, value), code in TAKEN_AS.items() if name == field and code}
