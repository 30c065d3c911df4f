"""Show the register to the public: the list, one commitment with positions and opinions, and the report."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.tables.writing import as_csv
from plans.commitments.display.report import columns, made_of, report, table
from plans.commitments.documents.report import as_pdf, counted
from plans.commitments.selectors import register
from plans.models import Commitment, Decision
from plans.plan.selectors.published import decisions_as_published

from .register import detail, listing


@login_not_required
@require_safe
def commitment_list(request):
    context = listing(request, Commitment.objects.public()) | {"public": True}
    return render(request, "plans/commitments/public/commitments.html", context)


@login_not_required
@require_safe
def commitment(request, code):
    found = get_object_or_404(register.rows(Commitment.objects.public()), pk=code)
    decisions = decisions_as_published(Decision.objects.published().filter(commitment=found))
    return render(
        request, "plans/commitments/public/commitment.html", detail(found) | {"public": True, "decisions": decisions}
    )


@login_not_required
@require_safe
def commitment_report(request):
    """Show the report for a reply by round and theme; also as CSV and PDF."""
    found = report(request.GET, Commitment.objects.public())
    return render(
        request,
        "plans/commitments/public/commitment_report.html",
        {"report": found, "counted": counted(found), "has_errors": found.wrong},
    )


@login_not_required
@require_safe
def commitment_report_csv(request):
    found = report(request.GET, Commitment.objects.public())
    response = HttpResponse(as_csv(columns(), table(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{_('commitments')}-{made_of(found)}.csv")
    return response


@login_not_required
@require_safe
def commitment_report_pdf(request):
    found = report(request.GET, Commitment.objects.public())
    response = HttpResponse(as_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{_('commitments')}-{made_of(found)}.pdf")
    return response
