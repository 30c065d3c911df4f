"""What lists can be narrowed by: one FilterSet a noun, the same for pages and API.

Each filters the columns of the list's own rows, so that the ordered scan of one agency stays.
"""

import re

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

from agencies.models import Service, Territory
from referral.code_labels import FORMS, choices
from referral.models import Alert, AlertDesk, Orientation, OrientationDesk, Situation
from victims.models import AgeSide, Case, CaseAccess, Urgency

NOT_A_SIGN = re.compile(r"[^0-9A-Z]")
# a page's own parameters, which are no filters
PAGE_PARAMETERS = {"cursor", "limit", "view", "format"}


def forms_of_exploitation():
    return choices(FORMS)


def places(request=None):
    return Territory.objects.exclude(sort=Territory.Sort.REGION)


def reference_prefix(rows, name, value):
    """Typed as one reads it aloud: « k7mx 2 » finds K7MX-2…"""
    signs = NOT_A_SIGN.sub("", value.upper())[:8]
    if not signs:
        return rows.none()
    return rows.filter(**{f"{name}__startswith": f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs})


class ReferenceFilter(django_filters.CharFilter):
    def __init__(self, **kwargs):
        kwargs = {"field_name": "reference", "method": reference_prefix, "max_length": 20, **kwargs}
        super().__init__(label=_("Reference"), **kwargs)


class ListFilter(django_filters.FilterSet):
    """A FilterSet that knows which of its filters are in use."""

    @property
    def active(self) -> list[dict]:
        """Filters in use: name, label, the value in words, and the address's query without it."""
        if not self.is_bound:
            return []
        found = []
        self.form.full_clean()  # values that cannot be read are left out, the others count
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", []):
                continue
            rest = self.data.copy()
            for gone in (name, "cursor"):
                rest.pop(gone, None)
            label = self.form.fields[name].label
            found.append({"name": name, "label": label, "value": self._words(name, value), "rest": rest.urlencode()})
        return found

    def _words(self, name, value) -> str:
        for key, label in flatten_choices(iter(getattr(self.form.fields[name], "choices", ()))):
            if str(key) == str(getattr(value, "pk", value)):
                return str(label)
        return str(_("yes")) if value is True else str(value)

    def unknown(self) -> list[str]:
        """Names in the address that are no filter of this list: the API refuses them, a typo must not widen a list."""
        return sorted(set(self.data) - set(self.filters) - PAGE_PARAMETERS)


class LateFilter(django_filters.FilterSet):
    """Of rows with a clock, those past what was promised: escalating what waits makes it no less late."""

    late = django_filters.BooleanFilter(method="keep_late", label=_("Late only"))

    def keep_late(self, rows, name, value):
        late = Q(due_at__isnull=False, answer_by__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)


class CaseAccessFilter(ListFilter):
    """Cases, by the columns of the access row: an agency that sees the state only can filter too."""

    status = django_filters.ChoiceFilter(choices=Case.Status, label=_("State"))
    urgency = django_filters.ChoiceFilter(choices=Urgency, label=_("Urgency"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ModelChoiceFilter(queryset=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = CaseAccess
        fields = ["status", "urgency", "form", "territory", "reference"]


class AlertDeskFilter(LateFilter, ListFilter):
    """Alerts that reached a desk."""

    state = django_filters.ChoiceFilter(
        choices=[c for c in Alert.State.choices if c[0] != Alert.State.DRAFT], label=_("State")
    )
    urgency = django_filters.ChoiceFilter(choices=Urgency, label=_("Urgency"))
    age_side = django_filters.ChoiceFilter(choices=AgeSide, label=_("Age"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ModelChoiceFilter(queryset=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = AlertDesk
        fields = ["state", "urgency", "age_side", "form", "territory", "late", "reference"]


class OrientationDeskFilter(LateFilter, ListFilter):
    """Orientations that reached a desk."""

    state = django_filters.ChoiceFilter(
        choices=[c for c in Orientation.State.choices if c[0] != Orientation.State.DRAFT], label=_("State")
    )
    urgency = django_filters.ChoiceFilter(choices=Urgency, label=_("Urgency"))
    reference = ReferenceFilter()

    class Meta:
        model = OrientationDesk
        fields = ["state", "urgency", "late", "reference"]


class OrientationFilter(LateFilter, ListFilter):
    """Orientations themselves: what an agency sent, or all it may see."""

    state = django_filters.ChoiceFilter(choices=Orientation.State, label=_("State"))
    verb = django_filters.ChoiceFilter(choices=Orientation.Verb, label=_("Kind of request"))
    service = django_filters.ModelChoiceFilter(queryset=Service.objects.all(), label=_("Need"))
    urgency = django_filters.ChoiceFilter(choices=Urgency, label=_("Urgency"))
    reference = ReferenceFilter()

    class Meta:
        model = Orientation
        fields = ["state", "verb", "service", "urgency", "late", "reference"]


class SituationFilter(ListFilter):
    """Events a coordination unit wrote down."""

    sort = django_filters.ChoiceFilter(choices=Situation.Sort, label=_("Kind of event"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=_("Form of exploitation"))
    territory = django_filters.ModelChoiceFilter(queryset=places, label=_("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = Situation
        fields = ["sort", "form", "territory", "reference"]
