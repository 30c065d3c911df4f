"""Form of the own reference and of the nickname."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.words.comparison import plain
from foundation.words.free_text import found_in

from .rules import NICKNAME_LENGTH, REFERENCE_LENGTH


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
        text = without_contact(self.cleaned_data["reference"])
        if text and not plain(text):
            raise forms.ValidationError(_("Write letters or digits: a reference is found by them."))
        return text

    def clean_nickname(self):
        return without_contact(self.cleaned_data["nickname"])


def without_contact(text: str) -> str:
    """Return the text. Raises ValidationError for a telephone number or an e-mail address."""
    if any(item.kind in ("phone", "email") for item in found_in(text)):
        raise forms.ValidationError(_("No telephone number and no address: they belong to the safe contact."))
    return text
