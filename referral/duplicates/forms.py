"""Forms and filter of possible duplicates."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.filters import ListFilter, reference_prefix
from indicators.codes.forms import radios
from referral.models import Match
from referral.routing.words import AlarmFinding, ApartReason

ACTS = ("dismiss", "contact", "link", "undo", "reopen")


class MatchFilter(ListFilter):
    state = django_filters.ChoiceFilter(choices=Match.State, label=_("Status"))
    strength = django_filters.ChoiceFilter(choices=Match.Strength, label=_("How alike"))
    reference = django_filters.CharFilter(method="either", max_length=20, label=_("Reference of a case or of the pair"))

    class Meta:
        model = Match
        fields = ["state", "strength", "reference"]

    def either(self, rows, name, value):
        """Match the reference of one case or the other, or that of the pair, which its notice says."""
        one, other = (reference_prefix(rows, f"{which}_reference", value) for which in ("first", "second"))
        return one | other | reference_prefix(rows, "reference", value)


class DecisionForm(forms.Form):
    """Choose an action; a reason is required to leave two cases apart only."""

    conditional = ("reason",)
    act = forms.ChoiceField(
        choices=[(act, act) for act in ACTS],
        error_messages={"required": _("Choose what to do."), "invalid_choice": _("Choose among the acts shown.")},
    )
    reason = forms.ChoiceField(
        choices=ApartReason.choices,
        required=False,
        widget=forms.RadioSelect,
        label=_("Why leave them apart?"),
        error_messages={"invalid_choice": _("Choose among the answers shown.")},
    )
    comment = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word for your organisation"),
        help_text=_("No name. Read by your organisation alone."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )

    def clean(self):
        given = super().clean()
        if given.get("act") == "dismiss" and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why you leave them apart."))
        return given


class MergeForm(forms.Form):
    keep = radios([], _("Choose the case that goes on."), label=_("Which case goes on?"))
    understood = forms.BooleanField(
        label=_("I have spoken with the service that leads each case, and both agree"),
        error_messages={"required": _("Merge only once both services agree: put them in contact first.")},
    )
    comment = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word for your organisation"),
        help_text=_("No name. Read by your organisation alone."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )

    def __init__(self, *args, match, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [("first", match.first_reference), ("second", match.second_reference)]


class AlarmForm(forms.Form):
    finding = radios(AlarmFinding.choices, _("Say what it was."), label=_("What was it?"))
