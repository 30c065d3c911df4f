"""Forms of what a program is called and what it may do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, Role, Scope
from foundation.fields import field_of
from referral.organisations.operations.members import roles_given

# what asks for the role of its agency that works on cases
OF_CASES = {Scope.READ, Scope.WORK, Scope.ADMINISTER}


class ScopesForm(forms.Form):
    """Ask for what a program may do. Whoever writes reads: each answer to a move shows what it is about."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("No more than it needs. To report a danger to life, sending alerts is enough."),
        error_messages={
            "required": _("Tick at least one thing that it may do."),
            "invalid_choice": _("Choose among what is shown."),
        },
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        given = roles_given(actor.agency_id)
        offered = [scope for scope in Scope if (Role.CASE_WORKER if scope in OF_CASES else Role.FRONTLINE) in given]
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in offered]

    def clean_scopes(self) -> list[str]:
        scopes = self.cleaned_data["scopes"]
        if Scope.WORK in scopes and Scope.READ not in scopes:
            raise forms.ValidationError(_("To work on cases, it reads them: tick both."))
        return [scope.value for scope in Scope if scope.value in scopes]


class ProgramForm(ScopesForm):
    title = field_of(
        Membership.title,
        _("Name of the program"),
        help_text=_("The software, and where it runs: “Case management, Paris”."),
        missing=_("Write a name that colleagues recognise."),
        attrs={"autocomplete": "off"},
        error_messages={"max_length": _("120 characters at most.")},
    )
    field_order = ("title", "scopes")
