"""Pages « Protéger mon compte »: set up, name and remove one's second factors, and draw recovery codes."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import quote
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Membership
from referral.factors import operations
from referral.factors.forms import CodeForm, KeyForm
from referral.factors.middleware import is_half, note_shown
from referral.factors.selectors import own
from referral.provider.operations.links import own_link
from referral.sessions.operations.sessions import close_others


@require_safe
def factors(request):
    """List one's factors; for whom one is owed and missing, the two ways to set it up."""
    rows = list(own(request.user))
    context = {"factors": rows, "half": is_half(request), "app": any(r.type == "totp" for r in rows)}
    context["owed"] = _owed(request.user)
    if settings.OIDC and not context["half"]:
        context |= {"provider": settings.OIDC.name, "link": own_link(request.user)}
    return render(request, "referral/factors/factors.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def factor_app(request):
    """Show the secret of an application, and take the first code that it shows."""
    form = CodeForm(request.POST or None)
    secret = totp.get_totp_secret(regenerate=request.method != "POST")
    if request.method == "POST" and form.is_valid():
        try:
            factor = operations.add_app(request.user, secret, form.cleaned_data["code"])
        except ValidationError:
            form.add_error("code", _("This is not the code that the application shows now. Type the one it shows."))
        else:
            totp.clear_totp_secret(request)
            return _done(request, factor)
    url = get_adapter().build_totp_url(request.user, secret)
    context = {"form": form, "url": url, "picture": quote(get_adapter().build_totp_svg(url))}
    context["groups"] = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return render(request, "referral/factors/factor_app.html", context)


@require_POST
def factor_key(request):
    """Give the browser what it makes a passkey from, or keep the passkey that it made."""
    if "credential" not in request.POST:
        return JsonResponse(webauthn.begin_registration(request.user, passwordless=True))
    form = KeyForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("credential")
        name = form.cleaned_data["name"] or _("Passkey")
        factor = operations.add_key(request.user, name, form.cleaned_data["credential"])
    except ValidationError:
        messages.error(request, _("The device gave no passkey that can be used. Try again, or choose an application."))
        return redirect("referral:factors")
    return _done(request, factor)


@require_POST
def factor_codes(request):
    """Show new recovery codes in the answer itself, and nowhere else; asking again makes others."""
    return render(request, "referral/factors/factor_codes.html", {"codes": operations.new_codes(request.user)})


@require_POST
def factor_remove(request, pk):
    operations.remove(request.user, pk, owed=_owed(request.user))
    _keep_session(request)
    messages.success(request, _("Removed. Your other sessions are closed."))
    return redirect("referral:factors")


def _done(request, factor):
    """Go on with the session, now whole; the first factor comes with its recovery codes, shown once."""
    first = own(request.user).count() == 1
    _keep_session(request)
    note_shown(request, factor)
    if first:
        return render(
            request,
            "referral/factors/factor_codes.html",
            {"codes": operations.new_codes(request.user), "first": True},
        )
    messages.success(request, _("It is set up. From now on you can sign in with it."))
    return redirect("referral:factors")


def _keep_session(request) -> None:
    """Keep this session, when all sessions end with the change of the factors."""
    request.user.refresh_from_db(fields=["factor_at"])
    update_session_auth_hash(request, request.user)
    close_others(request.user, request.session)


def _owed(user) -> bool:
    """Return whether any role of this person asks for a factor, also one that is not acted under now."""
    return user.is_staff or any(member.owes_factor for member in Membership.objects.live().filter(user=user))
