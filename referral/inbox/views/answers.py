"""What a desk answers for itself on an alert: its moves, and that it reached one by phone."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from foundation.view_guards import cases_only, posted
from referral.inbox.display import Inbox
from referral.inbox.forms.answers import ReachForm, form_of
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.silent_desks import reach_desk

from .alerts import alert_context, silent_others


@cases_only
@posted("referral:inbox-alert")
def alert_move(request, pk, action):
    """Run the operation of a move with what its form holds, or render the page again with what was typed."""
    alert, move = alerts_operations.visible(request.actor, pk), alerts_operations.MOVES[action]
    form = form_of(move, request.POST)
    if not form.is_valid():
        return _again(request, pk, **{action: form})
    inbox = Inbox(request)
    and_next = inbox.and_next(pk)
    move.operation(request.actor, pk, **form.cleaned_data)
    messages.success(request, and_next(move.done % {"reference": alert.reference}))
    return redirect(inbox.address() if action == "close" else inbox.address(pk))


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
    return redirect(Inbox(request).address(pk))


def _again(request, pk, **bound):
    alert = alerts_operations.visible(request.actor, pk)
    return render(request, "referral/inbox/inbox_alert.html", alert_context(request, alert, **bound))
