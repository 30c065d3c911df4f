"""Forms of what a program is called and what it may do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.keys.rules import LONGEST, NoKey, public_key
from agencies.models import Membership, Role, Scope
from foundation.fields import field_of
from referral.organisations.operations.members import roles_given

# what asks for the role of its agency that works on cases
OF_CASES = {Scope.READ, Scope.WORK, Scope.ADMINISTER}
WRONG_KEY = {
    "empty": _("This is no key: paste it whole, from its first line to its last, or the JWK."),
    "private": _(
        "This is the private key, which never leaves the software: make another pair, and paste its public half."
    ),
    "kind": _("This kind of key is not taken: Ed25519, P-256, P-384, or RSA from 3,072 bits."),
}


class ScopesForm(forms.Form):
    """Ask for what a program may do. Whoever writes reads: each answer to a move shows what it is about."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "No more than it needs. A program that only reports dangers needs “Send alerts” alone. The call to 17 or"
            " 112 remains to be made."
        ),
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


class KeyForm(forms.Form):
    """Ask for a public key. A private one is not shown again: it is known to too many already."""

    key = forms.CharField(
        label=_("Public key"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        max_length=LONGEST,
        help_text=_(
            "PEM or JWK: Ed25519, P-256, P-384 or RSA from 3,072 bits. The private half stays in the software."
        ),
        error_messages={
            "required": _("Paste the public key of the software."),
            "max_length": _("This is too long for a key."),
        },
    )

    def clean_key(self) -> dict:
        try:
            return public_key(self.cleaned_data["key"])
        except NoKey as error:
            if error.why == "private":
                self.data = {**self.data.dict(), "key": ""}
            raise forms.ValidationError(WRONG_KEY[error.why]) from error
