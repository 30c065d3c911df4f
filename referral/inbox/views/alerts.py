"""Alerts a desk received: inbox by time left, one alert, and the actions on it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from agencies.directory.selectors import child_number
from agencies.members.rules import WORKS
from agencies.models import Agency, Membership, Role
from foundation.paging import PAGE, Keyset
from foundation.statements.kept import KeptStatement
from foundation.view_guards import cases_only, posted
from foundation.workflow import actions
from referral import workflow
from referral.alerts.display import KEPT, addressees, answers_in_words, by_moment
from referral.alerts.operations import alerts
from referral.alerts.rules import counted, doubted, is_guarded
from referral.alerts.selectors import cases_of, kept_first, reading_of, words_of
from referral.desk.display.lists import WorkPage
from referral.desk.filters import GIVEN, LISTS, alerts_to_handle
from referral.inbox.display import Inbox, at_page, given_unanswered, unread_child, with_receivers, with_words
from referral.inbox.forms.alerts import JoinForm, RedirectForm
from referral.inbox.forms.answers import ReachForm, form_of, ways
from referral.inbox.forms.charge import ChargeForm
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.alerts import MOVES
from referral.inbox.selectors import left_open, said_no
from referral.models import Alert, AlertDesk, DeskAnswer
from referral.orientations.display.progress import steps
from referral.orientations.forms.orientations import NeedForm
from referral.routing.rules import discretion
from referral.routing.selectors import desks as desks_selectors
from referral.routing.words import CloseReason, RedirectReason
from victims.cases.display import reading, signs
from victims.models import AgeSide, Urgency


def joined(rows):
    return rows.select_related("territory", "in_charge__user", "taken_by", "alert__agency", "alert__content")


def in_danger(rows):
    """Return the alerts in danger to life that a page shows, and one more when there are others."""
    return joined(rows).filter(urgency="vital").order_by("answer_by", "id")[: PAGE + 1]


OLDEST = Keyset("received_at", "id", descending=False)
TO_HANDLE = WorkPage(LISTS["inbox"], lambda rows: joined(rows).exclude(urgency="vital"))
ONE_URGENCY = WorkPage(LISTS["inbox"], joined)
HANDLED = WorkPage(LISTS["handled"], joined)
SENT_ON = WorkPage(GIVEN, lambda rows: rows)
VITAL = KeptStatement(lambda reader: in_danger(alerts_to_handle(reader)))


@cases_only
@require_safe
def alert_inbox(request):
    """List alerts: danger to life apart and first, then by time left.

    The second view lists handled ones, after those sent on that nobody answered.
    """
    handled = request.GET.get("view") == "handled"
    if handled and request.GET.get("state") == Alert.State.REDIRECTED:
        return _sent_on(request)
    apart = not handled and not request.GET.get("urgency")
    tab = TO_HANDLE if apart else HANDLED if handled else ONE_URGENCY
    context = tab.context(request)
    if request.GET.get("cursor") and not context["page"].rows:  # what stood there was answered: the others come first
        request.GET = request.GET.copy()
        del request.GET["cursor"]
        context = tab.context(request)
    if handled and not tab.narrowed(request):
        context["waiting"] = given_unanswered(request.actor)
    vital = []
    if apart:
        narrowed = context["filters"].qs if tab.narrowed(request) else None
        vital = VITAL.rows(request.actor) if narrowed is None else list(in_danger(narrowed))
    with_words(request.actor, [*vital, *context["page"]])
    if apart and not vital and not context["page"].rows and not context["active"]:
        context["unread_child"] = unread_child(request.actor)
    context |= {"vital": vital[:PAGE], "more_vital": len(vital) > PAGE, "handled": handled}
    context["narrowing"] = "" if handled else at_page(context["kept"], request.GET.get("cursor", ""))
    context["may_take"] = not handled and request.actor.has(*WORKS)
    return render(request, "referral/inbox/alert_inbox.html", context)


def _sent_on(request):
    """Show the second view narrowed to the alerts that the desk sent on."""
    context = SENT_ON.context(request) | {"handled": True, "given": True}
    with_receivers(context["page"])
    return render(request, "referral/inbox/alert_inbox.html", context)


@cases_only
@require_safe
def alerts_left_open(request):
    """List the alerts that stand at one's desk and that nobody closed for a year, the oldest first."""
    page = OLDEST.asked(joined(left_open(request.actor)), request)
    with_words(request.actor, list(page))
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "referral/inbox/alerts_left_open.html", {"page": page, **links})


@cases_only
@require_GET
def inbox_alert(request, pk):
    """Show an alert.

    The reading is journalled, and the first one at a desk is the move « ouverte ». It is a GET, since one follows a
    link; repeating it changes nothing.
    """
    alert = alerts_operations.open_alert(request.actor, pk)
    return render(request, "referral/inbox/inbox_alert.html", alert_context(request, alert))


def alert_context(request, alert, **bound) -> dict:
    """Return an alert as this desk may read it. `bound`: invalid forms by name."""
    actor, sides, inbox = request.actor, alerts_operations.sides(request.actor, alert), Inbox(request)
    may_read = bool(sides & {"desk", "author"}) and hasattr(alert, "content")
    answers = discretion.readable(alert, actor, alert.content.data) if may_read else None
    desk = AlertDesk.objects.of(actor).filter(alert=alert).select_related("in_charge__user", "taken_by").first()
    available = actions(workflow.ALERT, alert.state, side=sides, actor=actor)
    if desk and desk.live:
        gone = alerts_operations.caseless(actor, desk)
        available = alerts_operations.may_answer(actor, desk, available, caseless=gone)
    moves = list(alert.moves.defer("comment").select_related("agency"))
    services = [line for line in addressees(moves) if line["pk"] != actor.agency_id]
    calls: dict = {}
    for call in alert.calls.order_by("at"):
        calls.setdefault(call.called_id, []).append(call)
    for line in services:
        line["calls"] = calls.get(line["pk"], [])
    if not services:  # no other service has it: there is nobody to tell
        available = [name for name in available if name != "stand_down"]
    following = inbox.next(desk) if desk else None
    context = {
        "alert": alert,
        "recorded": kept_first(alert, moves[0]),
        "desk": desk,
        "charge": ChargeForm(actor=actor, row=desk) if desk and desk.live else None,
        "moves": _moves(actor, alert, moves),
        "services": services,
        "calls": calls.get(actor.agency_id, []),
        "sender": discretion.sender_name(alert, actor),
        # the checklist says that of immunity
        "warnings": [code for code in discretion.warnings(alert) if code != "immunity"],
        "waits": bool(desk and desk.live and desk.due_at),
        "said_no": said_no(actor, [alert.pk]).get(alert.pk, 0) if desk and desk.answer == desk.Answer.CASE else 0,
        "available": available,
        "may_open": "act" in available,
        "narrowing": inbox.query,
        "narrowed": inbox.narrowed,
        "back": inbox.address(),
        "following": following,
        "left": inbox.left(desk) if desk and not following else "",
        "cases": cases_of(actor, alert),
    }
    if answers is not None:
        # 119 passes its calls on to the CRIP, which tells the prosecutor: neither of them calls it
        called = actor.agency.office_held in (Agency.Office.CRIP, Agency.Office.PROSECUTOR)
        child = alert.age_side != AgeSide.ADULT and not called
        context |= _first(alert, answers, actor) | {"child_number": child_number() if child else None}
        seen = [{"indicator": code, "value": value} for code, value in (answers.get("observations") or {}).items()]
        additions = list(alert.additions.defer("by"))
        now, doubt = counted(answers, alert.age_side), doubted(answers, alert.age_side, [a.text for a in additions])
        context |= {
            "said": [line for line in answers_in_words(answers, doubt) if line.field not in FIRST],
            "note": answers.get("note"),
            "refused": alert.age_side == AgeSide.ADULT and answers.get("agreement") == Alert.Agreement.NO,
            "additions": additions,
            "signs": signs(seen, words_of(answers)),
            "reading": reading(reading_of(now)) if seen else None,
        }
    if desk and desk.live and answers is not None:
        context |= _answer_forms(actor, alert, available, moves, bound)
        context |= _forms(request, alert, now, bound) if "redirect" in available else {}
        context["ways"] = ways(available)
    return context


FIRST = ("where", "callback")  # shown apart, above everything


def _first(alert, answers, actor) -> dict:
    """Return what saves: where the person is, who called and where to call back."""
    hidden = discretion.hides_sender(alert, actor)
    title = "" if hidden else Membership.objects.filter(pk=alert.author_id).values_list("title", flat=True).first()
    return {"where": answers.get("where"), "callback": answers.get("callback"), "caller": title or ""}


def silent_others(actor, alert) -> list[tuple[int, str]]:
    """Return (id, name) of the other services that have a guarded alert and have said nothing."""
    moves = alert.moves.defer("comment").select_related("agency")
    return _silent(actor, alert, addressees(list(moves)))


def _silent(actor, alert, services) -> list[tuple[int, str]]:
    if not is_guarded(alert.age_side != AgeSide.ADULT, alert.urgency):
        return []
    waits = (line for line in services if not line["said"] and not line["gone"])
    return [(line["pk"], line["name"]) for line in waits if line["pk"] != actor.agency_id]


def _answer_forms(actor, alert, available, moves, bound) -> dict:
    """Return the forms by which this desk answers for itself, and what the others said in words."""
    others = _silent(actor, alert, addressees(moves)) if "close" in available or "stand_down" in available else []
    told = next((m for m in reversed(moves) if m.action == "stand_down" and m.agency_id != actor.agency_id), None)
    moves_here = [MOVES[name] for name in available if name in MOVES and MOVES[name].slug]
    forms = {move.action: bound.get(move.action) or form_of(move) for move in moves_here}
    return {
        "declare": None,
        "stand_down": None,
        **forms,
        "buttons": [(move, forms[move.action]) for move in moves_here if move.button],
        # those of a danger to life stand there at once
        "watches": alert.urgency == Urgency.VITAL and actor.agency.is_coordination and actor.has(Role.COORDINATOR),
        "reach": bound.get("reach") or ReachForm(offered=others, initial=now_at()) if others else None,
        "told": told if "confirm" in available else None,
        "words": DeskAnswer.objects.visible_to(actor).filter(alert=alert).select_related("agency"),
        "form": next(iter(bound.values()), None),
    }


def now_at() -> dict:
    return {"at": timezone.localtime()}


def _forms(request, alert, answers, bound) -> dict:
    offered, held = offered_desks(request.actor, alert, answers), desks_selectors.holding(alert)
    return {
        "needs": desks_selectors.needs(child=alert.age_side != AgeSide.ADULT),
        "redirect": bound.get("redirect") or RedirectForm(actor=request.actor, offered=offered, held=held),
        "join": bound.get("join") or JoinForm(actor=request.actor, alert=alert),
        "greyed": _greyed(request.actor, alert, answers),
    }


def offered_desks(actor, alert, answers) -> list:
    """Return the desks to which an alert may be sent on: those its answers allow, and the coordination units.

    Not the one that wrote it, but where it is hidden: its absence would name it.
    None when the person refused and no ground stands for her agreement.
    """
    found = {s.desk.pk: s.desk for s in desks_selectors.suggestions_for_alert(answers, alert.agency) if not s.blocked}
    for desk in (
        desks_selectors.alert_desks().exclude(agency__mandate="").select_related("agency").order_by("agency__name")
    ):
        found.setdefault(desk.pk, desk)
    found.pop(actor.agency_id, None)
    if not discretion.hides_sender(alert, actor):
        found = {pk: desk for pk, desk in found.items() if not desks_selectors.wrote(alert, desk.agency)}
    return [desk for desk in found.values() if desks_selectors.may_be_told(answers, desk.agency)]


def _greyed(actor, alert, answers) -> list:
    """Return the desks that must not know, with the reason.

    Named to the coordination only, since the reason tells who sent the alert.
    """
    if discretion.hides_sender(alert, actor):
        return []
    return [s for s in desks_selectors.suggestions_for_alert(answers, alert.agency) if s.blocked]


def _moves(actor, alert, moves) -> list:
    reasons = dict(CloseReason.choices) | dict(RedirectReason.choices) | dict(DeskAnswer.Code.choices)
    found = steps(moves, reasons)
    for move in found:
        if kept_first(alert, move):
            move.words, move.told = KEPT, []
        move.done_by = discretion.sender_name(alert, actor) if move.agency_id == alert.agency_id else move.agency or ""
    return [_one_line(group) for group in by_moment(found)]


def _one_line(group):
    """Return one move for those of a moment: all who were silent, and all who were told."""
    line, *others = group
    if others:
        line.done_by = ", ".join(dict.fromkeys(str(move.done_by) for move in group if move.done_by))
        line.told = list(dict.fromkeys(name for move in group for name in move.told))
    return line


@cases_only
@posted("referral:inbox-alert")
def alert_open_case(request, pk):
    """Open a case; when a need was chosen, continue with the services for it."""
    inbox = Inbox(request)
    and_next = inbox.and_next(pk)
    case = alerts.open_case(request.actor, pk)
    inbox.keep_for(case.pk)
    said = _("Case %(reference)s is open.") % {"reference": case.reference}
    messages.success(request, and_next(said))
    need = NeedForm({"service": request.POST.get("need", "")})
    if not need.is_valid():
        return redirect("referral:case-detail", case.pk)
    return redirect(f"{reverse('referral:orientation-new', args=[case.pk])}?service={need.cleaned_data['service'].pk}")


@cases_only
@posted("referral:inbox-alert")
def alert_join(request, pk):
    alert = get_object_or_404(Alert.objects.visible_to(request.actor).select_related("content", "agency"), pk=pk)
    form = JoinForm(request.POST, actor=request.actor, alert=alert)
    if not form.is_valid():
        return render(request, "referral/inbox/inbox_alert.html", alert_context(request, alert, join=form))
    inbox = Inbox(request)
    and_next = inbox.and_next(pk)
    case = alerts.join_case(request.actor, pk, form.case)
    inbox.keep_for(case.pk)
    said = _("The alert has joined case %(reference)s.") % {"reference": case.reference}
    messages.success(request, and_next(said))
    return redirect("referral:case-detail", case.pk)


@cases_only
@posted("referral:inbox-alert")
def alert_redirect(request, pk):
    alert = get_object_or_404(Alert.objects.visible_to(request.actor).select_related("content", "agency"), pk=pk)
    answers = counted(alert.content.data, alert.age_side) if hasattr(alert, "content") else {}
    form = RedirectForm(
        request.POST,
        actor=request.actor,
        offered=offered_desks(request.actor, alert, answers),
        held=desks_selectors.holding(alert),
    )
    if not form.is_valid():
        return render(request, "referral/inbox/inbox_alert.html", alert_context(request, alert, redirect=form))
    desks = [desk.pk for desk in form.cleaned_data["desks"]]
    inbox = Inbox(request)
    and_next = inbox.and_next(pk)
    alerts_operations.redirect_alert(request.actor, pk, desks, reason=form.cleaned_data["reason"])
    said = MOVES["redirect"].done % {"reference": alert.reference}
    messages.success(request, and_next(said))
    return redirect(inbox.address())
