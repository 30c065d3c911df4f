"""Lists of work, which the first page counts."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.members.rules import WORKS
from foundation.view_guards import cases_only
from indicators.codes.selectors import FORMS, labels
from referral.desk import filters as desk_filters
from referral.desk.display.lists import WorkPage
from referral.orientations.display.progress import with_last_move, with_moves
from victims.own_labels.selectors import labelled

PAGES = {
    listed.code: WorkPage(
        listed, (lambda rows: rows.select_related("territory")) if listed.noun == "case" else with_moves
    )
    for listed in desk_filters.BY_SLUG.values()
}


@cases_only
@require_safe
def work_home(request):
    """Lead from the address that the counters had to the first page, where they are."""
    return redirect("home")


@cases_only
@require_safe
def work_list(request, code):
    listed = desk_filters.BY_SLUG.get(code)
    if listed is None:
        raise Http404
    context = PAGES[listed.code].context(request)
    if listed.noun == "case":
        forms = labels(FORMS)[FORMS]
        for row in labelled(request.actor, context["page"]):
            row.form_words = forms.get(row.form, row.form)
        context["may_take"] = code == desk_filters.LISTS["unassigned"].slug and request.actor.has(*WORKS)
    else:
        labelled(request.actor, with_last_move(context["page"].rows))
    return render(request, "referral/desk/work_list.html", {**context, "listed": listed, "section": "home"})
