"""Pages « Première connexion ou mot de passe oublié » and « Changer mon mot de passe »."""

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from agencies.tries.operations import counted, forgive
from agencies.tries.rules import CODE, OWN
from foundation.middleware import client_address
from referral.organisations.forms import accounts as fields
from referral.organisations.operations import accounts
from referral.sessions.operations.sessions import close_others


@sensitive_post_parameters()
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request):
    """Activate an account.

    The answer is the same for a wrong code, an unknown address and an expired code; tries are counted.
    """
    form = fields.ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _activated(form, client_address(request)):
        logout(request)
        return redirect(reverse("login") + "?active")
    return render(request, "referral/organisations/activate.html", {"form": form})


def _activated(form, address: str) -> bool:
    """Return whether the code gave the password; raises Closed."""
    given = form.cleaned_data
    email = given["email"].lower()
    try:
        with counted(CODE, email, address) as tried:
            user = accounts.activate(email, given["code"], given["password"])
            tried.right = user is not None
    except forms.ValidationError as error:
        form.add_error("password", error)
        return False
    if user is not None:
        forgive(email, address)
    else:
        form.add_error(
            None,
            _(
                "This address and this code do not go together, or the code has expired: it lasts 72 hours. Check both,"
                " or ask your administrator for another code."
            ),
        )
    return user is not None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request):
    """Change the password. Tries of the present one are counted: a session left open guesses no faster than others."""
    form = fields.PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        email = request.user.email
        with counted(OWN, email, client_address(request)) as tried:
            tried.right = authenticate(request, email=email, password=form.cleaned_data["old"]) is not None
        if not tried.right:
            form.add_error("old", _("This is not your current password."))
        else:
            request.user.password = accounts.change_password(request.actor, form.cleaned_data["password"])
            update_session_auth_hash(request, request.user)
            close_others(request.user, request.session)
            messages.success(request, _("Password changed. Your other sessions are closed."))
            return redirect("profile")
    return render(request, "referral/organisations/password.html", {"form": form})
