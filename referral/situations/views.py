"""Pages of situations: an event, its persons, and who can receive them. Lines follow the reader's own access."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only, posted
from foundation.words.spoken_languages import in_both
from foundation.workflow import NotAllowed
from indicators.catalogue import selectors as catalogue_selectors
from indicators.codes.selectors import FORMS, labels
from journal.selectors import read_quota
from referral.desk.display.lists import listing
from referral.models import Alert, Situation, SituationAlert
from referral.orientations.operations.coverage import Uncovered
from referral.routing.selectors import desks
from referral.situations.operations import situations, split
from victims.cases import display as cases_display
from victims.cases.words import PLACES

from .filters import SituationFilter
from .forms import AlertReferenceForm, EventForm, PersonsForm, SplitForm, SplitNeedForm

NEWEST = Keyset("created_at", "id")


def coordination_only(view):
    """Restrict a view to members of a coordination unit; answer 429 when the read quota is exhausted."""

    @wraps(view)
    @cases_only
    def checked(request, *args, **kwargs):
        if not request.actor.agency.is_coordination:
            raise NotAllowed("situations")
        try:
            return view(request, *args, **kwargs)
        except read_quota.Exhausted as reached:
            context = {"again_at": reached.again_at, "per_hour": situations.READINGS_AN_HOUR}
            return render(request, "referral/situations/situation_new_spent.html", context, status=429)

    return checked


@coordination_only
@require_safe
def situation_list(request):
    rows = Situation.objects.visible_to(request.actor).select_related("territory")
    context = listing(request, SituationFilter(request.GET, rows, request=request), NEWEST)
    forms = labels(FORMS)[FORMS]
    seen = situations.counts(request.actor, [row.pk for row in context["page"]])
    for row in context["page"]:
        row.form_words, row.persons = forms.get(row.form, row.form), seen.get(row.pk, 0)
    return render(request, "referral/situations/situation_list.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_new(request, pk=None):
    """Record an event; with an alert in the address, place, day and form come from it."""
    alert = get_object_or_404(Alert.objects.visible_to(request.actor).exclude(sent_at=None), pk=pk) if pk else None
    form = EventForm(request.POST or None, initial=_from_alert(alert))
    if form.is_valid():
        made = situations.start_situation(request.actor, alert_id=pk, **form.cleaned_data)
        messages.success(request, _("Written down. It opens nothing to anybody: say how many persons."))
        return redirect("referral:situation-persons", made.pk)
    return render(request, "referral/situations/situation_new.html", {"form": form, "alert": alert})


def _from_alert(alert) -> dict:
    if alert is None:
        return {}
    return {"territory": alert.territory_id, "form": alert.form, "happened_on": localdate(alert.sent_at)}


@coordination_only
@require_GET
def situation_detail(request, pk):
    """Show the progress of each person visible to the reader, the alerts, and what is left to do."""
    situation = situations.read_group(request.actor, pk)
    return render(request, "referral/situations/situation_detail.html", _context(request, situation))


def _context(request, situation, **bound) -> dict:
    actor = request.actor
    found = situations.lines(actor, situation)
    words = labels(FORMS, PLACES)
    alerts = SituationAlert.objects.visible_to(actor).filter(situation=situation).select_related("alert")
    return {
        "situation": situation,
        "section": "referral:situation-list",
        "form_words": words[FORMS].get(situation.form, situation.form),
        "place_words": words[PLACES].get(situation.place, ""),
        "signs": cases_display.signs([{"indicator": k, "value": v} for k, v in situation.data["observations"].items()]),
        "lines": found,
        "progress": split.progress(actor, found),
        "alerts": [line.alert for line in alerts.order_by("at", "pk")],
        "join": bound.get("join") or AlertReferenceForm(actor=actor),
    }


@coordination_only
@posted("referral:situation-detail")
def situation_alert(request, pk):
    situation = situations.visible_situation(request.actor, pk)
    form = AlertReferenceForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return render(request, "referral/situations/situation_detail.html", _context(request, situation, join=form))
    situations.add_alert(request.actor, pk, form.alert.pk)
    messages.success(request, _("The alert is with this event."))
    return redirect("referral:situation-detail", pk)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_signs(request, pk):
    """Choose the signs of the event, from the short grid of its form; copied to cases opened later."""
    situation = situations.visible_situation(request.actor, pk)
    grid, shared = catalogue_selectors.short_grid(situation.form, "adult"), catalogue_selectors.current()
    rows = [(item, shared.indicators[item.indicator]) for item in grid.items if item.indicator in shared.indicators]
    noted = situation.data["observations"]
    if request.method == "POST":
        signs = request.POST.getlist("sign")
        if {item.indicator for item, _sign in rows} >= set(signs):
            known_by = {i.indicator: request.POST.get(f"by_{i.indicator}") or i.known_by for i, _sign in rows}
            situations.set_signs(request.actor, pk, signs, known_by)
            messages.success(request, _("Signs kept. They go to the cases opened from now on."))
            return redirect("referral:situation-persons", pk)
        messages.error(request, _("The list of signs has changed meanwhile: nothing was kept. Tick them again."))
        return redirect("referral:situation-signs", pk)
    sources = [shared.values[code] for code in shared.ways_known]
    shown = [(item, sign, noted.get(sign.code) or item.known_by) for item, sign in rows]
    context = {"situation": situation, "rows": shown, "ticked": noted, "grid": grid, "sources": sources}
    return render(request, "referral/situations/situation_signs.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_persons(request, pk):
    """Open one case per person, all at once. No agreement is copied."""
    situation = situations.visible_situation(request.actor, pk)
    alerts = situations.readable_alerts(request.actor, situation)
    opened = situations.counts(request.actor, [situation.pk]).get(situation.pk, 0)
    # the number in the alert is proposed only until cases are open
    form = PersonsForm(request.POST or None, alerts=alerts, initial={} if opened else _counted(alerts))
    if form.is_valid():
        batch = situations.open_persons(request.actor, pk, **form.persons())
        said = ngettext("%(n)d case opened.", "%(n)d cases opened, one a person.", batch.count)
        messages.success(request, said % {"n": batch.count})
        return redirect("referral:situation-detail", pk)
    context = {"situation": situation, "form": form, "alerts": alerts, "signs": len(situation.data["observations"])}
    return render(request, "referral/situations/situation_persons.html", context | {"opened": opened})


SIDES = {"adult": "adults", "minor": "minors", "doubt": "doubts"}


def _counted(alerts) -> dict:
    """Return the number of persons of the only alert, by side of age; nothing when there are several."""
    found = list(alerts[:2])
    return {SIDES[found[0].age_side]: found[0].persons} if len(found) == 1 else {}


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_intake(request, pk):
    """Show the list for reception: reference, language, answer of each person. It contains no name."""
    actor = request.actor
    if request.method == "POST":
        answers = {key.removeprefix("line_"): value for key, value in request.POST.items() if key.startswith("line_")}
        if set(answers.values()) <= set(Alert.Agreement.values):
            situations.set_agreements(actor, pk, {int(k): v for k, v in answers.items() if k.isdecimal()})
            messages.success(request, _("Answers kept."))
        else:
            messages.error(request, _("An answer is not one of this page: nothing was kept. Choose again."))
        return redirect("referral:situation-intake", pk)
    situation = situations.read_group(actor, pk)
    found = situations.lines(actor, situation)
    split.progress(actor, found)
    for line in found:
        line.language = in_both(line.known.language) if line.known else ""
    context = {"situation": situation, "lines": found, "choices": Alert.Agreement.choices}
    return render(request, "referral/situations/situation_intake.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_split_view(request, pk):
    """Choose a need, then a desk for each person. This makes drafts; nothing is sent."""
    situation = situations.visible_situation(request.actor, pk)
    need = SplitNeedForm(request.POST if request.method == "POST" else request.GET or None)
    if not need.is_bound or not need.is_valid():
        context = {"situation": situation, "needs": desks.needs()}
        return render(request, "referral/situations/situation_split_need.html", context)
    service = need.cleaned_data["service"]
    if request.method == "GET":
        situations.read_group(request.actor, pk)
    form = SplitForm(request.POST or None, parts=split.propose(request.actor, situation, service))
    if form.is_valid() and _drafted(request, pk, service, form):
        return redirect("referral:situation-drafts", pk)
    context = {"situation": situation, "service": service, "form": form}
    return render(request, "referral/situations/situation_split.html", context)


def _drafted(request, pk, service, form) -> bool:
    data = form.cleaned_data
    try:
        made = split.draft_all(
            request.actor,
            pk,
            service=service,
            chosen=data["chosen"],
            verb=data["verb"],
            level=data["level"],
            child_reason=data.get("child_reason", ""),
        )
    except Uncovered as uncovered:
        form.add_error(None, str(uncovered))
        return False
    said = ngettext("%(n)d request prepared.", "%(n)d requests prepared.", made) % {"n": made}
    messages.success(request, f"{said} {_('Nothing has left yet.')}")
    return True


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_drafts(request, pk):
    """Show drafts that can be sent and those that cannot, with reasons; send the former."""
    if request.method == "POST":
        sent, waiting = split.send_covered(request.actor, pk)
        said = ngettext("%(n)d request sent.", "%(n)d requests sent.", sent) % {"n": sent}
        kept = ngettext("%(n)d waits.", "%(n)d wait.", waiting) % {"n": waiting} if waiting else ""
        messages.success(request, f"{said} {kept}".strip())
        return redirect("referral:situation-detail" if not waiting else "referral:situation-drafts", pk)
    situation = situations.read_group(request.actor, pk)
    found = split.drafts(request.actor, situation)
    context = {
        "situation": situation,
        "ready": [d for d in found if not d.waits],
        "waiting": [d for d in found if d.waits],
    }
    return render(request, "referral/situations/situation_drafts.html", context)
