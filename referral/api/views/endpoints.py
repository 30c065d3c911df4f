"""Bases of the views of the API: each address, a list, one thing."""

from datetime import UTC, datetime
from datetime import time as hour
from time import monotonic

from django.urls import reverse
from django.utils.http import http_date
from rest_framework import mixins, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from agencies.models import Membership
from foundation.paging import PAGE, Keyset
from foundation.statements.kept import KeptStatement
from referral.api.filters import Filters, refuse_unknown_parameters
from referral.api.middleware.authentication import IsService
from referral.api.middleware.calls import log_call
from referral.api.middleware.idempotency import Claim, claim
from referral.api.middleware.matching import ANY, answered_tags, asked_tags, hold, is_known, missing, require_match
from referral.api.middleware.request_quota import PerClient, quota_headers
from referral.api.rules import LEAVING, READ, WORK, Needed
from referral.api.serializers.strict import JSON, AlwaysJSON
from referral.api.views.pages import MOST, Pages


def leaving_headers(request) -> dict[str, str]:
    """Return what tells a program that it uses something which leaves (RFC 9745, RFC 8594)."""
    used = [LEAVING[name] for name in request.query_params if name in LEAVING]
    if not used:
        return {}
    first = min(used, key=lambda one: one.until)
    since, until = (int(datetime.combine(day, hour(), UTC).timestamp()) for day in (first.since, first.until))
    page = f"{reverse('referral:developers')}#policy"
    return {"Deprecation": f"@{since}", "Sunset": http_date(until), "Link": f'<{page}>; rel="deprecation"'}


def tagged(request, response: Response) -> Response:
    """Return the answer with the tag of what it shows; 304 without content when the program has that version.

    A list has none: its `since` says what changed.
    """
    read = request.method in SAFE_METHODS
    known = response.status_code == status.HTTP_200_OK and isinstance(request.auth, Membership)
    shows = read or getattr(response, "whole", False)
    if not known or not shows or not hasattr(response, "shown"):
        return response
    tag = answered_tags(request.auth, response)[0]
    if read and is_known(request, tag):
        response = Response(status=status.HTTP_304_NOT_MODIFIED)
    response["ETag"] = tag
    return response


class Endpoint:
    """Base of every address: token, quota, strict JSON, known parameters only, no cache."""

    permission_classes = [IsService]
    throttle_classes = [PerClient]
    parser_classes = [JSON]
    content_negotiation_class = AlwaysJSON
    http_method_names = ["get", "head", "post"]
    scopes: dict[str, Needed] = {}  # by action, where it is neither reading nor work

    def check_permissions(self, request):
        """Count a request of a program before it may be refused: a flood of refusals is a flood."""
        if isinstance(request.auth, Membership):
            super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request):
        """Do nothing: counted in `check_permissions`."""

    def needs(self) -> Needed:
        """Return the scopes of the operation that is asked for: one of these sets is enough."""
        action = getattr(self, "action", None) or self.request.method.lower()
        return self.scopes.get(action) or (READ if self.request.method in SAFE_METHODS else WORK)

    def initialize_request(self, request, *args, **kwargs):
        self.began = monotonic()
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, self)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, tagged(request, response), *args, **kwargs)
        log_call(request._request, response.status_code, self.began)
        response["Cache-Control"] = "no-store"
        for name, value in {**quota_headers(request._request), **leaving_headers(request)}.items():
            response[name] = value
        return response

    def body(self, serializer_class):
        """Return the validated serializer. Raises ValidationError before anything is written."""
        found = serializer_class(data=self.request.data)
        found.is_valid(raise_exception=True)
        return found

    def answer(self, serializer_class, thing, *, code=status.HTTP_200_OK, replayed=False, **context):
        data = serializer_class(thing, context={"request": self.request, **context}).data
        response = Response(data, status=code, headers={"Idempotency-Replayed": "true"} if replayed else None)
        response.shown = serializer_class.__name__
        response.whole = serializer_class.whole
        return response

    def claim(self, made) -> Claim:
        """Claim the key of this request, and require that what it changes is as the program read it.

        A replay is answered as before, whatever changed since. Raises Problem.
        """
        of = getattr(getattr(self, self.action), "of", "")
        asked = asked_tags(self.request) if of else []
        if of and not asked and not self.in_danger():
            raise missing(of)
        taken = claim(self.request, made)
        if asked and ANY not in asked and not taken.replayed:
            hold(str(self.kwargs.get("pk", self.request.auth.agency_id)))
            self.hold_rows()
            require_match(self.request.auth, asked, self.current, self.kwargs)
        return taken

    def in_danger(self) -> bool:
        """Return whether what the request changes concerns a danger to life: it waits for no tag."""
        return False

    def hold_rows(self) -> None:
        """Lock the rows that the request writes over, against pages too. What only moves is guarded by its moves."""

    def current(self, **kwargs) -> Response:
        """Return what the program would be shown of what it changes."""
        return self.retrieve(self.request, **kwargs)


class Listed(Endpoint, mixins.ListModelMixin, GenericViewSet):
    """List what the actor may see, paged by key, with the filters of the pages.

    `noun`: what a departure from this list is called, "" where none is stored; `key`: attribute with the id of a row.
    `kept`: whether the statement of the first page is kept, which reads nothing but who asks.
    """

    pagination_class: type[Pages] = Pages
    filter_backends = [Filters]
    keyset: Keyset
    noun = ""
    key = "pk"
    kept = True
    whole: dict[int, KeptStatement]  # by limit: the first page of the list that no parameter narrows

    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.whole = {
            limit: KeptStatement(lambda reader, limit=limit: cls.keyset.first(cls.rows(reader), limit))
            for limit in ((PAGE, MOST) if cls.kept else ())
        }

    @staticmethod
    def rows(actor):
        """Return the rows that this member may list."""
        raise NotImplementedError

    def get_queryset(self):
        return self.rows(self.request.auth)

    def list(self, request, *args, **kwargs):
        if request.query_params.keys() - {"limit"} or (limit := self.paginator.limit(request)) not in self.whole:
            return super().list(request, *args, **kwargs)
        page = self.shown(self.paginator.first(request, self, limit))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def paginate_queryset(self, queryset):
        return self.shown(super().paginate_queryset(queryset))

    def shown(self, page):
        """Return the rows of a page with what their serializer reads beside them."""
        return page

    def listed(self) -> str:
        """Return the name of this list, which binds `since` to it."""
        return type(self).__name__

    def left(self):
        """Return rows the actor sees that are no longer in the list; None when what leaves is not seen."""
        return


class Single(Endpoint, GenericViewSet):
    """Show one thing, with its operations."""

    pagination_class = None
    filter_backends = []
    lookup_field = "pk"
