"""Show what became of an alert to its author and to the author's agency."""

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.members.rules import WRITES
from agencies.models import Agency, Kind
from foundation.paging import BadCursor, Keyset
from foundation.statements.kept import KeptStatement, counts
from foundation.workflow import NotAllowed, actions
from referral import workflow
from referral.alerts import display as alerts_display
from referral.alerts.forms.follow import ADULT, AdditionForm, FinishForm, ListForm
from referral.alerts.operations import additions, alerts
from referral.alerts.rules import doubted
from referral.alerts.selectors import (
    cases_of,
    has_readers,
    is_kept,
    kept_first,
    kept_waiting,
    signs_of,
    wants_association,
)
from referral.inbox.operations.alerts import may_answer, note_reading, row_of
from referral.models import Alert, AlertMove
from referral.public.display import UNREAD, UNREAD_CAP
from referral.routing import words as routing_words
from referral.routing.rules.discretion import author_warnings
from victims.models import AgeSide, Case

NEWEST = Keyset("created_at", "id")
SENT_STATES = [choice for choice in Alert.State.choices if choice[0] != Alert.State.DRAFT]
TOLD_BY_MOVES = (Alert.State.OPENED, Alert.State.TAKEN_UP)  # states whose moves say by whom, and what was done
EMPLOYER_STATES = (Alert.State.SENT, Alert.State.OPENED)
MOVES = Prefetch("moves", AlertMove.objects.select_related("agency"))


def is_employer(actor) -> bool:
    """Return whether the actor acts for a company, which reads less of what became of its alerts."""
    return actor.agency.kind == Kind.EMPLOYER


def sent_by(actor):
    """Return the sent alerts of the actor's agency: one's own, all of them for members who see cases."""
    return Alert.objects.visible_to(actor).filter(agency=actor.agency_id).exclude(state=Alert.State.DRAFT)


def _sent(actor):
    return Alert.objects.mine(actor).exclude(state=Alert.State.DRAFT).select_related("territory", "agency")


SENT = KeptStatement(lambda reader: NEWEST.first(_sent(reader)))
WAITS = KeptStatement(
    lambda reader, alerts: kept_waiting(reader).filter(pk__any_of=alerts).values_list("pk", flat=True)
)
DRAFTS = KeptStatement(lambda reader: Alert.objects.mine(reader).filter(state=Alert.State.DRAFT))


@require_safe
def alert_list(request):
    """List the alerts one sent, newest first, by state."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("list")  # told so, rather than shown an empty list
    rows = _sent(request.actor)
    employer = is_employer(request.actor)
    states = [(value, alerts_display.employer_word(value)) for value in EMPLOYER_STATES] if employer else SENT_STATES
    form = ListForm(request.GET, states=states)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    if state == Alert.State.OPENED and employer:
        rows = rows.exclude(state=Alert.State.SENT)
    elif state:
        rows = rows.filter(state=state)
    if only_waiting := request.GET.get("a-traiter") == "1":
        rows = rows.filter(pk__in=kept_waiting(request.actor).values("pk"))
    cursor = request.GET.get("cursor", "")
    try:
        whole = not (state or only_waiting or cursor)
        page = NEWEST.shown(SENT.rows(request.actor)) if whole else NEWEST.page(rows, cursor)
    except BadCursor:
        return redirect("referral:alert-list")
    waits = set(WAITS.rows(request.actor, alerts=[row.pk for row in page]))
    rows = list(page)
    if not employer:
        prefetch_related_objects([row for row in rows if row.state in TOLD_BY_MOVES or _refused(row)], MOVES)
    followed = [_followed(row, employer, kept=row.pk in waits) for row in rows]
    drafts, unread = counts([(DRAFTS, 1), (UNREAD, UNREAD_CAP)], request.actor)
    context = {"page": page, "followed": followed, "form": form, "state": state, "employer": employer, "drafts": drafts}
    context |= {"only_waiting": only_waiting, "waiting": waits, "unread": unread}
    return render(request, "referral/alerts/alert_list.html", context)


def _refused(alert: Alert) -> bool:
    """Return whether an alert may have stayed at its agency, since the person refused: its moves say so."""
    return alert.state == Alert.State.SENT and alert.agreement == Alert.Agreement.NO


def _stays(alert: Alert, employer: bool) -> bool:
    """Return whether an alert stays at its agency, since the person refused, as its author reads it."""
    return not employer and _refused(alert) and is_kept(alert, list(alert.moves.all()))


def _followed(alert: Alert, employer: bool, *, kept: bool) -> tuple:
    """Return a row of the list: the alert, its state (colour, words) and who read it."""
    moves = alert.moves.all() if alert.state in TOLD_BY_MOVES and not employer else ()
    kept = kept or _stays(alert, employer)
    return (
        alert,
        *alerts_display.followed_state(alert, employer, moves, kept=kept),
        alerts_display.readers(alert, moves),
    )


@require_safe
def alert_received(request, pk):
    """Confirm that an alert was sent: to whom, and when an answer is due."""
    own = Alert.objects.mine(request.actor).select_related("agency", "content").prefetch_related(MOVES)
    alert = get_object_or_404(own, pk=pk)
    if alert.state == Alert.State.DRAFT:
        return redirect("referral:alert-step", alert.pk, alert.step)
    sent = alert.moves.all()[0]
    kept = is_kept(alert, [sent])
    if kept and sent.due_at and not kept_waiting(request.actor).filter(pk=alert.pk).exists():
        return redirect("referral:alert-detail", alert.pk)  # closed or passed on since: nothing is promised any more
    context = {
        "alert": alert,
        "due_at": sent.due_at,
        "overdue": sent.due_at is not None and sent.due_at < timezone.now(),
        "kept": kept,
        "read_here": has_readers(alert) if kept else True,
        "warnings": author_warnings(alert.employer_immunity),
        "employer": is_employer(request.actor),
        "child": alert.age_side != AgeSide.ADULT,
        "agencies": (told := list(Agency.objects.filter(pk__in=sent.to_agencies))),
        "no_association": wants_association(alert.content.data, told),
        "article_40": alert.content.data.get("legal_ground") == "article_40",
    }
    return render(request, "referral/alerts/alert_received.html", context)


@require_safe
def alert_detail(request, pk):
    """Show one alert and what became of it. The reading is journalled."""
    return detail_page(request, pk)


def detail_page(request, pk, form=None, finish=None):
    """Return the page of one's alert; `form`, `finish`: invalid forms. The reading is journalled."""
    alert = get_object_or_404(
        sent_by(request.actor).select_related("agency", "territory", "content").prefetch_related(MOVES), pk=pk
    )
    note_reading(request.actor, alert)
    employer, moves = is_employer(request.actor), list(alert.moves.all())
    kept = is_kept(alert, moves)
    waits = kept_waiting(request.actor).filter(pk=alert.pk).exists()
    # closed, and what was added opened the alert again: it is not followed to its end
    again = alert.state != Alert.State.CLOSED and any(move.action in ("add", "add_on") for move in moves)
    due = alerts_display.kept_due(alert, moves)
    context = {
        "alert": alert,
        "employer": employer,
        "child": not employer and alert.age_side != AgeSide.ADULT,
        "followed": alerts_display.followed_state(alert, employer, moves, kept=waits or _stays(alert, employer)),
        "kept": kept,
        "recorded": kept_first(alert, moves[0]),
        "can_follow": kept and may_follow(request.actor, alert),
        "due_at": due if waits else None,
        "overdue": bool(waits and due and due < timezone.now()),
        "refused": waits and due is None,
        "finish": (finish or FinishForm()) if waits else None,
        "case_status": dict(Case.Status.choices).get(alert.case_status, ""),
        "cases": [] if employer or not alert.case_status else cases_of(request.actor, alert),
        "case_words": "" if employer or again else alerts_display.case_words(alert.case_status),
        "steps": [] if employer else moves_in_words(alert, moves),
        "addressees": [] if employer else alerts_display.addressees(moves),
        "taken_up": "" if employer else alerts_display.taken_up(alert, moves, kept=kept),
        **own_answers(request.actor, alert, form, kept),
    }
    return render(request, "referral/alerts/alert_detail.html", context)


def may_follow(actor, alert) -> bool:
    """Return whether the actor may open a case from its own alert (« Nous suivons cette personne »)."""
    if not (row := row_of(actor, alert)):
        return False
    return "act" in may_answer(actor, row, actions(workflow.ALERT, alert.state, side={"desk"}, actor=actor))


def own_answers(actor, alert, form=None, kept=False) -> dict:
    """Return the answers for the page, empty for others than the author: a desk reads them on its own page."""
    if alert.author_id != actor.pk:
        return {}
    answers, added_since = alert.content.data, list(alert.additions.order_by("at", "id"))
    doubt = doubted(answers, alert.age_side, [added.text for added in added_since])
    return {
        "answers": answers,
        "warnings": author_warnings(alert.employer_immunity),
        "said": alerts_display.answers_in_words(answers, doubt),
        "additions": added_since,
        "addition": form or AdditionForm(kept=kept),
        "signs": signs_of(answers),
    }


def agency_names(moves) -> dict[int, str]:
    """Return {id: name} of the agencies that moves went to."""
    told = {pk for move in moves for pk in move.to_agencies}
    return dict(Agency.objects.filter(pk__in=told).values_list("pk", "name"))


REASONS = {
    **dict(routing_words.RedirectReason.choices),
    **dict(routing_words.CloseReason.choices),
    **dict(routing_words.FinishReason.choices),
}


def moves_in_words(alert, moves) -> list[dict]:
    """Return the moves in words, newest first; the silences of one minute are one line."""
    known = agency_names(moves)
    return [
        _silence_in_words(group, known) if group[0].action == "escalate" else _move_in_words(alert, group[0], known)
        for group in alerts_display.by_moment(reversed(moves))
    ]


def _move_in_words(alert, move, known) -> dict:
    return {
        "at": move.at,
        "words": alerts_display.KEPT if kept_first(alert, move) else alerts_display.move_word(alert, move),
        "by": "" if move.action in ("send", "readdress") else move.agency.name if move.agency else "",
        "to": [known.get(pk, "") for pk in move.to_agencies],
        "reason": REASONS.get(move.reason, ""),
    }


def _silence_in_words(silences, known) -> dict:
    """Return the silences of one minute: who was told, else who was reminded."""
    told = list(dict.fromkeys(known.get(pk, "") for move in silences for pk in move.to_agencies))
    reminded = list(dict.fromkeys(m.agency.name for m in silences if not m.to_agencies and m.agency))
    return {
        "at": silences[0].at,
        "words": alerts_display.silence_word(len(told)),
        "by": "",
        "to": told or reminded,
        "reason": _("Reminder sent to %(names)s") % {"names": ", ".join(reminded)} if told and reminded else "",
    }


@require_POST
def alert_follow(request, pk):
    """Open a case from an alert the agency kept."""
    alert = get_object_or_404(sent_by(request.actor), pk=pk)
    case = alerts.open_case(request.actor, alert.pk)
    return redirect("referral:case-detail", case.pk)


@require_http_methods(["GET", "POST"])
def alert_add(request, pk):
    """Add what the author learned since (« Complément »). A GET of this address leads to the alert."""
    if request.method == "GET":
        return redirect("referral:alert-detail", pk)
    mine = Alert.objects.mine(request.actor).exclude(state=Alert.State.DRAFT).select_related("agency")
    alert = get_object_or_404(mine, pk=pk)
    kept = is_kept(alert, list(alert.moves.all()))
    form = AdditionForm(request.POST, alert=alert, kept=kept)
    if not form.is_valid():
        return detail_page(request, pk, form)
    given = form.cleaned_data
    added = additions.add_to_alert(request.actor, pk, given["text"], adult_sure=given.get("age") == ADULT)
    said = pgettext("alert", "Added: the services that have the alert are told.")
    if kept and not alert.case_status:  # a case may have passed to another agency, which is told
        said = pgettext("alert", "Added to the alert, which only your organisation has.")
    if added.doubted:
        said = pgettext("alert", "Added. It tells of a child: the age is in doubt, and who protects children is told.")
    messages.success(request, said)
    return redirect("referral:alert-detail", pk)
