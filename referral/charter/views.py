"""The page of the charter of use."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from foundation.view_guards import safe_address

from . import operations
from .words import CHARTER, VERSION


@require_http_methods(["GET", "HEAD", "POST"])
def charter(request):
    """Show the charter of use; note that its reader accepts it, and go on to the page that was asked for."""
    following = safe_address(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        operations.accept(request.user)
        return HttpResponseRedirect(following or reverse("home"))
    known = request.user.charter
    context = {"charter": CHARTER, "next": following, "former": known, "accepted": known == VERSION}
    return render(request, "referral/charter/charter.html", context)
