"""Section « Identification » of a case: which body considers the person a victim, since when, and why."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Level
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from victims.cases.views.frame import framed

from . import operations as statements
from .display import visible_statements
from .forms import StatementForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_statements(request, pk):
    """Show current views at level 2, statements at level 3; a form for an entitled body.

    The body must lead the case or have its own access to the file.
    """
    context = framed(request, pk, "identification")
    access = context["access"]
    statuses = statements.statuses_for(request.actor, access)
    if request.method == "POST" and not statuses:
        raise NotAllowed("state")
    form = StatementForm(request.POST or None, actor=request.actor, statuses=statuses) if statuses else None
    if form and form.is_valid():
        statements.make_statement(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Stated. What your service stated before stays readable."))
        return redirect("referral:case-statements", pk)
    reads = access.level >= Level.FILE
    said = visible_statements(context["case"]) if reads else []
    return render(
        request, "victims/statements/case_statements.html", {**context, "form": form, "said": said, "reads": reads}
    )
