"""Columns that an INSERT written by hand must name: Django fills them from `default`, the database has none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Field

from .advice import file_of
from .conventions import APPS

POSITIONED = ("notifications_notice", "referral_alertdesk", "referral_caseimport", "referral_clock", "referral_export",
              "referral_legalshare", "referral_orientation", "referral_orientationdesk", "referral_situation",
              "victims_caseaccess")  # fmt: skip
BY_TRIGGER = {(table, column) for table in POSITIONED for column in ("position", "changed_at")}
INSERT = re.compile(r"INSERT INTO (?:public\.)?(\w+)(?: AS \w+)?\s*\(([\w\s,]+)\)")


def must_be_named() -> dict[str, dict[str, Field]]:
    """Return the columns that are neither null nor filled by the database: table -> column -> field."""
    return {
        model._meta.db_table: {
            field.column: field
            for field in model._meta.local_concrete_fields
            if not (field.null or field.has_db_default() or field.generated or field.db_returning)
            if (model._meta.db_table, field.column) not in BY_TRIGGER
        }
        for model in apps.get_models(include_auto_created=True)
    }


def inserts(root: Path) -> Iterator[tuple[str, str, set[str]]]:
    """Yield (file:line, table, columns named) of each INSERT in SQL and Python of the apps, and in `definers*.py`."""
    paths = [path for app in APPS for suffix in ("py", "sql") for path in (root / app).rglob(f"*.{suffix}")]
    paths += (root / "tests" / "guarantees").glob("definers*.py")
    for path in sorted(path for path in paths if "migrations" not in path.parts):
        texts = [(1, path.read_text())]
        if path.suffix == ".py":
            strings = [node for node in ast.walk(ast.parse(texts[0][1])) if isinstance(node, ast.Constant)]
            texts = [(node.lineno, node.value) for node in strings if isinstance(node.value, str)]
        for line, text in texts:
            for hit in INSERT.finditer(text):
                at = line + text[: hit.start()].count("\n")
                yield f"{path.relative_to(root)}:{at}", hit[1], set(re.findall(r"\w+", hit[2]))


def unnamed(root: Path, wanted: dict[str, dict[str, Field]]) -> list[str]:
    """Return a sentence for each column that an INSERT leaves out and that neither null nor a default can fill."""
    return [
        f"{where}: INSERT INTO {table} does not name « {column} », which has no default in the database: name it there,"
        f" with its value ({file_of(wanted[table][column].model)} says {_default(wanted[table][column])})"
        for where, table, named in inserts(root)
        for column in sorted(wanted.get(table, {}).keys() - named)
    ]


def _default(field: Field) -> str:
    return f"default={getattr(field.default, '__qualname__', field.default)}" if field.has_default() else "no default"


def read_back(tables: set[str]) -> list[str]:
    """Return a sentence for each column of these tables with `db_default`.

    Django asks such a column back (INSERT … RETURNING), and row security judges a row that is returned by the policy of
    readers, before the triggers that give access to it.
    """
    return [
        f"{model.__name__}.{field.name} has db_default: its row would be refused by row security, which judges a row"
        f" that Django reads back (RETURNING) before its access exists. In {file_of(model)} write default= instead, and"
        " name the column in each INSERT that test_a_bare_insert_names_each_column says"
        for model in apps.get_models()
        if model._meta.db_table in tables
        for field in model._meta.local_concrete_fields
        if field.has_db_default()
    ]
