"""Count working days in France (« jours ouvrés »): Monday to Friday, except the public holidays of the place.

Sources: Code du travail, L3133-1 (eleven days), L3422-2 (abolition of slavery, overseas), L3134-13 (Moselle, Bas-Rhin,
Haut-Rhin). Compared day by day with an independent calendar: docs/decisions/0013.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27), "977": (10, 9),
             "978": (5, 28)}  # fmt: skip
EAST = {"57", "67", "68"}


@cache
def holidays(year: int, territory: str) -> frozenset[date]:
    """Return the public holidays of one year in a département or collectivity, by its code."""
    sunday = easter(year)
    found = {date(year, month, day) for month, day in FIXED} | {sunday + timedelta(days=n) for n in AFTER_EASTER}
    if territory in ABOLITION:
        found.add(date(year, *ABOLITION[territory]))
    if territory in EAST:
        found |= {sunday - timedelta(days=2), date(year, 12, 26)}
    return frozenset(found)


def is_working(day: date, territory: str) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year, territory)


def after(day: date, many: int, territory: str) -> date:
    """Return the day by which `many` working days have passed after `day`, itself not counted."""
    while many:
        day += timedelta(days=1)
        many -= is_working(day, territory)
    return day
