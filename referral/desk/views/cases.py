"""The list of cases of an agency."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.view_guards import cases_only
from indicators.codes.selectors import FORMS, labels
from referral.alerts.operations.alerts import may_open_own_case
from referral.desk.display.lists import WorkPage
from referral.desk.filters import LISTS
from victims.own_labels.selectors import labelled

CASES = WorkPage(LISTS["cases"], lambda rows: rows.select_related("territory"))


@cases_only
@require_safe
def case_list(request):
    """List every case of the agency. A case at level 1 has no link."""
    context = CASES.context(request)
    forms = labels(FORMS)[FORMS]
    for row in labelled(request.actor, context["page"]):
        row.form_words = forms.get(row.form, row.form)
    context["may_open"] = may_open_own_case(request.actor)
    return render(request, "referral/desk/case_list.html", context)
