"""Orientations: compose, preview, send, follow; and the desk that receives them: read, answer, carry out."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agencies.models import Level
from agencies.paging import Keyset
from victims.models import CaseAccess

from . import routing, sheet_words
from .case_forms import CompleteForm, DeclineForm, NeedForm, OrientationForm
from .code_labels import DECLINE_REASONS, labels
from .filters import OrientationDeskFilter, OrientationFilter
from .following import follow, steps, with_moves
from .lists import listing
from .models import Orientation, OrientationDesk
from .operations import cases, orientations
from .refusals import cases_only, posted
from .workflow import NotAllowed

SENT_NEWEST = Keyset("created_at", "id")
RECEIVED_NEWEST = Keyset("received_at", "id")
BY_TIME_LEFT = Keyset("due_at", "id", descending=False)
OUTCOMES = CompleteForm.code_list


@cases_only
@require_http_methods(["GET", "POST"])
def orientation_new(request, pk):
    """Need, then on one page what is asked and shared, and a button for each service, ranked with its reasons."""
    case = cases.visible_case(request.actor, pk)
    if not CaseAccess.objects.of(request.actor).filter(case=pk, lead=True).exists():
        raise NotAllowed("orient")
    need = NeedForm(request.POST if request.method == "POST" else request.GET or None)
    if not need.is_bound or not need.is_valid():
        context = {"case": case, "form": need if need.is_bound else None, "needs": routing.needs()}
        return render(request, "referral/orientation_need.html", context)
    service = need.cleaned_data["service"]
    consents = [c for c in case.consents.all() if c.is_live]
    form = OrientationForm(request.POST or None, case=case, consents=consents)
    desks = routing.ranked_for_orientation(case, service.pk, sender_id=request.actor.agency_id, language=case.language)
    if request.method == "POST" and (draft := _drafted(request, case, service, form, desks)):
        return redirect("referral:orientation-preview", draft.pk)
    asked = _asked(request, case)
    for desk in desks:
        desk.asked = asked.get(desk.agency.pk)
    context = {"case": case, "service": service, "form": form, "desks": desks}
    return render(request, "referral/orientation_compose.html", context)


def _drafted(request, case, service, form, desks) -> Orientation | None:
    """The draft for the button pressed, or None with what to correct said on the form."""
    chosen = request.POST.get("addressee", "")
    desk = next((s for s in desks if str(s.agency.pk) == chosen and not s.blocked), None)
    if not form.is_valid():
        return None
    if desk is None:
        form.add_error(None, _("Choose a service of the list, with its own button."))
        return None
    draft = Orientation(case=case, addressee=desk.agency, **form.chosen())
    try:
        orientations.check_covered(draft)
    except orientations.Uncovered as uncovered:
        form.add_error(None, f"{desk.agency} : {uncovered}")
        return None
    return orientations.draft_orientation(request.actor, case, addressee=desk.agency, service=service, **form.chosen())


def _asked(request, case) -> dict[int, Orientation]:
    """Services already asked for this case, the newest request of each, so that nobody is asked twice unawares."""
    sent = Orientation.objects.sent_by(request.actor).filter(case=case).exclude(state=Orientation.State.DRAFT)
    return {o.addressee_id: o for o in sent.order_by("created_at", "id")}


@cases_only
@require_http_methods(["GET", "POST"])
def orientation_preview(request, pk):
    """Exactly what the addressee will be shown, part by part. Sending freezes this and nothing else."""
    orientation = get_object_or_404(
        Orientation.objects.sent_by(request.actor).select_related("addressee", "service", "case", "consent"), pk=pk
    )
    if request.method == "GET" and orientation.state != Orientation.State.DRAFT:
        return redirect("referral:orientation-detail", pk)
    error = ""
    if request.method == "POST":
        try:
            orientations.send_orientation(request.actor, pk)
        except orientations.Uncovered as uncovered:
            error = str(uncovered)
        else:
            messages.success(request, _("Sent. %(agency)s is told.") % {"agency": orientation.addressee})
            return redirect("referral:orientation-detail", pk)
    parts = sheet_words.in_words(orientations.preview(request.actor, orientation))
    return render(request, "referral/orientation_preview.html", {"o": orientation, "parts": parts, "error": error})


@cases_only
@require_safe
def orientation_sent(request):
    rows = Orientation.objects.sent_by(request.actor)
    filters = OrientationFilter(request.GET, rows, request=request)
    context = listing(request, filters, SENT_NEWEST, rows=with_moves(filters.qs))
    follow(context["page"].rows)
    return render(request, "referral/orientation_sent.html", context)


@cases_only
@require_safe
def orientation_received(request):
    """To answer, by time left; being carried out; ended. An ended one keeps its reference and its state only."""
    rows = OrientationDesk.objects.of(request.actor).select_related("orientation__sender", "orientation__service")
    view = request.GET.get("view", "")
    if view == "ended":
        rows, keyset = rows.filter(live=False), RECEIVED_NEWEST
    elif view == "current":
        rows, keyset = rows.filter(live=True, due_at__isnull=True), RECEIVED_NEWEST
    else:
        view, rows, keyset = "", rows.filter(live=True, due_at__isnull=False), BY_TIME_LEFT
    context = listing(request, OrientationDeskFilter(request.GET, rows, request=request), keyset)
    return render(request, "referral/orientation_received.html", {**context, "view": view})


@cases_only
@require_GET
def orientation_detail(request, pk):
    """The addressee's sheet, or the sender's view of what became of it. A first reading at the desk is a move."""
    orientation = orientations.open_orientation(request.actor, pk)
    return render(request, "referral/orientation_detail.html", _context(request, orientation))


def _context(request, orientation, **bound) -> dict:
    actor = request.actor
    available = orientations.actions(actor, orientation)
    row = OrientationDesk.objects.of(actor).filter(orientation=orientation).first()
    sent = orientation.sender_id == actor.agency_id
    # an addressee without an access row is sent neither the case's id nor a link to it
    access = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=orientation.case_id).first()
    followed = follow(with_moves(Orientation.objects.visible_to(actor).filter(pk=orientation.pk)))[0]
    sheet = orientations.sheets(actor, orientation)
    return {
        "o": followed,
        "sent": sent,
        "row": row,
        "access": access,
        "parts": sheet_words.in_words(sheet),
        "available": available,
        "decline": bound.get("decline") or (DeclineForm() if "decline" in available else None),
        "complete": bound.get("complete") or (CompleteForm() if "complete" in available else None),
        "form": next(iter(bound.values()), None),
        "moves": _moves(orientation),
    }


def _moves(orientation) -> list:
    """Newest first; « Autre » is in both lists with the same meaning, so one table of words serves both."""
    words = labels(DECLINE_REASONS, OUTCOMES)
    return steps(orientation.moves.select_related("agency"), words[DECLINE_REASONS] | words[OUTCOMES])


@cases_only
@posted("referral:orientation-detail")
def orientation_accept(request, pk):
    orientation = orientations.accept_orientation(request.actor, pk)
    messages.success(request, _("Accepted. The sender is told; the case is open to your unit."))
    return redirect("referral:orientation-detail", orientation.pk)


@cases_only
@posted("referral:orientation-detail")
def orientation_decline(request, pk):
    orientation = orientations.visible(request.actor, pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return render(request, "referral/orientation_detail.html", _context(request, orientation, decline=form))
    orientations.decline_orientation(request.actor, pk, **form.cleaned_data)
    messages.success(request, _("Declined. The sender is told and looks for another service."))
    return redirect("referral:orientation-received")


@cases_only
@posted("referral:orientation-detail")
def orientation_start(request, pk):
    orientations.start_orientation(request.actor, pk)
    messages.success(request, _("Support has started. The sender is told."))
    return redirect("referral:orientation-detail", pk)


@cases_only
@posted("referral:orientation-detail")
def orientation_complete(request, pk):
    orientation = orientations.visible(request.actor, pk)
    form = CompleteForm(request.POST)
    if not form.is_valid():
        return render(request, "referral/orientation_detail.html", _context(request, orientation, complete=form))
    orientations.complete_orientation(
        request.actor, pk, outcome=form.cleaned_data["reason"], comment=form.cleaned_data["comment"]
    )
    messages.success(request, _("Completed. The access this orientation gave has ended."))
    return redirect("referral:orientation-detail", pk)


@cases_only
@posted("referral:orientation-detail")
def orientation_withdraw(request, pk):
    orientation = orientations.withdraw_orientation(request.actor, pk)
    messages.success(request, _("Withdrawn. The addressee keeps nothing of the sheet."))
    access = CaseAccess.objects.of(request.actor, Level.SUMMARY).filter(case=orientation.case_id).exists()
    if access:
        return redirect("referral:case-detail", orientation.case_id)
    return redirect("referral:orientation-sent")
