"""Read what the author adds to an alert once sent, and what narrows the list of one's alerts."""

from django import forms
from django.utils.translation import pgettext_lazy

from indicators.codes.forms import radios
from referral.alerts.operations.additions import tells_a_child
from referral.routing.words import FinishReason

from .step import LISTED, too_long

ADULT = "adult"
AGES = [
    (ADULT, pgettext_lazy("alert", "No, adults only, for sure: no further service is told")),
    ("doubt", pgettext_lazy("alert", "Yes, or not sure: the coordination and those who protect children are told")),
]


class AdditionForm(forms.Form):
    text = forms.CharField(
        max_length=2000,
        label=pgettext_lazy("alert", "What have you learned since?"),
        help_text=pgettext_lazy("alert", "No name, no number: the services alerted read it."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={**too_long(2000), "required": pgettext_lazy("alert", "Write what you want to add.")},
    )

    def __init__(self, *args, kept: bool = False, alert=None, **kwargs):
        """`kept`: no other service has the alert. `alert`: to which what was sent is added."""
        super().__init__(*args, **kwargs)
        if kept:
            self.fields["text"].help_text = pgettext_lazy(
                "alert", "No name, no number: your organisation reads it, and the services that see the case."
            )
        self.young = tells_a_child(alert, self.data.get("text") or "") if alert else []
        self.about = " ".join(self.young)
        if self.young:  # asked before anything leaves: what is sent to those who protect does not come back
            if self.data.get("about") != self.about:  # answered of other words
                self.data = self.data.copy()
                self.data.pop("age", None)
            self.fields["age"] = radios(
                AGES,
                pgettext_lazy("alert", "Say whether it is an adult or a child: your words speak of one."),
                label=pgettext_lazy("alert", "Is the alert about a child?"),
            )


class FinishForm(forms.Form):
    """Ask why the author closes an alert that its agency kept."""

    reason = radios(
        FinishReason.choices,
        pgettext_lazy("alert", "Say why you close it."),
        label=pgettext_lazy("alert", "Why is nothing more to be passed on?"),
    )


class ListForm(forms.Form):
    """Filter the list of one's alerts by state; or keep those that wait for their author."""

    state = forms.ChoiceField(required=False, label=pgettext_lazy("alert", "Status"), error_messages=LISTED)

    def __init__(self, *args, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", pgettext_lazy("alert", "All")), *states]
