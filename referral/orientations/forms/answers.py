"""Forms of a desk and of a sender on one orientation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Desk
from referral.orientations.selectors.answers import others_asked
from referral.routing.words import RevokeReason

from .orientations import DeclineForm

WORDS = 2000


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
        desks = others_asked(orientation).filter(services=orientation.service_id)
        self.fields["suggestion"].queryset = desks.select_related("agency").order_by("agency__name")

    def answer(self) -> dict:
        """Return the arguments of `decline_orientation`."""
        desk = self.cleaned_data["suggestion"]
        return {**self.cleaned_data, "suggestion": desk and desk.agency}


class WordsForm(forms.Form):
    """Write a question, an answer or a message."""

    words = forms.CharField(
        max_length=WORDS,
        label=_("Your message"),
        help_text=_("No name: the reference is enough."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={
            "required": _("Write your message."),
            "max_length": _("2,000 characters at most: shorten your text."),
        },
    )


class RevokeForm(forms.Form):
    revoke_reason = forms.ChoiceField(
        choices=RevokeReason.choices,
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why you take this access back.")},
    )
