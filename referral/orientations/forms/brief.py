"""What the sender adds to a request so that the service can decide without telephoning."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Category
from foundation.words import free_text
from indicators.codes.forms import radios
from referral.orientations.operations.coverage import REACHES
from referral.orientations.words import PREGNANT
from victims.identity.words import SEXES

ANSWERS = _("Choose among the answers shown.")
_AREA = {"rows": 2, "autocomplete": "off"}


class BriefForm(forms.Form):
    """Ask what services ask by telephone. Nothing is required; `pregnant` only where health is shared."""

    sex = radios([("", _("Not said")), *SEXES], ANSWERS, label=_("Sex"), required=False, initial="")
    children = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=20,
        label=_("Children with the person"),
        error_messages={
            "invalid": _("Write a number, for example 2."),
            "min_value": _("Write a number from 0 to 20."),
            "max_value": _("Write a number from 0 to 20."),
        },
    )
    pregnant = radios(PREGNANT, ANSWERS, label=_("Pregnant"), required=False, initial="")
    offered = forms.CharField(
        required=False,
        max_length=300,
        label=_("What was already offered to the person"),
        help_text=_("Places, help or care that were offered, and what came of it."),
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"max_length": _("300 characters at most: shorten your text.")},
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word for the service"),
        help_text=_("No name, number or address."),
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )

    def __init__(self, *args, orientation, **kwargs):
        super().__init__(*args, **kwargs)
        if not orientation.categories & Category.HEALTH:
            del self.fields["pregnant"]

    def clean_note(self):
        return _without_contact(self.cleaned_data["note"])

    def clean_offered(self):
        return _without_contact(self.cleaned_data["offered"])


def _without_contact(words: str) -> str:
    if found := free_text.found_in(words):
        raise forms.ValidationError(REACHES, params={"found": found[0].text})
    return words
