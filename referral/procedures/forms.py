"""Forms of a step, an offer or a time limit. Error texts say what to do; typed input is kept."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.fields import EARLIEST, DayInput, past
from indicators.codes.forms import radios
from indicators.models import Unit
from referral.models import Clock, ClockMove, ReflectionOffer, StepAct
from referral.models.procedures import kind_of
from referral.procedures.display import named
from referral.procedures.rules import TYPED
from referral.procedures.selectors import CALLED, WRITTEN, Fact

Answer, Reason = ReflectionOffer.Answer, ClockMove.Reason
YEARS_AHEAD = 40


def day_field(label, message, **options):
    """Return a date field; `message` is shown when it is required and empty."""
    return forms.DateField(
        label=label,
        widget=DayInput(autocomplete="off"),
        error_messages={"required": message, "invalid": _("Write the date as 31/12/2026.")},
        **options,
    )


def coming(day: date) -> date:
    """Return the day, or raise ValidationError when it is past or too far."""
    if not timezone.localdate() <= day <= date(timezone.localdate().year + YEARS_AHEAD, 12, 31):
        raise forms.ValidationError(_("Choose today or a day to come."))
    return day


def words_field(label, help_text="", **options):
    """Return a text field of at most 500 characters."""
    return forms.CharField(
        label=label,
        help_text=help_text or _("500 characters at most. No name."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={
            "required": _("Say why in a few words: who comes after you must understand."),
            "max_length": _("500 characters at most: shorten your text."),
        },
        **options,
    )


class DoneForm(forms.Form):
    on = day_field(_("Done on which day?"), _("Give the day it was done."))

    def clean_on(self):
        return past(self.cleaned_data["on"])


class ReportForm(DoneForm):
    """Record the report of concern of a child: how it was made, when, and of which alerts it tells.

    `owed`: of what no writing tells yet. Of one thing nothing is asked, and the page says of which: what joins the case
    while it is open was not read by whoever sends it, so nothing is taken as told of it.
    """

    how = radios(
        [(WRITTEN, _("In writing, to the CRIP")), (CALLED, _("By a call to 119"))],
        _("Say how it was made."),
        label=_("How was it made?"),
        help_text=_("A call protects the child at once; the report in writing is still owed after it."),
    )

    tells = forms.MultipleChoiceField(
        label=_("Of which alerts does it tell?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Say of which alerts the writing tells."),
            "invalid_choice": _("Another alert joined the case since this page was opened: read it again."),
        },
    )
    words = words_field(
        _("If the sender of the alert wrote before sending it: which service, and to whom"),
        _("Left empty if it was written since the alert. 500 characters at most. No name."),
        required=False,
    )

    def __init__(self, *args, owed: list[Fact], **kwargs):
        super().__init__(*args, **kwargs)
        self.owed = owed
        self.fields["tells"].choices = [(str(fact.id), named(fact)) for fact in owed]
        self.fields["tells"].required = any(fact.told is None for fact in owed)  # else the operation says so
        if len(owed) == 1:
            self.fields["tells"].widget = forms.MultipleHiddenInput()
            self.fields["tells"].initial = [str(owed[0].id)]

    @property
    def about(self) -> str:
        """Return in words of which alert the writing tells, when nothing is to choose."""
        return named(self.owed[0]) if len(self.owed) == 1 and self.owed[0].reference else ""

    def clean(self):
        """Return what was said, with the ids of what the writing tells of, once its day may tell of each."""
        given = super().clean()
        if given.get("how") == CALLED and "tells" in self.errors:
            del self.errors["tells"]  # a call tells of no alert in writing: nothing is asked of it
        told = given.get("tells", ())
        chosen = [fact for fact in self.owed if str(fact.id) in told]
        given |= {"tells": [fact.id for fact in chosen], "by_sender": False}
        if "on" not in given or all(fact.covered(given["on"], by_sender=False) for fact in chosen):
            return given
        given["by_sender"] = bool(given.get("words"))
        if not all(fact.covered(given["on"], by_sender=True) for fact in chosen):
            self.add_error("on", _(
                "Choose a day since the alert, or since the case was opened again: what is older tells nothing of it."
            ))  # fmt: skip
        elif not given["by_sender"]:
            self.add_error("words", _(
                "This day is before the alert: say which service wrote, and that it is the one that sent the alert."
            ))  # fmt: skip
        return given


class WaiveForm(forms.Form):
    reason = radios(StepAct.Reason.choices, _("Choose why it is not done."), label=_("Why is it not done?"))
    words = words_field(_("In a few words"))


class OfferForm(forms.Form):
    """Record an offer of the reflection period, « Offert le …, réponse … »."""

    offered_on = day_field(_("Offered on which day?"), _("Give the day the period was offered."))
    answer = radios(Answer.choices, _("Say what the person answered."), label=_("What did the person answer?"))
    answered_on = day_field(
        _("Answered on which day?"), "", required=False, help_text=_("Left empty if the person has not answered yet.")
    )

    def clean_offered_on(self):
        return past(self.cleaned_data["offered_on"])

    def clean_answered_on(self):
        return past(self.cleaned_data["answered_on"])

    def clean(self):
        given = super().clean()
        answer, on, offered = given.get("answer"), given.get("answered_on"), given.get("offered_on")
        if "answered_on" in self.errors or not answer:
            return given
        if answer == Answer.THINKING:
            given["answered_on"] = None
        elif on is None:
            self.add_error("answered_on", _("Give the day of the answer: the thirty days are counted from it."))
        elif offered and on < offered:
            self.add_error("answered_on", _("The answer cannot come before the offer."))
        return given


class CountForm(forms.Form):
    """Enter the day of the event from which a time limit is counted."""

    counted_on = day_field(_("Counted from which day?"), _("Give the day of the event."))

    def clean_counted_on(self):
        return past(self.cleaned_data["counted_on"])


class MajorityForm(CountForm):
    """Enter an event that may be in the future: the eighteenth birthday of a child."""

    def clean_counted_on(self):
        day = self.cleaned_data["counted_on"]
        if not EARLIEST <= day <= date(timezone.localdate().year + 18, 12, 31):
            raise forms.ValidationError(_("Choose a day within eighteen years."))
        return day


class MomentForm(CountForm):
    """Enter a moment, for limits in hours, in the time zone of the place where the person is."""

    hour = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Give the time, even about."), "invalid": _("Write the time as 14:30.")},
    )

    def moment(self, zone) -> datetime:
        """Return the moment in the time zone `zone`."""
        given = self.cleaned_data
        return datetime.combine(given["counted_on"], given["hour"] or time(0), zone)


class EndForm(forms.Form):
    """Enter the end written on a document."""

    ends_on = day_field(_("Valid until which day?"), _("Give the last day written on the document."))

    def clean_ends_on(self):
        return coming(self.cleaned_data["ends_on"])


class StopForm(forms.Form):
    reason = radios(
        [(r.value, r.label) for r in (Reason.CHOICE, Reason.POINTLESS, Reason.MISTAKE)],
        _("Choose why it stops."),
        label=_("Why does it stop?"),
    )
    words = words_field(_("In a few words"))


class ExtendForm(forms.Form):
    ends_on = day_field(_("New last day"), _("Give the new last day."))
    reason = radios(
        [(r.value, r.label) for r in (Reason.DECISION, Reason.RENEWED, Reason.MISTAKE)],
        _("Choose why the date changes."),
        label=_("Why does the date change?"),
    )
    words = words_field(_("In a few words"), _("Which decision, which document. 500 characters at most. No name."))

    def clean_ends_on(self):
        return coming(self.cleaned_data["ends_on"])


def clock_form(checklist, step, case) -> type[forms.Form] | None:
    """Return the form that starts the time limit of a step, or None when it has none, or one that an offer starts."""
    kind = kind_of(checklist.code, step.order)
    if kind in TYPED:
        return EndForm
    if kind == Clock.Kind.REFLECTION or not step.runs:
        return None
    if kind == Clock.Kind.COMPENSATION and case.is_minor:
        return MajorityForm
    return MomentForm if step.deadline_unit == Unit.HOUR else CountForm
