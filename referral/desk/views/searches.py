"""Find by reference, and keep saved searches."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.members.rules import WRITES
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from indicators.codes.selectors import FORMS, labels
from journal.selectors import read_quota
from referral.desk import filters as desk_filters
from referral.desk import operations as desk
from referral.desk.forms import FindForm, NameForm
from referral.desk.rules import NotAReference
from referral.models import Alert, Orientation, SavedSearch


@require_http_methods(["GET", "POST"])
def search(request):
    """Find by reference. Sent by POST: a name typed by mistake never stands in an address."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("find")
    form = FindForm(request.POST or None)
    found = None
    if form.is_valid():
        try:
            found = [_line(request.actor, one) for one in desk.find(request.actor, form.cleaned_data["reference"])]
        except NotAReference:
            said = _(
                "Nothing under this reference. It has eight letters and digits, for example 7KQ2-M4XD; your own, or a"
                " nickname, is typed whole."
            )
            form.add_error("reference", said)
        except read_quota.Exhausted as spent:
            return render(request, "referral/desk/search_spent.html", {"again_at": spent.again_at})
    return render(request, "referral/desk/search.html", {"form": form, "found": found})


def _line(actor, found) -> dict:
    page = desk.page_of(actor, found)
    if isinstance(found, Alert):
        noun, form = _("Alert"), found.form
    elif isinstance(found, Orientation):
        noun, form = _("Request"), ""
    else:
        noun, form = _("Case"), found.form
    return {
        "noun": noun,
        "reference": found.reference,
        "state": found.status if hasattr(found, "status") else found.state,
        "state_words": found.get_status_display() if hasattr(found, "status") else found.get_state_display(),
        "label": getattr(found, "label", None),
        "form": labels(FORMS)[FORMS].get(form, form),
        "href": reverse(page[0], args=page[1]) if page else "",
    }


@cases_only
@require_http_methods(["GET", "POST"])
def saved_searches(request):
    """List the member's own searches; a POST saves another one, from the page of a list."""
    form = NameForm(request.POST or None)
    listed, query = request.POST.get("listed", ""), request.POST.get("query", "")
    if form.is_valid():
        try:
            kept = desk.save_search(request.actor, listed, query, form.cleaned_data["name"])
        except desk.Full:
            form.add_error(None, _("You keep thirty filters: delete one first."))
        else:
            messages.success(request, _("Filter saved. It stands with its list, under “Saved filters”."))
            return redirect(desk.address(kept))
    rows = [
        {
            "pk": row.pk,
            "name": row.data["name"],
            "list": desk_filters.LISTS[row.listed].title,
            "href": desk.address(row),
        }
        for row in SavedSearch.objects.of(request.actor)
    ]
    context = {"rows": rows, "form": form if form.is_bound else None, "listed": listed, "query": query}
    return render(request, "referral/desk/saved_searches.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def saved_search_rename(request, pk):
    kept = desk.own_search(request.actor, pk)
    form = NameForm(request.POST or None, initial={"name": kept.data["name"]})
    if form.is_valid():
        desk.rename_search(request.actor, pk, form.cleaned_data["name"])
        return redirect("referral:saved-searches")
    return render(request, "referral/desk/saved_search_rename.html", {"form": form, "kept": kept})


@cases_only
@require_POST
def saved_search_delete(request, pk):
    desk.delete_search(request.actor, pk)
    messages.success(request, _("Filter deleted."))
    return redirect("referral:saved-searches")
