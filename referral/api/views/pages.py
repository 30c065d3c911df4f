"""Page the lists of the API by key, and say from where to ask next time."""

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from foundation.paging import CURSOR, PAGE, BadCursor
from foundation.positions import from_position, settled
from referral.api.rules import Problem
from referral.api.selectors import SIGNS, BadSince, Lost, Since, gone, read_since, since_text, today

MOST = 100


class Pages(BasePagination):
    """Page by key: `limit` (25, at most 100) and `cursor`. One query per page, no count.

    `since` of an answer is the position to ask from next time. Every page of a walk gives that of its first: what
    changed while a program read the others comes again. A view with `noun` says in `gone` what left the list.
    """

    since_known = True

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.view, self.now = request, view, settled()  # before the rows
        cursor, dot, first = request.query_params.get("cursor", "").partition(".")
        asked = request.query_params.get("since")
        self.since = self._read("cursor", first) if dot else Since(self.now.position, today())
        self.gone: list[str] = []
        if asked is not None:
            start = self._read("since", asked)
            self._alone()
            if view.noun and not cursor:
                left = view.left()
                self.gone = gone(request.auth, view.noun, view.key, start.position, queryset, left)
            queryset = from_position(queryset, start.position)
        try:
            if cursor and not dot:
                raise BadCursor(cursor)
            self.page = view.keyset.page(queryset, cursor, self.limit(request))
        except BadCursor as error:
            detail = _("Take the cursor from `next`, as it is.")
            raise Problem(
                "invalid", detail, [{"parameter": "cursor", "code": "not_given", "detail": detail}]
            ) from error
        return self.page.rows

    def first(self, request, view, limit: int) -> list:
        """Return the rows of the first page of the whole list."""
        self.request, self.view, self.now = request, view, settled()  # before the rows
        self.since, self.gone = Since(self.now.position, today()), []
        self.page = view.keyset.shown(view.whole[limit].rows(request.auth), limit)
        return self.page.rows

    def _read(self, parameter: str, text: str) -> Since:
        """Return the position of an earlier answer. Raises Problem."""
        try:
            return read_since(self.request.auth, self.view.listed(), text, self.now)
        except BadSince as error:
            detail = _("Take the cursor from `next`, and `since` from an earlier answer, as they are.")
            raise Problem(
                "invalid", detail, [{"parameter": parameter, "code": "not_given", "detail": detail}]
            ) from error
        except Lost as error:
            raise Problem(
                "start-again",
                _(
                    "Your copy cannot be continued from there: the database was restored, your program's rights"
                    " changed, the answer came from another list or is older than 60 days. Read the whole list without"
                    " `since`, and put it in the place of your copy."
                ),
                [{"parameter": parameter, "detail": _("Leave it out.")}],
            ) from error

    def _alone(self) -> None:
        """Raise Problem for a filter beside `since`: nothing would say that a row left what the filter keeps."""
        beside = [name for name in self.request.query_params if name not in ("since", "cursor", "limit")]
        if beside:
            detail = _("Ask with `since` alone: a filter would hide what has left it.")
            errors = [{"parameter": name, "code": "beside", "detail": detail} for name in beside]
            raise Problem("invalid", detail, errors)

    def limit(self, request) -> int:
        text = request.query_params.get("limit", str(PAGE))
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
            detail = _("`limit` is a number from 1 to 100.")
            raise Problem("invalid", detail, [{"parameter": "limit", "code": "invalid", "detail": detail}])
        return int(text)

    def get_paginated_response(self, data):
        since = since_text(self.request.auth, self.view.listed(), self.since, self.now.database)
        found = {
            "results": data,
            "next": self._link(self.page.next, since),
            "previous": self._link(self.page.previous, since),
            "since": since,
        }
        return Response({**found, "gone": self.gone} if self.view.noun else found)

    def _link(self, cursor: str, since: str) -> str | None:
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", f"{cursor}.{since}") if cursor else None

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        since = {"type": "string", "description": _("Give it back as `since` next time")}
        return {
            "type": "object",
            "required": ["results", "next", "previous", "since"],
            "properties": {"results": schema, "next": link, "previous": link, "since": since},
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
                "schema": {"type": "string", "pattern": rf"^([A-Za-z0-9_-]+\.[A-Za-z0-9_-]{{{SIGNS}}})?$"},
            },
            {
                "name": "since",
                "in": "query",
                "description": _(
                    "Everything that changed since an earlier answer: its `since`, as it is, without filter"
                ),
                "schema": {"type": "string", "pattern": rf"^[A-Za-z0-9_-]{{{SIGNS}}}$"},
            },
        ]


class CopiedPages(Pages):
    """Describe `gone` too, for lists that a row leaves."""

    def get_paginated_response_schema(self, schema):
        found = super().get_paginated_response_schema(schema)
        found["required"].append("gone")
        found["properties"]["gone"] = {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "description": _("With `since`, on the first page: ids that left this list. Forget them."),
        }
        return found


class Asked(Pages):
    """Page a list that is asked anew each time: it is not copied, so there is no `since`."""

    since_known = False

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.view = request, view
        try:
            self.page = view.keyset.page(queryset, request.query_params.get("cursor", ""), self.limit(request))
        except BadCursor as error:
            detail = _("Take the cursor from `next`, as it is.")
            raise Problem(
                "invalid", detail, [{"parameter": "cursor", "code": "not_given", "detail": detail}]
            ) from error
        return self.page.rows

    def get_paginated_response(self, data):
        address = self.request.build_absolute_uri()
        beside = {name: replace_query_param(address, "cursor", cursor) if cursor else None
                  for name, cursor in (("next", self.page.next), ("previous", self.page.previous))}  # fmt: skip
        return Response({"results": data, **beside})

    def get_paginated_response_schema(self, schema):
        found = super().get_paginated_response_schema(schema)
        found["required"].remove("since")
        del found["properties"]["since"]
        return found

    def get_schema_operation_parameters(self, view):
        found = [one for one in super().get_schema_operation_parameters(view) if one["name"] != "since"]
        for one in found:
            if one["name"] == "cursor":
                one["schema"] = {"type": "string", "pattern": CURSOR}
        return found
