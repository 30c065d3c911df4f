"""Lead the requests of test clients to their own database, before anything else reads the real one."""

from django.db import OperationalError
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS

from foundation.errors import BUSY_SECONDS
from foundation.statements.sandbox import led_to
from foundation.tasks import wake
from foundation.words.languages import accepted_language
from foundation.workflow import WrongState
from referral.api.middleware.authentication import refusal
from referral.api.middleware.clients import client_named
from referral.api.middleware.tokens import sandbox_client_of
from referral.api.rules import Problem
from referral.sandbox.operations import spaces
from referral.sandbox.rules import is_client

API = "/api/"
TOKEN, RESET = f"{API}v1/token/", f"{API}v1/sandbox/reset/"
MARK = ("Repere-Space", "test")  # on each answer of a test space
MADE = _("The test space is being made, or asked too much at once: ask again soon. A reset ends its tokens.")
FULL = _("The test space is full. Nothing was recorded. Reset it: `POST /api/v1/sandbox/reset/`.")
ONCE = _("A test space is reset once a minute at most.")


def SandboxMiddleware(get_response):
    """Answer a test client out of its own database. Any other request passes, with nothing done for it.

    A client that is unknown, and a token that we did not sign, are refused by the real base, where there is no such
    thing. The connection is put back at the end, whatever happened (foundation/statements/sandbox.py).
    """

    def middleware(request):
        client_id = _client_of(request)
        found = spaces.found(client_id) if client_id else None
        if found is None:
            return get_response(request)
        response = _refused(request, found) or _answered(request, found, get_response)
        response[MARK[0]] = MARK[1]
        return response

    return middleware


def _client_of(request) -> str:
    """Return the test client that asks: named when it asks for a token, else signed in the token. "" for all others."""
    if not spaces.offered() or not request.path_info.startswith(API):
        return ""
    if request.path_info == TOKEN:
        named = client_named(request)
        return named if is_client(named) else ""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return sandbox_client_of(token.strip()) if kind.lower() == "bearer" else ""


def _refused(request, found: spaces.Found) -> HttpResponse | None:
    if not found.ready:
        return _refusal(request, "busy", MADE, BUSY_SECONDS)
    if found.full and request.method not in SAFE_METHODS and request.path_info not in (TOKEN, RESET):
        return _refusal(request, "too-many-requests", FULL, BUSY_SECONDS)
    return None


def _answered(request, found: spaces.Found, get_response) -> HttpResponse:
    """Return the answer of the test space, made whole: what is streamed would be read out of the real base."""
    # a cookie names a session of the real base; nobody signs in here
    request.META.pop("HTTP_COOKIE", None)
    request.__dict__.pop("COOKIES", None)
    try:
        with led_to(found.database):
            response = get_response(request)
            if response.streaming:
                response = _whole(response)
    except OperationalError:  # dropped since it was asked for, or asked by too many at once
        return _refusal(request, "busy", MADE, BUSY_SECONDS)
    if getattr(request, "wants_reset", False) and response.status_code < 400:
        try:
            spaces.reset_as_program(found.program)
        except WrongState:
            return _refusal(request, "too-many-requests", ONCE, 60)
    elif request.method not in SAFE_METHODS and request.path_info != TOKEN and response.status_code < 400:
        wake(spaces.WORK)
    return response


def _whole(response) -> HttpResponse:
    whole = HttpResponse(b"".join(response), status=response.status_code, headers=dict(response.headers))
    response.close()
    return whole


def _refusal(request, code: str, words, wait: int) -> HttpResponse:
    with translation.override(accepted_language(request.headers.get("Accept-Language", ""))):
        return refusal(request, Problem(code, str(words), wait=wait))
