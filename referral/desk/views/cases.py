"""The list of cases of an agency."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only
from indicators.codes.selectors import FORMS, labels
from referral.alerts.operations.alerts import may_open_own_case
from referral.desk.display.lists import listing
from victims.cases.filters import CaseAccessFilter
from victims.models import CaseAccess
from victims.own_labels.selectors import labelled

NEWEST = Keyset("received_at", "case")


@cases_only
@require_safe
def case_list(request):
    """List every case of the agency. A case at level 1 has no link."""
    rows = CaseAccess.objects.of(request.actor).select_related("territory")
    context = listing(request, CaseAccessFilter(request.GET, rows, request=request), NEWEST, code="cases")
    forms = labels(FORMS)[FORMS]
    for row in labelled(request.actor, context["page"]):
        row.form_words = forms.get(row.form, row.form)
    context["may_open"] = may_open_own_case(request.actor)
    return render(request, "referral/desk/case_list.html", context)
