"""Keep a form whose session ended before it was sent, instead of losing what was typed.

A proof of a former sign-in is asked for: who was never signed in with this browser has nothing stored. The CSRF check
comes before, since a form that another site makes a browser send would be given back to that person as their own.
"""

from secrets import token_urlsafe

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from agencies.models import FORM_LIFE
from foundation.actor import FORM_FIELD
from foundation.idempotent_forms import unless_away

from .operations import discard_form, forget_draft, forget_sent, keep_form
from .rules import (
    GIVEN_BACK,
    KEPT,
    KNOWN,
    KNOWN_FOR,
    SENT_AGAIN,
    browser_digests,
    browser_of,
    number,
    opened,
    proof,
    proves,
    texts,
    typed,
)
from .selectors import former_member

NOW = "kept-now"  # route by which a page has its form kept, just before it signs out by itself
TURN = 600  # seconds during which a page that sent its form may not bring its draft back
NOT_KEPT = {
    "logout",
    "membership-choose",
    "referral:password",
    "referral:second-step",
    "referral:passkey",
    "referral:factor-app",
    "referral:factor-key",
}


class KeptFormMiddleware:
    """Keep a form that arrives without a session; forget it when the same page's form is sent at last."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        actor = getattr(request, "actor", None)
        if actor is not None and request.user.is_authenticated:
            # turned away because its second factor is owed: given back after it
            if following := getattr(request, "turned_away", None):
                return _keep_turned_away(request, response, following)
            if request.method == "POST" and response.status_code == 302:
                _forget(request, actor)
            elif request.method == "POST" and response.status_code == 200 and GIVEN_BACK in request.POST:
                discard_form(actor, request.COOKIES.get(KEPT, ""), request.POST[GIVEN_BACK])  # the answer shows it
            # the proof is of a whole sign-in: a password alone is no reason to count its tries apart
            if not getattr(request, "half", False) and not proves(
                request.COOKIES.get(KNOWN, ""), request.user, KNOWN_FOR / 2
            ):
                set_cookie(response, KNOWN, proof(request.user), KNOWN_FOR)
        return response

    def process_view(self, request, view, args, kwargs):
        """Answer for LoginRequiredMiddleware, which comes next, when the form can be kept or must be shown again."""
        route = request.resolver_match.view_name
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        # what a script sends in the background is still on the page, which says that it was not saved
        background = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" and route != NOW
        if background or route in NOT_KEPT:
            return None
        member = former_member(request.COOKIES.get(KNOWN, ""), number(request.POST.get(FORM_FIELD)))
        if member is not None and (response := keep(request, member)):
            return response
        fields = texts(typed(request.POST))
        context = {"fields": fields, "following": ""}
        return render(request, "agencies/kept/kept_refused.html", context, status=403) if fields else None


def _keep_turned_away(request, response, following):
    """Keep the form of a session that owes a second factor; return the redirect to that, then to the form.

    `following`: returns this address for the id of the kept form.
    """
    if request.method != "POST" or request.resolver_match.view_name in NOT_KEPT:
        return response
    if kept := keep(request, request.actor):
        kept["Location"] = following(request.kept)
        return kept
    fields = texts(typed(request.POST))
    context = {"fields": fields, "following": response["Location"]}
    return render(request, "agencies/kept/kept_refused.html", context, status=403) if fields else response


def _forget(request, actor) -> None:
    """Delete what was kept of a form that is sent: its draft, and the form kept when a session ended."""
    if browser := request.COOKIES.get(KEPT):
        if again := request.POST.get(GIVEN_BACK) or request.POST.get(SENT_AGAIN):
            discard_form(actor, browser, again)
        forget_sent(actor, browser, request.get_full_path(), opened(request.POST))
    if (key := request.POST.get("_draft")) and request.resolver_match.view_name != NOW:
        forget_draft(actor, key)
        with unless_away():
            cache.set(_turn(actor, request.POST.get("_turn", "")), "sent", TURN)


def was_sent(actor, turn: str) -> bool:
    """Return whether the form was sent from the page that saves a draft of it: the request that saves came late."""
    with unless_away():
        return cache.get(_turn(actor, turn)) is not None
    return False


def _turn(actor, turn: str) -> str:
    return f"draft-sent:{actor.pk}:{browser_digests(turn)[0]}"


def keep(request, member):
    """Keep the form of a request; return the redirect to the sign-in page, None when it cannot be kept."""
    browser = request.COOKIES.get(KEPT) or browser_of(request.COOKIES.get(KNOWN) or token_urlsafe())
    path = request.get_full_path()
    if request.resolver_match.view_name == NOW:
        path = request.POST.get("_path", "")
        if not url_has_allowed_host_and_scheme(path, None) or not path.startswith("/"):
            return None
    files = [[name, file.name] for name, files in request.FILES.lists() for file in files]
    page = _page(request, path)
    data = {"path": path, "page": page, "opened": opened(request.POST), "fields": typed(request.POST), "files": files}
    form = keep_form(member, browser, data, again=request.POST.get(GIVEN_BACK) or request.POST.get(SENT_AGAIN, ""))
    if form is None:
        return None
    response = redirect_to_login(page)
    request.kept = str(form.pk)
    set_cookie(response, KEPT, browser, int(FORM_LIFE.total_seconds()))
    return response


def set_cookie(response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no other site has sent."""
    secure = settings.SESSION_COOKIE_SECURE or None
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _page(request, path: str) -> str:
    """Return the address of the page that showed the form, which is not always the one it is sent to."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return "/" + referer.split("/", 3)[3] if ours and referer.count("/") > 2 else path
