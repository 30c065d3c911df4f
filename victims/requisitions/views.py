"""Section « Réquisitions » of a case: list, record, answer, not follow; and those of all cases."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agencies.members.rules import WORKS, WRITES
from foundation.paging import Keyset
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed
from victims.cases.access import in_own_right
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
    rows = operations.read_list(access.requisitions_of(request.actor).filter(case=context["case"]))[:MOST]
    context |= {"rows": in_order(rows), "may_record": in_own_right(request.actor, context["access"])}
    return render(request, "victims/requisitions/case_requisitions.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def requisition_new(request, pk):
    context = framed(request, pk, "requisitions")
    if not in_own_right(request.actor, context["access"]):
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
    """Show one requisition; a POST says what was handed over, or why nothing was. Where a colleague was faster, what
    was written stays in the form, to be sent again once it is read."""
    actor, act = request.actor, known_act(request, "answer", "refuse")
    found = shown(operations.read_requisition(actor, pk, writes=bool(act)))
    if act and not actor.has(*WORKS):
        raise NotAllowed("write")
    forms, over = _forms(request, found, act), bool(act) and request.POST.get("seen", "") != _seen(found)
    if act and not over and forms[act].is_valid():
        messages.success(request, _done(actor, found, act, forms[act].cleaned_data))
        return redirect("referral:requisition", pk)
    context = {"row": found, "forms": forms, "sent": forms.get(act), "over": over, "seen": _seen(found)}
    context |= {"reads": access.reads_case(actor, found), "hold": access.own_hold(actor, found)}
    return render(request, "victims/requisitions/requisition.html", context, status=409 if over else 200)


@require_safe
def requisition_list(request):
    """List the requisitions that wait or were decided of late, the first received first; and say to all who write
    alerts, also where there is none, what to do when one comes."""
    actor = request.actor
    if not actor.has(*WRITES):
        raise NotAllowed("write")
    if actor.sight != "case":
        return render(request, "victims/requisitions/requisition_list.html", {"reads": False})
    page = FIRST.asked(operations.read_list(access.to_follow(actor)), request)
    for found in page:
        shown(found)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "victims/requisitions/requisition_list.html", {"page": page, "reads": True, **links})


def _seen(found) -> str:
    """Return what the page showed last of it: whoever sends it back has read it."""
    return str(found.last.pk) if found.last else ""


def _forms(request, found, act: str) -> dict:
    """Return the forms of what may be done, the one that was sent filled."""
    if not request.actor.has(*WORKS):
        return {}
    choices = access.may_give(request.actor, found.case_id)
    sent = {name: request.POST if name == act else None for name in ("answer", "refuse")}
    refuse = RefuseForm(sent["refuse"], prefix="refuse", over=not found.is_open)
    return {"answer": AnswerForm(sent["answer"], prefix="answer", choices=choices), "refuse": refuse}


def _done(actor, found, act: str, given: dict) -> str:
    """Do the act; return what the page says of it."""
    if act == "answer":
        operations.answer(actor, found.pk, **given)
        return _("What was handed over is recorded.")
    operations.refuse(actor, found.pk, **given)
    return _("Recorded, with its reason.")
