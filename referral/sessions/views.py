"""Pages of open sessions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies.tries.rules import network
from foundation.middleware import client_address
from foundation.view_guards import known_act, posted
from referral.api.middleware.authentication import member_of

from .operations import places
from .operations import sessions as operations


@login_not_required
@require_GET
def in_force(request):
    """Answer whether the session or the token shown is in force, 204 or 401, and in which line its body waits.

    Asked by the proxy alone, before it reads a large body (deploy/Caddyfile). It is no call of a program: neither
    counted nor logged. A session that owes its second step is anonymous here; a test space's token is unknown.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if request.user.is_authenticated:
        caller = f"account:{request.user.pk}"
    elif kind.lower() == "bearer" and (member := member_of(token.strip().encode())):
        caller = f"agency:{member.agency_id}"  # whoever makes one program makes ten
    else:
        caller = ""
    length = request.headers.get("X-Body-Length", "")
    line = places.line_of(caller or network(client_address(request)), bool(caller), length, request.trace_id)
    return HttpResponse(status=204 if caller else 401, headers={"X-Line": line})


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
