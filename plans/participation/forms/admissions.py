"""Define the forms to propose an organisation, and to refuse one."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.accounts import operations as accounts
from agencies.models import GIVEN_BY_THE_DIRECTORY, Directory, Kind, Service, Territory
from foundation.fields import field_of
from plans.models import Admission
from plans.models.bodies import CIVIL_SOCIETY, STATE
from plans.participation.operations import admissions

TAKEN = {
    "agency": _("An organisation of this name takes part already: look for it before you propose another."),
    "proposed": _("A proposal of this name is waiting already: find it in the list."),
    "directory": _("The directory holds this name: choose its line below, so that it is not there twice."),
}


class AdmissionForm(forms.ModelForm):
    services = forms.ModelMultipleChoiceField(
        queryset=Service.objects.all(),
        required=False,
        label=_("What does it offer?"),
        help_text=_(
            "It keeps this up to date itself afterwards. What the law gives to an authority is for bodies of the State."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the services shown.")},
    )

    class Meta:
        model = Admission
        fields = ["kind", "name", "acronym", "profile", "territory", "services", "website", "first_name", "first_email"]
        labels = {
            "kind": _("Kind of organisation"),
            "name": _("Name of the organisation"),
            "acronym": _("Short name"),
            "profile": _("Its line in the directory, when it has one"),
            "territory": _("Where it acts"),
            "website": _("Public website"),
            "first_name": _("First name and surname"),
            "first_email": _("Work e-mail address"),
        }
        help_texts = {
            "name": _("The unit that takes part: a branch is admitted by itself."),
            "territory": _("Nothing chosen: the whole country."),
            "website": _("Read by everybody in the directory. Never an address where people are sheltered."),
            "first_email": _("One person, one address: a shared mailbox would sign nobody's acts."),
        }
        widgets = {**{name: forms.TextInput(attrs={"autocomplete": "off"}) for name in (
            "name", "acronym", "first_name")}}  # fmt: skip
        error_messages = {
            "name": {"required": _("Write the name of the organisation.")},
            "first_name": {"required": _("Write the person's name.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of organisation"),
            choices=_kinds(),
            error_messages={
                "required": _("Choose the kind of organisation."),
                "invalid_choice": _("Choose among the kinds shown."),
            },
        )
        self._choice("profile", admissions.free_lines(), pgettext_lazy("directory", "None: make a line"))
        self.fields["profile"].label_from_instance = _line
        self._choice("territory", Territory.objects.order_by("label_fr"), _("The whole country"))
        self.fields["website"].error_messages["invalid"] = _("Write a whole address: https://…")
        self.fields["website"].assume_scheme = "https"
        self.fields["first_name"].required = self.fields["first_email"].required = True
        self.fields["first_email"].widget.attrs["autocomplete"] = "off"
        self.fields["first_email"].error_messages = {
            "required": _("Write the person's work e-mail address."),
            "invalid": _("Write a whole e-mail address, such as name@organisation.fr."),
        }

    def _choice(self, name, rows, empty):
        field = self.fields[name]
        field.queryset, field.empty_label = rows, empty
        field.error_messages["invalid_choice"] = _("Choose a line of the list.")

    def clean_first_email(self):
        email = self.cleaned_data["first_email"].strip().lower()
        if accounts.address_taken(email):
            raise forms.ValidationError(_("This address already has an account: write another one of this person."))
        if Admission.objects.filter(first_email=email).exists():
            raise forms.ValidationError(_("Another proposal that waits names this address."))
        return email

    def clean_services(self):
        chosen, kind = self.cleaned_data["services"], self.cleaned_data.get("kind")
        if kind in CIVIL_SOCIETY and (given := [one for one in chosen if one.pk in GIVEN_BY_THE_DIRECTORY]):
            raise forms.ValidationError(
                _("The law gives this to an authority: untick “%(service)s”.") % {"service": given[0]}
            )
        return [service.pk for service in chosen]

    def clean(self):
        given = super().clean()
        name, profile = given.get("name"), given.get("profile")
        if name and (why := admissions.name_taken(name, profile)):
            self.add_error("name", forms.ValidationError(TAKEN[why], code=why))
        if profile and given.get("kind") and profile.kind != given["kind"]:
            self.add_error("profile", _("This line is of another kind: choose the same kind above, or another line."))
        return given


def _kinds() -> list:
    """Return the kinds in groups: who is admitted most often first."""
    groups = [
        (_("Civil society and companies"), [kind for kind in Kind if kind in CIVIL_SOCIETY]),
        (_("State and local authorities"), [kind for kind in Kind if kind in STATE]),
        (_("Independent and international"), [kind for kind in Kind if kind not in CIVIL_SOCIETY | STATE]),
    ]
    return [("", _("Choose the kind"))] + [
        (str(name), [(one.value, one.label) for one in ones]) for name, ones in groups
    ]


def _line(row: Directory) -> str:
    return f"{row.name} · {Kind(row.kind).label}"


class RefuseForm(forms.Form):
    reason = field_of(
        Admission.reason,
        _("Why?"),
        help_text=_("Read by the coordination. No name of a person."),
        rows=3,
        missing=_("Say why: the person who proposed it reads it."),
        error_messages={"max_length": _("300 characters at most.")},
    )
