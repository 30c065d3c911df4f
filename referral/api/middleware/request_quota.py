"""How many requests a program may make: counted in Redis, by minute, with a share kept for danger.

A program that runs wild must not be the reason why a danger alert is refused: when its ordinary share is used up,
alerts that say danger still have their own.
"""

import logging
import math
import time

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger("referral.api.views.records")
WINDOW = 60  # seconds
ORDINARY = 300  # requests a window and a client
DANGER = 60  # more of them, for alerts that say danger
TOKENS = 20  # tokens asked for a window, a client and an address


def count(name: str) -> int:
    """One more in this window. Without a counter (Redis away) everything is let through, and said in the log: losing
    an alert is worse than serving too much."""
    key = f"limit:{name}:{int(time.time() // WINDOW)}"
    try:
        cache.add(key, 0, WINDOW * 2)
        return cache.incr(key)
    except (RedisError, ValueError) as error:
        logger.warning("no counter of requests: %s", type(error).__name__)
        return 0


def wait() -> int:
    """Whole seconds until the next window."""
    return max(1, math.ceil(WINDOW - time.time() % WINDOW))


class PerClient(BaseThrottle):
    def allow_request(self, request, view):
        if count(f"client:{request.auth.pk}") <= ORDINARY:
            return True
        return getattr(view, "says_danger", _never)(request) and count(f"danger:{request.auth.pk}") <= DANGER

    def wait(self):
        return wait()


def _never(request) -> bool:
    return False
