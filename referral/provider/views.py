"""Sign in by the provider of the State, show it once more who one is, link it to one's account, remove the link."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.accounts.rules import LEAVE, sealed_address
from agencies.kept.rules import KEPT
from agencies.kept.selectors import member_of_kept
from agencies.models import Membership, User
from agencies.tries.operations import counted
from agencies.tries.rules import PROVIDER
from foundation.actor import SESSION_KEY
from foundation.errors import NotFound
from foundation.middleware import client_address
from foundation.view_guards import safe_address
from foundation.workflow import WrongState
from journal.operations import record
from referral.factors.middleware import by_provider, is_recent, note_provider
from referral.provider.operations import client, links
from referral.provider.rules import Refused, Shown
from referral.sessions.operations.sessions import close_others

MODEL = "django.contrib.auth.backends.ModelBackend"
PENDING = "provider_pending"  # of the session: what was asked of the provider
ANSWERED_IN = 600  # seconds


@login_not_required
@require_POST
def provider(request):
    """Leave for the provider: to sign in, or to show once more who one is in a session that it opened."""
    _require_configured()
    if request.user.is_authenticated and not by_provider(request):
        return redirect("home")
    return _leave(request, "again" if request.user.is_authenticated else "sign_in")


@require_POST
def provider_link(request):
    """Leave for the provider, to link the identity that is shown there. Asks for a factor of ours, shown just now."""
    _require_configured()
    if not is_recent(request):
        messages.error(request, _("Set up a second factor here first: the link is made once it is shown."))
        return redirect("referral:factors")
    return _leave(request, "link")


@require_POST
def provider_unlink(request):
    links.unlink(request.user)
    close_others(request.user, request.session)
    messages.success(request, _("Removed. Your other sessions are closed."))
    return redirect("referral:factors")


@login_not_required
@require_safe
def provider_return(request):
    """Take the answer of the provider: to the question that this session asked, once."""
    _require_configured()
    kept = request.session.get(PENDING) or {}
    asked = constant_time_compare(request.GET.get("state", ""), kept.get("state", " "))
    if not asked or kept["user"] != request.user.pk:
        return _back(request, "", _("This answer is to no question of this browser, or came twice. Begin again here."))
    del request.session[PENDING]
    if time.time() - kept["at"] > ANSWERED_IN or request.GET.get("error"):
        return _back(request, kept["question"], _("You were not identified: too late, or given up. You may try again."))
    try:
        with counted(PROVIDER, "", client_address(request)) as tried:
            shown, person = _answered(request, kept)
            tried.right = person is not None
    except client.Away:
        return _away(request, kept["question"])
    if person is None:
        return _refuse(request, kept["question"], known=shown is not None)
    return _taken(request, kept, shown, person)


def _answered(request, kept: dict) -> tuple[Shown | None, User | None]:
    """Return who was shown, and whom that is here: for a link, whoever asks for it; None for what is refused."""
    try:
        shown = client.answer(request.GET.dict(), kept, _address("referral:provider-return"))
    except Refused:
        return None, None
    if kept["question"] == "link":
        return shown, request.user
    person = links.person_of(shown.subject)
    return shown, person if kept["question"] == "sign_in" or person == request.user else None


def _taken(request, kept: dict, shown: Shown, person: User):
    """Do what was asked: link, or go on with a session in which this was shown."""
    if kept["question"] == "link":
        return _linked(request, shown)
    if kept["question"] == "sign_in":
        login(request, person, backend=MODEL)
        request.session[LEAVE] = sealed_address(client.end_address(shown.token, _address("login")), person.pk)
    elif not shown.strong:
        return _back(request, "again", _("One factor alone was shown there. Show two, or use a factor of yours here."))
    note_provider(request, strong=shown.strong, at=shown.at)
    return redirect(_landing(request, kept))


def _linked(request, shown: Shown):
    try:
        links.link(request.user, shown.subject)
    except WrongState:
        return _back(request, "link", _("This identity, or your account, is linked already: nothing was changed."))
    close_others(request.user, request.session)
    messages.success(request, _("Linked. From now on you can sign in with %(name)s.") % {"name": settings.OIDC.name})
    return redirect("referral:factors")


def _leave(request, question: str):
    """Show the page that leads on to the provider: the policy of our pages lets no form lead elsewhere."""
    try:
        address, kept = client.begin(question, _address("referral:provider-return"))
    except client.Away:
        return _away(request, question)
    following = safe_address(request, request.POST.get("next", ""))
    request.session[PENDING] = {**kept, "user": request.user.pk, "next": following}
    answer = render(request, "referral/provider/provider.html", {"address": address, "name": settings.OIDC.name})
    answer["Refresh"] = f"0; url={address}"
    answer["Cache-Control"] = "no-store"
    return answer


def _away(request, question: str):
    said = _("%(name)s does not answer. Sign in with your address and password, or try again in some minutes.")
    if question != "sign_in":
        said = _("%(name)s does not answer. Try again in some minutes.")
    return _back(request, question, said % {"name": settings.OIDC.name})


def _refuse(request, question: str, *, known: bool):
    """Journal what was refused: of the person who is signed in, else of nobody; the page tells what to do."""
    record("provider.refused", request.user if request.user.is_authenticated else None)
    said = _("The answer of %(name)s could not be accepted. Try again; if it lasts, sign in with your password.")
    if known and question == "sign_in":
        said = _(
            "No account is linked to this identity. Sign in with your address and password, then link %(name)s from"
            " your profile, under “Second factor”."
        )
    elif known:
        said = _("This is another identity of %(name)s than the one that is linked to your account.")
    return _back(request, question, said % {"name": settings.OIDC.name})


def _back(request, question: str, said: str):
    messages.error(request, said)
    if not request.user.is_authenticated:
        return redirect("login")
    return redirect({"link": "referral:factors", "again": "referral:second-step"}.get(question, "home"))


def _landing(request, kept: dict) -> str:
    """Return where one goes on: at the form that was kept, where one was, or at the choice of a membership."""
    if kept["question"] == "sign_in" and (member := member_of_kept(request.user, request.COOKIES.get(KEPT, ""))):
        request.session[SESSION_KEY] = member.pk
        return reverse("kept")
    several = Membership.objects.live().filter(user=request.user).count() > 1
    return kept["next"] or ("membership-choose" if several and kept["question"] == "sign_in" else "home")


def _address(route: str) -> str:
    """Return an address of ours as the provider knows it: never made of what a request says."""
    return settings.SITE_URL.rstrip("/") + reverse(route)


def _require_configured() -> None:
    if settings.OIDC is None:
        raise NotFound
