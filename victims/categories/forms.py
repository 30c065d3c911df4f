"""Forms for health, presumed authors and right to stay. Only what is needed to act."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import DayInput
from indicators.codes.selectors import choices
from victims.consents.forms import line, words

from .display import FACTORS, MEANS, RELATIONS, ROLES, STATUSES

OF_HEALTH = ("pregnancy", "disability", "mental_health", "addiction")


def several(label):
    """Return a field of optional checkboxes."""
    return forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=label,
        error_messages={"invalid_choice": _("Choose among the answers shown.")},
    )


class EntryForm(forms.Form):
    """Base of the forms of one entry."""

    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def kept(self) -> dict:
        """Return what is stored, encrypted as a whole."""
        return {name: value for name, value in self.cleaned_data.items() if value and name != "replaces"}

    def shown(self):
        """Return the fields to print, in order."""
        return [self[name] for name in self.fields if name != "replaces"]


class HealthForm(EntryForm):
    needs = several(_("To know for care"))
    urgent = forms.BooleanField(required=False, label=_("Care is urgent"))
    text = words(_("What care does the person need?"), _("What somebody needs to act: no diagnosis, no medical file."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["needs"].choices = [(code, label) for code, label in choices(FACTORS) if code in OF_HEALTH]

    def clean(self):
        given = super().clean()
        if not self.errors and not (given.get("text", "").strip() or given.get("needs")):
            self.add_error("text", _("Write what care is needed, or tick what there is to know."))
        return given


class OffenceForm(EntryForm):
    role = forms.ChoiceField(required=False, label=_("Part played"))
    relationship = forms.ChoiceField(required=False, label=_("Link with the person"))
    means = several(_("Means used"))
    number = line(
        _("Number or account not to call"),
        _("Only the services that see this page read it: nobody is to dial it by mistake."),
    )
    text = words(_("What is known"), _("What the person or a service said of the presumed authors, and who said it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Not specified")), *choices(ROLES)]
        self.fields["relationship"].choices = [("", _("Not specified")), *choices(RELATIONS)]
        self.fields["means"].choices = choices(MEANS)

    def clean(self):
        given = super().clean()
        if not self.errors and not self.kept():
            self.add_error("text", _("Write what is known, or choose at least one answer."))
        return given


class ResidenceForm(EntryForm):
    status = forms.ChoiceField(
        label=_("Right to stay"),
        error_messages={"required": _("Choose the status known today; “unknown” is an answer.")},
    )
    until = forms.DateField(
        required=False,
        label=_("Valid until"),
        widget=DayInput(),
        error_messages={"invalid": _("Write the date as 31/12/2026.")},
    )
    text = words(_("What is known"), _("Steps under way, appointment, who helps."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("Not specified")), *choices(STATUSES)]

    def kept(self) -> dict:
        kept = super().kept()
        return {**kept, "until": kept["until"].isoformat()} if kept.get("until") else kept
