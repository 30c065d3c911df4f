"""Form of the report of a breach."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios
from referral.breaches.rules import LONG_AGO
from referral.models import Breach

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
        help_text=_(
            "Then nobody who manages accounts there reads this report: the national coordination, auditors and data"
            " protection officers alone do."
        ),
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
