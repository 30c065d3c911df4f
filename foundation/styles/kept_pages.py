"""Keep a public page in the process for as long as the rows that it shows are the same, and no longer.

A page that is the same for everybody is drawn once, and sent again while one statement says that nothing of what it
reads has changed. The statement comes first, so that what is kept is never older than it says: a row that is added,
changed, deleted, or shown to the public from now on gives another state, and the next request of each process draws the
page anew. Nothing is kept for who is signed in, nor of a page that says something to one reader.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

_kept: dict[tuple[Callable, str], tuple[tuple, bytes]] = {}


def while_same(*tables: str, figures: tuple[str, ...] = ()) -> Callable:
    """Keep the answer of a view that reads these tables, and these functions that count what the public may not read.

    The day belongs to the state: much is late, open or in force by the day.
    """

    def decorate(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def kept(request: HttpRequest) -> HttpResponse:
            if not _same_for_everybody(request):
                return view(request)
            now = state(tables, figures)
            former = _kept.get((view, request.path))
            if former is None or former[0] != now:
                drawn = view(request)
                if drawn.status_code != 200:
                    return drawn
                former = _kept[view, request.path] = (now, drawn.content)
            response = HttpResponse(former[1])
            patch_vary_headers(response, ["Cookie"])
            return response

        kept.reads = (tables, figures)  # type: ignore[attr-defined]
        return kept

    return decorate


def state(tables: tuple[str, ...], figures: tuple[str, ...] = ()) -> tuple:
    """Return a value that differs when what this reader may read of these tables differs: one statement.

    `xmin` is the transaction that wrote a row and `ctid` its place: together they are new for each version of a row,
    and the number of a transaction that was rolled back is not drawn again.
    """
    rows = [
        f"(SELECT (count(*), sum(hashtextextended(concat(t.xmin, t.ctid), 0)))::text FROM {table} t)"  # noqa: S608
        for table in tables
    ]
    counted = [f"(SELECT array_agg(f::text) FROM {name}() f)" for name in figures]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(rows + counted)}")
        return timezone.localdate(), *map(str, cursor.fetchone())


def _same_for_everybody(request: HttpRequest) -> bool:
    """Return whether the reader has no session and no message, and asks for the page without options."""
    return not request.GET and not request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, "messages"}
