"""Page the lists of the API by key, and say from where to ask next time."""

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from foundation.paging import PAGE, BadCursor
from foundation.positions import from_position, settled
from referral.api.rules import Problem
from referral.api.selectors import SIGNS, BadSince, Lost, Since, cases_touched, gone, read_since, since_text, today

MOST = 100


class Pages(BasePagination):
    """Page by key: `limit` (25, at most 100) and `cursor`. One query per page, no count.

    `since` of an answer is the position to ask from next time. Every page of a walk gives that of its first: what
    changed while a program read the others comes again.
    """

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.view, self.now = request, view, settled()  # before the rows
        cursor, dot, first = request.query_params.get("cursor", "").partition(".")
        asked = request.query_params.get("since")
        self.since = self._read("cursor", first) if dot else Since(self.now.position, today())
        if asked is not None:
            start = self._read("since", asked)
            self._alone()
            queryset = self.changed(queryset, start.position, first=not cursor)
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
        self.since = Since(self.now.position, today())
        self.page = view.keyset.shown(view.whole[limit].rows(request.auth), limit)
        return self.page.rows

    def changed(self, queryset, position: int, *, first: bool):
        """Return the rows that a copy asks for which ends at this position. `first`: for the first page of a walk."""
        return from_position(queryset, position)

    def left_out(self) -> dict:
        """Return what an answer says of rows that its copies must forget."""
        return {}

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
        return Response(found | self.left_out())

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


IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}}


class CopiedPages(Pages):
    """Say in `gone` what left the list, for lists that a row leaves."""

    gone: tuple | list = ()

    def changed(self, queryset, position, *, first):
        if first:
            actor, view = self.request.auth, self.view
            self.gone = gone(actor, view.noun, view.key, position, queryset, view.left())
        return super().changed(queryset, position, first=first)

    def left_out(self):
        return {"gone": self.gone}

    def get_paginated_response_schema(self, schema):
        found = super().get_paginated_response_schema(schema)
        found["required"].append("gone")
        words = _("With `since`, on the first page: ids that left this list. Forget them.")
        found["properties"]["gone"] = IDS | {"description": words}
        return found


class CasePages(CopiedPages):
    """Say in `gone_cases` whose rows to forget, for rows that come and go with the access to their case.

    What is still seen of these cases is among the rows.
    """

    gone_cases: tuple | list = ()

    def changed(self, queryset, position, *, first):
        touched = cases_touched(self.request.auth, position)
        if first:
            self.gone_cases = touched
        super().changed(queryset, position, first=first)
        return from_position(queryset, position, also=Q(case__in=touched))

    def left_out(self):
        return super().left_out() | {"gone_cases": self.gone_cases}

    def get_paginated_response_schema(self, schema):
        found = super().get_paginated_response_schema(schema)
        found["required"].append("gone_cases")
        words = _(
            "With `since`, on the first page: cases of which your access changed. Forget their rows, then take those of"
            " the answer."
        )
        found["properties"]["gone_cases"] = IDS | {"description": words}
        return found
