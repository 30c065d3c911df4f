"""Count tries before they are made, apart from the transaction, and take back what was right.

Counted first, so that twelve at once are not twelve; apart, since the refusal rolls its own transaction back; in the
database, so that it holds without Redis.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from agencies.models.tries import KNOWN_FOR
from foundation.statements.signing import signature_of, tell

from .rules import PASSWORD, RATE, SECRET, TOTAL, Kind, Limit, digest, known_as, limits, placed_as

# the first try of a count, or one more: what time forgave is taken off, then the wait follows from the whole
COUNT = """
INSERT INTO agencies_tries AS t (digest, kind, level, at, until)
VALUES (%(digest)s, %(kind)s, 1, clock_timestamp(), clock_timestamp())
ON CONFLICT (digest) DO UPDATE SET (level, at, until) = (
  SELECT n.level, clock_timestamp(), clock_timestamp() + CASE WHEN ceil(n.level) < %(free)s THEN interval '0'
    ELSE make_interval(secs => least(%(most)s, %(first)s * power(2, least(ceil(n.level) - %(free)s, 30)))) END
  FROM (SELECT 1 + greatest(0, t.level - extract(epoch FROM clock_timestamp() - t.at) / %(forgives)s) AS level) n)
WHERE t.until <= clock_timestamp()
RETURNING extract(epoch FROM until - clock_timestamp())
"""
WAIT = "SELECT greatest(1, extract(epoch FROM until - clock_timestamp())) FROM agencies_tries WHERE digest = %s"
TAKE_BACK = (
    "UPDATE agencies_tries SET level = greatest(0, level - 1), until = least(until, clock_timestamp())"
    " WHERE digest IN (SELECT digest FROM agencies_tries WHERE digest = ANY(%s)"
    "                  ORDER BY kind = 'total', digest FOR UPDATE)"  # in the order in which they were counted
)
KNOW = (
    "INSERT INTO agencies_tries (digest, kind, level, at, until)"
    " VALUES (%s, 'known', 0, clock_timestamp(), clock_timestamp())"
    " ON CONFLICT (digest) DO UPDATE SET at = EXCLUDED.at"
)
PLACE = (
    "INSERT INTO agencies_tries (digest, kind, level, at, until)"
    " VALUES (%s, 'known', 0, clock_timestamp(), clock_timestamp())"
    " ON CONFLICT (digest) DO UPDATE SET at = EXCLUDED.at RETURNING xmax = 0"
)
TALLY = (
    "INSERT INTO agencies_tries AS t (digest, kind, level, at, until)"
    " VALUES (%(digest)s, 'window', %(one)s, clock_timestamp(), clock_timestamp())"
    " ON CONFLICT (digest) DO UPDATE SET level = t.level + %(one)s RETURNING level"
)
FORGET = "DELETE FROM agencies_tries WHERE digest = ANY(%s) AND kind IN ('pair', 'browser')"


class Closed(Exception):
    """Signal that no try is taken. `kind`: what is closed; `wait`: whole seconds.

    `fresh`: this try closed it; `what` and `name`: what was tried, and for which account.
    """

    def __init__(self, limit: Limit, wait: float, what: str, name: str, *, fresh: bool):
        super().__init__(f"{limit.kind} {what}")
        self.kind, self.wait, self.what, self.name, self.fresh = limit.kind, math.ceil(wait), what, name, fresh


class Tried:
    """Hold one try; who makes it sets `right`."""

    right = False


@contextmanager
def apart() -> Iterator:
    """Yield a cursor of a connection of its own: committed at the end of the block, rolled back by an exception.

    What is written stays when the request is refused, and needs no Redis. The connection is closed at once, so that no
    process keeps a second one.
    """
    own = connection.copy()
    try:
        own.set_autocommit(False)
        try:
            with own.cursor() as cursor:
                cursor.execute("SELECT nrm.transaction()")
                signature = signature_of(["tries"], cursor.fetchone()[0])
                cursor.execute("SELECT set_config('nrm.tries', %s, true)", [signature])
                yield cursor
        except BaseException:
            own.rollback()
            raise
        own.commit()
    finally:
        own.close()


@contextmanager
def counted(what: str, name: str, address: str, browser: str = "", word: str = "") -> Iterator[Tried]:
    """Count a try, run it, and take it back when it was right or could not be made. `word`: a password.

    Raises Closed, before the block when no try is taken now, after it when this wrong one closed something.
    """
    counts, waits = _begin(what, name, address, browser, word)
    tried = Tried()
    try:
        yield tried
    except BaseException:
        _take_back(counts)
        raise
    if tried.right:
        _take_back(counts)
        if what in (PASSWORD, SECRET):
            _know(what, name, address, counts)
    elif closed := [digest for digest in counts if waits[digest] > 0]:
        longest = max(closed, key=waits.__getitem__)
        raise Closed(counts[longest], waits[longest], what, name, fresh=True)


def _begin(what, name, address, browser, word) -> tuple[dict[str, Limit], dict[str, float]]:
    """Count one more in each count; return them, and the seconds each is closed for when this try is wrong.

    Rows are locked in one order, so that two tries never wait for each other; the one of all tries last.
    """
    with apart() as cursor:
        cursor.execute(
            "SELECT 1 FROM agencies_tries WHERE digest = %s AND at > clock_timestamp() - %s",
            [known_as(what, name, address), KNOWN_FOR],
        )
        counts = limits(what, name, address, known=cursor.fetchone() is not None, browser=browser, word=word)
        waits = {}
        for digest, limit in sorted(counts.items(), key=lambda one: (one[1] is TOTAL, one[0])):
            cursor.execute(COUNT, {"digest": digest, **vars(limit)})
            if (row := cursor.fetchone()) is None:
                cursor.execute(WAIT, [digest])
                raise Closed(limit, cursor.fetchone()[0], what, name, fresh=False)
            waits[digest] = float(row[0])
        return counts, waits


def _take_back(counts: dict[str, Limit]) -> None:
    given = [digest for digest, limit in counts.items() if limit is not RATE]
    with apart() as cursor:
        cursor.execute(TAKE_BACK, [given])


def _know(what, name, address, counts) -> None:
    """Remember the address for this account, and forget the wrong ones made before the right one."""
    with apart() as cursor:
        cursor.execute(KNOW, [known_as(what, name, address)])
        cursor.execute(FORGET, [list(counts)])


def is_new_place(name: str, address: str) -> bool:
    """Remember the region of the network from which an account signs in; return whether it was not known.

    Part of the transaction of the sign-in, unlike counts.
    """
    tell("tries")
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [placed_as(name, address)])
        return cursor.fetchone()[0]


def came_before(name: str) -> bool:
    """Remember that the password of this account was right; return whether it was before, in the time of KNOWN_FOR."""
    tell("tries")
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [digest("place", Kind.KNOWN, name)])
        return not cursor.fetchone()[0]


def tally(name: str, one: int) -> int:
    """Count one more under this name, or none, and return the count. It stays when the request is refused."""
    with apart() as cursor:
        cursor.execute(TALLY, {"digest": digest("window", name), "one": one})
        return int(cursor.fetchone()[0])


def forgive(name: str, address: str) -> None:
    """Forget the wrong passwords of an account from here: its code was right."""
    with apart() as cursor:
        cursor.execute(FORGET, [list(limits(PASSWORD, name, address, known=True))])
