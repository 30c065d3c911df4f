"""Forms of the person's path: episodes of exploitation, answers to the yearly survey."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Service, Territory
from foundation.words import countries
from indicators.codes.selectors import FORMS, choices

from .words import SUPPORT

SEXES, AGE_GROUPS, CONTEXTS = "sexes", "age_groups", "detection_contexts"
UNKNOWN = "unknown"
_DAY = re.compile(r"(?:(?:(\d{1,2})[/. -])?(\d{1,2})[/. -])?(\d{4})")
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class LooseDate(forms.CharField):
    """Accept a day, a month or a year, as far as known; return « 2024 », « 2024-03 » or « 2024-03-15 »."""

    def __init__(self, **options):
        super().__init__(required=False, max_length=10, **options)
        self.widget.attrs |= {"autocomplete": "off", "placeholder": "03/2024"}

    def to_python(self, value):
        text = super().to_python(value).strip()
        if not text:
            return ""
        if found := _DAY.fullmatch(text):
            day, month, year = found.groups()
        elif found := _ISO.fullmatch(text):
            year, month, day = found.groups()
        else:
            raise forms.ValidationError(_("Write a year, a month and year, or a day: 2024, 03/2024 or 15/03/2024."))
        try:
            moment = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            raise forms.ValidationError(_("This date does not exist: check day and month.")) from None
        if moment > timezone.localdate() or moment.year < 1900:
            raise forms.ValidationError(_("This date is to come, or too old: check the year."))
        parts = [year, month and month.zfill(2), day and day.zfill(2)]
        return "-".join(part for part in parts if part)


def spoken_date(text: str) -> str:
    """Return « 2024-03 » as « 03/2024 »."""
    return "/".join(reversed(text.split("-")))


class PlaceField(forms.CharField):
    """Accept the number or name of a département, or the name of a country.

    Returns {"department": …}, {"country": …} or {}.
    """

    def to_python(self, value):
        text = super().to_python(value).strip()
        self.run_validators(text)  # before the query on territories
        if not text:
            return {}
        found = Territory.objects.exclude(sort=Territory.Sort.REGION)
        near = found.filter(pk__iexact=text).first() or found.filter(label_fr__iexact=text).first()
        if near is not None:
            return {"department": near.pk}
        if (code := countries.code_of(text)) and code != countries.STATELESS:
            return {"country": code}
        raise forms.ValidationError(_("Write the number of a département (93) or the name of a country."))


class EpisodeForm(forms.Form):
    use_required_attribute = False

    form = forms.ChoiceField(
        label=_("Form of exploitation"), error_messages={"required": _("Choose the form of exploitation.")}
    )
    where = PlaceField(
        required=False,
        max_length=80,
        label=_("Where?"),
        help_text=_("The number of a département (93), or the name of a country. Leave it empty if it is not known."),
    )
    began = LooseDate(label=_("From"), help_text=_("As far as it is known: 2024, 03/2024 or 15/03/2024."))
    ended = LooseDate(label=_("Until"))
    ongoing = forms.BooleanField(required=False, label=_("It still goes on"))
    note = forms.CharField(
        required=False,
        max_length=1000,
        label=_("To know for the support"),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    main = forms.BooleanField(required=False, label=_("It is the main form of exploitation of this case"))

    def __init__(self, *args, leads: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", _("Choose")), *choices(FORMS)]  # no preselection
        if not leads:
            del self.fields["main"]

    def clean(self):
        data = self.cleaned_data
        began, ended = data.get("began"), data.get("ended")
        if ended and data.get("ongoing"):
            self.add_error("ended", _("It still goes on, or it has ended: take one of the two off."))
        # compared to the precision both have: « 2024 » and « 2024-03 » do not contradict each other
        if began and ended:
            known = min(len(began), len(ended))
            if ended[:known] < began[:known]:
                self.add_error("ended", _("It ended before it began: check both dates."))
        return data

    def episode(self) -> dict:
        """Return the data to store; unknown values are left out."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("form", "began", "ended", "ongoing", "note")} | data["where"]
        return {name: value for name, value in kept.items() if value}


def typed(data: dict) -> dict:
    """Return stored data of an episode as initial values of its form."""
    where = data.get("department") or (countries.label(data["country"]) if data.get("country") else "")
    dates = {name: spoken_date(data.get(name, "")) for name in ("began", "ended")}
    return {**data, **dates, "where": where}


class ProfileForm(forms.Form):
    """Ask the questions of the yearly survey; each answer may stay unknown."""

    use_required_attribute = False

    sex = forms.ChoiceField(required=False, label=_("Sex"))
    age_group = forms.ChoiceField(required=False, label=_("Age when first received"))
    nationality = forms.CharField(
        required=False, max_length=80, label=_("Nationality"), help_text=_("The name of the country.")
    )
    detection = forms.ChoiceField(required=False, label=_("How was the person detected?"))
    support = forms.MultipleChoiceField(required=False, label=_("Support given"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, listed in (("sex", SEXES), ("age_group", AGE_GROUPS), ("detection", CONTEXTS)):
            known = [choice for choice in choices(listed) if choice[0] != UNKNOWN]  # said once, by the empty answer
            self.fields[name].choices = [("", _("Not known")), *known]
        services = Service.objects.filter(code__in=SUPPORT)
        self.fields["support"].choices = [(service.pk, str(service)) for service in services]

    def clean_nationality(self):
        text = self.cleaned_data["nationality"].strip()
        if text and (code := countries.code_of(text)) is None:
            raise forms.ValidationError(_("Write the name of a country, for instance “Roumanie”."))
        return code if text else ""

    def profile(self) -> dict:
        """Return the data to store; unknown values are left out."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def profile_typed(data: dict) -> dict:
    """Return stored answers as initial values of the form."""
    return {**data, "nationality": countries.label(data["nationality"]) if data.get("nationality") else ""}
