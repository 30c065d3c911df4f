"""Show the public directory: who takes part and what they offer; no address and no person."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.publication.datasets.directory import SCOPES
from plans.publication.forms import DirectoryFilter
from plans.publication.selectors import listed

PER_PAGE = 20


@login_not_required
@require_safe
def directory(request):
    form = DirectoryFilter(request.GET)
    everybody = listed()
    page = Paginator(form.narrowed(everybody), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page": page,
        "total": everybody.count(),
        "bodies": [(body, SCOPES.get(body.scope, "")) for body in page],
    }
    return render(request, "plans/publication/public/directory.html", context)
