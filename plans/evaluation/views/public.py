"""Show evaluations to the public: the comparison for a plan, and each one as released."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.evaluation.display import chart
from plans.evaluation.selectors.crossing import SORTS, VERDICTS, compare_plan, compare_plans
from plans.evaluation.selectors.measures import measures_of
from plans.models import Evaluation, Plan
from plans.plan.selectors.published import plans_as_published


@login_not_required
@require_safe
def evaluations(request):
    """List national plans with how far evaluators agree, and related plans that were evaluated."""
    plans = Plan.objects.public().filter(versions__isnull=False)
    spoken = plans.filter(Q(kind=Plan.Kind.NATIONAL) | Q(evaluations__in=Evaluation.objects.public())).distinct()
    spoken = plans_as_published(spoken.order_by("kind", "-number"))
    found = [crossing for crossing in compare_plans(spoken) if crossing.rows]
    return render(request, "plans/evaluation/public/evaluations.html", {"crossings": found})


@login_not_required
@require_safe
def crossing(request, code):
    """Compare released opinions by measure. `?tri=` and `?avis=` are in the address, to share."""
    plan = Plan.objects.public().filter(code=code, versions__isnull=False).distinct().first()
    if plan is None:
        raise Http404
    plans_as_published([plan])
    found = compare_plan(plan)
    sort, verdict = request.GET.get("tri", ""), request.GET.get("avis", "")
    context = {
        "plan": plan,
        "crossing": found,
        "chart": chart(found),
        "rows": found.sorted(sort, verdict if verdict in VERDICTS else ""),
        "sort": sort if sort in SORTS else "number",
        "verdict": verdict if verdict in VERDICTS else "",
    }
    return render(request, "plans/evaluation/public/crossing.html", context)


@login_not_required
@require_safe
def evaluation(request, pk):
    found = Evaluation.objects.public().filter(pk=pk).select_related("plan", "evaluator", "version").first()
    if found is None:
        raise Http404
    plans_as_published([found.plan])
    measures = {measure["code"]: measure for measure in measures_of(found)}
    replies = list(found.replies.select_related("body"))
    lines = [
        {
            "measure": measures.get(row.measure, {"code": row.measure, "title_fr": row.measure}),
            "opinion": row,
            "replies": [answer for answer in replies if answer.measure == row.measure],
        }
        for row in found.opinions.all()
    ]
    context = {"evaluation": found, "lines": lines, "replies": [row for row in replies if not row.measure]}
    return render(request, "plans/evaluation/public/evaluation.html", context)
