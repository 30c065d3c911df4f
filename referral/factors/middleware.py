"""Hold a session whose second factor is owed: it reaches its second step, a danger to life, the report of a breach of
data, and nothing else; ask for the factor again before what opens much (`rules.STEP_UP`).

Closed by default: what is not named here leads to the second step, or to setting one up; a public page is shown as to
anybody. Nobody waits for a lost phone: a danger is written with the password alone, and what was sent is shown to the
session that sent it. Who lost it says so there too: a report of a breach is written, and nothing of it read.
"""

import math
import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from agencies.accounts.operations import note_sign_in, tell_oneself
from agencies.kept.rules import KNOWN, SEND, proves
from agencies.models import Membership
from agencies.tries.operations import came_before, is_new_place
from foundation.actor import become
from foundation.middleware import client_address
from journal.operations import record
from notifications.operations.events import tell_person
from referral.sessions.operations.sessions import describe

from .rules import INSTALLED, INSTALLING, NO_PASSWORD, RECENT, asks_recent

SIGN_IN = "sign_in"  # among the methods that were shown: how the session began, or its password once more
BEGUN = "begun_in_half"  # of the session: what it sent before its second step
OPEN = {
    "logout",
    "membership-choose",
    "still-here",
    "referral:second-step",
    "referral:passkey",
    "referral:danger",
    "referral:offline-ticket",
    "referral:breach-new",
}
# what a browser answered once is answered anew: nothing of it is kept
SHOWN_AGAIN = {
    "referral:factor-app": "referral:factor-app",
    "referral:factor-key": "referral:factors",
    "referral:password": "referral:password",
}
SETTING_UP = {"referral:factor-app", "referral:factor-key"}


class FactorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        before, shown = request.user.is_authenticated, shown_at(request)
        request.half = is_half(request)
        response = self.get_response(request)
        # None: the API, which knows no cookie
        now = request.user is not None and request.user.is_authenticated
        if now and shown is None and (shown_at(request) is not None or not before and _owes_nothing(request.user)):
            note_sign_in(request.user)
        if now and not before:
            return self._signed_in(request, response)
        if request.half and _route(request) == "referral:danger" and response.status_code == 302:
            request.session[BEGUN] = [*request.session.get(BEGUN, []), _sent(response["Location"])]
        return response

    def _signed_in(self, request, response):
        """Journal a sign-in; lead to the second step who has one, and to the page that was asked for afterwards."""
        record_authentication(request, request.user, SIGN_IN)
        request.half = is_half(request)
        describe(request.session, request.headers.get("User-Agent", ""), client_address(request))
        record("account.half" if request.half else "account.sign_in", request.user)
        _tell_place(request)
        if request.half and request.user.factor_at is not None and response.status_code == 302:
            return HttpResponseRedirect(second_step(response["Location"]))
        return response

    def process_view(self, request, view, args, kwargs):
        if not request.half:
            return _asked_again(request)
        if _is_open(request, kwargs):
            return None
        if (route := _route(request)) in SETTING_UP and request.user.factor_at is None:
            # a first factor makes the session whole: by whoever showed the password, and not by who found it open
            asked = not _password_is_recent(request, route)
            return HttpResponseRedirect(second_step(reverse(SHOWN_AGAIN[route]))) if asked else None
        if not getattr(view, "login_required", True) and _route(request) != "home":
            request.user, request.actor, request.half = AnonymousUser(), None, False
            become(None)
            return None
        request.turned_away = lambda _kept: second_step(reverse("kept"))  # with a form: KeptFormMiddleware keeps it
        return HttpResponseRedirect(second_step(request.get_full_path() if request.method in ("GET", "HEAD") else ""))


def _tell_place(request) -> None:
    """Tell a person whose account is opened from a place, and by a browser, that it never was opened from; half too,
    since somebody knows the password. The first sign-in of an account is from nowhere it was before."""
    user, proof = request.user, request.COOKIES.get(KNOWN, "")
    new = is_new_place(user.email, client_address(request))
    # a sign-in that owes its second factor leaves no last_login: the second such one, from elsewhere, is told
    first = getattr(request, "first_sign_in", False) and not came_before(user.email)
    if new and not first and not (proof and proves(proof, user)):
        tell_person("account_place", user)


def _asked_again(request):
    """Lead through the second step to what was asked for, when the factor was shown too long ago for it; else None.

    What was sent is kept meanwhile, and sent from the page that gives it back.
    """
    user, route = request.user, _route(request)
    # a program signs in nobody, and its body is no form: nothing of it is read here
    if not user.is_authenticated or not asks_recent(route, request.method, request.POST.get("act", "")):
        return None
    if is_recent(request):
        return None
    if user.factor_at is None and not by_provider(request) and _password_is_recent(request, route):
        return None
    if user.factor_at is None:  # shown before it is sent: somebody else may have typed it, at a session left open
        request.turned_away = lambda _kept: second_step(reverse("kept"))
    else:
        request.turned_away = lambda kept: second_step(f"{reverse('kept')}?{urlencode({SEND: kept})}")
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(second_step(request.get_full_path()))
    return HttpResponseRedirect(second_step(reverse(SHOWN_AGAIN[route]) if route in SHOWN_AGAIN else ""))


def _password_is_recent(request, route: str) -> bool:
    drawn = route == INSTALLED and request.method == "POST" and SECRET_SESSION_KEY in request.session
    return route in NO_PASSWORD or _age(signed_in_at(request)) < (INSTALLING if drawn else RECENT)


def shown_at(request, method: str = "mfa") -> float | None:
    """Return when this session last showed a second factor of its person, or this; None when it did not. No query."""
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record["method"] == method), default=None)


def signed_in_at(request) -> float | None:
    """Return when this session began, or when its person last showed the password again."""
    return shown_at(request, SIGN_IN)


def is_half(request) -> bool:
    """Return whether the password alone was shown where more is owed: by the roles, or since there is a factor."""
    user, actor = request.user, getattr(request, "actor", None)
    if not user.is_authenticated or shown_at(request) is not None:
        return False
    return user.factor_at is not None or user.is_staff or (actor is not None and actor.owes_factor)


def _owes_nothing(user) -> bool:
    """Return whether the password alone opens something to this person: no factor, and a role that owes none."""
    if user.factor_at is not None or user.is_staff:
        return False
    return not all(member.owes_factor for member in Membership.objects.live().filter(user=user))


def is_recent(request) -> bool:
    """Return whether a second factor was shown less than RECENT seconds ago."""
    return _age(shown_at(request)) < RECENT


def note_password(request) -> None:
    """Note in the session, under a new key, that its person showed the password again."""
    request.session.cycle_key()
    record_authentication(request, request.user, SIGN_IN)
    record("account.again", request.user)


def note_shown(request, factor: Authenticator, *, alone: bool = False) -> None:
    """Note in the session, under a new key, that this factor was shown; `alone`: a passkey without a password."""
    request.session.cycle_key()
    tell_oneself(request.user)
    post_authentication(request, factor, passwordless=alone)
    recovery = factor.type == Authenticator.Type.RECOVERY_CODES
    record("factor.recovery" if recovery else "factor.shown", request.user)


def note_provider(request, *, strong: bool, at: float) -> None:
    """Note in the session, under a new key, what was shown to the provider: as a second factor when it is `strong`, and
    when: `at`, since one may be signed in there for hours."""
    request.session.cycle_key()
    record_authentication(request, request.user, "mfa" if strong else "provider", type="provider", at=at)
    record("provider.shown", request.user)


def by_provider(request, method: str = "mfa") -> bool:
    """Return whether two factors of this session were shown to the provider; of method `provider`: one alone."""
    records = get_authentication_records(request, request.user)
    return any(one["method"] == method and one["type"] == "provider" for one in records)


def second_step(following: str = "") -> str:
    """Return the address of the second step that leads on to this one."""
    return reverse("referral:second-step") + (f"?{urlencode({'next': following})}" if following else "")


def _age(at: float | None) -> float:
    return math.inf if at is None else time.time() - at


def _route(request) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _is_open(request, kwargs) -> bool:
    match _route(request):
        case "referral:offline-deliver":
            return request.POST.get("kind") == "danger"
        case "referral:alert-received":
            return str(kwargs["pk"]) in request.session.get(BEGUN, [])
        case "referral:factors":
            return request.user.factor_at is None
        case route:
            return route in OPEN


def _sent(location: str) -> str:
    try:
        return str(resolve(location).kwargs.get("pk", ""))
    except Resolver404:
        return ""
