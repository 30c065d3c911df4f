"""Pages of an event: where each person is, its alerts and signs. Lines follow the reader's own access."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import posted
from indicators.catalogue import selectors as catalogue_selectors
from indicators.codes.selectors import FORMS, labels
from referral.desk.display.lists import listing
from referral.models import Alert, Situation, SituationAlert
from referral.situations import display
from referral.situations.filters import SituationFilter
from referral.situations.forms.events import AlertReferenceForm, EventForm
from referral.situations.operations import asking, opening, situations, split
from victims.cases import display as cases_display
from victims.cases.words import PLACES

from .guard import coordination_only

NEWEST = Keyset("created_at", "id")


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
        messages.success(request, _("Written down. It opens nothing to anybody: say how many people."))
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
    split.follow(actor, found)
    display.show_waits(found)
    display.show_answers(found, asking.asked_of(situation))
    only = request.GET.get("attend", "")
    words = labels(FORMS, PLACES)
    lines = SituationAlert.objects.visible_to(actor).filter(situation=situation).select_related("alert")
    alerts = [line.alert for line in lines.order_by("at", "pk")]
    told = max(alerts, key=lambda alert: alert.persons, default=None)
    return {
        "situation": situation,
        "section": "referral:situation-list",
        "form_words": words[FORMS].get(situation.form, situation.form),
        "place_words": words[PLACES].get(situation.place, ""),
        "signs": cases_display.signs([{"indicator": k, "value": v} for k, v in situation.data["observations"].items()]),
        "lines": found,
        "shown": [line for line in found if not only or line.wait == only],
        "only": only,
        "waits": display.waits(split.progress(found), only),
        "alone": sum(line.ours and not line.in_charge for line in found),
        "planned": sum(batch.count for batch in opening.planned(actor, situation.pk)),
        "told": told,
        "missing": max(0, told.persons - len(found)) if told else 0,
        "alerts": alerts,
        "join": bound.get("join") or AlertReferenceForm(actor=actor),
    }


@coordination_only
@posted("referral:situation-detail")
def situation_charge(request, pk):
    """Put the reader in charge of every person of the event whom nobody of the unit is."""
    taken = split.take_charge(request.actor, pk)
    said = ngettext("%(n)d person is yours now.", "%(n)d persons are yours now.", taken) % {"n": taken}
    messages.success(request, said)
    return redirect("referral:situation-detail", pk)


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
