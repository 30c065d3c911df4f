"""Forms of an event and of the alerts with it. Error texts say what to do; typed input is kept."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.directory.filters import territories
from foundation.fields import field_of
from foundation.filters import NOT_A_SIGN
from indicators.codes.forms import radios
from indicators.codes.selectors import FORMS, choices
from referral.models import Alert, Situation
from victims.cases.words import PLACES

NOTE_LENGTH = 500


class EventForm(forms.Form):
    """Describe the event: what, when, where; nothing that names a person."""

    use_required_attribute = False

    sort = radios(Situation.Sort.choices, _("Say what kind of event it is."), label=_("What kind of event is it?"))
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
    place = forms.ChoiceField(required=False, label=_("Kind of place of the event"))
    form = forms.ChoiceField(
        label=_("Suspected form of exploitation"),
        initial="unknown",
        error_messages={"required": _("Choose the form of exploitation.")},
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=_("Note for your organisation"),
        help_text=_("500 characters, no name, no number. Only your organisation reads it; it is copied to no case."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_LENGTH, "autocomplete": "off"}),
        error_messages={"max_length": _("Shorten the note to 500 characters.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = territories()
        self.fields["place"].choices = [("", _("Not known")), *choices(PLACES)]
        self.fields["form"].choices = choices(FORMS)

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is to come: choose the day of the event."))
        return day


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
            raise forms.ValidationError(_("No alert that your organisation received has this reference: check it."))
        return self.alert.reference
