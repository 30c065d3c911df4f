"""Form of the own reference and of the nickname."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules import NICKNAME_LENGTH, REFERENCE_LENGTH, fault


class LabelFields(forms.Form):
    """Ask the own reference and the nickname; both may be left empty."""

    reference = forms.CharField(
        required=False,
        max_length=REFERENCE_LENGTH,
        label=_("Your own reference"),
        help_text=_("That of your register, for example 2026-114. A number, never a name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("Shorten the reference to 60 characters.")},
    )
    nickname = forms.CharField(
        required=False,
        max_length=NICKNAME_LENGTH,
        label=_("Nickname"),
        help_text=_("Chosen with the person, never the real name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("Shorten the nickname to 40 characters.")},
    )

    def clean_reference(self):
        return _checked(self.cleaned_data["reference"], reference=True)

    def clean_nickname(self):
        return _checked(self.cleaned_data["nickname"])


def _checked(text: str, **how) -> str:
    if said := fault(text, **how):
        raise forms.ValidationError(said)
    return text
