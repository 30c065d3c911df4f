"""Make form submission idempotent for ten minutes (Redis)."""

import logging
import time
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseRedirect
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger("foundation.idempotent_forms")
REMEMBERED = 600  # seconds
PATIENCE = 5.0  # seconds a repeated submission waits for the first to finish


def SentOnceMiddleware(get_response):
    """Redirect a repeated form submission to the result of the first.

    Two submissions are the same when session, address and body are, including the CSRF token drawn each time a page is
    shown: an intended repetition comes from another page or has other values. Only a redirect is remembered; a form
    with errors is processed again. Without Redis every submission is processed.
    """

    def middleware(request):
        name = _name(request)
        if name is None:
            return get_response(request)
        with unless_away():
            if not cache.add(name, "", REMEMBERED) and (led := _led(name)):
                return HttpResponseRedirect(led)
        response = get_response(request)
        with unless_away():
            if response.status_code == 302:
                cache.set(name, response["Location"], REMEMBERED)
            else:
                cache.delete(name)
        return response

    return middleware


@contextmanager
def unless_away():
    """Go on when Redis is away: what it remembers is a help, never a condition."""
    try:
        yield
    except RedisError as error:
        logger.warning("done without the cache: %s", type(error).__name__)


def _name(request) -> str | None:
    """Return the cache key of a submission, a keyed digest that reveals no content; None when it is not tracked."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    plain = request.content_type == "application/x-www-form-urlencoded"
    if request.method != "POST" or not session or not plain or b"csrfmiddlewaretoken=" not in request.body:
        return None
    said = b"\n".join([session.encode(), request.get_full_path().encode(), request.body])
    return "sent:" + salted_hmac("sent once", said, algorithm="sha256").hexdigest()


def _led(name: str) -> str:
    """Wait for the first submission; return where it redirected, empty when it was refused, failed or is too slow."""
    end = time.monotonic() + PATIENCE
    while (led := cache.get(name)) == "" and time.monotonic() < end:
        time.sleep(0.05)
    return led or ""
