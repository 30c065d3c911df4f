"""Show practical sheets: no login, the same for all, since a device keeps them for the days without network."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .selectors import sheet_book


@login_not_required
@require_safe
def sheet_list(request):
    return render(request, "indicators/sheets/list.html", {"book": sheet_book()})


@login_not_required
@require_safe
def sheet_detail(request, sheet):
    found = sheet_book()
    if sheet not in found.sheets:
        raise Http404
    return render(request, "indicators/sheets/detail.html", {"book": found, "sheet": found.sheets[sheet]})
