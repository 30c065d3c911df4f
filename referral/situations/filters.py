"""Filter the list of situations."""

import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.directory.filters import places
from foundation.filters import ListFilter, ReferenceFilter
from indicators.codes.filters import forms_of_exploitation
from referral.models import Situation


class SituationFilter(ListFilter):
    """Filter events recorded by a coordination unit."""

    sort = django_filters.ChoiceFilter(choices=Situation.Sort.choices, label=_("Kind of event"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ChoiceFilter(choices=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = Situation
        fields = ["sort", "form", "territory", "reference"]
