"""Compile a queryset once for each kind of reader, and ask it again with the values of each.

Django makes the objects and the text of a statement anew at each request: half of the time of a page of a case. Who
reads what stands in `of` and `visible_to` alone: they are called as ever, once for each kind of reader, with slots
where the values of the acting member go. No row is kept, and no value: only the text.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import date, time
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Expression, Value
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

ASKED: list["KeptStatement"] = []  # all of them, for tests


class Slot(Expression):
    """Stand for a value that is told each time the statement is asked."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Reader(Slot):
    """Stand for the acting member. What decides the text is that of the member, what varies is a slot.

    It has nothing else: AttributeError says that a statement depends on more than `shape` and `values` tell.
    """

    def __init__(self, sight: str, kind: str, came_lately: bool):
        super().__init__("pk")
        self.sight, self.kind = sight, kind
        self.pk, self.agency_id = Slot("pk"), Slot("agency_id")
        self.cases_from = Slot("cases_from") if came_lately else None


def _shape(actor) -> tuple:
    return (actor.sight, actor.kind, bool(actor.cases_from)) if actor is not None else ()


def _values(actor) -> dict[str, Any]:
    if actor is None:
        return {}
    return {"pk": actor.pk, "agency_id": actor.agency_id, "cases_from": actor.cases_from}


class AnyOf(In):
    """Compare with each value of an array, told as one value: `IN` has as many as there are."""

    lookup_name = "any_of"

    def get_prep_lookup(self):
        return self.rhs

    def as_sql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s::{self.lhs.output_field.db_type(connection)}[])", [*params, self.rhs]


models.Field.register_lookup(AnyOf)
models.ForeignObject.register_lookup(AnyOf)


class KeptStatement:
    """A queryset made by `build(reader, **slots)`, whose text is made once for each shape of reader.

    `build` reads nothing but its arguments: no time, no language, no setting. Without an actor `reader` is None. Raises
    ValueError for a moment among the constants, which would stay that of the first request.
    """

    def __init__(self, build: Callable[..., models.QuerySet]):
        self.build = build
        self.known: dict[tuple, _Compiled | None] = {}
        ASKED.append(self)

    def rows(self, actor, **values) -> list:
        """Return the rows for this member and these values, in the order of the queryset. One query, or none."""
        found = self._compiled(actor, values)
        return found.rows(_values(actor) | values) if found else []

    def count(self, actor, most: int, **values) -> int:
        """Return how many rows there are, at most `most`: the database stops counting there."""
        return counts([(self, most)], actor, **values)[0]

    def _compiled(self, actor, values: dict, most: int = 0) -> "_Compiled | None":
        key = (_shape(actor), tuple(values), most)
        if key not in self.known:
            reader = Reader(*key[0]) if key[0] else None
            rows = self.build(reader, **{name: Slot(name) for name in values})
            try:
                self.known[key] = _Compiled(_ones(rows)[:most] if most else rows)
            except EmptyResultSet:
                self.known[key] = None
        return self.known[key]


def counts(statements: Sequence[tuple[KeptStatement, int]], actor, **values) -> list[int]:
    """Return how many rows each of these has, at most as many as stand beside it. One query for all, or none."""
    found = [statement._compiled(actor, values, most) for statement, most in statements]
    asked, told = [one for one in found if one], _values(actor) | values
    if not asked:
        return [0] * len(found)
    # no value stands in these texts
    texts = ", ".join(f"(SELECT COUNT(*) FROM ({one.text}) subquery)" for one in asked)  # noqa: S608
    with connections[asked[0].queryset.db].cursor() as cursor:
        cursor.execute(f"SELECT {texts}", [value for one in asked for value in one.filled(told)])
        numbers = iter(cursor.fetchone())
    return [next(numbers) if one else 0 for one in found]


def _ones(rows: models.QuerySet) -> models.QuerySet:
    """Return the queryset with nothing to fetch: what is counted."""
    return rows.select_related(None).order_by().values(one=Value(1))


class _Compiled:
    def __init__(self, rows: models.QuerySet):
        self.queryset = rows
        self.compiler: SQLCompiler = rows.query.get_compiler(rows.db)
        self.text, self.params = self.compiler.as_sql()
        if any(isinstance(value, date | time) for value in self.params):
            raise ValueError(f"A moment stands in the text of this statement: {self.text}")

    def filled(self, values: dict) -> list:
        return [values[value.name] if isinstance(value, Slot) else value for value in self.params]

    def rows(self, values: dict) -> list:
        said = self.queryset
        rows = type(said)(model=said.model, query=_Filled(self, values), using=said._db)
        for name in ("_known_related_objects", "_iterable_class", "_fields"):
            setattr(rows, name, getattr(said, name))
        rows._prefetch_related_lookups = tuple(_own(lookup) for lookup in said._prefetch_related_lookups)
        return list(rows)


def _own(lookup):
    """Return a lookup of related rows with a queryset of its own: Django hangs the first row on it."""
    if isinstance(lookup, str) or lookup.queryset is None:
        return lookup
    found = copy(lookup)
    found.queryset = lookup.queryset.all()
    return found


class _Filled:
    """The query of a compiled statement with its values, as far as a queryset asks it."""

    def __init__(self, compiled: _Compiled, values: dict):
        self.compiled, self.values = compiled, values

    def __getattr__(self, name):
        return getattr(self.compiled.queryset.query, name)

    def get_compiler(self, using, connection=None, elide_empty=True) -> SQLCompiler:
        compiler = copy(self.compiled.compiler)
        compiler.connection = connections[using]  # that of this thread
        params = self.compiled.filled(self.values)
        compiler.as_sql = lambda *args, **kwargs: (self.compiled.text, params)  # type: ignore[method-assign]
        return compiler
