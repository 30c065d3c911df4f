"""Limit the requests of a program, counted in Redis by minute, with a separate quota for danger.

A program that exceeds its ordinary quota can still send alerts of danger, and takes nothing of another program's.
"""

import logging
import math
import time

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from agencies.tries.operations import tally

logger = logging.getLogger("referral.api.views.records")
WINDOW = 60  # seconds
ORDINARY = 300  # requests per window and client
DANGER = 60  # additional ones, for alerts of danger


def count(name: str, one: int = 1) -> int:
    """Count one more in this window, or none, and return the count: in the database when Redis does not answer."""
    key = f"limit:{name}:{int(time.time() // WINDOW)}"
    try:
        cache.add(key, 0, WINDOW * 2)
        return cache.incr(key, one) if one else cache.get(key)
    except (RedisError, ValueError) as error:
        logger.warning("requests are counted in the database: %s", type(error).__name__)
        return tally(key, one)


def wait() -> int:
    """Return the whole seconds until the next window."""
    return max(1, math.ceil(WINDOW - time.time() % WINDOW))


class PerClient(BaseThrottle):
    """Limit the requests of a client; alerts of danger have a second quota when the ordinary one is used up."""

    def allow_request(self, request, view):
        used, danger = count(f"client:{request.auth.pk}"), 0
        allowed = used <= ORDINARY
        if not allowed:
            wanted = getattr(view, "is_danger", _never)(request)
            danger = count(f"danger:{request.auth.pk}", int(wanted))
            allowed = wanted and danger <= DANGER
        request._request.quota = (used, danger)
        return allowed

    def wait(self):
        return wait()


def quota_headers(request) -> dict[str, str]:
    """Return what is left to this client (draft-ietf-httpapi-ratelimit-headers); empty before it is counted."""
    used, danger = getattr(request, "quota", (0, 0))
    if not used:
        return {}
    policy = f'"ordinary";q={ORDINARY};w={WINDOW}, "danger";q={DANGER};w={WINDOW}'
    left = f'"ordinary";r={max(ORDINARY - used, 0)};t={wait()}, "danger";r={max(DANGER - danger, 0)};t={wait()}'
    return {"RateLimit-Policy": policy, "RateLimit": left}


def _never(request) -> bool:
    return False
