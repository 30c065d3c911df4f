"""Forms of a request of the person: what is asked, and how it ends."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios
from victims.models import DataRequest, Limitation

Identity, Kind = DataRequest.Identity, DataRequest.Kind
CHECKED = [choice for choice in Identity.choices if choice[0] != Identity.PENDING]
OLDEST = timedelta(days=365)  # a day before is a slip of the year, and the day is never changed
NO_IDENTITY = _("Say how the identity was checked.")


class RequestForm(forms.Form):
    conditional = ("text",)
    use_required_attribute = False

    kind = radios(Kind.choices, _("Say what is asked."), label=_("What is asked?"))
    received_on = forms.DateField(
        label=pgettext_lazy("request of the person", "Received on"),
        help_text=_("The day it reached a service, written or spoken: the month is counted from it."),
        widget=DayInput,
        error_messages={"required": _("Choose a day."), "invalid": _("Write the date as 31/12/2026.")},
    )
    asked_by = radios(DataRequest.Asker.choices, _("Say who asks."), label=_("Who asks?"))
    identity = radios(
        Identity.choices,
        NO_IDENTITY,
        label=_("How was the identity checked?"),
        help_text=_("Look at the paper and give it back: no copy is kept."),
    )
    way = radios(DataRequest.Way.choices, _("Say how the answer is given."), label=_("How is the answer given safely?"))
    text = long_text(
        _("What exactly?"),
        _("In the words of the person: what is to be corrected, erased, no longer used. Left empty, a copy of all."),
        limit=1000,
        rows=3,
        required=False,
    )

    year_is_right = forms.BooleanField(
        required=False,
        label=_("The year is right: the request waits since then"),
        help_text=_("The day cannot be changed later."),
    )
    old = False  # the day is more than OLDEST ago, so that the page asks for the tick

    def __init__(self, *args, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, initial={"received_on": today, "way": DataRequest.Way.HAND}, **kwargs)
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day before."))
        return day

    def clean(self):
        given = super().clean()
        self.old = given.get("received_on", timezone.localdate()) < timezone.localdate() - OLDEST
        if not given.pop("year_is_right", False) and self.old:
            self.add_error("received_on", _("More than a year ago: look at the year, or tick that it is right."))
        if given.get("kind", Kind.ACCESS) != Kind.ACCESS and not given.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write what is to be corrected, erased or no longer used."))
        return given


class ProlongForm(forms.Form):
    reason = long_text(
        _("Why is more time needed?"),
        _("The request is complex, or there are several. This is what the person is told."),
        limit=1000,
        rows=3,
        error_messages={"required": _("Write the reason: the person is told.")},
    )
    told = forms.BooleanField(
        label=_("The person was told of the new day and of the reason"),
        error_messages={"required": _("Tell the person first: without it the first day stands.")},
    )


class AnswerForm(forms.Form):
    """Ask what was done; and how the identity was checked, when it was not yet."""

    identity = radios(CHECKED, NO_IDENTITY, label=_("How was the identity checked?"))
    text = long_text(
        _("What was done?"),
        _("What was handed over, corrected, limited or erased, when and to whom; which services were told."),
        limit=2000,
        rows=3,
        error_messages={"required": _("Write what was done.")},
    )

    def __init__(self, *args, checked: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if checked:
            del self.fields["identity"]


class RefuseForm(forms.Form):
    text = long_text(
        _("Why is it refused?"),
        _("The article or the fact that forbids it, in words that the person can be told."),
        limit=2000,
        rows=3,
        error_messages={"required": _("Write the reason: the person is told.")},
    )
    told = forms.BooleanField(
        label=_("The person was told the reason, and that they may complain to the CNIL and go to court"),
        error_messages={"required": _("Tell the person first: a refusal says how to contest it.")},
    )


class EndForm(forms.Form):
    """Ask why a limitation of use ends, and whether the person was told before (article 18(3) GDPR)."""

    because = radios(Limitation.Because.choices, _("Say why it ends."), label=_("Why does it end?"))
    told = forms.BooleanField(
        label=_("The person was told, before, that it ends and why"),
        error_messages={"required": _("Tell the person first: until then it stands.")},
    )
