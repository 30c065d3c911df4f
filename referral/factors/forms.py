"""Forms of second factors: a code that is typed, a passkey that the browser answers with."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        error_messages={"required": _("Write the code."), "max_length": _("A code has six digits, or eight.")},
    )


class KeyForm(forms.Form):
    """Hold what the browser answers; `name`: how its person tells this passkey from another."""

    name = forms.CharField(label=_("Name of this device"), max_length=60, required=False)
    credential = forms.JSONField()

    def clean_credential(self):
        if not isinstance(given := self.cleaned_data["credential"], dict):
            raise forms.ValidationError("not a credential")
        return given
