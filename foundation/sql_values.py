"""Make functions of the database that answer with values of Python, so that a number or a list is said once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

type Value = int | str | timedelta | Sequence[str]


def constant(name: str, value: Value) -> str:
    """Return the SQL of a function without arguments: number, text, duration or list of codes."""
    return _function(f"{name}()", _type(value), _literal(value))


def by_code(name: str, values: Mapping[str, int | str | timedelta]) -> str:
    """Return the SQL of a function of a code; for any other text it answers 0, or an empty text."""
    first = next(iter(values.values()))
    none = timedelta(0) if isinstance(first, timedelta) else "" if isinstance(first, str) else 0
    cases = " ".join(f"WHEN '{code}' THEN {_literal(value)}" for code, value in values.items())
    return _function(f"{name}(text)", _type(first), f"CASE $1 {cases} ELSE {_literal(none)} END")


def _function(signature: str, returns: str, answer: str) -> str:
    return f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql IMMUTABLE AS $$ SELECT {answer} $$"


def _type(value: Value) -> str:
    if isinstance(value, str):
        return "text"
    return "int" if isinstance(value, int) else "interval" if isinstance(value, timedelta) else "text[]"


def _literal(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:d}"
    if isinstance(value, str):
        return f"""'{value.replace("'", "''")}'"""
    if isinstance(value, timedelta):
        return f"interval '{value // timedelta(seconds=1)} seconds'"
    return f"'{{{','.join(value)}}}'::text[]"
