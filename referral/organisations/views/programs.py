"""Pages of the programs of an organisation."""

from django.contrib import messages
from django.contrib.auth.hashers import is_password_usable
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from agencies.models import SECRET_OVERLAP, ProgramCall, Sandbox
from foundation.paging import Keyset
from foundation.workflow import WrongState
from referral.organisations.forms.programs import KeyForm, ProgramForm, ScopesForm
from referral.organisations.operations import arrivals, hooks
from referral.organisations.operations import programs as operations
from referral.sandbox.operations import spaces

NEWEST = Keyset("at", "id")
SECTION = {"section": "referral:members"}
MADE = _("The program is there. It sees nothing until a second person agrees: they are told.")
KEY = _("The key is there: the program signs with its private half from now on.")
KEY_CUT = _("The key and its tokens end now.")
CUT = _("Cut: its next request is refused.")
RESET = _("The test space is made anew: ready in some seconds. Its tokens end.")
TOO_SOON = _(
    "A test space is made anew once a minute at most, and not while it is being made. Wait a moment, then try again."
)
SPACE_ENDED = _("The test client and its space end now.")
LESS = _("It does less, from its next request on.")
MORE = _("Asked. It does more once a second person agrees: they are told.")


@require_http_methods(["GET", "HEAD", "POST"])
def programs(request):
    """List the programs, and make one."""
    rows = list(operations.programs(request.actor))
    form = ProgramForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        made = operations.make(request.actor, **form.cleaned_data)
        messages.success(request, MADE)
        return redirect("referral:program", made.pk)
    context = {"programs": rows, "form": form, "second": arrivals.would_be_decided_by(request.actor), **SECTION}
    return render(request, "referral/organisations/programs.html", context)


@require_http_methods(["GET", "HEAD"])
def program(request, pk):
    return _page(request, operations.program(request.actor, pk))


def _page(request, found, form=None, key_form=None):
    kept, waiting = hooks.of_program(found), arrivals.waiting_for(found)
    context = {
        "form": form or ScopesForm(actor=request.actor, initial={"scopes": found.api_client.scopes}),
        "key_form": key_form or KeyForm(),
        "wrong": key_form or form,
        "program": found,
        "client": found.api_client,
        "waiting": waiting,
        "hooks": kept,
        "may_add": hooks.may_add(found, kept) and not waiting,
        "has_secret": is_password_usable(found.api_client.client_secret),
        "spaces": spaces.offered(),
        "space": spaces.space_of(found),
        "unused": Sandbox.UNUSED.days,
        "overlap": int(SECRET_OVERLAP.total_seconds() // 3600),
        **SECTION,
    }
    return render(request, "referral/organisations/program.html", context)


@require_http_methods(["GET", "HEAD"])
def program_calls(request, pk):
    """List its calls, newest first, without content."""
    found = operations.program(request.actor, pk)
    page = NEWEST.asked(operations.calls(found), request)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    context = {"program": found, "page": page, "kept": ProgramCall.KEPT.days, **links, **SECTION}
    return render(request, "referral/organisations/program_calls.html", context)


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
def program_key(request, pk):
    """Take a public key, or end those that stand."""
    found = operations.program(request.actor, pk)
    if request.method == "POST" and "cut" in request.POST:
        operations.cut_key(request.actor, pk)
        messages.success(request, KEY_CUT)
    elif request.method == "POST":
        form = KeyForm(request.POST)
        if not form.is_valid():
            return _page(request, found, key_form=form)
        at_once = request.POST.get("former") == "end"
        operations.set_key(request.actor, pk, form.cleaned_data["key"], at_once=at_once)
        messages.success(request, KEY)
    return redirect("referral:program", found.pk)


@require_http_methods(["GET", "POST"])
def program_scope(request, pk):
    """Let it do less, at once; or ask that it do more."""
    found = operations.program(request.actor, pk)
    if request.method == "POST":
        form = ScopesForm(request.POST, actor=request.actor)
        if not form.is_valid():
            return _page(request, found, form)
        asked = operations.set_scopes(request.actor, pk, form.cleaned_data["scopes"])
        messages.success(request, MORE if asked else LESS)
    return redirect("referral:program", found.pk)


@require_http_methods(["GET", "POST"])
def program_sandbox(request, pk):
    """Make a test client, or show it a new secret in the response itself; make its space anew; end it."""
    if request.method == "GET":
        return redirect("referral:program", operations.program(request.actor, pk).pk)
    if "reset" in request.POST:
        try:
            spaces.reset(request.actor, pk)
            messages.success(request, RESET)
        except WrongState:
            messages.error(request, TOO_SOON)
        return redirect("referral:program", pk)
    if "end" in request.POST:
        spaces.end(request.actor, pk)
        messages.success(request, SPACE_ENDED)
        return redirect("referral:program", pk)
    found, client_id, secret = spaces.keep(request.actor, pk)
    context = {"program": found, "client_id": client_id, "secret": secret, **SECTION}
    return render(request, "referral/organisations/program_sandbox.html", context)
