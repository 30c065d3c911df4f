"""Section « Demandes de la personne » of a case: list, record, prolong, answer, refuse; and those of all cases."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed, WrongState
from victims.cases.access import in_own_right
from victims.cases.views.frame import framed
from victims.models import DataRequest

from . import access as requests_access
from . import operations as data_requests
from .display import in_order, shown
from .forms import AnswerForm, EndForm, ProlongForm, RefuseForm, RequestForm

MOST = 100  # of one case, the newest
SOONEST = Keyset("due_on", "id", descending=False)


@cases_only
@require_http_methods(["GET", "POST"])
def case_data_requests(request, pk):
    """List the requests; a POST ends the limitation of use that stands."""
    context = framed(request, pk, "data_requests")
    writes = in_own_right(request.actor, context["access"])
    form = EndForm(request.POST or None) if writes and (context["limited"] or request.method == "POST") else None
    if request.method == "POST":
        if form is None:
            raise NotAllowed("write")
        if form.is_valid():
            data_requests.end_limitation(request.actor, pk, because=form.cleaned_data["because"])
            messages.success(request, _("The limitation of use has ended."))
            return redirect("referral:case-data-requests", pk)
    rows = requests_access.requests_of(request.actor).filter(case=context["case"])[:MOST]
    context |= {"requests": in_order(rows), "may_write": writes, "form": form}
    return render(request, "victims/data_requests/case_data_requests.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def data_request_new(request, pk):
    context = framed(request, pk, "data_requests")
    if not in_own_right(request.actor, context["access"]):
        raise NotAllowed("write")
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = data_requests.add_request(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Request recorded: its time runs from the day it was received."))
        return redirect("referral:data-request", made.pk)
    return render(request, "victims/data_requests/data_request_new.html", {**context, "form": form})


@cases_only
@require_http_methods(["GET", "POST"])
def data_request(request, pk):
    """Show one request; a POST prolongs, answers or refuses it."""
    found = shown(requests_access.visible_request(request.actor, pk))
    context = framed(request, found.case_id, "data_requests")
    act = known_act(request, "prolong", "answer", "refuse")
    forms = _forms(request, found, act) if in_own_right(request.actor, context["access"]) else {}
    if request.method == "POST":
        if act not in forms:
            raise NotAllowed("write") if found.is_open and act != "prolong" else WrongState(found.state)
        if forms[act].is_valid():
            messages.success(request, _done(request.actor, found, act, dict(forms[act].cleaned_data)))
            return redirect("referral:data-request", pk)
    context |= {"request_": found, "forms": forms, "act": act, "sent": forms.get(act)}
    return render(request, "victims/data_requests/data_request.html", context)


@cases_only
@require_safe
def data_request_list(request):
    """List the requests that wait for an answer in the cases the reader sees, the soonest day first."""
    page = SOONEST.asked(requests_access.to_answer(request.actor), request)
    for found in page:
        shown(found)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "victims/data_requests/data_request_list.html", {"page": page, **links})


def _forms(request, found: DataRequest, act: str) -> dict:
    """Return the forms of what may still be done, the one that was sent filled."""
    if not found.is_open:
        return {}
    checked = found.identity != DataRequest.Identity.PENDING
    forms = {
        "answer": AnswerForm(request.POST if act == "answer" else None, prefix="answer", checked=checked),
        "refuse": RefuseForm(request.POST if act == "refuse" else None, prefix="refuse"),
    }
    if found.may_prolong:
        forms["prolong"] = ProlongForm(request.POST if act == "prolong" else None, prefix="prolong")
    return forms


def _done(actor, found: DataRequest, act: str, given: dict) -> str:
    """Do the act; return what the page says of it."""
    given.pop("told", None)
    if act == "prolong":
        data_requests.prolong(actor, found.pk, **given)
        return _("Prolonged once, by two months: no further.")
    if act == "answer":
        data_requests.answer(actor, found.pk, **given)
        return _("Answer recorded.")
    data_requests.refuse(actor, found.pk, **given)
    return _("Refusal recorded, with its reason.")
