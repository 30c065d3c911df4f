"""Forms of a desk and of a sender on one orientation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Desk, Kind
from foundation.workflow import Asked, Move
from indicators.codes.forms import radios
from referral.orientations.rules import REPORT_REASONS, acknowledges
from referral.orientations.selectors.answers import others_asked

from .orientations import CompleteForm, DeclineForm

WORDS = 2000
# who takes a report or a complaint, and says no number of places, has none: these reasons are not its own
OTHER_PROSECUTOR = _("Another prosecutor has jurisdiction")
NO_PLACES = (Kind.JUSTICE, Kind.INTERIOR, Kind.LABOUR)
ABOUT_PLACES = ("no_place", "distance", "profile")


class Decline(DeclineForm):
    """Decline, with the service the desk suggests instead, if any."""

    suggestion = forms.ModelChoiceField(
        queryset=Desk.objects.none(),
        required=False,
        empty_label=_("None"),
        label=_("Which service would you ask instead?"),
        error_messages={"invalid_choice": _("Choose a service of the list, or none.")},
    )

    def __init__(self, *args, orientation, **kwargs):
        super().__init__(*args, **kwargs)
        if orientation.addressee.kind in NO_PLACES and orientation.addressee.desk.places is None:
            reasons = self.fields["reason"].choices
            self.fields["reason"].choices = [choice for choice in reasons if choice[0] not in ABOUT_PLACES]
        if orientation.consent_id is None:  # on a legal ground: no agreement can have been withdrawn
            reasons = self.fields["reason"].choices
            self.fields["reason"].choices = [choice for choice in reasons if choice[0] != "no_consent"]
        if acknowledges(orientation):
            reason = self.fields["reason"]
            reason.choices = dict.fromkeys(REPORT_REASONS, OTHER_PROSECUTOR).items()
            reason.widget, reason.initial = forms.HiddenInput(), REPORT_REASONS[0]  # the heading says the one there is
        desks = others_asked(orientation).filter(services=orientation.service_id)
        desks = desks.select_related("agency").order_by("agency__name")
        if desks:
            self.fields["suggestion"].queryset = desks
        else:
            del self.fields["suggestion"]

    def answer(self) -> dict:
        """Return the arguments of `decline_orientation`."""
        desk = self.cleaned_data.get("suggestion")
        return {**self.cleaned_data, "suggestion": desk and desk.agency}


class Complete(CompleteForm):
    def __init__(self, *args, orientation, **kwargs):
        super().__init__(*args, **kwargs)

    def answer(self) -> dict:
        """Return the arguments of `complete_orientation`."""
        return {"outcome": self.cleaned_data["reason"], "comment": self.cleaned_data["comment"]}


class MoveForm(forms.Form):
    """Ask what a move asks. Its fields carry the name of the action: several such forms stand on one page."""

    def __init__(self, data=None, *, move: Move):
        super().__init__(data, prefix=move.action)
        if move.asks:
            self.fields[move.asks.name] = _field(move.asks)

    def answer(self) -> dict:
        """Return the arguments of the operation."""
        return self.cleaned_data


def _field(asked: Asked) -> forms.Field:
    if asked.choices:
        return radios(asked.choices, asked.missing, label=asked.label)
    return forms.CharField(
        max_length=WORDS,
        label=asked.label,
        help_text=_("No name: the reference is enough."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": asked.missing, "max_length": _("2,000 characters at most: shorten your text.")},
    )


OWN = {"decline": Decline, "complete": Complete}  # they ask more than one thing


def form_of(move: Move, orientation, data=None):
    """Return the form of a move of this orientation, bound to `data` when it is given."""
    if own := OWN.get(move.action):
        return own(data, orientation=orientation)
    return MoveForm(data, move=move)
