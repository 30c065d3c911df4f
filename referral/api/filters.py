"""Filter the lists of the API: FilterSets of the pages, unknown parameters refused."""

from datetime import UTC

import django_filters
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend

from agencies.directory.filters import places
from agencies.models import Kind
from foundation.filters import ListFilter, ReferenceFilter
from indicators.codes.filters import forms_of_exploitation
from notifications.models import Notice
from referral.inbox.filters import AlertDeskFilter
from referral.models import Alert
from referral.orientations.filters import OrientationDeskFilter, OrientationFilter
from victims.cases.filters import CaseAccessFilter
from victims.models import AgeSide, Urgency

from .rules import CODES_LOADED, Problem

YES_OR_NO = ("true", "false")


class AlertFilter(ListFilter):
    """Filter the alerts an agency sent."""

    state = django_filters.ChoiceFilter(
        choices=[c for c in Alert.State.choices if c[0] != Alert.State.DRAFT],
        method="in_state",
        label=gettext_lazy("Status"),
    )
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label=gettext_lazy("Urgency"))
    age_side = django_filters.ChoiceFilter(choices=AgeSide.choices, label=gettext_lazy("Age"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=gettext_lazy("Form of exploitation"))
    territory = django_filters.ChoiceFilter(choices=places, label=gettext_lazy("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = Alert
        fields = ["state", "urgency", "age_side", "form", "territory", "reference"]

    def in_state(self, rows, name, value):
        """Filter by the state the reader is shown: an employer sees only « Envoyée » and « Lue »."""
        if self.request.auth.agency.kind != Kind.EMPLOYER or value == Alert.State.SENT:
            return rows.filter(state=value)
        return rows.exclude(state=Alert.State.SENT) if value == Alert.State.OPENED else rows.none()


class MomentField(IsoDateTimeField):
    """Parse a date and time with offset, as bodies do: without one, an hour of La Réunion was read as one of Paris."""

    def to_python(self, value):
        """Return the moment; None when the parameter is absent. Raises ValidationError when it is empty or vague."""
        if value is None:
            return None
        try:
            found = parse_datetime(value)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise ValidationError(
                _("Write a date and time with its offset, as in 2026-11-14T10:22:00+01:00."), "invalid"
            )
        try:
            return found.astimezone(UTC)  # the database knows no offset of sixteen hours or more
        except OverflowError as error:
            raise ValidationError(_("This moment is before the first year, or after the last."), "invalid") from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


def updated_since():
    """Return the filter of rows changed from a moment on. `since` is the sure way: see foundation/positions.py."""
    return MomentFilter(field_name="changed_at", lookup_expr="gte", label=gettext_lazy("Changed from this moment on"))


class SentAlertFilter(AlertFilter):
    updated_since = updated_since()


class ReceivedAlertFilter(AlertDeskFilter):
    updated_since = updated_since()


class ReceivedFilter(OrientationDeskFilter):
    updated_since = updated_since()


class SentFilter(OrientationFilter):
    updated_since = updated_since()


class CaseFilter(CaseAccessFilter):
    updated_since = updated_since()


class NoticeFilter(ListFilter):
    kind = django_filters.CharFilter(max_length=40, label=gettext_lazy("Kind"))
    subject = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ("alert", "case", "orientation", "none")], label=gettext_lazy("Subject")
    )
    updated_since = updated_since()

    class Meta:
        model = Notice
        fields = ["kind", "subject", "updated_since"]


def code_of(name: str, error: ValidationError) -> str:
    """Return the code of an error: a list that is data has its codes in no document."""
    return "unknown_code" if name in CODES_LOADED else error.code or "invalid"


def known_parameters(view) -> set[str]:
    """Return the query parameters this view accepts."""
    if getattr(view, "paginator", None) is None:
        return set(getattr(view, "parameters", ()))
    return {"cursor", "limit", "since", *getattr(view, "filterset_class", ListFilter).base_filters}


def refuse_unknown_parameters(request, view) -> None:
    """Raise Problem for an unknown or repeated parameter: a misspelt filter must not widen a list."""
    known = known_parameters(view)
    errors = [
        {"parameter": name, "code": "unknown", "detail": _("This parameter is not known here.")}
        for name in request.query_params
        if name not in known
    ] + [
        {"parameter": name, "code": "twice", "detail": _("This parameter is given twice.")}
        for name, values in request.query_params.lists()
        if name in known and len(values) > 1
    ]
    nul = str(ProhibitNullCharactersValidator.message)
    errors += [
        {"parameter": name, "code": "null_characters_not_allowed", "detail": nul}
        for name, value in request.query_params.items()
        if name in known and "\0" in value
    ]
    if errors:
        raise Problem("invalid", _("Correct the parameters that `errors` names."), errors)


def refuse_vague_yes_or_no(request, view) -> None:
    """Raise Problem for a yes or no that is neither `true` nor `false`: what is not read must not widen a list."""
    detail = _("Write true or false.")
    errors = [
        {"parameter": name, "code": "invalid", "detail": detail}
        for name, known in getattr(view, "filterset_class", ListFilter).base_filters.items()
        if isinstance(known, django_filters.BooleanFilter) and request.query_params.get(name, "true") not in YES_OR_NO
    ]
    if errors:
        raise Problem("invalid", _("Correct the parameters that `errors` names."), errors)


class Filters(DjangoFilterBackend):
    def filter_queryset(self, request, queryset, view):
        refuse_vague_yes_or_no(request, view)
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            errors = [
                {"parameter": name, "code": code_of(name, one), "detail": message}
                for name, found in filterset.form.errors.as_data().items()
                for one in found
                for message in one.messages
            ]
            raise Problem("invalid", _("Correct the parameters that `errors` names."), errors)
        return filterset.qs
