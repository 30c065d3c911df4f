"""Sign in and out, choose a membership, edit the profile."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import RegexValidator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from agencies.accounts.display import demo_accounts
from agencies.accounts.operations import strengthen
from agencies.accounts.rules import LEAVE, opened_address
from agencies.kept.rules import KEPT, KNOWN, proves
from agencies.kept.selectors import member_of_kept
from agencies.models import Membership, User
from agencies.tries.operations import counted
from agencies.tries.rules import PASSWORD
from foundation.actor import SESSION_KEY, become
from foundation.middleware import client_address
from foundation.view_guards import safe_address


class SignInForm(AuthenticationForm):
    """Sign in with an e-mail address. Errors say what to do, and never whether the address is known."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("Check the e-mail address and the password: together, they match no account."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Work e-mail address")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["username"].error_messages["required"] = gettext_lazy("Write your work e-mail address.")
        self.fields["password"].error_messages["required"] = gettext_lazy("Write your password.")

    def clean_username(self):
        return self.cleaned_data["username"].strip().lower()

    def clean(self):
        """Authenticate, and count the try. Raises Closed."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            browser = _browser(self.request, email)
            with counted(PASSWORD, email, client_address(self.request), browser, password) as tried:
                self.user_cache = authenticate(self.request, email=email, password=password)
                tried.right = self.user_cache is not None
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
            self.request.first_sign_in = self.user_cache.last_login is None
            strengthen(self.user_cache, password)
        return self.cleaned_data


def _browser(request, email: str) -> str:
    """Return the proof that this account was signed in with this browser; empty without one."""
    proof = request.COOKIES.get(KNOWN, "")
    person = User.objects.filter(email=email, is_active=True).first() if proof else None
    return proof if person and proves(proof, person) else ""


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_success_url(self):
        """Redirect to the form that was kept when the session ended, under the membership it was opened with."""
        member = member_of_kept(self.request.user, self.request.COOKIES.get(KEPT, ""))
        if member is None:
            return super().get_success_url()
        self.request.session[SESSION_KEY] = member.pk
        return reverse("kept")

    def get_default_redirect_url(self):
        """Redirect a member with several memberships to the choice of one."""
        several = Membership.objects.live().filter(user=self.request.user).count() > 1
        return reverse("membership-choose") if several else super().get_default_redirect_url()

    def get_context_data(self, **kwargs):
        said = {"idle": "inactif" in self.request.GET, "kept": KEPT in self.request.COOKIES}
        said["provider"] = settings.OIDC.name if settings.OIDC else ""
        return super().get_context_data(accounts=demo_accounts(), **said, **kwargs)


class SignOut(auth.LogoutView):
    """Sign out and ask the browser to clear its data: computers are often shared.

    `?inactif`: the page did it by itself; forms of other tabs may still be kept for whoever was there.
    """

    template_name = "registration/signed_out.html"  # for whom the State's sign-in brought here, and may stay open

    def post(self, request, *args, **kwargs):
        elsewhere = opened_address(request.session.get(LEAVE, ""), request.user.pk)
        response = super().post(request, *args, **kwargs)
        if elsewhere and "inactif" not in request.GET:
            request.actor, request.memberships = None, []  # shown as to anybody
            become(None)
            context = {"elsewhere": elsewhere, "provider": settings.OIDC.name if settings.OIDC else ""}
            response = render(request, self.template_name, context)
        if "inactif" not in request.GET:
            response.delete_cookie(KNOWN, samesite="Lax")
        # an alert that waits on the device for the network outlives a page that signs out by itself
        response["Clear-Site-Data"] = '"cache"' if "inactif" in request.GET else '"cache", "storage"'
        response["Cache-Control"] = "no-store"
        return response

    def get_success_url(self):
        return self.get_redirect_url() or reverse("login") + ("?inactif" if "inactif" in self.request.GET else "?sorti")


@require_http_methods(["GET", "HEAD", "POST"])
def choose_membership(request):
    """Choose the membership to act under.

    A form opened under another one is then refused with a question, never misattributed.
    """
    following = safe_address(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        wanted = {str(member.pk): member for member in request.memberships}.get(request.POST.get("membership"))
        if wanted is not None:
            request.session[SESSION_KEY] = wanted.pk
            return HttpResponseRedirect(following or reverse("home"))
        messages.error(request, _("Choose one of the roles of this page."))
    return render(request, "agencies/accounts/membership_choose.html", {"next": following})


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["language", "phone"]

    phone = forms.CharField(
        required=False,
        max_length=24,
        label=gettext_lazy("Your work phone"),
        help_text=gettext_lazy(
            "Where you can be called back, and reached when you are on the duty list."
            " Abroad or in a French overseas territory: begin with the country code, such as +262."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(
                r"^\+?[0-9][0-9 .-]{5,22}$",
                gettext_lazy("Write a phone number: digits and spaces, 24 characters at most."),
            )
        ],
        error_messages={"max_length": gettext_lazy("24 characters at most.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the interface"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        # the columns that the application may change; others belong to the administration
        form.save(commit=False).save(update_fields=form.Meta.fields)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Profile saved."))
        return redirect("profile")
    return render(request, "agencies/accounts/profile.html", {"form": form})


@require_safe
def still_here(request):
    """Keep the session alive while somebody works on a page."""
    return HttpResponse(status=204)
