"""Make a move of an orientation, or draft it again for another service."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Level
from foundation.view_guards import cases_only, posted
from foundation.workflow import WrongState
from referral.models import AlertDesk, Orientation
from referral.orientations.forms.answers import form_of
from referral.orientations.operations import coverage, orientations, rerouting
from referral.orientations.operations.moves import MOVES
from referral.orientations.rules import acknowledges, transfers_report
from referral.orientations.selectors import situations
from victims.models import CaseAccess

from .orientations import detail_context

PAGE = "referral:orientation-detail"
ANSWERS = ("accept", "decline", "ask")


@cases_only
@posted(PAGE)
def orientation_move(request, pk, action):
    """Run the operation of a move with what its form holds, or render the page again with what was typed."""
    orientation, move = orientations.visible(request.actor, pk), MOVES[action]
    form = form_of(move, orientation, request.POST)
    if not form.is_valid():
        context = detail_context(request, orientation, **{action: form})
        return render(request, "referral/orientations/orientation_detail.html", context)
    draft = orientation.state == Orientation.State.DRAFT  # nobody had its sheet
    after = situations.following(request.actor, orientation) if action in ANSWERS else None
    try:
        move.operation(request.actor, pk, **form.answer())
    except WrongState:
        if action != "accept" or not transfers_report(orientation):
            raise
        # the addressee became a prosecutor's office meanwhile: the page says why, where the button was
        messages.error(request, _("This request cannot be accepted: nothing was changed."))
        return redirect(PAGE, pk)
    done = _("Draft given up. Nothing was sent.") if draft else move.done
    if action == "accept" and acknowledges(orientation):
        done = _("Receipt acknowledged. The sender is told; the case is open to your organisation.")
    messages.success(request, _with_next(done, after))
    if action == "accept" and (reference := _alert_left(request.actor, orientation)):
        said = _("Alert %(reference)s of this person still waits in your inbox: say there what your service does.")
        messages.warning(request, said % {"reference": reference})
    return redirect(*_next(request.actor, orientation, action))


def _with_next(said: str, after) -> str:
    """Return a message followed by a link to the next request of the same lot, if one waits."""
    if after is None:
        return said
    pk, place, left = after
    words = ngettext(
        "Next request of lot %(lot)s (%(left)d left)",
        "Next request of lot %(lot)s (%(left)d left)",
        left,
    )
    words %= {"lot": place.lot, "left": left}
    return format_html('{} <a href="{}">{}</a>', said, reverse(PAGE, args=[pk]), words)


def _alert_left(actor, orientation) -> str:
    """Return the reference of an alert of this case to which the actor's desk said nothing, or ''."""
    rows = AlertDesk.objects.of(actor).filter(live=True, due_at__isnull=False, answer="")
    return rows.filter(alert__links__case=orientation.case_id).values_list("reference", flat=True).first() or ""


def _next(actor, orientation, action: str) -> tuple:
    """Return the page to read next: the request, unless little of it is left to the reader."""
    if action == "decline":
        return ("referral:orientation-received",)
    if action == "withdraw":
        reads = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=orientation.case_id).exists()
        return ("referral:case-detail", orientation.case_id) if reads else ("referral:orientation-sent",)
    return PAGE, orientation.pk


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
