"""Form fields for codes: one choice as radio buttons, several as check boxes."""

from django import forms
from django.utils.translation import gettext_lazy as _


def radios(choices, message, **options):
    """A required question with few answers, none of them chosen beforehand unless `initial` is given."""
    widget = forms.RadioSelect
    errors = {"required": message, "invalid_choice": message}
    return forms.ChoiceField(choices=choices, widget=widget, error_messages=errors, **options)


def ticks(choices, **options):
    errors = {"invalid_choice": _("Choose among the answers shown.")}
    return forms.TypedMultipleChoiceField(
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=errors,
        **options,
    )


def mask(bits) -> int:
    return sum(set(bits))
