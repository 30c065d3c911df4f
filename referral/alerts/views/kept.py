"""What the author does of an alert that the agency kept: send it to the coordination, or close it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import pgettext

from foundation.view_guards import posted
from referral.alerts.forms.follow import FinishForm
from referral.alerts.operations import kept

from .follow import detail_page


@posted("referral:alert-detail")
def alert_address(request, pk):
    alert = kept.send_kept(request.actor, pk)
    said = pgettext("alert", "Alert %(reference)s is sent to the coordination.")
    messages.success(request, said % {"reference": alert.reference})
    return redirect("referral:alert-detail", pk)


@posted("referral:alert-detail")
def alert_finish(request, pk):
    form = FinishForm(request.POST)
    if not form.is_valid():
        return detail_page(request, pk, finish=form)
    alert = kept.finish_kept(request.actor, pk, reason=form.cleaned_data["reason"])
    messages.success(request, pgettext("alert", "Alert %(reference)s is closed.") % {"reference": alert.reference})
    return redirect("referral:alert-detail", pk)
