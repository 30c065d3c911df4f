"""Public pages of the policy that belong to no single subject: its home, its search."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from indicators.models import PackFile
from plans.models import Plan, PlanVersion
from plans.plan import documents as plan_documents
from plans.plan.selectors.content import checksum
from plans.plan.selectors.published import plans_as_published
from plans.publication.display import home as home_display
from plans.publication.display import navigation
from plans.publication.display import search as search_display

# of each plan, the versions the public reads, newest first
NUMBERS = ArrayAgg("versions__number", filter=Q(versions__isnull=False), order_by="-versions__number", default=[])


@login_not_required
@require_safe
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
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:80]
    found = search_display.search(asked) if asked else []
    context = {"asked": asked, "found": found, "total": sum(len(group.hits) for group in found)}
    return render(request, "plans/publication/public/search.html", context)


@login_not_required
@require_safe
def plan_pdf(request, code, number=None):
    """The document of a version; of the last one where no number is asked for."""
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.visible_to(None).filter(code=code))
    version = versions.filter(number=number).first() if number else versions.order_by("-number").first()
    if version is None:
        raise Http404
    gathered = PackFile.objects.filter(name="plans.yaml").exclude(validated_by=None).exists()
    unvalidated = version.kind == PlanVersion.Kind.HISTORY and not gathered
    language = get_language()
    data = plan_documents.written(version, unvalidated)
    key = f"plan-pdf-{version.number}-{language}-{checksum(data)}"
    content = cache.get(key)
    if content is None:
        content = plan_documents.printed(version, language, data)
        cache.set(key, content, 3600)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{version.number}.pdf"'
    return response
