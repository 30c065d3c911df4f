"""Remove names from a published contribution, and restore them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from plans.participation.forms.contributions import NameForm
from plans.participation.operations import names, participation
from plans.steering.views.guards import policy_only

from .contributions import contribution_context

WHY_NOT = {
    "length": gettext_lazy("Copy the name or the number alone: 2 to 80 characters."),
    "absent": gettext_lazy("These words are not in the text: copy them exactly as they stand there."),
    "title": gettext_lazy("The title would become too long: take a longer passage of it."),
    "restored": gettext_lazy("Its author put these words back: they name nobody who has to be protected."),
}


@policy_only
@require_http_methods(["GET", "POST"])
def contribution_name(request, pk):
    """Remove or restore. A GET redirects to the contribution."""
    participation.visible(request.actor, pk)
    if request.method == "GET":
        return redirect("plans:contribution-detail", pk)
    if request.POST.get("act") == "restore":
        return _restore(request, pk)
    form = NameForm(request.POST, prefix="name")
    if form.is_valid():
        try:
            names.withdraw_name(request.actor, pk, **form.cleaned_data)
        except names.NotThere as refused:
            form.add_error("passage", WHY_NOT[refused.code])
        else:
            messages.success(request, _("Taken out, everywhere in the text. The page says that a passage was."))
            return redirect("plans:contribution-detail", pk)
    return render(request, "plans/participation/contribution_detail.html", contribution_context(request, pk, name=form))


def _restore(request, pk):
    try:
        names.restore_name(request.actor, pk, request.POST.get("which", ""))
    except ValidationError as error:
        raise Http404 from error
    messages.success(request, _("Put back: these words are public again."))
    return redirect("plans:contribution-detail", pk)
