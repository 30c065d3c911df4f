"""Pages « Doublons possibles »: two references and the reasons of their similarity, for the coordination only."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Level, Role
from foundation.paging import Keyset
from foundation.view_guards import posted
from foundation.workflow import NotAllowed, WrongState, actions
from referral.desk.display.lists import listing
from referral.duplicates.operations import decisions
from referral.models import Match, MatchAlarm
from referral.routing.words import AlarmFinding, ApartReason
from referral.workflow import MATCH
from victims.models import CaseAccess

from .forms import AlarmForm, DecisionForm, MatchFilter, MergeForm

NEWEST = Keyset("found_at", "id")
BY_DATE = Keyset("at", "id")
FINDINGS = dict(AlarmFinding.choices)
REASONS = {
    "same_alert": gettext_lazy("Opened from the same alert, by two services"),
    "names_same": gettext_lazy("Names: the same"),
    "names_close": gettext_lazy("Names: close, or heard alike"),
    "one_name": gettext_lazy("Names: one in common"),
    "birth_same": gettext_lazy("Birth: the same day"),
    "birth_swapped": gettext_lazy("Birth: the same day, with day and month the other way round"),
    "birth_month": gettext_lazy("Birth: the same month"),
    "birth_year": gettext_lazy("Birth: the same year"),
    "birth_close": gettext_lazy("Birth: close dates"),
    "nation_same": gettext_lazy("Nationality: one in common"),
}
REFUSED = gettext_lazy(
    "These cases cannot be merged this way: the one that goes on is closed while the other is not, or one of them was"
    " merged before. Choose the other one, or have this one opened again first."
)
DONE = {
    "dismiss": gettext_lazy(
        "Left apart. This pair is not asked again unless one of the identities says something new."
    ),
    "contact": gettext_lazy("Each lead is asked to contact you, with the reference of its own case only."),
    "link": gettext_lazy("Linked: each case is named on the other, for those who see both."),
    "undo": gettext_lazy("Undone: the closed case has taken back the state it had."),
    "reopen": gettext_lazy("To be looked at again."),
}
WORDS = {
    "find": gettext_lazy("Found alike again, on new data"),
    "lapse": gettext_lazy("No longer alike since a correction"),
    "dismiss": gettext_lazy("Left apart"),
    "contact": gettext_lazy("Leads asked to contact the coordination"),
    "link": gettext_lazy("Linked"),
    "merge": gettext_lazy("Merged"),
    "undo": gettext_lazy("Merging undone"),
    "reopen": gettext_lazy("To be looked at again"),
}


def coordination_only(view):
    """Restrict a view to coordinators of a coordination unit; raise NotAllowed for others."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.actor.agency.is_coordination or not request.actor.has(Role.COORDINATOR):
            raise NotAllowed("coordination")
        return view(request, *args, **kwargs)

    return checked


@coordination_only
@require_safe
def match_list(request):
    """List matches; without a filter, those still open."""
    every = request.GET.get("view") == "all" or "state" in request.GET
    rows = Match.objects.visible_to(request.actor)
    shown = rows if every else rows.filter(state=Match.State.OPEN)
    context = listing(request, MatchFilter(request.GET, shown, request=request), NEWEST)
    for row in context["page"]:
        row.why = [REASONS[code] for code in row.reasons if code in REASONS]
    return render(
        request, "referral/duplicates/match_list.html", {**context, "every": every, "watches": _watch(request.actor)}
    )


@coordination_only
@require_safe
def match_detail(request, pk):
    return _page(request, decisions.read_match(request.actor, pk), DecisionForm())


def _page(request, match, form):
    moves = list(match.moves.select_related("membership__user"))
    for move in moves:
        move.words = WORDS[move.action]
        move.why = dict(ApartReason.choices).get(move.reason, "")
    context = {
        "match": match,
        "form": form,
        "sides": _sides(request.actor, match),
        "why": [REASONS[code] for code in match.reasons if code in REASONS],
        "moves": moves,
        "may": actions(MATCH, match.state, side={"unit"}, actor=request.actor),
        "closed": decisions.closed_case(match),
    }
    return render(request, "referral/duplicates/match_detail.html", context)


def _sides(actor, match) -> list[dict]:
    """Return the two references, each with the unit's own access to that case, if any."""
    ids = [match.first_id, match.second_id]
    rows = CaseAccess.objects.of(actor).filter(case__in=ids).select_related("territory")
    seen = {row.case_id: row for row in rows}
    return [
        {
            "reference": match.first_reference if pk == match.first_id else match.second_reference,
            "pk": pk,
            "access": seen.get(pk),
            "opens": pk in seen and seen[pk].level >= Level.SUMMARY,
        }
        for pk in ids
    ]


@coordination_only
@posted("referral:match-detail")
def match_decide(request, pk):
    match = decisions.visible_match(request.actor, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, match, form)
    act, comment = form.cleaned_data["act"], form.cleaned_data["comment"]
    verbs = {
        "contact": decisions.put_in_contact,
        "link": decisions.link,
        "undo": decisions.undo_merge,
        "reopen": decisions.reopen,
    }
    if act == "dismiss":
        decisions.keep_apart(request.actor, pk, reason=form.cleaned_data["reason"], comment=comment)
    else:
        verbs[act](request.actor, pk, comment=comment)
    messages.success(request, DONE[act])
    return redirect("referral:match-detail", pk)


@coordination_only
@require_http_methods(["GET", "POST"])
def match_merge(request, pk):
    """Confirm and merge, with what is closed. Nobody gains access."""
    match = decisions.visible_match(request.actor, pk)
    if "merge" not in actions(MATCH, match.state, side={"unit"}, actor=request.actor):
        return redirect("referral:match-detail", pk)
    form = MergeForm(request.POST or None, match=match)
    if form.is_valid():
        keep, comment = form.cleaned_data["keep"], form.cleaned_data["comment"]
        try:
            match = decisions.merge(request.actor, pk, keep=keep, comment=comment)
        except WrongState:
            form.add_error("keep", REFUSED)
        else:
            closed = decisions.closed_case(match).reference
            messages.success(request, _("Case %(closed)s is closed as a duplicate.") % {"closed": closed})
            return redirect("referral:match-detail", pk)
    return render(request, "referral/duplicates/match_merge.html", {"match": match, "form": form})


def _watch(actor) -> bool:
    return actor.sight == "journal" or (actor.has(Role.COORDINATOR) and actor.agency.mandate == Agency.Mandate.NATIONAL)


@require_safe
def alarm_list(request):
    """List accounts that caused many matches in a day, for the national coordination and the audit."""
    if not _watch(request.actor):
        raise NotAllowed("watch")
    alarms = MatchAlarm.objects.visible_to(request.actor).select_related("member__user", "member__agency")
    page = BY_DATE.asked(alarms, request)
    for row in page:
        row.said = FINDINGS.get(row.finding, "")
    ways = {way: f"?cursor={cursor}" for way, cursor in (("next", page.next), ("previous", page.previous)) if cursor}
    return render(request, "referral/duplicates/match_alarm_list.html", {"page": page, **ways})


@require_http_methods(["GET", "POST"])
def alarm_detail(request, pk):
    alarm = decisions.visible_alarm(request.actor, pk)
    form = AlarmForm(request.POST or None)
    if form.is_valid():
        decisions.settle_alarm(request.actor, pk, finding=form.cleaned_data["finding"])
        messages.success(request, _("Recorded, with your name and the time."))
        return redirect("referral:match-alarm", pk)
    context = {"alarm": alarm, "form": form, "said": FINDINGS.get(alarm.finding, "")}
    return render(request, "referral/duplicates/match_alarm.html", context)
