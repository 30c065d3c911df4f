"""Parse dates of birth, and weigh how two of them agree."""

import re
from dataclasses import dataclass

SAID = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
# Written when the day is unknown: only the year is kept.
UNKNOWN_DAYS = {(1, 1), (12, 31)}


@dataclass(frozen=True)
class Birth:
    year: int
    month: int = 0
    day: int = 0
    estimated: bool = False


def births(data: dict) -> list[Birth]:
    """Return the valid births of an identity."""
    found = []
    for said in data.get("births") or []:
        parts = SAID.match(said.get("date") or "")
        if parts:
            year, month, day = (int(part or 0) for part in parts.groups())
            if (month, day) in UNKNOWN_DAYS:
                month = day = 0
            found.append(Birth(year, month, day, bool(said.get("estimated"))))
    return found


def weight_of(one: Birth, two: Birth) -> tuple[float, str]:
    """Return the weight of two births for one person (negative: against), and the code of the reason."""
    apart = abs(one.year - two.year)
    guessed = one.estimated or two.estimated
    whole = bool(one.day and two.day)
    if whole and apart == 0:
        if (one.month, one.day) == (two.month, two.day):
            return 5.0, "birth_same"
        if (one.month, one.day) == (two.day, two.month):
            return 4.0, "birth_swapped"
        one_part = one.month == two.month or one.day == two.day
        return (2.0, "birth_close") if one_part else (-0.5 if guessed else -2.0, "")
    if whole and (one.month, one.day) == (two.month, two.day) and (apart == 1 or apart == 10):
        return 3.0, "birth_close"
    if apart == 0:
        same_month = one.month and one.month == two.month
        return (3.0, "birth_month") if same_month else (2.0, "birth_year")
    if apart == 1:
        return (0.5, "birth_close") if guessed or not whole else (-1.0, "")
    if guessed and apart <= 3:
        return 0.0, ""
    return (-3.0, "") if guessed else (-6.0, "")
