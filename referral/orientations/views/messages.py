"""Write a question, an answer or a message; reroute or revoke an orientation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies.models import Agency
from foundation.view_guards import cases_only, posted
from referral.orientations.forms.answers import RevokeForm, WordsForm
from referral.orientations.operations import coverage, orientations, rerouting
from referral.orientations.operations import messages as messages_operations

from .orientations import detail_context

PAGE = "referral:orientation-detail"


def _write(request, pk, name, operation, done):
    """Run one of the three ways to write, or render the page again with what was typed."""
    orientation = orientations.visible(request.actor, pk)
    form = WordsForm(request.POST, prefix=name)
    if not form.is_valid():
        return render(
            request,
            "referral/orientations/orientation_detail.html",
            detail_context(request, orientation, **{name: form}),
        )
    operation(request.actor, pk, words=form.cleaned_data["words"])
    messages.success(request, done)
    return redirect(PAGE, pk)


@cases_only
@posted(PAGE)
def orientation_ask(request, pk):
    done = _("Question sent. Your clock goes on when the sender answers.")
    return _write(request, pk, "ask", messages_operations.ask_orientation, done)


@cases_only
@posted(PAGE)
def orientation_answer(request, pk):
    return _write(request, pk, "answer", messages_operations.answer_question, _("Answer sent. The service is told."))


@cases_only
@posted(PAGE)
def orientation_message(request, pk):
    return _write(request, pk, "message", messages_operations.write_message, _("Message sent. The other side is told."))


@cases_only
@posted(PAGE)
def orientation_reroute(request, pk):
    """Draft the same orientation for another service, and show its preview."""
    orientations.visible(request.actor, pk)
    addressee = get_object_or_404(Agency, active=True, pk=request.POST.get("addressee") or 0)
    try:
        draft = rerouting.reroute_orientation(request.actor, pk, addressee)
    except coverage.Uncovered as uncovered:
        messages.error(request, f"{addressee} : {uncovered}")
        return redirect(PAGE, pk)
    return redirect("referral:orientation-preview", draft.pk)


@cases_only
@posted(PAGE)
def orientation_revoke(request, pk):
    orientation = orientations.visible(request.actor, pk)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return render(
            request, "referral/orientations/orientation_detail.html", detail_context(request, orientation, revoke=form)
        )
    orientations.revoke_orientation(request.actor, pk, reason=form.cleaned_data["revoke_reason"])
    messages.success(request, _("The access this request gave has ended, at once. The service is told."))
    return redirect(PAGE, pk)
