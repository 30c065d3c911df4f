"""Filter and page the lists of the API: FilterSets of the pages, unknown parameters refused, keyset pages."""

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.forms import IntegerField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from agencies.directory.filters import places
from agencies.models import Kind
from foundation.filters import ListFilter, ReferenceFilter
from foundation.paging import PAGE, BadCursor
from indicators.codes.filters import forms_of_exploitation
from notifications.models import Notice, settled_position
from referral.inbox.filters import AlertDeskFilter
from referral.models import Alert, AlertMove, OrientationMove
from referral.orientations.filters import OrientationDeskFilter, OrientationFilter
from victims.cases.filters import CaseAccessFilter
from victims.models import AgeSide, Urgency

from .rules import Problem

MOST = 100


class AlertFilter(ListFilter):
    """Filter the alerts an agency sent."""

    state = django_filters.ChoiceFilter(
        choices=[c for c in Alert.State.choices if c[0] != Alert.State.DRAFT],
        method="in_state",
        label=gettext_lazy("State"),
    )
    urgency = django_filters.ChoiceFilter(choices=Urgency, label=gettext_lazy("Urgency"))
    age_side = django_filters.ChoiceFilter(choices=AgeSide, label=gettext_lazy("Age"))
    form = django_filters.ChoiceFilter(choices=forms_of_exploitation, label=gettext_lazy("Form of exploitation"))
    territory = django_filters.ModelChoiceFilter(queryset=places, label=gettext_lazy("Département"))
    reference = ReferenceFilter()

    class Meta:
        model = Alert
        fields = ["state", "urgency", "age_side", "form", "territory", "reference"]

    def in_state(self, rows, name, value):
        """Filter by the state the reader is shown: an employer sees only « Reçue » and « Lue »."""
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
        return found


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


def since(method: str):
    """Return the filter `updated_since`, applied by `method`."""
    return MomentFilter(method=method, label=gettext_lazy("Changed from this moment on"))


class MovedSince:
    """Add `updated_since` where each change is a move. `moves`: model of the moves; `thing`: path to their subject."""

    moves: type
    thing = "pk"

    def moved_since(self, rows, name, value):
        """Keep rows with a counted move at or after `value`."""
        noun = "alert" if self.moves is AlertMove else "orientation"
        moved = self.moves.objects.filter(**{noun: OuterRef(self.thing), "at__gte": value})
        return rows.filter(Exists(self.counted(moved)))

    def counted(self, moves):
        return moves


class SentAlertFilter(MovedSince, AlertFilter):
    updated_since, moves = since("moved_since"), AlertMove

    def counted(self, moves):
        """Count only the moves shown to an employer: sending and first reading."""
        employer = self.request.auth.agency.kind == Kind.EMPLOYER
        return moves.filter(action__in=("send", "open")) if employer else moves


class ReceivedAlertFilter(MovedSince, AlertDeskFilter):
    updated_since, moves, thing = since("moved_since"), AlertMove, "alert_id"


class ReceivedFilter(MovedSince, OrientationDeskFilter):
    updated_since, moves, thing = since("moved_since"), OrientationMove, "orientation_id"


class SentFilter(MovedSince, OrientationFilter):
    updated_since, moves = since("moved_since"), OrientationMove


class CaseFilter(CaseAccessFilter):
    """Filter by the last change of the access row, or of what it shows of the case."""

    updated_since = MomentFilter(
        field_name="changed_at", lookup_expr="gte", label=gettext_lazy("Changed from this moment on")
    )


class PositionFilter(django_filters.NumberFilter):
    field_class = IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=0, max_value=2**63 - 1, **kwargs)


class NoticeFilter(ListFilter):
    kind = django_filters.CharFilter(max_length=40, label=gettext_lazy("Kind"))
    subject = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ("alert", "case", "orientation", "none")], label=gettext_lazy("Subject")
    )
    updated_since = MomentFilter(field_name="at", lookup_expr="gte", label=gettext_lazy("From this moment on"))

    since = PositionFilter(
        field_name="position",
        lookup_expr="gte",
        label=gettext_lazy("Everything that arrived since an earlier answer: its `since`, as it is"),
    )

    class Meta:
        model = Notice
        fields = ["kind", "subject", "updated_since", "since"]


def known_parameters(view) -> set[str]:
    """Return the query parameters this view accepts."""
    if getattr(view, "paginator", None) is None:
        return set()
    return {"cursor", "limit", *getattr(view, "filterset_class", ListFilter).base_filters}


def refuse_unknown_parameters(request, view) -> None:
    """Raise Problem for an unknown or repeated parameter: a misspelt filter must not widen a list."""
    known = known_parameters(view)
    errors = [
        {"parameter": name, "detail": _("This parameter is not known here.")}
        for name in request.query_params
        if name not in known
    ] + [
        {"parameter": name, "detail": _("This parameter is given twice.")}
        for name, values in request.query_params.lists()
        if name in known and len(values) > 1
    ]
    if errors:
        raise Problem("invalid", _("Correct the parameters that `errors` names."), errors)


class Filters(DjangoFilterBackend):
    def filter_queryset(self, request, queryset, view):
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            errors = [
                {"parameter": name, "detail": str(message)}
                for name, found in filterset.form.errors.items()
                for message in found
            ]
            raise Problem("invalid", _("Correct the parameters that `errors` names."), errors)
        return filterset.qs


class Pages(BasePagination):
    """Page by key: `limit` (25, at most 100) and `cursor`. One query per page, no count."""

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        try:
            self.page = view.keyset.page(queryset, request.query_params.get("cursor", ""), self._limit(request))
        except BadCursor as error:
            detail = _("Take the cursor from `next`, as it is.")
            raise Problem("invalid", detail, [{"parameter": "cursor", "detail": detail}]) from error
        return self.page.rows

    def _limit(self, request) -> int:
        text = request.query_params.get("limit", str(PAGE))
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
            detail = _("`limit` is a number from 1 to 100.")
            raise Problem("invalid", detail, [{"parameter": "limit", "detail": detail}])
        return int(text)

    def get_paginated_response(self, data):
        return Response(
            {"results": data, "next": self._link(self.page.next), "previous": self._link(self.page.previous)}
        )

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "limit",
                "in": "query",
                "description": _("Rows of a page"),
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": _("As given in `next` or `previous`"),
                "schema": {"type": "string"},
            },
        ]


class NoticePages(Pages):
    """Add `since`, the position to ask from next time: no concurrent write slips behind it, some rows come twice.

    A notice appears when the worker writes it, later than its event: asking by time would miss it for ever.
    """

    def paginate_queryset(self, queryset, request, view=None):
        self.since = settled_position()  # before the rows
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        response.data["since"] = self.since
        return response

    def get_paginated_response_schema(self, schema):
        found = super().get_paginated_response_schema(schema)
        found["required"].append("since")
        found["properties"]["since"] = {"type": "integer", "description": _("Give it back as `since` next time")}
        return found
