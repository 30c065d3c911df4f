"""Forms to choose a password, with a code or with the former password."""

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from agencies.models import User

MOST = 128
_TOO_LONG = _("128 characters at most.")


def _secret(label, autocomplete, required, **more):
    return forms.CharField(
        label=label,
        max_length=MOST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": required, "max_length": _TOO_LONG},
        **more,
    )


class NewPasswordForm(forms.Form):
    """Ask for the new password twice. `person` is the user whom it must not resemble."""

    estimated = True  # here, before anything else is asked

    password = _secret(
        _("New password"),
        "new-password",
        _("Write a new password."),
        help_text=_("At least 12 characters. A sentence only you know is easy to keep; a common password is refused."),
    )
    again = _secret(_("The same password again"), "new-password", _("Write the new password a second time."))

    def person(self) -> User:
        raise NotImplementedError

    def clean(self):
        given = super().clean()
        first, second = given.get("password"), given.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two passwords differ: write the same one twice."))
        if first and self.estimated:
            try:
                password_validation.validate_password(first, self.person())
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class ActivationForm(NewPasswordForm):
    """Take a code. The password is estimated once the code was right (`accounts.activate`): it takes a while, and
    anybody may send this form."""

    estimated = False
    email = forms.EmailField(
        label=_("Work e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Write your work e-mail address."),
            "invalid": _("Write a whole e-mail address, such as name@organisation.fr."),
            "max_length": _("254 characters at most."),
        },
    )
    code = forms.CharField(
        label=_("Your code"),
        max_length=60,
        help_text=_("16 digits, told by your administrator. Spaces do not matter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Write the code you were told."), "max_length": _("The code has 16 digits.")},
    )
    field_order = ["email", "code", "password", "again"]

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()


def current_password() -> forms.CharField:
    """Return the field in which one shows one's own password again."""
    return _secret(_("Current password"), "current-password", _("Write your current password."))


class PasswordForm(NewPasswordForm):
    old = current_password()
    field_order = ["old", "password", "again"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def person(self) -> User:
        return self.user
