"""Filter the journal: reference, account, agency, act, period, refusals."""

from datetime import datetime, time, timedelta

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.fields import DayInput
from foundation.filters import ListFilter
from journal.models import Entry
from journal.words import groups
from referral.desk.rules import NotAReference, canonical

from .selectors import named


def reference(typed: str) -> None:
    """Raise ValidationError unless `typed` is a reference."""
    try:
        canonical(typed)
    except NotAReference as error:
        raise ValidationError(
            _("A reference has eight letters and digits, for example 7KQ2-M4XD."), code="reference"
        ) from error


def choices() -> list:
    """Return acts by group; the first choice of each group is the whole group."""
    return [
        (group.words, [(f"{group.code}.*", _("%(group)s: everything") % {"group": group.words}), *group.acts.items()])
        for group in groups()
    ]


def agencies(request=None):
    return Agency.objects.order_by("name")


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


class JournalFilter(ListFilter):
    reference = django_filters.CharFilter(method="about", max_length=20, validators=[reference], label=_("Reference"))
    act = django_filters.ChoiceFilter(method="of_act", choices=choices, label=_("What was done"))
    agency = django_filters.ModelChoiceFilter(method="of_agency", queryset=agencies, label=_("Agency"))
    account = WholeNumberFilter(field_name="membership_id", min_value=1, max_value=2**63 - 1, label=_("Account number"))
    since = django_filters.DateFilter(method="from_day", label=pgettext_lazy("day", "From"), widget=DayInput())
    until = django_filters.DateFilter(method="to_day", label=pgettext_lazy("day", "To"), widget=DayInput())
    outcome = django_filters.ChoiceFilter(choices=Entry.Outcome, label=pgettext_lazy("alarm", "Result"))

    class Meta:
        model = Entry
        fields = ["reference", "act", "agency", "account", "since", "until", "outcome"]

    def about(self, rows, name, value):
        """Keep entries about the subject with this reference, and all those of a case."""
        ids = [key for _noun, key in named(canonical(value))]
        return rows.filter(Q(case_id__in=ids) | Q(subject_id__in=[str(key) for key in ids]))

    def of_act(self, rows, name, value):
        whole = {f"{group.code}.*": list(group.acts) for group in groups()}
        return rows.filter(action__in=whole.get(value, [value]))

    def of_agency(self, rows, name, value):
        """Filter by the members of the agency: a member belongs to one agency, and the index is by member."""
        return rows.filter(membership_id__in=Membership.objects.filter(agency=value).values("pk"))

    def from_day(self, rows, name, value):
        return rows.filter(at__gte=_midnight(value))

    def to_day(self, rows, name, value):
        return rows.filter(at__lt=_midnight(value + timedelta(days=1)))


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
