"""Pages of orientations: compose, preview, send and follow; receive, read, answer and carry out."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.members.rules import WORKS
from agencies.models import Category, Desk, Level
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed
from indicators.codes.selectors import DECLINE_REASONS, labels
from referral.desk.display.lists import WorkPage
from referral.desk.filters import LISTS
from referral.inbox.display import Inbox, with_link
from referral.inbox.forms.charge import ChargeForm
from referral.models import Orientation, OrientationDesk
from referral.orientations.display import sheet
from referral.orientations.display.progress import STEPS, steps, with_last_move, with_moves, with_places, with_turn
from referral.orientations.forms.answers import OTHER_PROSECUTOR, form_of
from referral.orientations.forms.brief import BriefForm
from referral.orientations.forms.orientations import CompleteForm, NeedForm, OrientationForm
from referral.orientations.operations import composing, coverage, orientations, rerouting
from referral.orientations.operations import messages as messages_operations
from referral.orientations.operations.moves import MOVES
from referral.orientations.operations.sheet_reading import shown
from referral.orientations.rules import (
    CARRIED,
    REPORT_REASONS,
    WAITING,
    acknowledges,
    carries,
    named_at_once,
    reports_alone,
    suffices,
    transfers_report,
)
from referral.orientations.selectors.sheets import last_brief, preview, sheets
from referral.routing.selectors import desks as desks_selectors
from referral.routing.selectors import ranking
from referral.routing.words import MOVE_REASONS
from victims.cases.access import visible_case
from victims.models import CaseAccess
from victims.own_labels.selectors import labelled, own_labels

SENT = WorkPage(LISTS["sent"], with_moves)
JOINED = ("orientation__sender", "orientation__addressee", "orientation__service", "in_charge__user")
RECEIVED = {
    LISTS[code].view: WorkPage(LISTS[code], lambda rows: rows.select_related(*JOINED))
    for code in ("received", "under_way", "ended")
}
OUTCOMES = CompleteForm.code_list


@cases_only
@require_http_methods(["GET", "POST"])
def orientation_new(request, pk):
    """Choose the need, then on one page the content and a service, ranked with reasons."""
    case = visible_case(request.actor, pk)
    if not CaseAccess.objects.of(request.actor).filter(case=pk, lead=True).exists():
        raise NotAllowed("orient")
    need = NeedForm(request.POST if request.method == "POST" else request.GET or None)
    if not need.is_bound or not need.is_valid():
        offered = desks_selectors.needs(child=case.is_minor)
        context = {"case": case, "form": need if need.is_bound else None, "needs": offered}
        return render(request, "referral/orientations/orientation_new_need.html", context)
    service = need.cleaned_data["service"]
    live = [c for c in case.consents.all() if c.is_live]
    consents = [c for c in live if carries(c, request.actor.agency_id)]
    reordered = "order" in request.POST  # changing the order of the services is no submission: choices are kept
    initial = OrientationForm.so_far(request.POST) if reordered else _initial(request, case, service)
    answers = None if reordered else request.POST or None
    sort, sender = request.GET.get("sort", ""), request.actor.agency
    desks = ranking.ranked_for_orientation(case, service.pk, sender_id=sender.pk, language=case.language, sort=sort)
    agencies = [desk.agency for desk in desks]
    reported = agencies if reports_alone(service.pk, agencies) else ()
    form = OrientationForm(answers, case=case, consents=consents, sender=sender, reported_to=reported, initial=initial)
    if answers and (draft := _drafted(request, case, service, form, desks)):
        return redirect("referral:orientation-preview", draft.pk)
    _mark(request, case, desks, consents, first=not sort)
    context = {"case": case, "service": service, "form": form, "desks": desks, "opinion": case.opinions.first()}
    context |= {
        "agreed": bool(live),
        "sort": sort,
        "sorts": ranking.SORTS.items(),
        "none_free": all(desk.blocked for desk in desks),
    }
    return render(request, "referral/orientations/orientation_new.html", context)


def _initial(request, case, service) -> dict:
    """Return what is preselected, or the choices of the draft to change."""
    found = {"exclusive": desks_selectors.is_exclusive(service.pk)}
    if request.method == "GET" and (draft := rerouting.standing_draft(request.actor, case, request.GET.get("draft"))):
        found |= OrientationForm.as_drafted(draft, rerouting.reason_of(draft))
    return found


def _drafted(request, case, service, form, desks) -> Orientation | None:
    """Return the draft for the button pressed, or None with errors on the form."""
    pressed = request.POST.get("addressee", "")
    if not form.is_valid():
        return None
    desk = composing.offered(desks, int(pressed)) if pressed.isascii() and pressed.isdigit() else None
    if desk is None:
        form.add_error(None, _("Choose a service of the list, with its own button."))
        return None
    try:
        return composing.compose(request.actor, case, service, desk, form.chosen())
    except coverage.Uncovered as uncovered:
        form.add_error(None, f"{desk.agency} : {uncovered}")
        return None


def _mark(request, case, desks, consents, first: bool) -> None:
    """Set on each service `asked`, its newest orientation of this case, and `named`, whether an agreement names it.

    `first`: sort the named ones first.
    """
    sent = Orientation.objects.sent_by(request.actor).filter(case=case).exclude(state=Orientation.State.DRAFT)
    asked = {o.addressee_id: o for o in sent.order_by("created_at", "id")}
    able = [consent for consent in consents if suffices(case, consent)]
    for desk in desks:
        desk.asked = asked.get(desk.agency.pk)
        desk.named = any(consent.names(desk.agency) for consent in able)
    if first:  # stable: the order inside each group stays
        desks.sort(key=lambda desk: (bool(desk.blocked), not desk.named))


@cases_only
@require_http_methods(["GET", "POST"])
def orientation_preview(request, pk):
    """Show exactly what the addressee will be shown. Sending freezes this and nothing else."""
    orientation = get_object_or_404(
        Orientation.objects.sent_by(request.actor).select_related("addressee", "service", "case", "consent"), pk=pk
    )
    if request.method == "GET" and orientation.state != Orientation.State.DRAFT:
        return redirect("referral:orientation-detail", pk)
    error = ""
    known = last_brief(request.actor, orientation.case)
    reveals = known_act(request, "", "reveal") == "reveal"  # of what was typed nothing is lost
    sent = request.POST if request.method == "POST" and not reveals else None
    typed = {name: request.POST.get(name, "") for name in BriefForm.base_fields} if reveals else known
    brief = BriefForm(sent, orientation=orientation, initial=typed)
    if brief.is_valid():
        try:
            orientations.send_orientation(request.actor, pk, brief=brief.cleaned_data)
        except coverage.Uncovered as uncovered:
            error = str(uncovered)
        else:
            said = _("Sent. %(agency)s is told.") % {"agency": orientation.addressee}
            # who sorts alerts goes on with the next one
            if request.actor.agency.is_coordination:
                inbox = Inbox(request, orientation.case_id)
                said = with_link(said, inbox.next(), inbox)
            messages.success(request, said)
            return redirect("referral:orientation-detail", pk)
    report = acknowledges(orientation)
    seen = shown(request.actor, orientation, preview(request.actor, orientation), names=reveals)
    parts = sheet.in_words(seen, report=report)
    lacking = coverage.reason_not_to_send(orientation)  # told before the button is pressed
    context = {"o": orientation, "parts": parts, "revealed": reveals, "hides": any(part.hidden for part in parts)}
    context |= {"error": error, "lacking": lacking, "brief": brief, "report": report}
    return render(request, "referral/orientations/orientation_preview.html", context)


@cases_only
@require_safe
def orientation_sent(request):
    context = SENT.context(request)
    labelled(request.actor, with_last_move(context["page"].rows))
    return render(request, "referral/orientations/orientation_sent.html", context)


@cases_only
@require_safe
def orientation_received(request):
    """List orientations to answer, by time left; in progress; ended. Ended ones show reference and state only."""
    tab = RECEIVED.get(request.GET.get("view", ""), RECEIVED[""])
    context = tab.context(request)
    labelled(request.actor, context["page"].rows, "orientation.case_id")
    with_turn(context["page"].rows)
    context["lots"] = with_places(request.actor, context["page"].rows, to_answer=not tab.listed.view)
    return render(request, "referral/orientations/orientation_received.html", {**context, "view": tab.listed.view})


@cases_only
@require_http_methods(["GET", "POST"])
def orientation_detail(request, pk):
    """Show the sheet to the addressee, the progress to the sender. The first reading at the desk is a move. A POST
    shows who the person is and how to reach them."""
    names = known_act(request, "reveal") == "reveal"
    orientation = orientations.open_orientation(request.actor, pk)
    context = detail_context(request, orientation, names=names)
    return render(request, "referral/orientations/orientation_detail.html", context)


def detail_context(request, orientation, *, names: bool = False, **bound) -> dict:
    """Return one orientation as this reader may see it. `names`: asked for; `bound`: invalid forms by name."""
    actor = request.actor
    available, at_once = orientations.actions(actor, orientation), named_at_once(orientation, actor.agency_id)
    row = OrientationDesk.objects.of(actor).filter(orientation=orientation).select_related("in_charge__user").first()
    # an addressee without an access row gets neither the id of the case nor a link to it
    access = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=orientation.case_id).first()
    report = acknowledges(orientation)
    followed = with_last_move(with_moves(Orientation.objects.visible_to(actor).filter(pk=orientation.pk)))[0]
    return {
        "o": followed,
        "sent": orientation.sender_id == actor.agency_id,
        "row": row,
        "report": report,
        "no_lead": orientation.state in WAITING and transfers_report(orientation),
        # who must act at once calls, before anything is shown or asked
        "call_back": Desk.objects.filter(pk=orientation.sender_id).values_list("phone", flat=True).first()
        if row and row.live
        else None,
        "access": access,
        "label": own_labels(actor, [access.case_id]).get(access.case_id) if access else None,
        "may_label": actor.has(*WORKS),
        "parts": sheet.in_words(
            shown(actor, orientation, sheets(actor, orientation), names=names or at_once),
            received=orientation.addressee_id == actor.agency_id,
            accepted=orientation.state in CARRIED,
            report=report,
        ),
        "revealed": names,
        "names_identity": bool(orientation.categories & Category.IDENTITY),
        "available": available,
        "thread": messages_operations.thread(actor, orientation),
        "may_write": messages_operations.may_write(actor, orientation),
        **_forms(actor, orientation, row, available, bound),
        "form": next(iter(bound.values()), None),
        "moves": _moves(orientation),
        # a first question alone gives the time to the sender
        "asked_once": sum(move.action == "ask" for move in followed.moves.all()) == 1,
        **_onward(actor, orientation, access),
    }


def _forms(actor, orientation, row, available, bound) -> dict:
    """Return the forms of the possible actions, `bound` ones as sent, and the moves that have a button of their own."""
    forms = {name: form_of(MOVES[name], orientation) for name in ("message", *available) if name in MOVES}
    forms |= {"charge": ChargeForm(actor=actor, row=row) if row and row.live else None, **bound}
    shown = [MOVES[name] for name in available if name in MOVES and MOVES[name].button]
    buttons = [(move, forms[move.action], move.text % {"agency": orientation.addressee}) for move in shown]
    return {**forms, "buttons": buttons}


def _onward(actor, orientation, access) -> dict:
    """Return, for a sender that leads, where a declined or expired orientation can go, and where it went."""
    if orientation.state not in rerouting.ENDED_UNSERVED or not (access and access.lead):
        return {}
    onward = orientation.rerouted_to.select_related("addressee").first()
    last = orientation.moves.filter(action="decline").last()
    suggested = next(iter(last.to_agencies), None) if last else None
    offered = [] if onward else rerouting.next_services(actor, orientation, suggested)
    return {"reroutes": True, "onward": onward, "offered": offered, "suggested": suggested}


def _moves(orientation) -> list:
    """Return moves newest first. « Autre » is in both code lists with the same meaning, so they can be merged."""
    words = labels(DECLINE_REASONS, OUTCOMES)
    asked = {code: said for move in MOVES.values() if move.asks for code, said in move.asks.choices}
    said = words[DECLINE_REASONS] | words[OUTCOMES] | asked | MOVE_REASONS
    done = STEPS
    if acknowledges(orientation):
        said |= dict.fromkeys(REPORT_REASONS, OTHER_PROSECUTOR)
        done = STEPS | {"accept": _("Receipt acknowledged")}
    return steps(orientation.moves.select_related("agency"), said, done)
