"""Show and edit consultations: by the coordination, read by all members with the role `policy`."""

from functools import wraps

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.workflow import NotAllowed, WrongState
from plans import access
from plans.models import Consultation, Contribution, SurvivorSummary
from plans.models.coordination import coordinates
from plans.participation.forms.contributions import ConsultationForm, OutcomeForm, SummaryForm, WithdrawForm
from plans.participation.operations import participation
from plans.participation.selectors import targets
from plans.steering.views.guards import policy_only

NEWEST = Keyset("opens", "id")
PUBLISHED = Keyset("published_at", "id")


def coordination_only(view):
    """Restrict a view to the role `policy` and the body that holds the mandate today."""

    @wraps(view)
    @policy_only
    def checked(request, *args, **kwargs):
        if not coordinates(request.actor):
            raise NotAllowed("coordination")
        return view(request, *args, **kwargs)

    return checked


def paged(request, rows, keyset: Keyset) -> dict:
    """Return a page of rows and the addresses beside it; a bad cursor gives the first page."""
    page = keyset.asked(rows, request)
    addresses = {}
    for name in ("next", "previous"):
        query = request.GET.copy()
        query["cursor"] = getattr(page, name)
        addresses[name] = f"?{query.urlencode()}" if getattr(page, name) else ""
    return {"page": page, **addresses}


def counted(rows):
    """Annotate `published`, the number of published contributions."""
    published = Q(contributions__state=Contribution.State.PUBLISHED)
    return rows.annotate(published=Count("contributions", filter=published))


@policy_only
@require_safe
def consultation_list(request):
    rows = counted(Consultation.objects.visible_to(request.actor))
    context = paged(request, rows, NEWEST) | {"coordinates": coordinates(request.actor)}
    return render(request, "plans/participation/consultation_list.html", context | {"section": "plans:hub"})


@policy_only
@require_safe
def consultation_detail(request, pk):
    consultation = participation.visible_consultation(request.actor, pk)
    seen = Contribution.objects.visible_to(request.actor).filter(consultation=consultation)
    seen = seen.select_related("agency__profile", "consultation").prefetch_related("responses")
    mine = [row for row in seen.of(request.actor) if row.state != Contribution.State.WITHDRAWN]
    published = seen.public()
    context = {
        "consultation": consultation,
        "target": targets.named(consultation.subject, consultation.target),
        "mine": mine,
        "published": targets.labelled(published.order_by("published_at")),
        "summaries": SurvivorSummary.objects.filter(consultation=consultation),
        "coordinates": coordinates(request.actor),
        "contributes": access.contributes(request.actor) and consultation.is_open,
        "withdraw": WithdrawForm(),
        "section": "plans:hub",
    }
    return render(request, "plans/participation/consultation_detail.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def consultation_new(request):
    form = ConsultationForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        made = participation.open_consultation(request.actor, **form.arguments())
        message = (
            _("The consultation is open: members are told.") if made.is_open else _("Written. It opens on its day.")
        )
        messages.success(request, message)
        return redirect("plans:consultation-detail", made.pk)
    return render(request, "plans/participation/consultation_new.html", {"form": form, "section": "plans:hub"})


@coordination_only
@require_http_methods(["GET", "POST"])
def consultation_edit(request, pk):
    consultation = participation.visible_consultation(request.actor, pk)
    if consultation.state in (Consultation.State.CLOSED, Consultation.State.WITHDRAWN):
        raise WrongState(consultation.state)
    form = ConsultationForm(request.POST or None, actor=request.actor, consultation=consultation)
    if form.is_valid():
        participation.change_consultation(request.actor, pk, **form.arguments())
        messages.success(request, _("Kept."))
        return redirect("plans:consultation-detail", pk)
    context = {"form": form, "consultation": consultation, "section": "plans:hub"}
    return render(request, "plans/participation/consultation_new.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def consultation_withdraw(request, pk):
    consultation = participation.visible_consultation(request.actor, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        participation.withdraw_consultation(request.actor, pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. What was contributed stays."))
        return redirect("plans:consultation-detail", pk)
    context = {"form": form, "consultation": consultation, "section": "plans:hub"}
    return render(request, "plans/participation/consultation_withdraw.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def consultation_conclude(request, pk):
    consultation = participation.visible_consultation(request.actor, pk)
    if consultation.state != Consultation.State.CLOSED or consultation.outcome:
        raise WrongState(consultation.state)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        participation.conclude_consultation(request.actor, pk, outcome=form.cleaned_data["outcome"])
        messages.success(request, _("Published beside the contributions."))
        return redirect("plans:consultation-detail", pk)
    context = {"form": form, "consultation": consultation, "section": "plans:hub"}
    return render(request, "plans/participation/consultation_conclude.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def summary_new(request):
    """Publish a summary of what survivors said, in the words of the coordination: nothing else is published."""
    form = SummaryForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        participation.sum_up_survivors(request.actor, **form.cleaned_data)
        messages.success(request, _("The summary is published."))
        return redirect("plans:contribution-waiting")
    survivors = Contribution.objects.visible_to(request.actor).filter(author_kind=Contribution.AuthorKind.SURVIVOR)
    heard = targets.labelled(survivors.select_related("consultation").order_by("-submitted_at")[:10])
    context = {"form": form, "heard": heard, "section": "plans:hub"}
    return render(request, "plans/participation/summary_new.html", context)
