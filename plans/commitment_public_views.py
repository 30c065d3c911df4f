"""The register as anybody reads it, one commitment with what is said of it on both sides, and the report by round."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.table_writing import as_csv

from . import commitment_register as register
from .commitment_document import as_pdf, counted
from .commitment_report import columns, made_of, report, table
from .commitment_views import detail, listing
from .models import Commitment, Decision
from .published import decisions_as_published


@login_not_required
@require_safe
def commitment_list(request):
    context = listing(request, Commitment.objects.public()) | {"public": True}
    return render(request, "plans/public_commitments.html", context)


@login_not_required
@require_safe
def commitment(request, code):
    found = get_object_or_404(register.rows(Commitment.objects.public()), pk=code)
    decisions = decisions_as_published(Decision.objects.published().filter(commitment=found))
    return render(request, "plans/public_commitment.html", detail(found) | {"public": True, "decisions": decisions})


@login_not_required
@require_safe
def commitment_report(request):
    """What a reply to a monitoring body is written from: by round and theme, page, CSV or PDF of the same rows."""
    found = report(request.GET, Commitment.objects.public())
    return render(
        request,
        "plans/public_commitment_report.html",
        {"report": found, "counted": counted(found), "has_errors": found.wrong},
    )


@login_not_required
@require_safe
def commitment_report_csv(request):
    found = report(request.GET, Commitment.objects.public())
    response = HttpResponse(as_csv(columns(), table(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("commitments")}-{made_of(found)}.csv"'
    return response


@login_not_required
@require_safe
def commitment_report_pdf(request):
    found = report(request.GET, Commitment.objects.public())
    response = HttpResponse(as_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_("commitments")}-{made_of(found)}.pdf"'
    return response
