"""What an author types in an alert. Only six answers are required, none of them a free text.

Each form turns its fields into answers of the draft and back. A field that cannot be read is not kept and stays on
the page as typed; the others are kept even when the page is not complete.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Territory
from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from indicators.codes.selectors import FORMS, choices
from referral.alerts.words import DANGER
from referral.routing.selectors.desks import REQUIRED
from victims.cases.words import MINOR, PLACES, WHEN

NOTE_LENGTH = 500
PHONE = RegexValidator(
    r"^\+?[0-9][0-9 .-]{1,22}$", pgettext_lazy("alert", "Write a phone number: digits and spaces, 24 signs at most.")
)
LISTED = {"invalid_choice": pgettext_lazy("alert", "Choose one of the answers shown.")}


def too_long(length: int) -> dict:
    return {
        "max_length": pgettext_lazy("alert", "Shorten this answer: %(limit_value)d characters at most."),
        "required": "",
    }


def question(options, *, required="", label, hint="", inline=False):
    """A question with few answers, none of them chosen beforehand."""
    return forms.ChoiceField(
        choices=options,
        required=bool(required),
        label=label,
        help_text=hint,
        widget=forms.RadioSelect(attrs={"inline": True} if inline else {}),
        error_messages={**LISTED, "required": required},
    )


def ticks(options, *, label, hint=""):
    return forms.MultipleChoiceField(
        choices=options,
        required=False,
        label=label,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**LISTED, "invalid_list": LISTED["invalid_choice"]},
    )


def short_text(length, *, label, hint="", validators=(), required=""):
    return forms.CharField(
        max_length=length,
        label=label,
        help_text=hint,
        required=bool(required),
        validators=list(validators),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={**too_long(length), "required": required},
    )


class TerritoryField(forms.ModelChoiceField):
    """Départements and overseas collectivities, with their number as people say it."""

    def __init__(self, **kwargs):
        places = Territory.objects.exclude(sort=Territory.Sort.REGION)
        errors = {"invalid_choice": REQUIRED["territory"], "required": REQUIRED["territory"]}
        super().__init__(places, error_messages=errors, empty_label=pgettext_lazy("alert", "Choose…"), **kwargs)

    def label_from_instance(self, place):
        return f"{place.pk} · {place}"


class AnswersForm(forms.Form):
    """A page of the alert. `answers` is what the draft holds; `kept()` is what this page may write into it."""

    use_required_attribute = False  # the server says what is missing, in words and beside the question

    def __init__(self, *args, answers: dict, **kwargs):
        self.answers = answers
        super().__init__(*args, initial={**self.initial_from(answers), **kwargs.pop("initial", {})}, **kwargs)

    def initial_from(self, answers: dict) -> dict:
        return answers

    def kept(self) -> dict:
        return dict(self.cleaned_data)


class SituationForm(AnswersForm):
    territory = TerritoryField(
        label=pgettext_lazy("alert", "In which département is the person, or where does the person sleep, now?"),
        help_text=pgettext_lazy("alert", "Not the one of your office."),
    )
    # by its number: a second list of a hundred names would weigh a sixth of the page
    other_territory = short_text(
        4,
        label=pgettext_lazy("alert", "Other département concerned"),
        hint=pgettext_lazy(
            "alert", "Its number, for instance 93: place of exploitation, journey. Its coordination is alerted too."
        ),
    )
    when = question(WHEN, required=REQUIRED["when"], label=pgettext_lazy("alert", "When did it happen?"), inline=True)
    when_date = forms.DateField(
        required=False,
        label=pgettext_lazy("alert", "Which date?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": pgettext_lazy("alert", "Write the date as day/month/year.")},
    )
    minor = question(
        MINOR,
        required=REQUIRED["minor"],
        label=pgettext_lazy("alert", "Is the person a minor?"),
        hint=pgettext_lazy(
            "alert", "Says to be of age but looks young: “In doubt”. Several persons: “Yes” if at least one is."
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
        label=pgettext_lazy("alert", "How many persons?"),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), pgettext_lazy("alert", "Write a number from 1 to 500.")
        ),
    )
    reachable_until = forms.DateTimeField(
        required=False,
        label=pgettext_lazy("alert", "Until when can the person be reached there?"),
        help_text=pgettext_lazy("alert", "End of custody, departure, room given up: the answer will come before."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": pgettext_lazy("alert", "Write the date and the hour.")},
    )
    place = forms.ChoiceField(required=False, label=pgettext_lazy("alert", "Kind of place"), error_messages=LISTED)
    form = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("alert", "Form of exploitation you suspect"),
        help_text=pgettext_lazy("alert", "It chooses the signs shown next."),
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
        self.fields["form"].choices = [unknown, *(c for c in choices(FORMS) if c[0] != "unknown")]

    OPTIONAL = ("form", "reachable_until", "persons", "place", "employer_immunity", "language", "other_territory")

    @property
    def opens_more(self) -> bool:
        """The optional answers are folded away, unless one of them is given or wrong."""
        return any(self[name].value() or self[name].errors for name in self.OPTIONAL)

    def initial_from(self, answers):
        """The end of reach is stored with its offset and typed as the clock there says it."""
        until = answers.get("reachable_until")
        zone = self.zone(Territory.objects.filter(pk=answers.get("territory") or "").first()) if until else None
        shown = datetime.fromisoformat(until).astimezone(zone).replace(tzinfo=None) if until else None
        return {**answers, "reachable_until": shown}

    @staticmethod
    def zone(place: Territory | None) -> ZoneInfo:
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
            self.add_error("when_date", pgettext_lazy("alert", "Give the date, or choose “Facts of the past”."))
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


class DangerForm(AnswersForm):
    territory = TerritoryField(
        label=pgettext_lazy("alert", "In which département is the person?"),
        help_text=pgettext_lazy("alert", "Not the one of your office."),
    )
    minor = question(
        MINOR, required=REQUIRED["minor"], label=pgettext_lazy("alert", "Is the person a minor?"), inline=True
    )
    callback = short_text(
        24,
        label=pgettext_lazy("alert", "Your number, to call you back"),
        validators=[PHONE],
        required=pgettext_lazy("alert", "Give a number where you can be called back."),
    )
    where = short_text(
        200,
        label=pgettext_lazy("alert", "Where is the person?"),
        hint=pgettext_lazy("alert", "Only the services alerted see it. No name."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["callback"].widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def kept(self):
        found = super().kept()
        return {**found, "territory": found["territory"].pk, "kind": "danger", "danger": "yes", "when": "today"}


class AdditionForm(forms.Form):
    text = forms.CharField(
        max_length=2000,
        label=pgettext_lazy("alert", "What have you learned since?"),
        help_text=pgettext_lazy("alert", "No name, no number: the services alerted read it."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={**too_long(2000), "required": pgettext_lazy("alert", "Write what you want to add.")},
    )


class ListForm(forms.Form):
    """What the list of one's alerts may be narrowed by."""

    state = forms.ChoiceField(required=False, label=pgettext_lazy("alert", "State"), error_messages=LISTED)

    def __init__(self, *args, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", pgettext_lazy("alert", "All")), *states]
