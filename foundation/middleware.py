"""Set the cache headers, the security headers of errors and the language of each response; tell who calls, and which
request a line of a log is about."""

import logging
import re
import uuid
from ipaddress import ip_address

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.csp import build_policy

from .actor import REQUEST_ID
from .words.languages import accepted_language, language_of

log = logging.getLogger(__name__)
SHAPE = re.compile(r"[0-9A-Za-z-]{8,64}")


def RequestIdMiddleware(get_response):
    """Give each request an id, that of the trusted proxy or one drawn here, and log each refusal and error under it.

    The line says method, route and status; never the address, which may contain a search.
    """

    def middleware(request):
        said = request.headers.get("X-Request-Id", "")
        known = SHAPE.fullmatch(said) and is_trusted(request.META.get("REMOTE_ADDR", ""))
        request.trace_id = said if known else uuid.uuid4().hex
        token = REQUEST_ID.set(request.trace_id)
        try:
            response = get_response(request)
            if response.status_code >= 400:
                match = request.resolver_match
                route = match.view_name if match else "unknown"
                log.info("%s %s answered %s", request.method, route, response.status_code)
        finally:
            REQUEST_ID.reset(token)
        response["X-Request-Id"] = request.trace_id
        return response

    return middleware


def PrivatePagesMiddleware(get_response):
    """Forbid browsers to store pages of signed-in members, and reset the language of each request.

    On a shared computer « back » then shows nothing. The language set for one member stays active in the thread, so
    each request starts again in the default language or in the one its address asks for; a program says it in a header.
    """

    def middleware(request):
        by_header = request.path_info.startswith("/api/")
        if by_header:
            language = accepted_language(request.headers.get("Accept-Language", ""))
        else:
            language = language_of(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        if by_header:
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Accept-Language"])
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def ErrorHeadersMiddleware(get_response):
    """Set the security headers on each refusal and error, and keep them out of caches.

    Listed before all middlewares that make pages: the response to an error raised inside a middleware passes through
    none of those below it.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code >= 400:
            response.headers.setdefault("Content-Security-Policy", build_policy(settings.SECURE_CSP))
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def client_address(request) -> str:
    """Return the address of the caller of this request, as text; empty when the connection has none (a Unix socket).

    Behind a proxy every connection has the proxy's address: counted by it, anybody would lock everybody out. It is the
    last hop of X-Forwarded-For that is no trusted proxy, when the connection itself comes from one
    (TRUSTED_PROXIES: addresses and networks). What a caller wrote before it is not read.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while hops and hops[-1] and is_trusted(address):
        address = hops.pop()
    return address


def is_trusted(address: str) -> bool:
    """Return whether an address is one of the installation's own proxies."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)
