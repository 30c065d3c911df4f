"""Ask for the situation: the first page of an alert, and the short form for immediate danger."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Kind, Territory
from foundation.fields import DayInput
from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from indicators.codes.selectors import FORMS, choices, labels
from referral.alerts.rules import DETECTED_BY, REQUIRED, SITUATION, reachable_until
from referral.alerts.words import DANGER, LABOUR
from victims.cases.words import DETECTIONS, MINOR, PLACES, WHEN, WHEN_HINT, WHEN_LABEL

from .step import LISTED, StepForm, TerritoryField, question, short_text

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 .-]{1,22}$",
    pgettext_lazy("alert", "Write a phone number: digits and spaces, 24 characters at most."),
)


def own_territory(agency: Agency) -> str:
    """Return the département of the author's agency, to be changed when the person is elsewhere; a region is none."""
    place = agency.territory
    return place.pk if place and place.sort != Territory.Sort.REGION else ""


class SituationForm(StepForm):
    """Ask where, when and for whom: the first page."""

    conditional = ("when_date",)
    step, template = SITUATION, "referral/alerts/alert_step_situation.html"

    territory = TerritoryField(
        label=pgettext_lazy("alert", "In which département does the person spend the nights?"),
        help_text=pgettext_lazy(
            "alert", "If you do not know: the one where the person is. Not the département you work in."
        ),
    )
    # by its number: a second list of a hundred names would weigh a sixth of the page
    other_territory = short_text(
        4,
        label=pgettext_lazy("alert", "Other département concerned"),
        hint=pgettext_lazy(
            "alert", "Its number, for instance 93: place of exploitation, journey. Its coordination is alerted too."
        ),
    )
    when = question(WHEN, required=REQUIRED["when"], label=WHEN_LABEL, hint=WHEN_HINT, inline=True)
    when_date = forms.DateField(
        required=False,
        label=pgettext_lazy("alert", "Which date?"),
        widget=DayInput(),
        error_messages={"invalid": pgettext_lazy("alert", "Write the date as day/month/year.")},
    )
    minor = question(
        MINOR,
        required=REQUIRED["minor"],
        label=pgettext_lazy("alert", "Is the person a child?"),
        hint=pgettext_lazy(
            "alert", "Says they are of age but looks young: “In doubt”. Several people: “Yes” if at least one is."
        ),
        inline=True,
    )
    danger = question(
        DANGER,
        required=REQUIRED["danger"],
        label=pgettext_lazy("alert", "Is the person in danger now?"),
        inline=True,
    )
    persons = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=500,
        label=pgettext_lazy("alert", "How many people?"),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), pgettext_lazy("alert", "Write a number from 1 to 500.")
        ),
    )
    reachable_until = forms.DateTimeField(
        required=False,
        label=pgettext_lazy("alert", "Until when can the person be reached there?"),
        help_text=pgettext_lazy(
            "alert", "End of custody, departure, room given up: the services alerted must answer before then."
        ),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": pgettext_lazy("alert", "Write the date and the hour.")},
    )
    place = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("alert", "Place where the person was seen, works or is"),
        error_messages=LISTED,
    )
    detection = forms.ChoiceField(
        required=False, label=pgettext_lazy("alert", "How it was noticed"), error_messages=LISTED
    )
    form = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("alert", "Form of exploitation you suspect"),
        help_text=pgettext_lazy("alert", "This decides which signs are shown next."),
        error_messages=LISTED,
    )
    employer_immunity = forms.BooleanField(
        required=False,
        label=pgettext_lazy("alert", "The employer is a diplomat, a consul or an embassy"),
        help_text=pgettext_lazy("alert", "Embassies and consulates are then never told."),
    )
    language = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("alert", "Language of the person"),
        choices=[("", pgettext_lazy("alert", "I do not know")), *LANGUAGES, OTHER_LANGUAGE],
        error_messages=LISTED,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        unknown = ("", pgettext_lazy("alert", "I do not know"))
        self.fields["place"].choices = [unknown, *choices(PLACES)]
        self.fields["detection"].choices = [unknown, *choices(DETECTIONS)]
        if self.alert.agency.kind in DETECTED_BY:
            del self.fields["detection"]
        self.fields["form"].choices = [unknown, *(c for c in choices(FORMS) if c[0] != "unknown")]

    OPTIONAL = (
        "form", "reachable_until", "persons", "place", "detection", "employer_immunity", "language", "other_territory",
    )  # fmt: skip

    @property
    def detected_by(self) -> str:
        """Return how the author's agency meets people, in words, when its kind tells; else it is asked."""
        code = DETECTED_BY.get(self.alert.agency.kind)
        return labels(DETECTIONS)[DETECTIONS].get(code, "") if code else ""

    @property
    def asylum(self) -> bool:
        """Return whether the author is an asylum body: that somebody asks for asylum is then confidential."""
        return self.alert.agency.kind == Kind.ASYLUM

    @property
    def opens_more(self) -> bool:
        """Return whether the optional answers are unfolded: one of them is given or wrong."""
        return any(self[name].value() or self[name].errors for name in self.OPTIONAL if name in self.fields)

    def initial_answers(self):
        """Return the answers, by default with the author's département and, for a union, labour exploitation."""
        agency = self.alert.agency
        form = LABOUR if agency.kind == Kind.UNION else ""
        answers = {"territory": own_territory(agency), "form": form, **self.answers}
        until = reachable_until(answers)
        if until:  # stored with its offset, typed as the clock there says it
            zone = self.zone(Territory.objects.filter(pk=answers["territory"]).first())
            until = until.astimezone(zone).replace(tzinfo=None)
        return {**answers, "reachable_until": until}

    @staticmethod
    def zone(place: Territory | None) -> ZoneInfo:
        """Return the time zone of a place, by default that of Paris."""
        return ZoneInfo(place.time_zone if place else "Europe/Paris")

    def clean_other_territory(self):
        code = self.cleaned_data["other_territory"].upper()
        if code and not Territory.objects.filter(pk=code).exclude(sort=Territory.Sort.REGION).exists():
            raise forms.ValidationError(pgettext_lazy("alert", "Write the number of a département, for instance 93."))
        return code

    def clean_when_date(self):
        found = self.cleaned_data["when_date"]
        if found and found > timezone.localdate():
            raise forms.ValidationError(pgettext_lazy("alert", "This date is to come: give the day it happened."))
        if found and found.year < 1900:
            raise forms.ValidationError(pgettext_lazy("alert", "Write the year with four digits."))
        return found

    def clean(self):
        data = self.cleaned_data
        if data.get("when") == "date" and not data.get("when_date") and "when_date" not in self.errors:
            self.add_error("when_date", pgettext_lazy("alert", "Give the date, or choose “In the past”."))
        if until := data.get("reachable_until"):
            data["reachable_until"] = until = until.replace(tzinfo=self.zone(data.get("territory")))
            if not timezone.now() < until < timezone.now() + timedelta(days=366):
                self.add_error(
                    "reachable_until",
                    pgettext_lazy("alert", "Give a moment to come, within a year, or leave it empty."),
                )
        if (place := data.get("territory")) and data.get("other_territory") == place.pk:
            data["other_territory"] = ""
        return data

    def kept(self):
        found = super().kept()
        if "territory" in found:
            found["territory"] = found["territory"].pk
        for name in ("when_date", "reachable_until"):
            if name in found:
                found[name] = found[name].isoformat() if found[name] else ""
        return found


class DangerForm(forms.Form):
    """Ask the four answers of immediate danger."""

    use_required_attribute = False  # as in StepForm

    territory = TerritoryField(
        label=pgettext_lazy("alert", "In which département does the person spend the nights?"),
        help_text=pgettext_lazy(
            "alert", "If you do not know: the one where the person is. Not the département you work in."
        ),
    )
    minor = question(
        MINOR, required=REQUIRED["minor"], label=pgettext_lazy("alert", "Is the person a child?"), inline=True
    )
    callback = short_text(
        24,
        label=pgettext_lazy("alert", "Your phone number, so that we can call you back"),
        validators=[PHONE],
        required=pgettext_lazy("alert", "Give a number where you can be called back."),
    )
    where = short_text(
        200,
        label=pgettext_lazy("alert", "Where is the person?"),
        hint=pgettext_lazy("alert", "Only the services alerted see it. No name."),
    )
    callback.widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def kept(self):
        """Return the answers to send."""
        territory = self.cleaned_data["territory"].pk
        return {**self.cleaned_data, "territory": territory, "kind": "danger", "danger": "yes", "when": "today"}
