"""Make the database that test spaces are copied from, as the owner."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from foundation.encryption import first_key
from foundation.statements.sandbox import named
from foundation.statements.signing import sign

from . import world

# how a copy differs from one made of another version: its walls, its tables, the domain pack
MADE_OF = """
SELECT concat(obj_description(to_regnamespace('nrm'), 'pg_namespace'),
  (SELECT string_agg(app || name, ',' ORDER BY app, name) FROM django_migrations),
  (SELECT string_agg(name || checksum, ',' ORDER BY name) FROM indicators_packfile))
"""
ROLE = "nrm_sandbox"


class NotATemplate(Exception):
    """Signal that what would be filled with fiction is not the template."""


def make() -> str:
    """Make the template, or bring it up to date; return what names its version. Raises NotATemplate."""
    name, here = settings.SANDBOX_TEMPLATE, connections[world.OWNER].settings_dict["NAME"]
    if not name or name == here:
        raise NotATemplate("SANDBOX_TEMPLATE names a database of its own.")
    _create(name)
    with _owner_and_application_in(name):
        call_command("migrate", verbosity=0)
        call_command("load_domain", verbosity=0)
        call_command("load_plans", verbosity=0)
        fill(name)
        stamp = _stamp()
    _statement(f"COMMENT ON DATABASE {_quoted(name)} IS '{stamp}'")
    _statement(f"ALTER DATABASE {_quoted(name)} WITH IS_TEMPLATE true")
    return stamp


def fill(name: str) -> None:
    """Make the fictitious world, in the database of this name and in no other. Raises NotATemplate."""
    for alias in ("default", world.OWNER):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database()")
            if cursor.fetchone() != (name,):
                raise NotATemplate(alias)
    world.make()
    with connections[world.OWNER].cursor() as cursor:
        # whoever owns a copy would own its schema otherwise, and with it what functions of the owner stand on
        cursor.execute("ALTER SCHEMA public OWNER TO CURRENT_USER")
        # in the template and its copies alone: who makes a copy gives its program an identifier and a secret
        cursor.execute(f"GRANT SELECT (client_id), UPDATE (client_id, client_secret) ON agencies_apiclient TO {ROLE}")


def _stamp() -> str:
    with connections[world.OWNER].cursor() as cursor:
        cursor.execute(MADE_OF)
        made_of = cursor.fetchone()[0]
    # keys too: what a copy sealed or signed with former ones is of no use
    parts = "\n".join((world.VERSION, made_of, first_key(), sign("test space")))
    return hashlib.sha256(parts.encode()).hexdigest()


def _create(name: str) -> None:
    with connections[world.OWNER].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {_quoted(name)}")


@contextmanager
def _owner_and_application_in(name: str) -> Iterator[None]:
    """Lead both connections to the template, and close them after: a database that is in use is not copied."""
    former = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", world.OWNER)}
    try:
        for alias in former:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        with named(name):
            yield
    finally:
        for alias, before in former.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before


def _statement(sql: str) -> None:
    with connections[world.OWNER].cursor() as cursor:
        cursor.execute(sql)


def _quoted(name: str) -> str:
    return connections[world.OWNER].ops.quote_name(name)
