"""Build the context of list pages: active filters, counts, links to the next and previous pages."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string

from agencies.models import Membership
from foundation.paging import CAP, PAGE, capped_count
from foundation.statements.kept import KeptStatement, counts
from foundation.words.reference_lists import kept
from referral.desk import filters as desk_filters
from referral.desk import operations as desk
from referral.models import SavedSearch
from referral.public.display import UNREAD, UNREAD_CAP

SAVED = KeptStatement(lambda reader, code: SavedSearch.objects.of(reader).filter(listed=code))


class WorkPage:
    """A work list as a page shows it.

    `joined` adds what its lines need to the rows. The statements of the first page and of the count are kept, for a
    reader who narrows nothing; so is the form that narrows.
    """

    def __init__(self, listed: desk_filters.WorkList, joined: Callable[[QuerySet], QuerySet]):
        self.listed, self.joined = listed, joined
        self.first = KeptStatement(lambda reader: listed.keyset.first(joined(listed.rows(reader))))
        self.all = KeptStatement(listed.rows)

    def narrowed(self, request) -> bool:
        """Return whether the request asks for anything but the first page of the whole list."""
        view = request.GET.get("view", "")
        return "cursor" in request.GET or view != self.listed.view or self.listed.filters.narrows(request.GET)

    def context(self, request, joined: Callable[[QuerySet], QuerySet] | None = None) -> dict:
        """Return the context of the page: see `listing`. `joined`: another one, for a list that is narrowed."""
        listed = self.listed
        if self.narrowed(request):
            filters = listed.filters(request.GET, listed.rows(request.actor), request=request)
            rows = (joined or self.joined)(filters.qs)
            return listing(request, filters, listed.keyset, rows=rows, code=listed.code)
        page = listed.keyset.shown(self.first.rows(request.actor))
        found, unread = counts([(self.all, CAP + 1), (UNREAD, UNREAD_CAP)], request.actor)
        return {
            "filter_form": kept(_filter_form, listed.filters, listed.view),
            "active": [],
            "has_errors": False,
            "view": listed.view,
            "page": page,
            "found": _words(found),
            "total": "",
            "next": _address(request, page.next),
            "previous": "",
            "unread": unread,
            "may_take": False,  # an unknown name is an exception a row
            **_tools(request.actor, listed.code),
        }


def _filter_form(filters: type, view: str) -> str:
    """Return the form that narrows a list, with nothing chosen. It does not depend on who reads."""
    blank = filters(QueryDict(), filters._meta.model._default_manager.none())
    return render_to_string(
        "referral/desk/_filter_form.html", {"filters": blank, "view": view, "handled": view == "handled"}
    )


def listing(request, filters, keyset, rows=None, code="", limit: int = PAGE) -> dict:
    """Return the context of a list.

    `rows`: filtered rows to page, when they are not all of `filters.qs`. `code`: a list of referral/desk/filters.py,
    which can be saved and exported.
    """
    rows = filters.qs if rows is None else rows
    page = keyset.asked(rows, request, limit)
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
        **(_tools(request.actor, code, desk_filters.query_of(filters)) if code else {}),
    }


def _tools(actor, code: str, query: str = "") -> dict:
    """Return what can be done with the list filtered by this query: save it, export it, open saved ones."""
    saved = SAVED.rows(actor, code=code)
    return {
        "code": code,
        "kept": query,
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
