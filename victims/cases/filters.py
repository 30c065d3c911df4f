"""Narrow the list of cases."""

import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.directory.filters import places
from foundation.filters import ListFilter, ReferenceFilter
from indicators.codes.filters import forms_of_exploitation
from victims.models import Case, CaseAccess, Urgency


class CaseAccessFilter(ListFilter):
    """Filter cases by the columns of the access row, so that an agency limited to level 1 can filter too."""

    status = django_filters.ChoiceFilter(choices=Case.Status.choices, label=_("Status"))
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=_("Urgency"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ChoiceFilter(choices=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = CaseAccess
        fields = ["status", "urgency", "form", "territory", "reference"]
