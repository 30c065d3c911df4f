"""Bringing a list of commitments in: the table, its report line by line, then the load; nothing is kept in between."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from . import commitment_import as reading
from .commitment_report import words
from .csv_files import as_csv
from .hub_views import coordination_only
from .models import CommitmentBody, CommitmentTheme, CommitmentUrgency
from .operations import commitments as ops

BYTES = 1_000_000


class TableForm(forms.Form):
    use_required_attribute = False

    table = forms.FileField(
        label=gettext_lazy("Your table, CSV"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"empty": gettext_lazy("This file is empty: choose another.")},
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or its lines, pasted here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean(self):
        data = self.cleaned_data
        brought = data.get("table")
        if brought and brought.size > BYTES:
            raise forms.ValidationError(_("The file is over 1 MB: cut it into several."))
        data["text"] = _decoded(brought.read()) if brought else data.get("pasted", "")
        if not data["text"].strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste the lines of your table."))
        if data["text"].strip():
            try:
                data["lines"] = reading.read(data["text"])
            except reading.Unreadable as unreadable:
                raise forms.ValidationError(str(unreadable)) from unreadable
        return data


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError(_("The letters of this file cannot be read: save it as CSV in UTF-8."))


@coordination_only
@require_http_methods(["GET", "POST"])
def bring_in(request):
    """Posted once, it is read and reported on; posted again with `load`, all of it is loaded, or nothing."""
    form = TableForm(request.POST or None, request.FILES or None)
    context = {"form": form, "section": "plans:hub", "lists": _lists()}
    if not form.is_valid():
        return render(request, "plans/commitment_import.html", context)
    lines = form.cleaned_data["lines"]
    faulty = [line for line in lines if not line.good]
    if "load" in request.POST and not faulty:
        made = ops.import_commitments(request.actor, lines)
        said = ngettext("%(n)d line brought in or changed.", "%(n)d lines brought in or changed.", made)
        messages.success(request, said % {"n": made})
        return redirect("plans:commitments")
    context |= {"lines": lines, "faulty": faulty, "text": form.cleaned_data["text"]}
    context |= {
        "counts": {act: sum(line.good and line.act == act for line in lines) for act in ("new", "changed", "same")}
    }
    return render(request, "plans/commitment_import.html", context)


def _lists() -> list[tuple[str, list[tuple[str, str]]]]:
    """The codes a table may use, in words."""
    found = (("body", CommitmentBody), ("theme", CommitmentTheme), ("urgency", CommitmentUrgency))
    return [(name, [(row.pk, words(row)) for row in model.objects.order_by("order")]) for name, model in found]


@coordination_only
@require_safe
def template(request):
    """The columns, and a line to write over."""
    example = ["G4-02", "greta", "greta4", "§ 12", "urge", "training", "Former les magistrats.", "", "2027-06-30"]
    columns = [*reading.COLUMNS, *reading.NEW_SOURCE]
    response = HttpResponse(as_csv(columns, [[*example, "", ""]]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="modele-engagements.csv"'
    return response
