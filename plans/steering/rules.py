"""Read an uploaded table line by line."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from foundation.tables.reading import Table, read

CELL = 6000  # characters in a cell: the description of a measure is long
DAY = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|(?P<D>[0-9]{2})/(?P<M>[0-9]{2})/(?P<Y>[0-9]{4})")


@dataclass
class Line:
    """Hold a line of the table: its values, the row it completes if any, and what is wrong with it."""

    number: int
    values: dict = field(default_factory=dict)
    known: Any = None
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.faults


def table_of(text: str) -> Table:
    """Read a pasted table. Raises Unreadable."""
    return read(text.encode(), cell=CELL)


def day(text: str) -> date | None:
    """Parse « 2026-12-31 » or « 31/12/2026 »; None for anything else, or a day that does not exist."""
    found = DAY.fullmatch(text)
    try:
        return date(*(int(found[one] or found[other]) for one, other in ("yY", "mM", "dD"))) if found else None
    except ValueError:
        return None  # the 31st of a short month
