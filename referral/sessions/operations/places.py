"""Say in which line of the proxy a large body waits, so that one account or one address does not hold every place.

The proxy counts what it holds by line, never by caller (deploy/Caddyfile): it asks here before it reads a body. Each
caller has a few places in the common line; what is sent beyond them waits in a line of its own kind, with few places.
A place is left when the body was answered. One whose end nobody saw, as its line broke, is left by itself once the
proxy would have ended it.
"""

import logging
import re
import time

from django.core.cache import cache
from redis.exceptions import RedisError

from agencies.tries.operations import tally

logger = logging.getLogger(__name__)
TEXT = re.compile(r"[1-9][0-9]{4}|[12][0-9]{5}|3[01][0-9]{4}")  # a length below 320 kB, told by the proxy's own words
LASTS = 420  # seconds: the six minutes of a body (`read_body`), and its answer
MOST = 16_000_000  # bytes: a longer body is refused, and takes no place
# lines, as the proxy knows them, with the places of one caller in each: documents, long texts. What is sent beyond
# waits in the last one. A caller is an account, an agency by its programs, or an address without a session in force.
OF_KNOWN = ("known", (3, 12)), ("known-more", (1, 3)), ("known-last", (0, 0))
OF_OTHERS = ("others", (1, 6)), ("others-more", (0, 0))


def line_of(caller: str, known: bool, length: str, body: str) -> str:
    """Take a place for this body (its id in the proxy) and return the line where it waits.

    `length`: what its header says, empty when it is sent in pieces, which counts as a document.
    """
    *lines, (last, _none) = OF_KNOWN if known else OF_OTHERS
    if length.isascii() and length.isdecimal() and (len(length) > len(str(MOST)) or int(length) > MOST):
        return last
    text = bool(TEXT.fullmatch(length))
    name = f"place:{caller}:{'text' if text else 'document'}"
    try:
        for line, most in lines:
            if any(_taken(f"{name}:{line}:{number}", body) for number in range(most[text])):
                return line
    except RedisError as error:
        logger.warning("large bodies are counted in the database: %s", type(error).__name__)
        # without their ends: as many in seven minutes as at once otherwise
        sent = tally(f"{name}:{int(time.time() // LASTS)}", 1)
        for line, most in lines:
            if sent <= most[text]:
                return line
            sent -= most[text]
    return last


def _taken(place: str, body: str) -> bool:
    if not cache.add(place, body, LASTS):
        return False
    cache.set(f"body:{body}", place, LASTS)
    return True


def leave(body: str) -> None:
    """Leave the place of this body, if it has one. Without Redis it is left by itself."""
    try:
        place = cache.get(f"body:{body}")
        if place and cache.get(place) == body:
            cache.delete_many([place, f"body:{body}"])
    except RedisError as error:
        logger.warning("the place of a large body stays until its time is over: %s", type(error).__name__)
