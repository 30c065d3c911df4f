"""Pages of open sessions."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import known_act, posted

from . import operations


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request):
    """List one's sessions; close one of them, or all the others."""
    act = known_act(request, "close", "others")
    if act == "close":
        operations.close(request.user, request.POST.get("session", ""))
        messages.success(request, _("Closed: its next page asks to sign in."))
    elif act == "others":
        operations.close_others(request.user, request.session)
        messages.success(request, _("All your other sessions are closed."))
    if act:
        return redirect("referral:sessions")
    rows = operations.own_sessions(request.user, request.session)
    return render(request, "referral/sessions/sessions.html", {"sessions": rows})


@posted("referral:member")
def member_sessions(request, pk):
    """Close the sessions of a member."""
    found = operations.close_of_member(request.actor, pk)
    messages.success(request, _("Closed: this person's next page asks to sign in."))
    return redirect("referral:member", found.pk)
