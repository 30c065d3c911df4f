"""Choose what stands on the sheet of a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

PARTS = {
    "situation": _("The situation: form of exploitation, age, urgency, département, services that lead and coordinate"),
    "requests": _("The requests sent to services, with their state"),
    "limits": _("The time limits that run"),
}


class CaseSheetForm(forms.Form):
    """Choose parts: none for the reference alone. Time limits go with what opens their page."""

    parts = forms.MultipleChoiceField(
        choices=PARTS.items(),
        required=False,
        label=_("Beside the reference"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing is ticked: the paper bears the reference alone."),
    )

    def __init__(self, *args, limits: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not limits:
            self.fields["parts"].choices = [choice for choice in PARTS.items() if choice[0] != "limits"]
