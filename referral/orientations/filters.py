"""Filter the lists of orientations received and sent."""

import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.models import Service
from foundation.filters import LateFilter, ListFilter, ReferenceFilter
from referral.models import Orientation, OrientationDesk
from referral.routing.words import received_states
from victims.models import Urgency


class OrientationDeskFilter(LateFilter, ListFilter):
    state = django_filters.ChoiceFilter(choices=received_states(Orientation.State), label=_("Status"))
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=_("Urgency"))
    reference = ReferenceFilter()

    class Meta:
        model = OrientationDesk
        fields = ["state", "urgency", "late", "reference"]


class OrientationFilter(LateFilter, ListFilter):
    """Filter orientations: those an agency sent, or all it may see."""

    state = django_filters.ChoiceFilter(choices=Orientation.State.choices, label=_("Status"))
    verb = django_filters.ChoiceFilter(choices=Orientation.Verb.choices, label=_("Kind of request"))
    service = django_filters.ModelChoiceFilter(queryset=Service.objects.all(), label=_("Need"))
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=_("Urgency"))
    reference = ReferenceFilter()

    class Meta:
        model = Orientation
        fields = ["state", "verb", "service", "urgency", "late", "reference"]
