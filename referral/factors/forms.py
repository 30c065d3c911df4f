"""Forms of second factors: a typed code, a passkey that the browser answers with, the password of who has none."""

from django import forms
from django.utils.translation import gettext_lazy as _

from referral.organisations.forms.accounts import current_password


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        error_messages={"required": _("Write the code."), "max_length": _("A code has six digits, or eight.")},
    )


class PasswordForm(forms.Form):
    """Ask whoever has no second factor for the password again."""

    old = current_password()


class KeyForm(forms.Form):
    """Hold what the browser answers; `name`: how its person tells this passkey from another."""

    name = forms.CharField(label=_("Name of this device"), max_length=60, required=False)
    credential = forms.JSONField()

    def clean_credential(self):
        if not isinstance(given := self.cleaned_data["credential"], dict):
            raise forms.ValidationError("not a credential")
        return given
