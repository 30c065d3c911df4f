"""What every list page shows around its rows: filters in use, how many were found, the pages beside this one."""

from agencies.models import Membership
from foundation.paging import CAP, BadCursor, capped_count
from referral.desk import filters as desk_filters
from referral.desk import operations as desk
from referral.models import SavedSearch


def listing(request, filters, keyset, rows=None, code="") -> dict:
    """Context of a list. `rows` are the filtered rows to cut into pages when they are not all of `filters.qs`; `code`
    names a list of referral/desk/filters.py, whose filters can be kept and rows taken out."""
    rows = filters.qs if rows is None else rows
    try:
        page = keyset.page(rows, request.GET.get("cursor", ""))
    except BadCursor:  # an address cut by hand: the first page, rather than an error
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
    """What can be done with the list as it is filtered: kept under a name, taken out."""
    saved = SavedSearch.objects.of(actor).filter(listed=code)
    return {
        "code": code,
        "kept": desk_filters.kept_of(filters),
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
