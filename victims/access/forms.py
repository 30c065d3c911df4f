"""Forms of the access section: assignment of members, and emergency access."""

from django import forms
from django.utils.translation import gettext_lazy as _

from victims.access.operations.assignment import assignable
from victims.models.emergencies import REASON_LENGTH


class AssignForm(forms.Form):
    member = forms.ModelChoiceField(
        queryset=None,
        label=_("Assign a colleague"),
        empty_label=_("Choose a colleague"),
        error_messages={
            "required": _("Choose a colleague."),
            "invalid_choice": _("Choose a colleague of your organisation who works on cases."),
        },
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        colleagues = assignable(actor).select_related("user")
        self.fields["member"].queryset = colleagues.order_by("user__full_name", "pk")
        self.fields["member"].label_from_instance = lambda member: member.user.full_name


class EmergencyForm(forms.Form):
    reference = forms.CharField(
        max_length=12,
        label=_("Reference of the case"),
        help_text=_("As it was given to you: eight letters and digits, for example 7KQ2-M4XD."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Enter the reference of the case.")},
    )
    reason = forms.CharField(
        min_length=REASON_LENGTH,
        max_length=1000,
        label=_("Why you need it now"),
        help_text=_("What danger, who told you, whom you tried to reach. The lead reads it."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={
            "required": _("Write why you need it now."),
            "min_length": _("Write at least 20 characters: the lead must understand why."),
        },
    )

    def clean_reference(self):
        """Normalise to capitals with a dash in the middle."""
        text = "".join(c for c in self.cleaned_data["reference"].upper() if c.isalnum())
        return f"{text[:4]}-{text[4:]}"
