"""Show participation to the public: consultations, contributions, answers, guides by sector."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.models import PackFile
from plans import access
from plans.models import Consultation, Contribution, SectorGuide, SurvivorSummary
from plans.models.bodies import builds_policy
from plans.models.coordination import coordinates
from plans.participation.selectors import figures, targets

from .consultations import PUBLISHED, counted, paged
from .sectors import SOURCE, guide_context, sector_or_404

WITH = ("consultation", "agency__profile")


@login_not_required
@require_safe
def contribution_list(request):
    """List published contributions, newest first; `?etat=retard`: those with a late answer."""
    published = Contribution.objects.public()
    late = published.late()
    state = request.GET.get("etat", "")
    rows = {"retard": late, "attente": published.waiting(), "repondues": published.exclude(settled_at=None)}
    rows = rows.get(state, published)
    kind = request.GET.get("qui", "")
    if kind in Contribution.AuthorKind.values:
        rows = rows.filter(author_kind=kind)
    context = paged(request, rows.select_related(*WITH).prefetch_related("responses"), PUBLISHED)
    targets.labelled(context["page"])
    consultations = counted(Consultation.objects.public())
    context |= {
        "open": consultations.open().order_by("closes"),
        "past": consultations.exclude(pk__in=Consultation.objects.public().open().values("pk"))[:20],
        "late": targets.labelled(_late(late)),
        "figures": figures.answers(),
        "summaries": SurvivorSummary.objects.select_related("consultation")[:5],
        "state": state,
        "kind": kind,
        "kinds": Contribution.AuthorKind.choices,
    }
    return render(request, "plans/participation/public/contribution_list.html", context)


def _late(rows):
    return rows.select_related(*WITH).prefetch_related("responses").order_by("due_at")[:10]


@login_not_required
@require_safe
def consultation_detail(request, pk):
    consultation = Consultation.objects.public().filter(pk=pk).first()
    if consultation is None:
        raise Http404
    rows = Contribution.objects.public().filter(consultation=consultation).select_related(*WITH)
    context = paged(request, rows.prefetch_related("responses"), PUBLISHED)
    targets.labelled(context["page"])
    summaries = SurvivorSummary.objects.filter(consultation=consultation)
    target = targets.named(consultation.subject, consultation.target)
    actor = request.actor
    works = actor is None or builds_policy(actor)
    context |= {"consultation": consultation, "summaries": summaries, "target": target, "works": works}
    return render(request, "plans/participation/public/consultation_detail.html", context)


@login_not_required
@require_safe
def contribution_detail(request, pk):
    found = Contribution.objects.public().select_related(*WITH).filter(pk=pk).first()
    if found is None:
        raise Http404
    targets.labelled([found])
    questions = found.consultation.questions if found.consultation else []
    pairs = [(q, a) for q, a in zip(questions, found.answers, strict=False) if a]
    withdrawn = found.withdrawn_names.select_related("contribution")
    context = {"contribution": found, "pairs": pairs, "responses": found.responses.all(), "withdrawn": withdrawn}
    return render(request, "plans/participation/public/contribution_detail.html", context)


@login_not_required
@require_safe
def contribution_how(request):
    """Redirect who contributes to the form; tell others who may contribute, and how."""
    subject, _colon, code = request.GET.get("sur", "").partition(":")
    about = targets.named(subject, code) if code else None
    form = reverse("plans:contribution-new") + (f"?sur={about.address}" if about else "")
    if access.contributes(request.actor):
        return redirect(form)
    consultations = Consultation.objects.public().open().order_by("closes")
    context = {
        "about": about,
        "form_address": form,
        "open": consultations,
        "coordinates": coordinates(request.actor),
        "days": settings.CONTRIBUTION_ANSWER_DAYS,
    }
    return render(request, "plans/participation/public/contribution_how.html", context)


@login_not_required
@require_safe
def sector_list(request):
    pack = PackFile.objects.filter(pk=SOURCE).first()
    context = {"guides": SectorGuide.objects.order_by("order"), "pack": pack, **figures.signals()}
    return render(request, "plans/participation/public/sector_list.html", context)


@login_not_required
@require_safe
def sector_detail(request, code):
    context = guide_context(sector_or_404(code))
    return render(request, "plans/participation/public/sector_detail.html", context)
