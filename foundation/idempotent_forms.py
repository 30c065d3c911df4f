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
PATIENCE = 5.0  # seconds a second sending waits for the first, still under way


def SentOnceMiddleware(get_response):
    """The second sending is led where the first was. Only a form taken counts: one to correct is read again.

    The same is the same session, address and answers, with the token that is drawn anew each time a page is shown:
    what is written again on purpose comes from another page, or says something else. Without Redis each is taken.
    """

    def middleware(request):
        name = _name(request)
        if name is None:
            return get_response(request)
        with _unless_away():
            if not cache.add(name, "", REMEMBERED) and (led := _led(name)):
                return HttpResponseRedirect(led)
        response = get_response(request)
        with _unless_away():
            if response.status_code == 302:
                cache.set(name, response["Location"], REMEMBERED)
            else:
                cache.delete(name)
        return response

    return middleware


@contextmanager
def _unless_away():
    try:
        yield
    except RedisError as error:
        logger.warning("a form sent twice is not recognised: %s", type(error).__name__)


def _name(request) -> str | None:
    """What Redis keeps of a form: a keyed digest, and nothing of what it says."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    plain = request.content_type == "application/x-www-form-urlencoded"
    if request.method != "POST" or not session or not plain or b"csrfmiddlewaretoken=" not in request.body:
        return None
    said = b"\n".join([session.encode(), request.get_full_path().encode(), request.body])
    return "sent:" + salted_hmac("sent once", said, algorithm="sha256").hexdigest()


def _led(name: str) -> str:
    """Where the first was led; empty when it was refused, failed, or takes too long."""
    end = time.monotonic() + PATIENCE
    while (led := cache.get(name)) == "" and time.monotonic() < end:
        time.sleep(0.05)
    return led or ""
