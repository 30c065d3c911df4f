"""Build form fields for codes: radio buttons for one choice, check boxes for several."""

from django import forms
from django.utils.translation import gettext_lazy as _


def radios(choices, message, **options):
    """Return a required question with few answers, none chosen beforehand unless `initial` is given."""
    widget = forms.RadioSelect
    errors = {"required": message, "invalid_choice": message}
    return forms.ChoiceField(choices=choices, widget=widget, error_messages=errors, **options)


def ticks(choices, **options):
    """Return a question with several answers, coerced to integers (bits)."""
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
    """Return the sum of distinct bits, from the answers of `ticks`."""
    return sum(set(bits))
