"""Import a table of commitments: upload, report by line, then load; nothing is stored in between."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from foundation.tables.reading import Unreadable
from foundation.tables.writing import as_csv
from plans.commitments.display.report import words
from plans.commitments.forms import imports as reading
from plans.commitments.operations import commitments as ops
from plans.models import CommitmentBody, CommitmentTheme, CommitmentUrgency
from plans.steering.forms import TableForm
from plans.steering.views.guards import coordination_only


@coordination_only
@require_http_methods(["GET", "POST"])
def bring_in(request):
    """Report first and write nothing; with `load`, load all lines or none."""
    form = TableForm(request.POST or None, request.FILES or None)
    context = {"form": form, "section": "plans:hub", "lists": _lists()}
    lines = _lines(form) if form.is_valid() else None
    if lines is None:
        return render(request, "plans/commitments/commitment_import.html", context)
    faulty = [line for line in lines if not line.good]
    if "load" in request.POST and not faulty:
        made = ops.import_commitments(request.actor, lines)
        words = ngettext("%(n)d line brought in or changed.", "%(n)d lines brought in or changed.", made)
        messages.success(request, words % {"n": made})
        return redirect("plans:commitments")
    context |= {"lines": lines, "faulty": faulty, "text": form.cleaned_data["text"]}
    context |= {
        "counts": {act: sum(line.good and line.act == act for line in lines) for act in ("new", "changed", "same")}
    }
    return render(request, "plans/commitments/commitment_import.html", context)


def _lines(form) -> list[reading.ImportLine] | None:
    try:
        return reading.read(form.cleaned_data["read"])
    except Unreadable as unreadable:
        form.add_error(None, str(unreadable))
        return None


def _lists() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the columns that hold codes: name, what it says, and the codes a table may use, with their words."""
    found = (
        ("body", _("Asked by"), CommitmentBody),
        ("theme", _("Theme"), CommitmentTheme),
        ("urgency", _("Strength of the wording"), CommitmentUrgency),
    )
    return [
        (name, said, [(row.pk, words(row)) for row in model.objects.order_by("order")]) for name, said, model in found
    ]


@coordination_only
@require_safe
def template(request):
    """Return a CSV with the columns and an example line."""
    example = ["G4-02", "greta", "greta4", "§ 12", "urge", "training", "Former les magistrats.", "", "2027-06-30"]
    columns = [*reading.COLUMNS, *reading.NEW_SOURCE]
    response = HttpResponse(as_csv(columns, [[*example, "", ""]]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="modele-engagements.csv"'
    return response
