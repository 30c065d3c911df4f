"""Read what the author adds to an alert once sent, and what narrows the list of one's alerts."""

from django import forms
from django.utils.translation import pgettext_lazy

from .step import LISTED, too_long


class AdditionForm(forms.Form):
    text = forms.CharField(
        max_length=2000,
        label=pgettext_lazy("alert", "What have you learned since?"),
        help_text=pgettext_lazy("alert", "No name, no number: the services alerted read it."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={**too_long(2000), "required": pgettext_lazy("alert", "Write what you want to add.")},
    )


class ListForm(forms.Form):
    """Filter the list of one's alerts by state."""

    state = forms.ChoiceField(required=False, label=pgettext_lazy("alert", "State"), error_messages=LISTED)

    def __init__(self, *args, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", pgettext_lazy("alert", "All")), *states]
