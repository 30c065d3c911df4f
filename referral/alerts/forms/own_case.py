"""Ask what opens a case for a person that the agency itself receives: no alert is sent to anybody."""

from django import forms
from django.utils.translation import pgettext_lazy

from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from indicators.codes.selectors import FORMS, choices
from referral.alerts.rules import REQUIRED
from referral.alerts.words import DANGER
from victims.cases.words import MINOR, WHEN, WHEN_HINT, WHEN_LABEL
from victims.own_labels.forms import LabelFields

from .step import LISTED, NOTE_LENGTH, TerritoryField, question, too_long

UNKNOWN = ("", pgettext_lazy("alert", "I do not know"))


class OwnCaseForm(LabelFields):
    """Ask the questions of an alert that a case needs, and how the agency calls it. Signs are noted in the case."""

    LABEL = ("reference", "nickname")
    field_order = ("territory", "when", "minor", "danger", "agrees", *LABEL, "form", "language", "note")

    use_required_attribute = False

    territory = TerritoryField(label=pgettext_lazy("alert", "In which département does the person spend the nights?"))
    when = question(
        [choice for choice in WHEN if choice[0] != "date"],
        required=REQUIRED["when"],
        label=WHEN_LABEL,
        hint=WHEN_HINT,
        inline=True,
    )
    minor = question(
        MINOR, required=REQUIRED["minor"], label=pgettext_lazy("alert", "Is the person a child?"), inline=True
    )
    danger = question(
        DANGER, required=REQUIRED["danger"], label=pgettext_lazy("alert", "Is the person in danger now?"), inline=True
    )
    agrees = forms.BooleanField(
        label=pgettext_lazy("alert", "The person agrees that your service follows the situation"),
        required=False,
    )
    form = forms.ChoiceField(
        required=False, label=pgettext_lazy("alert", "Form of exploitation you suspect"), error_messages=LISTED
    )
    language = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("alert", "Language of the person"),
        choices=[UNKNOWN, *LANGUAGES, OTHER_LANGUAGE],
        error_messages=LISTED,
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=pgettext_lazy("alert", "Note"),
        help_text=pgettext_lazy("alert", "No name."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages=too_long(NOTE_LENGTH),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [UNKNOWN, *(c for c in choices(FORMS) if c[0] != "unknown")]

    def clean(self):
        """Require the agreement of an adult who is not in danger; the others are protected without it."""
        given = super().clean()
        if given.get("minor") == "no" and given.get("danger") == "no" and not given.get("agrees"):
            text = pgettext_lazy("alert", "Without the person's agreement no case is opened. Ask, then tick the box.")
            self.add_error("agrees", text)
        return given

    def answers(self) -> dict:
        """Return the answers of an alert kept by its author's agency; the own label is none of them."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value and name not in ("agrees", *self.LABEL)
        }
        return {
            **given,
            "territory": self.cleaned_data["territory"].pk,
            "none_of_these": True,
            "adult_sure": True,  # asked of the person herself, whom the agency supports
            "agreement": "yes" if self.cleaned_data["agrees"] else "not_asked",
        }

    def label(self) -> dict:
        """Return the own reference and the nickname: for the case alone, never for an alert."""
        return {name: self.cleaned_data[name] for name in self.LABEL}
