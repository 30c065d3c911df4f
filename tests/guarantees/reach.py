"""Which tables lead to a case, an alert or an orientation: by models, by constraints, by the name of a column."""

from django.apps import apps
from django.db import connection

from referral.models import Alert, Orientation
from victims.models import Case

from .advice import file_of_wall

ROOTS = (Case, Alert, Orientation)
ROOT_COLUMNS = {f"{root._meta.model_name}_id": root._meta.object_name for root in ROOTS}

FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
WHERE c.contype = 'f'
"""
COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
PROTECTED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
  AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
"""


def _rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def edges() -> set[tuple[str, str, str]]:
    """(table, column, table it points at): constraints of the database, and the models' keys without one."""
    found = {tuple(row) for row in _rows(FOREIGN_KEYS)}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.remote_field is not None:
                found.add((model._meta.db_table, field.column, field.remote_field.model._meta.db_table))
    return found


def reaching() -> dict[str, str]:
    """Table -> the way it reaches a root, in words; the roots themselves included."""
    ways = {root._meta.db_table: f"{root._meta.db_table} is {root._meta.object_name}" for root in ROOTS}
    for table, column in _rows(COLUMNS):
        if column in ROOT_COLUMNS and table not in ways:
            ways[table] = f"{table} reaches {ROOT_COLUMNS[column]} by {column}"
    keys = edges()
    while True:
        more = {
            table: f"{table} reaches {_name(target)} by {column}"
            for table, column, target in keys
            if target in ways and table not in ways
        }
        if not more:
            return ways
        ways |= more


def _name(table: str) -> str:
    return next((root._meta.object_name for root in ROOTS if root._meta.db_table == table), table)


def unprotected() -> list[str]:
    """A sentence for each table that leads to a case and has no row security, saying what to do."""
    behind = {name for (name,) in _rows(PROTECTED)}
    return [
        f"{way}: declare a Wall for it in WALLS of {file_of_wall(table)}, beside those of its subject; see"
        f" docs/architecture.md"
        for table, way in sorted(reaching().items())
        if table not in behind
    ]
