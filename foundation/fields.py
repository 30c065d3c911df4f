"""Build form fields that several subjects share."""

from django import forms
from django.utils.translation import gettext_lazy as _


def long_text(label, hint, limit=2000, rows=4, **options):
    """Return a multi-line text field without browser completion, which refuses a text over `limit`, never cuts it."""
    return forms.CharField(
        max_length=limit,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
        error_messages={
            "max_length": _("%(limit_value)s characters at most: shorten your text."),
            **options.pop("error_messages", {}),
        },
        **options,
    )
