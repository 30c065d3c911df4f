"""Show and edit « Organismes »: one member of the coordination proposes, a second one decides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.accounts import operations as accounts
from agencies.models import Service
from plans.models import Admission
from plans.participation.forms.admissions import AdmissionForm, RefuseForm
from plans.participation.operations import admissions as operations
from plans.steering.views.guards import coordination_only

PER_PAGE = 20
DONE = {
    "admit": gettext_lazy("Admitted. It starts at the lowest: it reports, contributes, and sees no case."),
    "refuse": gettext_lazy("Refused. The person who proposed it reads why."),
    "withdraw": gettext_lazy("Taken back. Nothing of it was made."),
}


@coordination_only
@require_safe
def admission_list(request):
    every = operations.admissions(request.actor)
    settled = every.exclude(state=Admission.State.PROPOSED).order_by("-decided_at")
    context = {
        "proposed": list(every.filter(state=Admission.State.PROPOSED).order_by("at")),
        "page": Paginator(settled, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "plans/participation/admission_list.html", context)


@coordination_only
@require_http_methods(["GET", "HEAD", "POST"])
def admission_new(request):
    form = AdmissionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = operations.propose(request.actor, **form.cleaned_data)
        messages.success(request, _("Proposed. A second person of the coordination admits it, or refuses."))
        return redirect("plans:admission", made.pk)
    return render(request, "plans/participation/admission_new.html", {"form": form})


@coordination_only
@require_http_methods(["GET", "HEAD", "POST"])
def admission(request, pk):
    """Show a proposal, and decide it; a refusal needs a reason."""
    found, act = operations.admission(request.actor, pk), request.POST.get("act", "")
    refusing = RefuseForm(request.POST if act == "refuse" else None)
    if request.method == "POST":
        if act not in operations.ACTS:
            raise Http404
        if act != "refuse" or refusing.is_valid():
            reason = refusing.cleaned_data["reason"] if act == "refuse" else ""
            operations.decide(request.actor, found.pk, act, reason)
            messages.success(request, DONE[act])
            return redirect("plans:admission", found.pk)
    context = {
        "admission": found,
        "refusing": refusing,
        "own": found.by.user_id == request.actor.user_id,
        "may_decide": operations.may_decide(request.actor, found),
        "services": Service.objects.filter(pk__in=found.services),
        "unopened": found.first is not None and not found.first.user.has_usable_password(),
    }
    return render(request, "plans/participation/admission.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def admission_code(request, pk):
    """Show the code of the first administrator in this response only; a second request makes another code."""
    if request.method == "GET":
        return redirect("plans:admission", operations.admission(request.actor, pk).pk)
    found, code, until = operations.first_code(request.actor, pk)
    context = {"admission": found, "groups": accounts.grouped(code), "until": until}
    return render(request, "plans/participation/admission_code.html", context)
