"""Pages of the programs of an organisation."""

from django.contrib import messages
from django.contrib.auth.hashers import is_password_usable
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from agencies.models import SECRET_OVERLAP
from referral.organisations.forms.programs import ProgramForm
from referral.organisations.operations import arrivals, hooks
from referral.organisations.operations import programs as operations

SECTION = {"section": "referral:members"}
MADE = _("The program is there. It sees nothing until a second person agrees: they are told.")
CUT = _("Cut: its next request is refused.")
ACTS = {
    "read": _("It only reads, from its next request on."),
    "act": _("Asked. It writes once a second person agrees: they are told."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def programs(request):
    """List the programs, and make one."""
    rows = list(operations.programs(request.actor))
    form = ProgramForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        made = operations.make(request.actor, **form.made())
        messages.success(request, MADE)
        return redirect("referral:program", made.pk)
    return render(request, "referral/organisations/programs.html", {"programs": rows, "form": form, **SECTION})


@require_http_methods(["GET", "HEAD"])
def program(request, pk):
    found = operations.program(request.actor, pk)
    kept, waiting = hooks.of_program(found), arrivals.waiting_for(found)
    context = {
        "program": found,
        "client": found.api_client,
        "waiting": waiting,
        "hooks": kept,
        "may_add": hooks.may_add(found, kept) and not waiting,
        "has_secret": is_password_usable(found.api_client.client_secret),
        "overlap": int(SECRET_OVERLAP.total_seconds() // 3600),
        **SECTION,
    }
    return render(request, "referral/organisations/program.html", context)


@require_http_methods(["GET", "POST"])
def program_secret(request, pk):
    """Show a new secret in the response itself, and nowhere else; asking again makes another one."""
    if request.method == "GET":
        return redirect("referral:program", operations.program(request.actor, pk).pk)
    at_once = request.POST.get("former") == "end"
    found, secret, until = operations.renew_secret(request.actor, pk, at_once=at_once)
    context = {"program": found, "secret": secret, "until": until, **SECTION}
    return render(request, "referral/organisations/program_secret.html", context)


@require_http_methods(["GET", "POST"])
def program_cut(request, pk):
    if request.method == "POST":
        operations.cut(request.actor, pk)
        messages.success(request, CUT)
    return redirect("referral:program", operations.program(request.actor, pk).pk)


@require_http_methods(["GET", "POST"])
def program_scope(request, pk):
    """Let it only read, at once; or ask that it write too."""
    if request.method == "POST":
        if (scope := request.POST.get("scope", "")) not in ACTS:
            raise Http404
        operations.set_acts(request.actor, pk, acts=scope == "act")
        messages.success(request, ACTS[scope])
    return redirect("referral:program", operations.program(request.actor, pk).pk)
