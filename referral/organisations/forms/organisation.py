"""Forms of an agency's own desk."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import GIVEN_BY_THE_DIRECTORY, Desk, DeskChange, Service, Territory
from foundation.fields import field_of
from foundation.words.spoken_languages import LANGUAGES
from indicators.codes.selectors import FORMS, choices
from referral.organisations.operations.organisation import seconds

from .duty import DUTY_PHONE

MOST_PLACES = 999
boxes = forms.CheckboxSelectMultiple


class PlacesForm(forms.Form):
    places = forms.IntegerField(
        min_value=0,
        max_value=MOST_PLACES,
        label=_("Places free now"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Write a number; 0 when you are full."),
            "invalid": _("Write a whole number; 0 when you are full."),
            "min_value": _("Write 0 or more."),
            "max_value": _("Write 999 at most."),
        },
    )


class DeskForm(forms.Form):
    services = forms.ModelMultipleChoiceField(
        queryset=Service.objects.none(),
        label=_("What do you offer?"),
        widget=boxes,
        error_messages={
            "required": _("Tick at least one service."),
            "invalid_choice": _("Choose among the services shown."),
        },
    )
    takes_adults = field_of(Desk.takes_adults, _("We take adults"))
    takes_minors = field_of(Desk.takes_minors, _("We take children and ages in doubt"))
    forms_taken = forms.MultipleChoiceField(
        required=False,
        label=_("Only these forms of exploitation"),
        help_text=_("Nothing ticked: any form."),
        widget=boxes,
        error_messages={"invalid_choice": _("Choose among the forms shown.")},
    )
    territories = forms.CharField(
        required=False,
        max_length=600,
        label=_("Places where you work"),
        help_text=_("Their numbers, separated by spaces: 75 92 93. For a whole region, its code: %(regions)s."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    languages = forms.MultipleChoiceField(
        choices=LANGUAGES,
        required=False,
        label=_("Languages spoken"),
        widget=boxes,
        error_messages={"invalid_choice": _("Choose among the languages shown.")},
    )
    second = forms.ModelChoiceField(
        queryset=Desk.objects.none(),
        required=False,
        empty_label=_("None"),
        label=_("Back-up service"),
        help_text=_(
            "Told besides you, if it can take the alert: as soon as it is sent when your service opens again only after"
            " half of the time, otherwise when it stays without an answer. It agrees first to stand in for you."
        ),
        error_messages={"invalid_choice": _("Choose a service of the list.")},
    )
    phone = field_of(Desk.phone, _("Phone of the desk"), validators=[DUTY_PHONE], attrs={"type": "tel"})

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        held = [service.pk for service in desk.services.all()]
        offered = Service.objects.exclude(Q(pk__in=GIVEN_BY_THE_DIRECTORY) & ~Q(pk__in=held))
        self.fields["services"].queryset = offered
        self.fields["forms_taken"].choices = choices(FORMS)
        self.fields["second"].queryset = seconds(desk).select_related("agency").order_by("agency__name")
        regions = Territory.objects.filter(sort="region").order_by("label_fr")
        asked = self.fields["territories"]
        asked.help_text = asked.help_text % {"regions": ", ".join(f"{region.pk} {region}" for region in regions)}
        self.desk = desk

    def clean_territories(self):
        codes = self.cleaned_data["territories"].upper().replace(",", " ").split()
        found = {t.pk: t for t in Territory.objects.filter(pk__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(
                _("Neither a place nor a region: %(codes)s.") % {"codes": ", ".join(unknown)}, code="unknown"
            )
        if not found and not self.desk.nationwide:
            raise forms.ValidationError(_("Write at least one place."))
        return list(found.values())

    def clean(self):
        given = super().clean()
        if not given.get("takes_adults") and not given.get("takes_minors"):
            self.add_error("takes_adults", _("Tick adults, children, or both."))
        return given

    def kept(self) -> dict:
        """Return the arguments of `keep_desk`."""
        given = dict(self.cleaned_data)
        given["forms"] = given.pop("forms_taken")
        return given

    @staticmethod
    def initial_of(desk) -> dict:
        """Return what the desk holds and what it asked for, as initial values: left as they are, nothing changes."""
        asked = {}
        for change in desk.changes.filter(state=DeskChange.State.WAITING):
            asked.setdefault(change.what, []).append(change.value)
        # one asked for that may stand in no more is not offered: the one held stays
        wanted = [pk for pk in asked.get("second", []) if seconds(desk).filter(pk=pk).exists()]
        forms_taken = [] if "" in asked.get("form", []) else desk.forms + asked.get("form", [])
        places = {t.pk for t in desk.territories.all()} | set(asked.get("territory", []))
        return {
            "services": [service.pk for service in desk.services.all()] + asked.get("service", []),
            "takes_adults": desk.takes_adults or "adults" in asked,
            "takes_minors": desk.takes_minors or "minors" in asked,
            "forms_taken": forms_taken,
            "territories": " ".join(sorted(places)),
            "languages": desk.languages,
            "second": wanted[0] if wanted else desk.second_id,
            "phone": desk.phone,
        }


class RefuseForm(forms.Form):
    reason = field_of(
        DeskChange.reason,
        _("Why?"),
        help_text=_("Read by the service that asked."),
        rows=3,
        missing=_("Say why: the service that asked reads it."),
        error_messages={"max_length": _("300 characters at most.")},
    )
