"""Form of a second person who lifts a limit of reading."""

from django import forms
from django.utils.translation import gettext_lazy as _

from victims.reading.rules import REASON


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=_("Why this colleague needs to read more now"),
        help_text=_("Read by the auditor. No name of a person met."),
        min_length=REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
