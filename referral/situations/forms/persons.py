"""Form of the persons of an event, by age and language. Error texts say what to do; typed input is kept."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from referral.models import Alert
from referral.situations.operations.opening import MOST, Group
from victims.models import AgeSide

ROWS = ("", "_2", "_3", "_4", "_5", "_6")  # languages of one order; more go into another one
COUNTED = {"adults": _("Adults"), "minors": _("Children"), "doubts": _("Age in doubt")}
SIDES = {"adults": AgeSide.ADULT, "minors": AgeSide.MINOR, "doubts": AgeSide.DOUBT}


class PersonsForm(forms.Form):
    """Count persons by age, a row for each language, and choose the signs to copy.

    The token makes a second click harmless.
    """

    use_required_attribute = False

    token = forms.UUIDField(widget=forms.HiddenInput)
    alerts = forms.ModelMultipleChoiceField(
        queryset=Alert.objects.none(),
        required=False,
        label=_("Copy the signs of these alerts to each case"),
        help_text=_("Their authors then follow what becomes of the people."),
        widget=forms.CheckboxSelectMultiple,
    )
    with_story = forms.BooleanField(
        required=False,
        label=_("Copy the note of these alerts too"),
        help_text=_("Every service that gets a file will read it: leave this unticked if it speaks of one person."),
    )

    def __init__(self, *args, alerts, **kwargs):
        kwargs["initial"] = {"token": uuid.uuid4(), "alerts": [a.pk for a in alerts], **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["alerts"].queryset = alerts
        self.fields["alerts"].label_from_instance = lambda alert: alert.reference
        for row in ROWS:
            for name in COUNTED:
                self.fields[name + row] = _count(COUNTED[name])
            self.fields["language" + row] = forms.ChoiceField(
                required=False,
                label=_("Language they share"),
                choices=[("", _("Not known, or several")), *LANGUAGES, OTHER_LANGUAGE],
            )

    def rows(self):
        """Return the bound fields of each row: those of the first one, then the others."""
        return [[self[name + row] for name in ("language", *COUNTED)] for row in ROWS]

    @property
    def others_used(self) -> bool:
        """Return whether a row after the first one holds something, so that it is shown open."""
        used = self.data if self.is_bound else self.initial
        return any(
            used.get(name + row) not in (None, "", "0", 0) for row in ROWS[1:] for name in ("language", *COUNTED)
        )

    def clean(self):
        persons = sum(group.count for group in self.groups())
        if not self.errors and not persons:
            raise forms.ValidationError(_("Say how many people: at least one."))
        if persons > MOST:
            raise forms.ValidationError(_("500 people at most at once: open the others afterwards."))
        return self.cleaned_data

    def groups(self) -> list[Group]:
        """Return the persons counted, by side of age and language."""
        data = self.cleaned_data
        counted = (
            Group(side, data.get("language" + row) or "", data.get(name + row) or 0)
            for row in ROWS
            for name, side in SIDES.items()
        )
        return [group for group in counted if group.count]

    def persons(self) -> dict:
        """Return the arguments of `open_persons`."""
        data = self.cleaned_data
        return {
            "groups": self.groups(),
            "token": data["token"],
            "alerts": [alert.pk for alert in data["alerts"]],
            "with_story": data["with_story"],
        }


def _count(label):
    return forms.IntegerField(
        min_value=0,
        max_value=MOST,
        initial=0,
        label=label,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Write a whole number."),
            "min_value": _("Write a whole number."),
            "max_value": _("500 people at most at once: open the others afterwards."),
        },
    )
