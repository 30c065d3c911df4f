"""Read a day as people write it in a cell."""

import re
from datetime import date, datetime

from .comparison import plain

MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier janv", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout",
         "septembre sept", "octobre oct", "novembre nov", "decembre dec"), 1)
    for name in names.split()
}  # fmt: skip
SHAPES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
_IN_WORDS = re.compile(r"(\d{1,2}|1er) ([a-z]+) (\d{4})")


def day_in(text: str) -> date | None:
    """Return the day that a cell says: « 15/03/2026 », « 3 février 2026 »; None for anything else."""
    if found := _IN_WORDS.fullmatch(plain(text)):
        number, month, year = found[1].removesuffix("er"), MONTHS.get(found[2]), int(found[3])
        try:
            return date(year, month, int(number)) if month else None
        except ValueError:
            return None
    for shape in SHAPES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 a day, not a moment
        except ValueError:
            continue
    return None
