"""Check from outside that kinds of due work ran: `python -m deploy.alive beat` exits 0, or 1 with a reason.

The healthcheck of beat and of each worker in docker-compose.yml. Without Django, since it runs every half minute in
each container. A worker is not blamed while beat gives it nothing to do.

Who sends is also asked how long the oldest notice waits: a mail server that refuses everything stops no work. While
nobody notes it, nobody knows that messages leave, and that is told too.
"""

import os
import sys
from contextlib import closing
from pathlib import Path

import psycopg2

from notifications.rules import MAY_WAIT

BEAT, PASSWORD = "beat", "WORKER_DATABASE_PASSWORD"
LATE = 180  # seconds: more than each limit of referral/config/heartbeats.py for the kinds named in the compose file
SECONDS = 5  # for the database to answer
ASK = "SELECT kind, extract(epoch FROM now() - at)::float FROM journal_heartbeat"


def ages() -> dict[str, float]:
    """Return the age in seconds of each heartbeat. Raises psycopg2.Error when the database does not answer."""
    given = {"options": f"-c statement_timeout={1000 * SECONDS}", "connect_timeout": SECONDS}
    if password := os.environ.get(PASSWORD) or Path(os.environ.get(f"{PASSWORD}_FILE", os.devnull)).read_text().strip():
        given["password"] = password
    with closing(psycopg2.connect(os.environ["WORKER_DATABASE_URL"], **given)) as connection:
        cursor = connection.cursor()
        cursor.execute(ASK)
        return dict(cursor.fetchall())


def limit(kind: str) -> float:
    """Return the age in seconds from which a kind is late."""
    return MAY_WAIT.get(kind, LATE)


def late(kinds: list[str], known: dict[str, float]) -> list[str]:
    """Return the kinds that are late, for kinds of work from the last heartbeat of beat on.

    A heartbeat of the future, before the clock was moved back, says nothing of now: it is late too.
    """
    never = float("inf")
    since = {kind: 0 if kind == BEAT or kind in MAY_WAIT else known.get(BEAT, never) for kind in kinds}
    of_the_future = {kind for kind, age in known.items() if age < -LATE}
    return [kind for kind in kinds if kind in of_the_future or known.get(kind, never) - since[kind] > limit(kind)]


def main(kinds: list[str]) -> int:
    try:
        found = late(kinds, ages())
    except psycopg2.Error as error:
        found = [f"no answer of the database ({type(error).__name__})"]
    print(", ".join(found) or "ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
