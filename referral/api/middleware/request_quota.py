"""Limit the requests of a program, counted in Redis by minute, with a separate quota for danger.

A program that exceeds its ordinary quota can still send alerts of danger.
"""

import logging
import math
import time

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger("referral.api.views.records")
WINDOW = 60  # seconds
ORDINARY = 300  # requests per window and client
DANGER = 60  # additional ones, for alerts of danger


def count(name: str) -> int:
    """Count one more in this window and return the count.

    Returns 0 when Redis does not answer, and logs it: refusing an alert is worse than serving too much.
    """
    key = f"limit:{name}:{int(time.time() // WINDOW)}"
    try:
        cache.add(key, 0, WINDOW * 2)
        return cache.incr(key)
    except (RedisError, ValueError) as error:
        logger.warning("no counter of requests: %s", type(error).__name__)
        return 0


def wait() -> int:
    """Return the whole seconds until the next window."""
    return max(1, math.ceil(WINDOW - time.time() % WINDOW))


class PerClient(BaseThrottle):
    """Limit the requests of a client; alerts of danger have a second quota when the ordinary one is used up."""

    def allow_request(self, request, view):
        if count(f"client:{request.auth.pk}") <= ORDINARY:
            return True
        return getattr(view, "is_danger", _never)(request) and count(f"danger:{request.auth.pk}") <= DANGER

    def wait(self):
        return wait()


def _never(request) -> bool:
    return False
