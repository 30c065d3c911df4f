"""Section « Réquisitions » of a case: list, record, answer, not follow; and those of all cases."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agencies.members.rules import WORKS
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
    rows = operations.read_list(access.requisitions_of(request.actor).filter(case=context["case"]))[:MOST]
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
    """Show one requisition; a POST says what was handed over, or why nothing was. Where a colleague was faster, what
    was written is shown again."""
    actor, act = request.actor, known_act(request, "answer", "refuse")
    found = shown(operations.read_requisition(actor, pk, writes=bool(act)))
    forms, sent, over = _forms(request, found, act), None, False
    if act:
        if not actor.has(*WORKS):
            raise NotAllowed("write")
        sent = _form(request, found, act)
        over = act not in forms
        if not over and sent.is_valid():
            try:
                messages.success(request, _done(actor, found, act, dict(sent.cleaned_data)))
                return redirect("referral:requisition", pk)
            except WrongState:  # decided between the two
                found, over = shown(access.visible_requisition(actor, pk)), True
                forms = _forms(request, found, act)
    context = {"row": found, "forms": forms, "sent": sent, "over": over, "reads": access.reads_case(actor, found)}
    return render(request, "victims/requisitions/requisition.html", context, status=409 if over else 200)


@cases_only
@require_safe
def requisition_list(request):
    """List the requisitions that wait or were decided of late, the first received first."""
    page = FIRST.asked(operations.read_list(access.to_follow(request.actor)), request)
    for found in page:
        shown(found)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "victims/requisitions/requisition_list.html", {"page": page, **links})


def _forms(request, found, act: str) -> dict:
    """Return the forms of what may still be done, the one that was sent filled."""
    if not request.actor.has(*WORKS):
        return {}
    may = {"answer": found.may_be_answered, "refuse": found.is_open}
    return {name: _form(request, found, name, sent=name == act) for name, there in may.items() if there}


def _form(request, found, name: str, *, sent: bool = True):
    given = request.POST if sent else None
    if name == "answer":
        return AnswerForm(given, prefix=name, choices=access.may_give(request.actor, found.case_id))
    return RefuseForm(given, prefix=name)


def _done(actor, found, act: str, given: dict) -> str:
    """Do the act; return what the page says of it."""
    if act == "answer":
        for ticked in ("called", "checked"):
            given.pop(ticked)
        operations.answer(actor, found.pk, **given)
        return _("What was handed over is recorded.")
    operations.refuse(actor, found.pk, **given)
    return _("Recorded, with its reason.")
