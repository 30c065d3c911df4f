"""What every list page shows around its rows: filters in use, how many were found, the pages beside this one."""

from agencies.paging import CAP, BadCursor, capped_count


def listing(request, filters, keyset, rows=None) -> dict:
    """Context of a list. `rows` are the filtered rows to cut into pages when they are not all of `filters.qs`."""
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
    }


def _address(request, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


def _words(count: int) -> dict:
    return {"number": min(count, CAP), "more": count > CAP}
