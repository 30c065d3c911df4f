"""Build the context of list pages: active filters, counts, links to the next and previous pages."""

from agencies.models import Membership
from foundation.paging import CAP, BadCursor, capped_count
from foundation.statements.kept import KeptStatement
from referral.desk import filters as desk_filters
from referral.desk import operations as desk
from referral.models import SavedSearch

SAVED = KeptStatement(lambda reader, code: SavedSearch.objects.of(reader).filter(listed=code))


def listing(request, filters, keyset, rows=None, code="") -> dict:
    """Return the context of a list.

    `rows`: filtered rows to page, when they are not all of `filters.qs`. `code`: a list of referral/desk/filters.py,
    which can be saved and exported.
    """
    rows = filters.qs if rows is None else rows
    try:
        page = keyset.page(rows, request.GET.get("cursor", ""))
    except BadCursor:  # tampered cursor: show the first page
        page = keyset.page(rows)
    active = filters.active
    return {
        "filters": filters,
        "active": active,
        "has_errors": not filters.form.is_valid() if filters.is_bound else False,
        "view": request.GET.get("view", ""),
        "page": page,
        "found": _words(capped_count(filters.qs)),
        "total": _words(capped_count(filters.queryset)) if active else "",
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
        **(_tools(request.actor, filters, code) if code else {}),
    }


def _tools(actor, filters, code: str) -> dict:
    """Return what can be done with the filtered list: save it, export it, open saved ones."""
    saved = SAVED.rows(actor, code=code)
    return {
        "code": code,
        "kept": desk_filters.query_of(filters),
        "listed_out": desk_filters.LISTS[code].exported and actor.kind == Membership.Sort.PERSON,
        "saved": [{"name": search.data["name"], "href": desk.address(search)} for search in saved],
    }


def _address(request, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


def _words(count: int) -> dict:
    return {"number": min(count, CAP), "more": count > CAP}
