"""Show money to the public: each figure with stage, scope and source; a total only where one is allowed."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from foundation.paging import Keyset
from indicators.codes.words import wording
from plans.models import BudgetLine, Envelope, Plan, Stage
from plans.models.figures import SMALL
from plans.money.display import charts, desk
from plans.money.filters import PublicFilter
from plans.money.operations import envelopes as acts
from plans.money.rules.sums import by_sort, total
from plans.money.selectors import figures as figures_selectors
from plans.plan.selectors.published import linked_measures, measures_as_published, plans_as_published

NEWEST = Keyset("year", "id")
ADDED = 2000  # most figures read for a total; longer lists must be filtered first


@login_not_required
@require_safe
def figures(request):
    rows = BudgetLine.objects.visible_to(None).live(None)
    form = PublicFilter(request.GET)
    rows = form.narrowed(rows)
    page = NEWEST.asked(_shown(rows), request, 50)
    amounts = figures_selectors.amounts_of(rows[: ADDED + 1])
    many = len(amounts) > ADDED
    context = {
        "form": form,
        "page": page,
        "lines": figures_selectors.mark_disputed(page.rows, figures_selectors.disputed_places(_beside(rows, page))),
        "many": many,
        "count": rows.count() if many else len(amounts),
        **({} if many else _sums(amounts)),
        **desk.page_links(request.GET, page),
    }
    return render(request, "plans/money/public/money.html", context)


def _beside(rows, page):
    """Return all figures of the envelopes of a page: those in one place belong to one envelope."""
    return rows.filter(envelope__in={line.envelope_id for line in page.rows})


def _sums(amounts) -> dict:
    sorts = [(key, Stage(key[2]).label, one) for key, one in by_sort(amounts).items()]
    return {
        "total": total(amounts),
        "unit": amounts[0].unit if amounts else "",
        "sorts": [(key, stage, one) for key, stage, one in sorts if one.amount is not None and one.lines > 1],
    }


def _shown(rows):
    return rows.select_related("envelope__measure", "envelope__plan", "envelope__funder", "body")


@login_not_required
@require_safe
def years(request):
    """Compare years, one series at a time; no total over series."""
    rows = BudgetLine.objects.visible_to(None).live(None).select_related("envelope__funder")
    found = figures_selectors.series(figures_selectors.mark_disputed(list(rows)))
    for one in found:
        one.chart, one.ratios = charts.over_years(one, wording(one.envelope)), figures_selectors.per_person(one)
    return render(request, "plans/money/public/money_years.html", {"series": found})


@login_not_required
@require_safe
def missing(request):
    """Show measures without money, by whether it is stated openly."""
    plans = plans_as_published(Plan.objects.visible_to(None).order_by("kind", "-number"))
    plan = next((plan for plan in plans if plan.code == request.GET.get("plan")), None)
    found = figures_selectors.missing(None, plan)
    linked_measures([*found.unsaid, *found.not_funded, *found.empty])
    context = {"missing": found, "plans": plans, "plan": plan}
    return render(request, "plans/money/public/money_missing.html", context)


@login_not_required
@require_safe
def envelope(request, code):
    found = acts.visible_envelope(None, code)
    if found.measure:
        measures_as_published([found.measure])
    if found.plan:
        plans_as_published([found.plan])
    context = {
        "envelope": found,
        "public": True,
        "measure_href": measure_page(found),
        **desk.history(None, found),
    }
    return render(request, "plans/money/public/money_envelope.html", context)


def measure_page(envelope: Envelope) -> str:
    """Return the public page of the measure of an envelope; empty until a version names it."""
    measure = envelope.measure
    version = measure and measure.plan.versions.order_by("-number").first()
    named = version and any(entry["code"] == measure.code for entry in version.content["measures"])
    return reverse("policy:measure", args=[measure.plan.code, measure.code]) if named else ""


@login_not_required
@require_safe
def needs(request):
    """Show refusals for lack of place and places declared, by region, for the last period pushed."""
    context = {"needs": desk.needs(), "small": SMALL}
    return render(request, "plans/money/public/money_needs.html", context)
