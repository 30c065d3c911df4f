"""Forms of a breach: the report, and what is written in the register."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios
from referral.models import Breach

from .rules import LONG_AGO, Sort
from .words import CATEGORIES, NOT_INFORMED

NO_NAME = _("Name nobody: neither a victim, nor a colleague, nor the place where somebody is.")


class MomentForm(forms.Form):
    """Ask for a day and a time, of the reader's place, that are not to come."""

    use_required_attribute = False
    asked, missing = "", ""

    on = forms.DateField(
        widget=DayInput, error_messages={"required": _("Choose a day."), "invalid": _("Write the date as 31/12/2026.")}
    )
    hour = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Give the time, even about."), "invalid": _("Write the time as 14:30.")},
    )

    def __init__(self, *args, **kwargs):
        now = timezone.localtime()
        super().__init__(*args, initial={"on": now.date(), "hour": now.time()}, **kwargs)
        self.fields["on"].label = self.asked
        self.fields["on"].widget.attrs["max"] = now.date().isoformat()

    def moment(self) -> datetime | None:
        """Return what was given as a moment; None while it is wrong."""
        on, hour = self.cleaned_data.get("on"), self.cleaned_data.get("hour")
        return on and hour and timezone.make_aware(datetime.combine(on, hour))

    def clean(self):
        given = super().clean()
        moment = self.moment()
        if moment and moment > timezone.now():
            self.add_error("on", _("Choose a moment that has passed."))
        return given


class ReportForm(MomentForm):
    asked = pgettext_lazy("breach", "Noticed on which day?")

    kind = radios(Breach.Kind.choices, _("Say what happened."), label=_("What happened?"))
    text = long_text(
        pgettext_lazy("breach", "In a few words"),
        NO_NAME,
        limit=2000,
        rows=4,
        error_messages={"required": _("Write what happened, even if you do not know all of it.")},
    )
    ongoing = radios(
        [("yes", _("Yes, or I do not know")), ("no", _("No, it is over"))],
        _("Say whether it goes on."),
        label=pgettext_lazy("breach", "Does it go on?"),
    )
    apart = forms.BooleanField(
        required=False,
        label=_("Somebody who manages the accounts of my organisation may be concerned"),
        help_text=_("Then the national coordination, auditors and data protection officers alone read this report."),
    )
    day_is_right = forms.BooleanField(
        required=False,
        label=_("The day is right: it was noticed more than a month ago"),
        help_text=_("The day cannot be changed later."),
    )
    old = False  # noticed longer ago than LONG_AGO, so that the page asks for the tick

    field_order = ["kind", "text", "on", "hour", "day_is_right", "ongoing", "apart"]

    def clean(self):
        given = super().clean()
        moment = self.moment()
        self.old = bool(moment) and moment < timezone.now() - LONG_AGO
        if self.old and not given.get("day_is_right"):
            self.add_error("on", _("More than a month ago: look at the day, or tick that it is right."))
        return given

    def said(self) -> dict:
        """Return the arguments of the operation."""
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "known_at": self.moment(),
            "ongoing": given["ongoing"] == "yes",
            "apart": given["apart"],
            "text": given["text"],
        }


class EntryForm(forms.Form):
    """What is written of a breach. `said` returns the arguments of the operation."""

    use_required_attribute = False
    title = lead = ""
    button = pgettext_lazy("breach", "Write this in the register")

    def __init__(self, *args, breach: Breach, **kwargs):
        self.breach = breach
        super().__init__(*args, **kwargs)

    def said(self) -> dict:
        return dict(self.cleaned_data)


class AssessForm(EntryForm):
    title = pgettext_lazy("breach", "Write what was found out")

    nature = long_text(
        pgettext_lazy("breach", "What happened"),
        NO_NAME,
        error_messages={"required": _("Write what is known, even if it is not all.")},
    )
    categories = forms.MultipleChoiceField(
        choices=CATEGORIES,
        label=pgettext_lazy("breach", "Categories of data"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one category."),
            "invalid_choice": _("Choose among the answers shown."),
        },
    )
    persons = forms.IntegerField(
        label=pgettext_lazy("breach", "Persons concerned, about"),
        help_text=_("Left empty while it is not known."),
        required=False,
        min_value=0,
        max_value=10_000_000,
    )
    records = forms.IntegerField(
        label=pgettext_lazy("breach", "Records concerned, about"),
        help_text=_("Left empty while it is not known."),
        required=False,
        min_value=0,
        max_value=10_000_000,
    )
    effects = long_text(
        pgettext_lazy("breach", "Likely effects"),
        _("For the persons first: found again, hurt, expelled, blackmailed, silent from now on."),
        error_messages={"required": _("Write the likely effects, even if they are not certain.")},
    )
    measures = long_text(
        pgettext_lazy("breach", "Measures taken or proposed"),
        _("What closes the way, what protects the persons, who does it and when."),
        error_messages={"required": _("Write what was done, or what will be.")},
    )


class WordsForm(EntryForm):
    """Ask for words alone."""

    hint = NO_NAME

    text = long_text(
        pgettext_lazy("breach", "In words"), "", rows=3, error_messages={"required": _("Write it in a few words.")}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = self.hint


class EndedForm(WordsForm):
    title = pgettext_lazy("breach", "Say that it is stopped")
    hint = _("What closed the way, and how it was checked.")


class NoRiskForm(WordsForm):
    title = pgettext_lazy("breach", "The CNIL is not notified: no risk")
    hint = _("Why the persons risk nothing: article 33(1) asks for facts, and the CNIL may ask to read them.")


class KeepForm(WordsForm):
    title = pgettext_lazy("breach", "Refuse the closing")
    button = pgettext_lazy("breach", "Refuse the closing")
    hint = _("What is missing before it can be closed.")


class ReopenForm(WordsForm):
    title = pgettext_lazy("breach", "Open it again")
    button = pgettext_lazy("breach", "Open it again")
    hint = _("What was learned since.")


class DatedForm(EntryForm, MomentForm):
    """Ask when it was done, beside its words."""

    def clean(self):
        given = super().clean()
        moment = self.moment()
        if moment and moment < self.breach.known_at.replace(second=0, microsecond=0):
            self.add_error("on", _("This cannot come before the breach was noticed."))
        return given

    def said(self) -> dict:
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("on", "hour")}
        return {"happened_at": self.moment(), **given}


class NotifiedForm(DatedForm):
    title = pgettext_lazy("breach", "The CNIL was notified")
    lead = _("On notifications.cnil.fr, within 72 hours, even if all is not known yet.")
    asked = pgettext_lazy("breach", "Notified on which day?")

    number = forms.CharField(
        label=pgettext_lazy("breach", "Number of the notification"),
        help_text=_("On the receipt of the CNIL."),
        max_length=60,
        error_messages={"required": _("Write the number on the receipt.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    late_reason = long_text(
        pgettext_lazy("breach", "Why after 72 hours"),
        _("Only when the 72 hours had passed: article 33(1) asks for the reason."),
        rows=3,
        required=False,
    )
    text = long_text(
        pgettext_lazy("breach", "What is still to be told"),
        _("A first notification need not be complete: what is missing follows, in phases."),
        rows=3,
        required=False,
    )

    def clean(self):
        given = super().clean()
        moment = self.moment()
        if moment and moment > self.breach.due_at and not given.get("late_reason"):
            self.add_error("late_reason", _("More than 72 hours had passed: write why."))
        return given


class MoreForm(DatedForm):
    title = pgettext_lazy("breach", "The CNIL was told more")
    asked = pgettext_lazy("breach", "Told on which day?")

    text = long_text(
        pgettext_lazy("breach", "What was told"),
        NO_NAME,
        rows=3,
        error_messages={"required": _("Write what was told.")},
    )


class InformedForm(DatedForm):
    title = pgettext_lazy("breach", "The persons were informed")
    lead = _("By the service that follows each person, in a safe way, never by this platform.")
    asked = pgettext_lazy("breach", "Informed on which day?")

    who = forms.CharField(
        label=pgettext_lazy("breach", "Informed by"),
        help_text=_("The services that follow the persons, never their names."),
        max_length=300,
        error_messages={"required": _("Write which services informed the persons.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = long_text(
        pgettext_lazy("breach", "How, and whom"),
        _("How many persons, by what safe way, and who could not be informed yet. Name nobody."),
        rows=3,
        error_messages={"required": _("Write how the persons were informed.")},
    )


class NotInformedForm(EntryForm):
    title = pgettext_lazy("breach", "The persons are not informed")

    reason = radios(NOT_INFORMED, _("Choose a reason."), label=_("Why are the persons not informed?"))
    text = long_text(
        pgettext_lazy("breach", "In words"),
        _("The facts on which this rests: the CNIL may ask to read them."),
        rows=3,
        error_messages={"required": _("Write the facts on which this rests.")},
    )


class CloseForm(EntryForm):
    """Ask nothing: what stands above is what a second person confirms."""

    title = pgettext_lazy("breach", "Ask to close this breach")
    lead = _("A second person confirms what is written above. Whatever is written afterwards takes this request back.")
    button = pgettext_lazy("breach", "Ask to close it")


class ConfirmForm(EntryForm):
    """Name the request to close that the page showed."""

    title = pgettext_lazy("breach", "Confirm the closing")
    lead = _("You have read the register above: both decisions and their reasons stand.")
    button = pgettext_lazy("breach", "Close this breach")

    answered = forms.UUIDField(widget=forms.HiddenInput)


FORMS: dict[str, type[EntryForm]] = {
    Sort.ASSESS: AssessForm,
    Sort.ENDED: EndedForm,
    Sort.NOTIFIED: NotifiedForm,
    Sort.MORE: MoreForm,
    Sort.NO_RISK: NoRiskForm,
    Sort.INFORMED: InformedForm,
    Sort.NOT_INFORMED: NotInformedForm,
    Sort.CLOSE: CloseForm,
    Sort.KEEP: KeepForm,
    Sort.CONFIRM: ConfirmForm,
    Sort.REOPEN: ReopenForm,
}
