"""Form of what an agency may do in addition."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Level, Service
from referral.organisations.operations.powers import What

SINGLE = {"supports": What.SUPPORTS, "alerts": What.ALERTS, "requests": What.REQUESTS, "nationwide": What.NATIONWIDE}


class PowersForm(forms.Form):
    """Offer what the agency lacks and nothing else; a field with nothing to offer is not there."""

    mandate = forms.BooleanField(
        required=False,
        label=_("It coordinates its territories"),
        help_text=_("Alerts of its territories then come to it first. It reads summaries, and never an identity."),
    )
    level = forms.ChoiceField(
        required=False,
        label=_("How much of a case it may be given"),
        help_text=_("At most: each case is opened to it by an agreement or a ground of law."),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose among the levels shown.")},
    )
    categories = forms.MultipleChoiceField(
        required=False,
        label=_("What it may be given in addition"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among what is shown.")},
    )
    office = forms.ChoiceField(
        required=False,
        label=_("What it is by law"),
        help_text=_(
            "For a service with a line of its own in the directory. Asked alone: the coordination of its place agrees."
        ),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose among what is shown.")},
    )
    supports = forms.BooleanField(required=False, label=_("It may lead a case"))
    alerts = forms.BooleanField(required=False, label=_("Its desk receives alerts"))
    requests = forms.BooleanField(required=False, label=_("Its desk receives requests"))
    nationwide = forms.BooleanField(required=False, label=_("It works in the whole country"))
    services = forms.MultipleChoiceField(
        required=False,
        label=_("Services"),
        help_text=_(
            "Those that the law keeps for an authority are here too (criminal investigation): only for a service of the"
            " State."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the services shown.")},
    )

    def __init__(self, *args, lacking: set[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        values = {what: {value for one, value in lacking if one == what} for what in What}
        levels = [(str(one.value), one.label) for one in Level if str(one.value) in values[What.LEVEL]]
        offices = [(one.value, one.label) for one in Agency.Office if one.value in values[What.OFFICE]]
        offered = {
            "level": [("", _("As now")), *levels] if levels else [],
            "office": [("", _("As now")), *offices] if offices else [],
            "categories": [(str(one.value), one.label) for one in Category if str(one.value) in values[What.CATEGORY]],
            "services": [(one.pk, str(one)) for one in Service.objects.filter(pk__in=values[What.SERVICE])],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices
        absent = [name for name, choices in offered.items() if not choices]
        absent += [name for name, what in SINGLE.items() if not values[what]]
        absent += [] if values[What.MANDATE] else ["mandate"]
        for name in absent:
            del self.fields[name]

    def clean(self):
        given = super().clean()
        if given.get("mandate") and (
            given.get("categories") or given.get("supports") or given.get("level") == str(Level.FILE.value)
        ):
            self.add_error(
                "mandate", _("Who coordinates reads summaries: leave the file, identities and cases to lead out.")
            )
        if given.get("office") and len(self.wanted()) > 1:
            self.add_error("office", _("Ask for this alone: the coordination of its place decides it."))
        if not self.errors and not self.wanted():
            raise forms.ValidationError(_("Choose at least one thing to give."), code="nothing")
        return given

    def wanted(self) -> list[tuple[str, str]]:
        """Return what was chosen, as (what, value)."""
        given = self.cleaned_data
        chosen = [(What.LEVEL, given["level"])] if given.get("level") else []
        chosen += [(What.CATEGORY, value) for value in given.get("categories") or []]
        chosen += [(what, "") for name, what in SINGLE.items() if given.get(name)]
        chosen += [(What.OFFICE, given["office"])] if given.get("office") else []
        chosen += [(What.MANDATE, Agency.Mandate.TERRITORIAL.value)] if given.get("mandate") else []
        return chosen + [(What.SERVICE, value) for value in given.get("services") or []]
