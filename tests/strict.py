"""Make two silent mistakes fail in every test: an undefined template variable, and rows shown in no order."""

from collections.abc import Iterator
from typing import Any, Never

from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler


class UndefinedVariable(Exception):
    """A template prints a name that its view does not give."""


class Undefined(str):
    """Value of `string_if_invalid`: Django formats it with the name of the missing variable."""

    def __mod__(self, name: object) -> Never:
        raise UndefinedVariable(
            f"{{{{ {name} }}}} is undefined: give it in the view, or test it with {{% if %}} first."
        )


ordered = SQLCompiler._order_by_pairs


def shuffled(compiler: SQLCompiler) -> Iterator[tuple[Any, bool]]:
    """Yield the ordering of a query, a random one where it has none.

    Left alone: slices (`get`, `exists`), and queries whose ORDER BY would have to be part of DISTINCT or GROUP BY.
    """
    query, any_order = compiler.query, False
    for pair in ordered(compiler):
        any_order = True
        yield pair
    bound = query.is_sliced or query.distinct or query.combinator or query.group_by is not None or query.subquery
    if not any_order and not bound and query.model is not None and not query.annotation_select:
        yield OrderBy(Random()), False
