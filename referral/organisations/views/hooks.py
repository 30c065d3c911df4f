"""Pages of the webhooks of a program: make one, follow it, act on it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import SECRET_OVERLAP
from foundation.workflow import WrongState
from notifications.models import HookDelivery
from referral.organisations.forms.hooks import HookForm, ReplayForm
from referral.organisations.operations import arrivals, programs
from referral.organisations.operations import hooks as operations

ACTS = {
    "pause": operations.pause,
    "resume": operations.resume,
    "test": operations.send_test,
    "delete": operations.delete,
}
SECTION = {"section": "referral:members"}
REPLAY = "replay"
DONE = {
    "pause": _("Paused: what happens waits, and is posted when you resume."),
    "resume": _("Resumed: what waited is posted now."),
    "test": _("A test call leaves within seconds: reload this page to read its answer."),
    "delete": _("Deleted, with its secret and its list of calls."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def hook_make(request, pk):
    """Make a webhook of a program; its secret is shown in the response itself, and nowhere else."""
    program = programs.program(request.actor, pk)
    hooks = operations.of_program(program)
    if not operations.may_add(program, hooks) or arrivals.waiting_for(program):
        raise WrongState(program.title)
    form = HookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hook, secret = operations.make(request.actor, program.pk, url=form.cleaned_data["url"])
        return _secret_page(request, hook, secret, None)
    return render(request, "referral/organisations/hook_make.html", {"program": program, "form": form, **SECTION})


@require_http_methods(["GET", "HEAD", "POST"])
def hook(request, pk):
    """Show a webhook and its last calls; pause, resume, test, replay or delete it."""
    found, act = operations.hook(request.actor, pk), request.POST.get("act", "")
    replaying = ReplayForm(request.POST if act == REPLAY else None)
    if request.method == "POST":
        if act not in {*ACTS, REPLAY}:
            raise Http404
        if act != REPLAY:
            ACTS[act](request.actor, found.pk)
            messages.success(request, DONE[act])
            return redirect("referral:program", found.membership_id) if act == "delete" else _to(found)
        if replaying.is_valid():
            again = operations.replay(request.actor, found.pk, **replaying.cleaned_data)
            messages.success(request, _replayed(again))
            return _to(found)
    context = {
        "hook": found,
        "program": found.membership,
        "deliveries": operations.deliveries(found),
        "waits": found.asked.state == "waiting",
        "replaying": replaying,
        "overlap": int(SECRET_OVERLAP.total_seconds() // 3600),
        "kept": HookDelivery.KEPT.days,
        **SECTION,
    }
    return render(request, "referral/organisations/hook.html", context)


@require_http_methods(["GET", "POST"])
def hook_secret(request, pk):
    """Show a new secret in the response itself, and nowhere else; asking again makes another one."""
    if request.method == "GET":
        return _to(operations.hook(request.actor, pk))
    at_once = request.POST.get("former") == "end"
    return _secret_page(request, *operations.renew_secret(request.actor, pk, at_once=at_once))


def _secret_page(request, hook, secret, until):
    context = {"hook": hook, "program": hook.membership, "secret": secret, "until": until, **SECTION}
    return render(request, "referral/organisations/hook_secret.html", context)


def _to(found):
    return redirect("referral:hook", found.pk)


def _replayed(again: int) -> str:
    said = ngettext(
        "%(count)d call leaves again, with the same id.", "%(count)d calls leave again, with the same ids.", again
    )
    return said % {"count": again}
