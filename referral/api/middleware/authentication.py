"""Authenticate programs, refuse by default, and describe refusals (RFC 9457)."""

import hashlib
import logging
import uuid

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db.models import F
from django.db.models.functions import Now
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from agencies.models import Membership
from foundation.actor import become
from foundation.errors import BUSY_SECONDS, NotFound, is_busy
from foundation.statements.kept import KeptStatement
from foundation.statements.signing import Named
from foundation.workflow import NotAllowed, WrongState
from journal.selectors.read_quota import Exhausted
from referral.api.middleware.tokens import is_ours
from referral.api.rules import Needed, Problem, allows, held, kinds, roles_of
from victims.models import ReadingAlarm
from victims.reading.access import Spent

logger = logging.getLogger("referral.api.views.records")
PROBLEM = "application/problem+json"


OF_TOKEN = KeptStatement(
    lambda _, digest: (
        Membership.objects.live()
        .select_related("agency")
        .filter(
            kind=Membership.Sort.SERVICE,
            api_client__accesstoken__token_checksum=digest,
            api_client__accesstoken__expires__gt=Now(),
        )
        .annotate(
            of_token=F("api_client__accesstoken__scope"),
            of_program=F("api_client__scopes"),
            of_client=F("api_client__client_id"),
            named=Named(),
        )
    )
)


def member_of(token: bytes) -> Membership | None:
    """Return the service membership that a token is of, in force now in this database; None for any other."""
    member = next(iter(OF_TOKEN.rows(None, digest=hashlib.sha256(token).hexdigest())), None)
    return member if member and is_ours(token.decode(errors="replace"), member.of_client) else None


class ServiceAuthentication(BaseAuthentication):
    """Authenticate a token as the service membership of its client, and set the actor in the database.

    One query checks the token, its client's membership and the agency, so that deactivation applies at the next request
    and not when the token expires. Cookies are ignored. No person signs in: `request.user` stays anonymous, and the
    actor is `request.auth`.
    """

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed()
        member = member_of(words[1])
        if member is None:
            raise exceptions.AuthenticationFailed()
        member.scopes = held(member)
        member.roles = roles_of(member.roles, member.scopes)  # before `become`: policies see no more than the token
        become(member)
        request._request.actor = member
        return AnonymousUser(), member

    def authenticate_header(self, request):
        wrong = ', error="invalid_token"' if get_authorization_header(request) else ""
        return f'Bearer realm="api"{wrong}'


class Refuse(BasePermission):
    """Refuse everybody: the default of a view that names no permission."""

    def has_permission(self, request, view):
        return False


class IsService(BasePermission):
    """Allow programs whose token holds the scopes of the operation.

    A browser session is not enough: it would lack CSRF protection. Raises ScopeMissing, before anything is looked for.
    """

    def has_permission(self, request, view):
        if not isinstance(request.auth, Membership):
            return False
        if not allows(needed := view.needs(), request.auth.scopes):
            raise ScopeMissing(needed)
        return True


class ScopeMissing(exceptions.PermissionDenied):
    """Signal a token without the scopes of the operation, of which `needed` are alternatives."""

    def __init__(self, needed: Needed):
        super().__init__()
        self.words = ", ".join(" + ".join(sorted(one)) for one in needed)
        self.asked = " ".join(sorted(needed[0]))


class SeesCases(IsService):
    """Allow programs whose roles see the agency's cases and desks; others get 403 instead of empty lists."""

    def has_permission(self, request, view):
        return super().has_permission(request, view) and request.auth.sight == "case"


def problem(error: Exception, context: dict) -> Response:
    """Handle exceptions of DRF: return each refusal as a problem document, without any content."""
    said, headers = _problem_of(error), {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if isinstance(error, ScopeMissing):  # RFC 6750, section 3.1
        headers["WWW-Authenticate"] = f'Bearer realm="api", error="insufficient_scope", scope="{error.asked}"'
    if isinstance(error, exceptions.Throttled | Exhausted | Spent):
        headers["Retry-After"] = str(int(error.wait or 1))
    body = _document(said, error, context["request"])
    if said.wait:
        headers["Retry-After"] = str(said.wait)
    if said.code == "busy":
        headers["Retry-After"] = str(BUSY_SECONDS)
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM)


def failure(request, error: BaseException | None) -> JsonResponse:
    """Return the problem document of an error outside of the views: in a middleware, or at the commit."""
    said = _busy() if is_busy(error) else _failed()
    body = _document(said, error, request)
    return JsonResponse(body, status=body["status"], content_type=PROBLEM)


def refusal(request, said: Problem) -> JsonResponse:
    """Return the problem document of a refusal outside of the views."""
    body = _document(said, None, request)
    headers = {"Retry-After": str(said.wait)} if said.wait else None
    return JsonResponse(body, status=body["status"], headers=headers, content_type=PROBLEM)


def _document(said: Problem, error: BaseException | None, request) -> dict:
    """Return the body of a refusal, and log it under its `trace_id`."""
    status, title = kinds()[said.code]
    trace = getattr(request, "trace_id", None) or uuid.uuid4().hex
    match = request.resolver_match
    place = match.view_name if match else "unknown"
    if status == 500:
        logger.error("%s failed, trace %s", place, trace, exc_info=error)
    else:
        logger.info("%s answered %s %s, trace %s", place, status, said.code, trace)
    body = {
        "type": f"urn:repere:problem:{said.code}",
        "title": title,
        "status": status,
        "detail": said.detail,
        "trace_id": trace,
    }
    return body | ({"errors": said.errors} if said.errors else {})


def _failed() -> Problem:
    return Problem("error", _("Nothing was recorded. Try again; if it lasts, tell us the `trace_id`."))


def _busy() -> Problem:
    return Problem(
        "busy",
        _(
            "Somebody else is writing there, and you waited long enough. Nothing was recorded: send it again, with the"
            " same `Idempotency-Key`, after the seconds of `Retry-After`."
        ),
    )


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case exceptions.ValidationError():
            detail = _("Correct what `errors` names and send again. Nothing was recorded.")
            return Problem("invalid", detail, list(pointers(error.get_full_details())))
        case exceptions.ParseError():
            return Problem("malformed", _("The body must be one JSON object in UTF-8. Nothing was recorded."))
        case RequestDataTooBig():
            return Problem("too-large", _("The body is larger than the 64 KiB accepted. Nothing was recorded."))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Problem(
                "unauthenticated",
                _("Ask for a token at /api/v1/token/ and send it as `Authorization: Bearer …`."),
            )
        case NotFound() | Http404() | exceptions.NotFound():
            return Problem("not-found", _("There is nothing here that your agency may see."))
        case ScopeMissing():
            return Problem(
                "forbidden",
                _(
                    "This token needs the scope: %(scopes)s. The administrator of your agency gives it to the program;"
                    " then ask for a new token. In an emergency call 17, 112 or 15 (114 by text message)."
                )
                % {"scopes": error.words},
            )
        case NotAllowed() | PermissionDenied() | exceptions.PermissionDenied():
            return Problem("forbidden", _("Your agency, or this program's role, may not do this."))
        case WrongState():
            return Problem(
                "wrong-state",
                _("It moved on meanwhile: read it again, `actions` says what can be done now. Nothing was changed."),
            )
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed", _("This address does not take this method."))
        case exceptions.UnsupportedMediaType():
            return Problem("unsupported-media-type", _("Send `Content-Type: application/json`."))
        case exceptions.Throttled():
            return Problem(
                "too-many-requests",
                _("Wait for the seconds of `Retry-After`. In an emergency call 17, 112 or 15 (114 by text message)."),
            )
        case Exhausted():
            return Problem("too-many-requests", _exhausted_words())
        case Spent():
            return Problem("too-many-requests", _spent_words(error))
        case _:
            return _busy() if is_busy(error) else _failed()


def _exhausted_words() -> str:
    return _("This was done as often as an hour allows: wait for the seconds of `Retry-After`. Nothing was recorded.")


def _spent_words(spent: Spent) -> str:
    return _(
        "This program has opened %(most)s different cases %(window)s: no more until Retry-After is over. A person of"
        " your agency may lift the limit for two hours, under “Records viewed over the limit”. A case in danger of life"
        " is always open."
    ) % {"most": spent.budget.most, "window": ReadingAlarm.Window(spent.budget.window).label}


def pointers(details, path: str = "#"):
    """Yield DRF's nested error details as flat entries with JSON pointers (RFC 6901, as a URI fragment)."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"pointer": path, "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from pointers(inner, path + step)
    else:
        # messages about this value, or one entry per item of a list
        for place, inner in enumerate(details):
            message = isinstance(inner, dict) and set(inner) == {"message", "code"}
            if inner:
                yield from pointers(inner, path if message else f"{path}/{place}")
