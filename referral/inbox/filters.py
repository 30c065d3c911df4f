"""Filter the alerts a desk received."""

import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.directory.filters import places
from foundation.filters import LateFilter, ListFilter, ReferenceFilter
from indicators.codes.filters import forms_of_exploitation
from referral.models import Alert, AlertDesk
from referral.routing.words import received_states
from victims.models import AgeSide, Urgency


class AlertDeskFilter(LateFilter, ListFilter):
    state = django_filters.ChoiceFilter(choices=received_states(Alert.State), label=_("Status"))
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=_("Urgency"))
    age_side = django_filters.ChoiceFilter(choices=AgeSide.choices, label=_("Age"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ChoiceFilter(choices=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = AlertDesk
        fields = ["state", "urgency", "age_side", "form", "territory", "late", "reference"]


class GivenAlertFilter(AlertDeskFilter):
    """Filter the alerts a desk sent on: whatever became of them since, here they are redirected."""

    state = django_filters.ChoiceFilter(
        choices=received_states(Alert.State), label=_("Status"), method="keep_redirected"
    )

    def keep_redirected(self, rows, name, value):
        return rows
