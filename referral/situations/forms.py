"""Forms of an event and its persons. Error texts say what to do; typed input is kept."""

import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.directory.filters import places
from agencies.models import Level, Service
from foundation.fields import field_of
from foundation.filters import NOT_A_SIGN
from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from indicators.codes.forms import radios
from indicators.codes.selectors import FORMS, choices
from referral.models import Alert, Orientation, Situation
from referral.situations.operations.situations import AT_ONCE
from victims.cases.words import PLACES
from victims.consents.words import LEVELS
from victims.models.emergencies import REASON_LENGTH

NOTE_LENGTH = 500


class EventForm(forms.Form):
    """Describe the event: what, when, where; nothing that names a person."""

    use_required_attribute = False

    sort = radios(Situation.Sort.choices, _("Say what kind of event it is."), label=_("What happened?"))
    happened_on = field_of(
        Situation.happened_on,
        _("On which day?"),
        missing=_("Choose the day of the event."),
        error_messages={"invalid": _("Write the date as day/month/year.")},
    )
    territory = forms.ModelChoiceField(
        queryset=None,
        label=_("In which département?"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the département."), "invalid_choice": _("Choose the département.")},
    )
    place = forms.ChoiceField(required=False, label=_("Kind of place"))
    form = forms.ChoiceField(label=_("Form of exploitation suspected"), initial="unknown")
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=_("Note for your unit"),
        help_text=_("500 characters, no name, no number. Your unit alone reads it; it is copied to no case."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_LENGTH, "autocomplete": "off"}),
        error_messages={"max_length": _("Shorten the note to 500 characters.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places()
        self.fields["place"].choices = [("", _("Not known")), *choices(PLACES)]
        self.fields["form"].choices = choices(FORMS)

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is to come: choose the day of the event."))
        return day


class PersonsForm(forms.Form):
    """Count persons by age, and choose the signs to copy. The token makes a second click harmless."""

    use_required_attribute = False

    token = forms.UUIDField(widget=forms.HiddenInput)
    adults = forms.IntegerField(min_value=0, max_value=AT_ONCE, initial=0, label=_("Adults"), required=False)
    minors = forms.IntegerField(min_value=0, max_value=AT_ONCE, initial=0, label=_("Minors"), required=False)
    doubts = forms.IntegerField(
        min_value=0,
        max_value=AT_ONCE,
        initial=0,
        required=False,
        label=_("Age in doubt"),
        help_text=_("Somebody who says to be of age but looks young: count here."),
    )
    language = forms.ChoiceField(
        required=False,
        label=_("Language they share"),
        help_text=_("It can be changed person by person on each case."),
        choices=[("", _("Not known, or several")), *LANGUAGES, OTHER_LANGUAGE],
    )
    alerts = forms.ModelMultipleChoiceField(
        queryset=Alert.objects.none(),
        required=False,
        label=_("Copy the signs of these alerts to each case"),
        help_text=_("Their authors then follow what becomes of the persons."),
        widget=forms.CheckboxSelectMultiple,
    )
    with_story = forms.BooleanField(
        required=False,
        label=_("Copy the note of these alerts too"),
        help_text=_("Every service that gets a file will read it: leave this unticked if it speaks of one person."),
    )

    def __init__(self, *args, alerts, **kwargs):
        kwargs["initial"] = {"token": uuid.uuid4(), "alerts": [a.pk for a in alerts], **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["alerts"].queryset = alerts
        self.fields["alerts"].label_from_instance = lambda alert: alert.reference
        for name in ("adults", "minors", "doubts"):
            self.fields[name].error_messages |= {
                "invalid": _("Write a whole number."),
                "min_value": _("Write a whole number."),
                "max_value": _("50 persons at most at once: open the others afterwards."),
            }

    def clean(self):
        counts = [self.cleaned_data.get(name) or 0 for name in ("adults", "minors", "doubts")]
        if not self.errors and not 1 <= sum(counts) <= AT_ONCE:
            raise forms.ValidationError(
                _("50 persons at most at once: open the others afterwards.")
                if sum(counts)
                else _("Say how many persons: at least one.")
            )
        return self.cleaned_data

    def persons(self) -> dict:
        """Return the arguments of `open_persons`."""
        data = self.cleaned_data
        return {
            **{name: data.get(name) or 0 for name in ("adults", "minors", "doubts")},
            "token": data["token"],
            "language": data["language"],
            "alerts": [alert.pk for alert in data["alerts"]],
            "with_story": data["with_story"],
        }


class AlertReferenceForm(forms.Form):
    reference = forms.CharField(
        max_length=20, label=_("Reference of the alert"), error_messages={"required": _("Write the reference.")}
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_reference(self):
        signs = NOT_A_SIGN.sub("", self.cleaned_data["reference"].upper())
        wanted = Alert.objects.visible_to(self.actor).exclude(state=Alert.State.DRAFT)
        self.alert = wanted.filter(reference=f"{signs[:4]}-{signs[4:]}").first()
        if self.alert is None:
            raise forms.ValidationError(_("No alert that your unit received has this reference: check it."))
        return self.alert.reference


class SplitForm(forms.Form):
    """Ask for all persons at once, with a desk for each: `desk_<case>`; empty leaves that person out for now."""

    use_required_attribute = False

    verb = radios(
        [
            (Orientation.Verb.REFER, _("Refer: we keep the lead, the service helps")),
            (Orientation.Verb.TRANSFER, _("Transfer: the service leads once it accepts, we keep the state only")),
        ],
        _("Say whether you refer or transfer."),
        label=_("What do you ask?"),
        initial=Orientation.Verb.REFER,
    )
    level = forms.TypedChoiceField(
        choices=LEVELS,
        coerce=int,
        widget=forms.RadioSelect,
        label=_("How far may the service see, once it accepts?"),
        initial=Level.SUMMARY,
        error_messages={"required": _("Choose how far the service may see.")},
    )
    child_reason = forms.CharField(
        required=False,
        max_length=1000,
        label=_("For children and ages in doubt: why protection does not wait"),
        help_text=_("At least 20 characters. It is kept apart, with each child's request."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.children = any(part.case.is_minor for part in parts)
        if not self.children:
            del self.fields["child_reason"]
        for part in parts:
            self.fields[self.name(part)] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("Later")), *((s.agency.pk, self._label(s)) for s in part.desks)],
                initial=part.chosen or "",
                label=_("Desk for %(reference)s") % {"reference": part.case.reference},
                error_messages={"invalid_choice": _("Choose a desk of the list.")},
            )

    @staticmethod
    def name(part) -> str:
        return f"desk_{part.case.pk}"

    @staticmethod
    def _label(suggestion) -> str:
        places = suggestion.desk.places
        if places is None:
            return str(suggestion.agency)
        said = ngettext("%(count)d place", "%(count)d places", places) % {"count": places}
        return f"{suggestion.agency} · {said}"

    def rows(self):
        """Yield each person with the field of the desk."""
        for part in self.parts:
            yield part, self[self.name(part)]

    def clean(self):
        data = self.cleaned_data
        chosen = {part.case.pk: data[self.name(part)] for part in self.parts if data.get(self.name(part))}
        minors = {part.case.pk for part in self.parts if part.case.is_minor}
        if not self.errors and not chosen:
            raise forms.ValidationError(_("Choose a desk for at least one person."))
        if minors & set(chosen) and len((data.get("child_reason") or "").strip()) < REASON_LENGTH:
            self.add_error(
                "child_reason", _("Write why in at least 20 characters: it is kept apart and can be checked.")
            )
        data["chosen"] = chosen
        return data


class SplitNeedForm(forms.Form):
    service = forms.ModelChoiceField(queryset=Service.objects.all())
