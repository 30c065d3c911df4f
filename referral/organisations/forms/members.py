"""Forms to invite members and to give roles."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.accounts import operations as accounts
from agencies.models import MemberChange, Membership, Role, User
from foundation.fields import field_of
from referral.organisations.operations import members

# what each role opens, in words that help an administrator decide
ROLE_WORDS = {
    Role.FRONTLINE: _("Reports situations, and follows what becomes of their own alerts. Opens no case."),
    Role.CASE_WORKER: _("Works on your organisation's cases, alerts and requests received."),
    Role.COORDINATOR: _(
        "Sorts the alerts of your territory, refers people, and follows what was asked. Sees summaries."
    ),
    Role.POLICY: _(
        "Takes part in public policy for your organisation: plans, contributions, commitments, evaluations."
    ),
    Role.AGENCY_ADMIN: _("Keeps members, places, hours and exports. Opens no case by this role."),
}
TAKEN = {
    "here": _("This address already belongs to a member of your organisation: find it in the list."),
    "elsewhere": _(
        "This address already has an account with another organisation. Write the address this person has with yours."
    ),
}


class RolesForm(forms.Form):
    title = field_of(
        Membership.title,
        _("Function"),
        help_text=_("Shown to colleagues beside the name: “Reception”, “Legal adviser”."),
        attrs={"autocomplete": "off"},
        error_messages={"max_length": _("120 characters at most.")},
    )
    roles = forms.MultipleChoiceField(
        label=_("What this person does here"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one role."),
            "invalid_choice": _("Choose among the roles shown."),
        },
    )

    def __init__(self, *args, given: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role, _described(role)) for role in given]


def _described(role: str):
    return _("%(role)s. %(words)s") % {"role": Role(role).label, "words": ROLE_WORDS[Role(role)]}


class InviteForm(RolesForm):
    full_name = field_of(
        User.full_name,
        _("First name and surname"),
        missing=_("Write the person's name."),
        attrs={"autocomplete": "off"},
        error_messages={"max_length": _("120 characters at most.")},
    )
    email = field_of(
        User.email,
        _("Work e-mail address"),
        missing=_("Write the person's work e-mail address."),
        help_text=_("One person, one address: a shared mailbox would sign nobody's acts."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("Write a whole e-mail address, such as name@organisation.fr."),
            "max_length": _("254 characters at most."),
        },
    )
    field_order = ["full_name", "email", "title", "roles"]

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, given=members.roles_given(actor.agency_id), **kwargs)
        self.actor = actor

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if why := accounts.address_taken(email, self.actor.agency_id):
            raise forms.ValidationError(TAKEN[why], code=why)
        return email


class HeirForm(forms.Form):
    """Choose who takes over cases that nobody else could open; no field when there are none or nobody can."""

    heir = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        label=_("Who takes them over?"),
        empty_label=_("Choose a colleague"),
        error_messages={
            "required": _("Choose who takes these cases over: otherwise nobody could open them."),
            "invalid_choice": _("Choose a colleague of the list."),
        },
    )

    def __init__(self, *args, heirs, **kwargs):
        super().__init__(*args, **kwargs)
        if not heirs.exists():
            del self.fields["heir"]
            return
        self.fields["heir"].queryset = heirs
        self.fields["heir"].label_from_instance = lambda m: m.user.full_name


class RefuseForm(forms.Form):
    reason = field_of(
        MemberChange.reason,
        _("Why?"),
        help_text=_("Read by everybody of the organisation."),
        rows=3,
        missing=_("Say why: the person who asked reads it."),
        error_messages={"max_length": _("300 characters at most.")},
    )


class MemberSearch(forms.Form):
    """Search members. Posted, so that no name stands in an address."""

    words = forms.CharField(
        label=_("Name, address or function"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": _("Write a name, or a part of it."), "max_length": _("80 characters at most.")},
    )
