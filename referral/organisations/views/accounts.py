"""Pages « Première connexion ou mot de passe oublié » and « Changer mon mot de passe »."""

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from referral.organisations.forms import accounts as fields
from referral.organisations.operations import accounts


@sensitive_post_parameters()
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request):
    """Activate an account.

    The answer is the same for a wrong code, an unknown address and an expired code; attempts count as at sign-in.
    """
    form = fields.ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        counted = {"email": f"code:{form.cleaned_data['email']}"}
        if not AxesProxyHandler.is_allowed(request, counted):
            return get_lockout_response(request, credentials=counted)
        if _activated(request, form, counted):
            logout(request)
            return redirect(reverse("login") + "?active")
    return render(request, "referral/organisations/activate.html", {"form": form})


def _activated(request, form, counted) -> bool:
    given = form.cleaned_data
    try:
        user = accounts.activate(given["email"], given["code"], given["password"])
    except forms.ValidationError as error:
        form.add_error("password", error)
        return False
    if user is None:
        AxesProxyHandler.user_login_failed(__name__, credentials=counted, request=request)
        form.add_error(
            None,
            _(
                "This address and this code do not go together, or the code is over: it lasts 72 hours. Check both,"
                " or ask your administrator for another code."
            ),
        )
    return user is not None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request):
    """Change the password. The present one is checked by the sign-in backend, which counts failures and locks."""
    form = fields.PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if authenticate(request, email=request.user.email, password=form.cleaned_data["old"]) is None:
            form.add_error("old", _("This is not your present password."))
        else:
            request.user.password = accounts.change_password(request.actor, form.cleaned_data["password"])
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Password changed. Your other sessions are closed."))
            return redirect("profile")
    return render(request, "referral/organisations/password.html", {"form": form})
