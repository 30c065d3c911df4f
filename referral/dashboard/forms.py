"""Choose what the dashboard counts: a running period and which alerts of it, or a quarter that is over."""

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.directory.filters import places
from indicators.codes.filters import forms_of_exploitation
from referral.survey.rules import ended_quarters
from victims.models import Urgency

from .selectors import Asked

EVERY = ("", pgettext_lazy("filter", "All"))
EVERY_ONE = ("", pgettext_lazy("filter of forms or of urgencies", "All"))
PERIODS = {"4": _("Last 4 weeks"), "13": _("Last 3 months"), "12": _("Last 12 months")}
DEFAULT = "13"


class CountForm(forms.Form):
    """Hold the period and what alerts are kept; an unknown value is left out, and said beside its field."""

    period = forms.ChoiceField(choices=list(PERIODS.items()), required=False, label=_("Period"))
    territory = forms.ChoiceField(choices=lambda: [EVERY, *places()], required=False, label=_("Département"))
    form = forms.ChoiceField(
        choices=lambda: [EVERY_ONE, *forms_of_exploitation()], required=False, label=_("Form of exploitation")
    )
    urgency = forms.ChoiceField(choices=[EVERY_ONE, *Urgency.choices], required=False, label=_("Urgency"))

    def asked(self) -> Asked:
        self.full_clean()
        given = self.cleaned_data
        period = given.get("period") or DEFAULT
        today = timezone.localdate()
        monday = today - timedelta(days=today.weekday())
        months = period == "12"
        since = today.replace(day=1) - relativedelta(months=11) if months else monday - timedelta(weeks=int(period) - 1)
        kept = {name: given.get(name, "") for name in ("territory", "form", "urgency")}
        return Asked(_midnight(since), timezone.now(), by_month=months, **kept)


def quarter(text: str) -> tuple[date, list[date]]:
    """Return the ended quarter asked for by its first day, the last one by default, and those one may ask for."""
    known = list(reversed(ended_quarters(timezone.localdate())))
    return next((day for day in known if day.isoformat() == text), known[0]), known


def of_quarter(first: date) -> Asked:
    return Asked(_midnight(first), _midnight(first + relativedelta(months=3)), by_month=True)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
