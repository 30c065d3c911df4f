"""« Mon travail »: what waits, counted by the lists themselves; and these lists."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.paging import capped_count

from . import work
from .code_labels import FORMS, labels
from .following import follow, with_moves
from .lists import listing
from .refusals import cases_only
from .workflow import WORKS

CAP = 99  # « 99+ »: nobody works through more in a day, and the database stops counting there


@cases_only
@require_safe
def work_home(request):
    """Each counter is the number of rows of the list it opens, asked of the same query."""
    groups = [
        (title, [_line(request.actor, label, work.LISTS[code], query) for label, code, query in lines])
        for title, lines in work.GROUPS
    ]
    return render(request, "referral/work_home.html", {"groups": groups})


def _line(actor, label, listed, query: str) -> dict:
    count = capped_count(listed.filtered(actor, query).qs, CAP)
    return {
        "label": label,
        "hint": listed.hint if not query else "",
        "href": listed.address(query),
        "count": min(count, CAP),
        "more": count > CAP,
        "late": bool(query and count),
    }


@cases_only
@require_safe
def work_list(request, code):
    listed = work.BY_SLUG.get(code)
    if listed is None:
        raise Http404
    filters = listed.filters(request.GET, listed.rows(request.actor), request=request)
    if listed.noun == "case":
        context = listing(
            request, filters, listed.keyset, rows=filters.qs.select_related("territory"), code=listed.code
        )
        forms = labels(FORMS)[FORMS]
        for row in context["page"]:
            row.form_words = forms.get(row.form, row.form)
        context["may_take"] = code == work.LISTS["unassigned"].slug and request.actor.has(*WORKS)
    else:
        context = listing(request, filters, listed.keyset, rows=with_moves(filters.qs), code=listed.code)
        follow(context["page"].rows)
    return render(request, "referral/work_list.html", {**context, "listed": listed, "section": "referral:work"})
