"""Form to make a program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, Role
from foundation.fields import field_of
from referral.organisations.operations.members import roles_given
from referral.organisations.operations.programs import ROLES

WORDS = {
    Role.FRONTLINE: _("Sends alerts, and follows its own"),
    Role.CASE_WORKER: _("Works on the alerts, requests and cases of your organisation"),
}


class ProgramForm(forms.Form):
    title = field_of(
        Membership.title,
        _("Name of the program"),
        help_text=_("The software, and where it runs: “Case management, Paris”."),
        missing=_("Write a name that colleagues recognise."),
        attrs={"autocomplete": "off"},
        error_messages={"max_length": _("120 signs at most.")},
    )
    roles = forms.MultipleChoiceField(
        label=_("What it does"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one thing that it does."),
            "invalid_choice": _("Choose among what is shown."),
        },
    )
    scope = forms.ChoiceField(
        label=_("Reads, or writes too"),
        choices=[("read", _("Only reads")), ("act", _("Reads and writes"))],
        initial="read",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether it only reads."),
            "invalid_choice": _("Choose among what is shown."),
        },
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        given = roles_given(actor.agency_id)
        self.fields["roles"].choices = [(role.value, WORDS[role]) for role in ROLES if role in given]

    def made(self) -> dict:
        """Return the arguments of `programs.make`."""
        given = self.cleaned_data
        return {"title": given["title"], "roles": given["roles"], "acts": given["scope"] == "act"}
