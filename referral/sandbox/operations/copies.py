"""Make and drop the databases of test spaces, in the worker, as the role that owns them and reads no real table."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from psycopg2 import sql
from psycopg2.errors import ObjectInUse

from agencies.models import Sandbox
from foundation.actor import SYSTEM, acting_as
from foundation.tasks import database_now
from referral.sandbox.rules import TEMPLATE_CLIENT, copies_like, new_database

COPIES = "SELECT datname, datconnlimit = -2 FROM pg_database WHERE datname LIKE %s"
# until the connection is closed: a pass that another one woke waits for it, then finds what is still wanted
ALONE = "SELECT pg_advisory_lock(hashtextextended(%s, 76))"
log = logging.getLogger(__name__)
CONNECTIONS = 6  # to one copy at once
STAMP = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s AND datistemplate"


@contextmanager
def administration(database: str = "") -> Iterator[psycopg2.extensions.cursor]:
    """Give a cursor of the role that makes copies, each statement by itself, outside of the copies unless one is named.

    Raises psycopg2.OperationalError.
    """
    where = {"dbname": database} if database else {}
    with closing(psycopg2.connect(settings.SANDBOX_DATABASE, connect_timeout=10, **where)) as connection:
        connection.autocommit = True
        yield connection.cursor()


def keep() -> int:
    """Make the copies that are wanted, drop what is over; return how many were made. Raises psycopg2.Error."""
    if not (settings.SANDBOX_TEMPLATE and settings.SANDBOX_DATABASE):
        return 0
    with administration() as cursor:
        cursor.execute(ALONE, [settings.SANDBOX_TEMPLATE])
        cursor.execute(STAMP, [settings.SANDBOX_TEMPLATE])
        stamp = cursor.fetchone()
        _forget()
        made = sum(_make(cursor, space, stamp[0]) for space in _wanted(stamp[0])) if stamp else 0
        _drop_unknown(cursor)
    return made


def _wanted(stamp: str) -> list[Sandbox]:
    """Return the spaces without a copy, with one that is no longer wanted, or one of another version."""
    with acting_as(SYSTEM):
        stale = Q(made_at=None) | Q(made_at__lt=F("wanted_at")) | ~Q(made_of=stamp)
        return list(Sandbox.objects.filter(stale, ended=False).order_by("wanted_at"))


def _forget() -> None:
    """Delete the rows of spaces that ended, were not used for long, or whose program or agency is no longer there."""
    over = Q(ended=True) | Q(used_at__lt=timezone.now() - Sandbox.UNUSED)
    over |= Q(membership__active=False) | Q(membership__agency__active=False)
    with acting_as(SYSTEM):
        Sandbox.objects.filter(pk__in=list(Sandbox.objects.filter(over).values_list("pk", flat=True))).delete()


def _make(cursor, space: Sandbox, stamp: str) -> bool:
    """Copy the template for this space; return whether the copy is the one that is wanted.

    What fails halfway is in no row: the next pass drops it.
    """
    with acting_as(SYSTEM):
        began = database_now()
    name = new_database(settings.SANDBOX_TEMPLATE)
    try:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} CONNECTION LIMIT %s").format(
                sql.Identifier(name), sql.Identifier(settings.SANDBOX_TEMPLATE)
            ),
            [CONNECTIONS],
        )
    except ObjectInUse:
        log.info("the template of test spaces is in use: tried again at the next pass")
        return False
    # rights on a database are not copied with it (foundation/walls.py)
    cursor.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    with administration(name) as inside:
        inside.execute(
            "UPDATE agencies_apiclient SET client_id = %s, client_secret = %s WHERE client_id = %s",
            [space.client_id, space.secret, TEMPLATE_CLIENT],
        )
    with acting_as(SYSTEM):
        same = Sandbox.objects.filter(pk=space.pk, wanted_at=space.wanted_at, secret=space.secret, ended=False)
        return bool(same.update(database=name, made_of=stamp, made_at=began))


def _drop_unknown(cursor) -> None:
    """Drop the copies that no space has. One that somebody still reads is left to the next pass."""
    with acting_as(SYSTEM):
        known = set(Sandbox.objects.values_list("database", flat=True))
    cursor.execute(COPIES, [copies_like(settings.SANDBOX_TEMPLATE)])
    for name, half_dropped in cursor.fetchall():
        if name in known:
            continue
        quoted = sql.Identifier(name)
        try:
            if not half_dropped:  # by a worker that was lost meanwhile: nothing else may be done with it
                cursor.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(quoted))
            cursor.execute(sql.SQL("DROP DATABASE {}").format(quoted))
        except ObjectInUse:
            log.info("a former test space is still read: dropped at the next pass")
