"""Page long lists by key, for pages and API: no OFFSET, no COUNT, the same cost at any depth.

A cursor holds the key of the last row shown and nothing else. It is not signed: it only narrows what the reader may see
anyway. It is parsed strictly: a value of the wrong type is a bad cursor, never a database error.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE = 25
CAP = 1000
FORWARD, BACK = "n", "p"
CURSOR = "^[A-Za-z0-9_-]*$"  # empty: the first page


class BadCursor(ValueError):
    """Signal a cursor that is truncated or belongs to another list."""


@dataclass(frozen=True)
class Page:
    """Hold some rows and the cursors of the pages beside them (empty when there is none)."""

    rows: list = field(default_factory=list)
    next: str = ""
    previous: str = ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


@dataclass(frozen=True)
class Keyset:
    """Describe the columns a list is sorted by, all in one direction, the last one unique.

    Example: `Keyset("received_at", "case")`. No column may be null in the rows given to `page`: a comparison with null
    drops the row.
    """

    columns: tuple[str, ...]
    descending: bool = True

    def __init__(self, *columns: str, descending: bool = True):
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "descending", descending)

    def asked(self, rows: QuerySet, request, limit: int = PAGE) -> Page:
        """Return the page that an address asks for; the first one when its cursor is none that we gave."""
        try:
            return self.page(rows, request.GET.get("cursor", ""), limit)
        except BadCursor:
            return self.page(rows, limit=limit)

    def given(self, model, cursor: str) -> str:
        """Return this cursor, for the address of another page; empty when it is none that we gave."""
        try:
            self._decode(model, cursor)
        except BadCursor:
            return ""
        return cursor

    def page(self, rows: QuerySet, cursor: str = "", limit: int = PAGE) -> Page:
        """Return one page of at most `limit` rows after (or before) the cursor, in one statement.

        Fetches one row more than shown, to know whether another page follows. Raises BadCursor.
        """
        if not cursor:
            return self.shown(list(self.first(rows, limit)), limit)
        names = self._names(rows.model)
        way, key = self._decode(rows.model, cursor)
        descending = self.descending == (way == FORWARD)
        # not `pk__lt` on a composite key: it scans from the newest row
        comparison = TupleLessThan if descending else TupleGreaterThan
        rows = rows.filter(comparison(Tuple(*names), key))
        found = list(rows.order_by(*(f"-{name}" if descending else name for name in names))[: limit + 1])
        more, found = len(found) > limit, found[:limit]
        if way == BACK:
            found.reverse()
        if not found:
            return Page()
        before = more if way == BACK else True
        after = more if way == FORWARD else True
        return Page(
            found,
            next=_encode(FORWARD, found[-1], names) if after else "",
            previous=_encode(BACK, found[0], names) if before else "",
        )

    def first(self, rows: QuerySet, limit: int = PAGE) -> QuerySet:
        """Return the rows of the first page, and one more when another page follows: `shown` makes the page of them."""
        return rows.order_by(*(f"-{name}" if self.descending else name for name in self._names(rows.model)))[
            : limit + 1
        ]

    def shown(self, found: list, limit: int = PAGE) -> Page:
        more, found = len(found) > limit, found[:limit]
        return Page(found, next=_encode(FORWARD, found[-1], self._names(type(found[-1]))) if more else "")

    def _names(self, model) -> list[str]:
        return [model._meta.get_field(name).attname for name in self.columns]

    def _decode(self, model, cursor: str):
        try:
            way, *values = json.loads(
                base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), b"-_", validate=True)
            )
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise BadCursor(cursor) from error
        if way not in (FORWARD, BACK) or len(values) != len(self.columns):
            raise BadCursor(cursor)
        return way, tuple(_read(model._meta.get_field(n), v) for n, v in zip(self.columns, values, strict=True))


def _encode(way: str, row, names: list[str]) -> str:
    values = [getattr(row, name) for name in names]
    text = json.dumps([way, *(v if isinstance(v, int) else _text(v) for v in values)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text(value) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _read(column, value):
    """Convert a value of the cursor to the type of its column. Raises BadCursor."""
    target = getattr(column, "target_field", column)
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise BadCursor(str(value))
    try:
        read = target.to_python(value)
        target.run_validators(read)
    except (ValidationError, ValueError, OverflowError) as error:
        raise BadCursor(str(value)) from error
    if read is None or (hasattr(read, "tzinfo") and read.tzinfo is None):
        raise BadCursor(str(value))
    return read


def capped_count(rows: QuerySet, cap: int = CAP) -> int:
    """Count rows up to `cap` + 1: the page shows « plus de 1 000 » and the database stops counting there."""
    return rows.order_by()[: cap + 1].count()
