"""What a desk answers for itself on an alert: it acts, it tells the others, it confirms, it reached one by phone."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from foundation.view_guards import cases_only, posted
from referral.inbox.forms.answers import DeclareForm, ReachForm, StandDownForm
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.silent_desks import reach_desk

from .alerts import alert_context, silent_others


@cases_only
@posted("referral:inbox-alert")
def alert_declare(request, pk):
    form = DeclareForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, declare=form)
    alerts_operations.declare(request.actor, pk, **form.cleaned_data)
    messages.success(request, _("Noted: your service answers for itself, and the others are told."))
    return redirect("referral:inbox-alert", pk)


@cases_only
@posted("referral:inbox-alert")
def alert_stand_down(request, pk):
    form = StandDownForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, stand_down=form)
    alerts_operations.stand_down(request.actor, pk, **form.cleaned_data)
    messages.success(request, _("The other services are told; each confirms."))
    return redirect("referral:inbox-alert", pk)


@cases_only
@posted("referral:inbox-alert")
def alert_confirm(request, pk):
    alerts_operations.confirm(request.actor, pk)
    messages.success(request, _("Confirmed: your service has nothing to do on this alert."))
    return redirect("referral:inbox-alert", pk)


@cases_only
@posted("referral:inbox-alert")
def alert_reach(request, pk):
    alert = alerts_operations.visible(request.actor, pk)
    form = ReachForm(request.POST, offered=silent_others(request.actor, alert))
    if not form.is_valid():
        return _again(request, pk, reach=form)
    reach_desk(
        request.actor, pk, form.cleaned_data["desk"], at=form.called_at(), function=form.cleaned_data["function"]
    )
    messages.success(request, _("Call noted."))
    return redirect("referral:inbox-alert", pk)


def _again(request, pk, **bound):
    alert = alerts_operations.visible(request.actor, pk)
    return render(request, "referral/inbox/inbox_alert.html", alert_context(request, alert, **bound))
