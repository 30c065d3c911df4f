"""Show public pages of no single subject: home, search, PDF of a plan."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation.idempotent_forms import unless_away
from foundation.styles.kept_pages import while_same
from indicators.models import PackFile
from plans.models import Plan, PlanVersion
from plans.plan import documents as plan_documents
from plans.plan.selectors.content import checksum
from plans.plan.selectors.published import plans_as_published
from plans.publication.display import home as home_display
from plans.publication.display import navigation
from plans.publication.display import search as search_display

# numbers of the public versions of a plan, newest first
NUMBERS = ArrayAgg("versions__number", filter=Q(versions__isnull=False), order_by="-versions__number", default=[])
# all that the home shows, with the state of the pack and the emergency numbers that are on each page
READ_BY_HOME = (
    "agencies_directory",
    "agencies_helpline",
    "indicators_packfile",
    "plans_budgetline",
    "plans_commitment",
    "plans_commitment_measures",
    "plans_commitmentopinion",
    "plans_commitmentprogress",
    "plans_consultation",
    "plans_envelope",
    "plans_figureseries",
    "plans_mandate",
    "plans_measure",
    "plans_measureprogress",
    "plans_meeting",
    "plans_plan",
    "plans_planversion",
    "plans_publicfigure",
)


@login_not_required
@require_safe
@while_same(*READ_BY_HOME, figures=("nrm.participation_figures",))
def home(request):
    context = {
        "blocks": home_display.blocks(),
        "coming": home_display.coming_plan(),
        "plans": plans_as_published(Plan.objects.visible_to(None).annotate(numbers=NUMBERS).in_order()),
        "doors": navigation.parts("")[1:],
    }
    return render(request, "plans/publication/public/home.html", context)


@login_not_required
@require_safe
def search(request):
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:80]
    found = search_display.search(words) if words else []
    context = {"asked": words, "found": found, "total": sum(len(group.hits) for group in found)}
    return render(request, "plans/publication/public/search.html", context)


@login_not_required
@require_safe
def plan_pdf(request, code, number=None):
    """Return the PDF of a version, by default the last one."""
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.visible_to(None).filter(code=code))
    version = versions.filter(number=number).first() if number else versions.order_by("-number").first()
    if version is None:
        raise Http404
    gathered = PackFile.objects.filter(name="plans.yaml").exclude(validated_by=None).exists()
    unvalidated = version.kind == PlanVersion.Kind.HISTORY and not gathered
    language = get_language()
    data = plan_documents.written(version, unvalidated)
    key = f"plan-pdf-{version.number}-{language}-{checksum(data)}"
    content = None
    with unless_away():
        content = cache.get(key)
    if content is None:
        content = plan_documents.printed(version, language, data)
        with unless_away():
            cache.set(key, content, 3600)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{version.number}.pdf"'
    return response
