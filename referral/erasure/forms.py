"""Form that asks to keep a case from being erased."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.fields import DayInput, long_text
from indicators.codes.forms import radios
from referral.models import LegalHold

LONGEST = timedelta(days=366)  # until the next review


class HoldForm(forms.Form):
    ground = radios(
        LegalHold.Ground.choices, _("Choose why the case must be kept."), label=_("Why must the case be kept?")
    )
    authority = forms.CharField(
        label=_("Which authority, or who asks?"),
        help_text=_(
            "The service that asks. When the person asks, write “the person”. No name of anybody, no enquiry and no"
            " number: other services read this."
        ),
        max_length=200,
        error_messages={"required": _("Write who asks.")},
    )
    reason = long_text(
        _("What must be kept, and why"), _("Read by those who see the summary of the case."), limit=1000, rows=3,
        error_messages={"required": _("Write what must be kept, and why.")},
    )  # fmt: skip
    review_on = forms.DateField(
        label=_("To be looked at again on"),
        help_text=_(
            "Within a year. The case stays kept until two people have agreed that it need not be; if your service does"
            " not answer when its end is asked for, others may decide of it."
        ),
        widget=DayInput,
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )

    def clean_review_on(self):
        day = self.cleaned_data["review_on"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST:
            raise forms.ValidationError(_("Choose a day to come, within a year."))
        return day
