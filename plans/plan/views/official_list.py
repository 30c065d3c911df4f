"""Upload the official list of a plan: its table, its columns, a report by line, then all of it or nothing."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from foundation.tables.reading import Unreadable
from plans.models import Measure
from plans.plan.forms.plans import line
from plans.plan.operations import plans
from plans.plan.operations.official_list import import_list
from plans.plan.selectors import official_list as reading
from plans.steering.forms import TableForm
from plans.steering.views.guards import policy_only


class ListForm(TableForm):
    field_order = ("source", "vouched", "table", "pasted")

    source = line(
        Measure.source,
        gettext_lazy("Where was this list read?"),
        required=True,
        max_length=300,
        help_text=gettext_lazy("The official text, its date, its address. Published with each measure."),
    )
    vouched = forms.BooleanField(
        label=gettext_lazy("My organisation vouches that this is the official list"),
        required=False,
        help_text=gettext_lazy("Its name and the day are published with each measure, instead of “not validated”."),
    )


@policy_only
@require_http_methods(["GET", "POST"])
def plan_import(request, code):
    """Report first and write nothing; with `load`, write all lines."""
    plan = plans.locked_plan(request.actor, code)
    form = ListForm(request.POST or None, request.FILES or None)
    table = _table(plan, form, request.POST.getlist("column")) if form.is_valid() else None
    if table and "load" in request.POST and not table.faulty:
        read, given = form.cleaned_data["read"], {name: form.cleaned_data[name] for name in ("source", "vouched")}
        done = import_list(request.actor, code, read, table.columns, **given)
        template = ngettext("%(n)d measure added or completed.", "%(n)d measures added or completed.", done)
        messages.success(request, template % {"n": done})
        return redirect("plans:plan-detail", code)
    context = {"plan": plan, "form": form, "table": table, "fields": reading.FIELDS.items()}
    if table:
        context["counts"] = {act: sum(x.act == act for x in table.lines if not x.faults) for act in reading.WORDS}
        context["pairs"] = list(zip(table.headers, table.columns, strict=True))
    return render(request, "plans/plan/plan_import.html", context)


def _table(plan, form, columns):
    try:
        return reading.read(plan, form.cleaned_data["read"], columns)
    except Unreadable as unreadable:
        form.add_error(None, str(unreadable))
        return None
