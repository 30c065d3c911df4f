"""Section « Réquisitions » of a case: list, record, answer, not follow; and those of all cases."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed, WrongState
from victims.cases.access import may_write
from victims.cases.views.frame import framed

from . import access, operations
from .display import in_order, shown
from .forms import AnswerForm, RefuseForm, RequisitionForm

MOST = 100  # of one case, the newest
FIRST = Keyset("received_on", "id", descending=False)


@cases_only
@require_GET
def case_requisitions(request, pk):
    context = framed(request, pk, "requisitions")
    rows = access.requisitions_of(request.actor).filter(case=context["case"])[:MOST]
    context |= {"rows": in_order(rows), "may_write": may_write(request.actor, context["access"])}
    return render(request, "victims/requisitions/case_requisitions.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def requisition_new(request, pk):
    context = framed(request, pk, "requisitions")
    if not may_write(request.actor, context["access"]):
        raise NotAllowed("write")
    form = RequisitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = operations.add_requisition(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Requisition recorded. Nothing was sent."))
        return redirect("referral:requisition", made.pk)
    return render(request, "victims/requisitions/requisition_new.html", {**context, "form": form})


@cases_only
@require_http_methods(["GET", "POST"])
def requisition(request, pk):
    """Show one requisition; a POST says what was handed over, or why nothing was."""
    found = shown(operations.read_requisition(request.actor, pk))
    context = framed(request, found.case_id, "requisitions")
    act = known_act(request, "answer", "refuse")
    forms = _forms(request, found, act, context["access"]) if may_write(request.actor, context["access"]) else {}
    if request.method == "POST":
        if act not in forms:
            raise NotAllowed("write") if found.is_open else WrongState(found.state)
        if forms[act].is_valid():
            messages.success(request, _done(request.actor, found, act, dict(forms[act].cleaned_data)))
            return redirect("referral:requisition", pk)
    context |= {"row": found, "forms": forms, "sent": forms.get(act)}
    return render(request, "victims/requisitions/requisition.html", context)


@cases_only
@require_safe
def requisition_list(request):
    """List the requisitions that wait for an answer, the first received first."""
    page = FIRST.asked(access.open_requisitions(request.actor), request)
    for found in page:
        shown(found)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "victims/requisitions/requisition_list.html", {"page": page, **links})


def _forms(request, found, act: str, seen) -> dict:
    """Return the forms of what may still be done, the one that was sent filled."""
    if not found.is_open:
        return {}
    said = {"choices": access.may_give(seen), "received_on": found.received_on}
    return {
        "answer": AnswerForm(request.POST if act == "answer" else None, prefix="answer", **said),
        "refuse": RefuseForm(request.POST if act == "refuse" else None, prefix="refuse"),
    }


def _done(actor, found, act: str, given: dict) -> str:
    """Do the act; return what the page says of it."""
    if act == "answer":
        given.pop("checked")
        operations.answer(actor, found.pk, **given)
        return _("What was handed over is recorded.")
    operations.refuse(actor, found.pk, **given)
    return _("Recorded, with its reason.")
