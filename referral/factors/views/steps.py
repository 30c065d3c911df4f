"""Second step of a sign-in, by a code or a passkey; sign-in by a passkey alone."""

from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agencies.accounts.display import demo_code
from agencies.kept.rules import KNOWN, proves
from agencies.models import Membership
from agencies.tries.operations import counted
from agencies.tries.rules import FACTOR, OWN
from foundation.middleware import client_address
from foundation.view_guards import safe_address
from journal.operations import record
from referral.factors import operations
from referral.factors.forms import CodeForm, KeyForm, PasswordForm
from referral.factors.middleware import by_provider, is_half, is_recent, note_password, note_shown
from referral.factors.selectors import has_passkey, was_taken_away

# where whoever set up none yet is led on to, by the password when it was shown too long ago
FIRST_FACTOR = [reverse_lazy("referral:factor-app"), reverse_lazy("referral:factors")]
MODEL = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request):
    """Ask for a second factor: at a sign-in, or again before what asks for a recent one."""
    user, following = request.user, _following(request)
    by_state = by_provider(request)
    if user.factor_at is None and not by_state:
        asked = not is_recent(request) and (not is_half(request) or following in FIRST_FACTOR)
        return _password_again(request, following) if asked else redirect("referral:factors")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with _tried(request, user) as tried:
            factor = operations.with_code(user, form.cleaned_data["code"])
            tried.right = factor is not None
        if factor is not None:
            note_shown(request, factor)
            return redirect(following or "home")
        record("factor.wrong", user)
        form.add_error("code", _("This code is wrong, or was used already. Wait for the next one, and type that."))
    context = {"form": form, "next": following, "half": is_half(request), "passkey": has_passkey(user)}
    context |= {"taken_away": was_taken_away(user), "demo": demo_code(user)}
    context |= {"provider": settings.OIDC.name if settings.OIDC and by_state else "", "own": user.factor_at is not None}
    context["identified"] = by_provider(request, "provider")
    return render(request, "referral/factors/second_step.html", context)


def _password_again(request, following: str):
    """Ask whoever has no second factor for the password, before what would give the account to somebody else."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = request.user.email
        with counted(OWN, email, client_address(request)) as tried:
            tried.right = authenticate(request, email=email, password=form.cleaned_data["old"]) is not None
        if tried.right:
            note_password(request)
            return redirect(following or "profile")
        form.add_error("old", _("This is not your current password."))
    return render(request, "referral/factors/second_step.html", {"form": form, "next": following, "again": True})


@login_not_required
@require_POST
def passkey(request):
    """Give a browser the challenge for a passkey, or take what it answers: a sign-in, or the second step."""
    user = request.user if request.user.is_authenticated else None
    if "credential" not in request.POST:
        return JsonResponse(webauthn.begin_authentication(user))
    form, following = KeyForm(request.POST), _following(request)
    with _tried(request, user) as tried:
        factor = operations.with_key(form.cleaned_data["credential"], user) if form.is_valid() else None
        tried.right = factor is not None
    if factor is None:
        record("factor.wrong", user)
        messages.error(request, _("This passkey opens no account here. Try again, or sign in with your password."))
        return redirect(reverse("referral:second-step" if user else "login"))
    if user is None:
        login(request, factor.user, backend=MODEL)
    note_shown(request, factor, alone=user is None)
    return redirect(following or _landing(request, user))


def _landing(request, user) -> str:
    several = user is None and Membership.objects.live().filter(user=request.user).count() > 1
    return "membership-choose" if several else "home"


def _tried(request, user):
    """Count a try of this account; of a passkey alone, which names its account itself, by address."""
    proof = request.COOKIES.get(KNOWN, "")
    known = proof if user and proof and proves(proof, user) else ""
    return counted(FACTOR, user.email if user else "", client_address(request), known)


def _following(request) -> str:
    return safe_address(request, request.POST.get("next") or request.GET.get("next", ""))
