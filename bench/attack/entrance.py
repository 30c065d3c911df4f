"""Try the way in: one password on every account, many passwords on one, from one address and from many; with the store
of counts, and while it answers nobody."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from .insider import Insider

TAKEN = (200, 302)  # the page with its error, or what a right one opens: the try was made
MOST_OF_ONE_WORD, MOST_OF_ONE_ACCOUNT, MOST_FROM_ONE_PLACE = 12, 22, 8


def tried_without_redis(platform) -> Iterator[dict]:
    """Yield the same lines while Redis refuses everybody: tries are counted in the database then."""
    with refusing():
        for line in tried(platform, nets=4):
            yield line | {"check": f"{line['check']}, without Redis"}


@contextmanager
def refusing() -> Iterator[None]:
    """Have Redis cut every connection and refuse each new one, as far as the platform sees; then as it was."""
    with redis.Redis.from_url(os.environ["REDIS_URL"], protocol=2) as broker:
        before = broker.config_get("requirepass")["requirepass"]
        broker.config_set("requirepass", secrets.token_hex(16))
        broker.client_kill_filter(_type="normal", skipme=True)
        broker.client_kill_filter(_type="pubsub", skipme=True)
        try:
            _see_that_it_refuses()
            yield
        finally:
            broker.config_set("requirepass", before)


def _see_that_it_refuses() -> None:
    try:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as other:
            other.ping()
    except redis.AuthenticationError:
        return
    raise SystemExit("Redis lets the platform in: nothing would be proved")


def tried(platform, nets: int = 3) -> Iterator[dict]:
    """Yield a line for each attack: how many tries were taken before the door closed, and who was locked out by it.

    `nets`: third number of the addresses, so that a second run comes from others.
    """
    from dev.demo.people import PEOPLE  # Django was set up with the platform

    names = sorted({person.email.partition("@")[0] for person in PEOPLE})
    places = (f"127.0.{nets}.{number}" for number in range(1, 200))
    taken = 0
    for name in names:
        taken += Insider(platform.site, name, next(places)).try_password("Printemps2026!").status_code in TAKEN
    found = [] if taken <= MOST_OF_ONE_WORD < len(names) else [f"{taken} of {len(names)} accounts tried"]
    yield {"check": "one password on every account, each from another address", "taken": taken, "found": found}
    taken = sum(
        Insider(platform.site, "foyer", next(places)).try_password(f"Girafe {number} sous la pluie").status_code
        in TAKEN
        for number in range(40)
    )
    found = [] if taken <= MOST_OF_ONE_ACCOUNT else [f"{taken} of 40 passwords tried"]
    yield {"check": "many passwords on one account, each from another address", "taken": taken, "found": found}
    place = next(places)
    taken = sum(
        Insider(platform.site, "juriste", place).try_password(f"Loutre {number} au soleil").status_code in TAKEN
        for number in range(20)
    )
    found = [] if taken <= MOST_FROM_ONE_PLACE else [f"{taken} of 20 passwords tried"]
    yield {"check": "many passwords on one account from one address", "taken": taken, "found": found}
    try:
        Insider(platform.site, "juriste", "127.0.0.1").sign_in()
        found = []
    except AssertionError:
        found = ["its person is locked out where nobody attacked"]
    yield {"check": "the person attacked signs in from elsewhere", "found": found}
