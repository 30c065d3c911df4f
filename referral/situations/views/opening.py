"""Open the cases of an event: how many persons, then batch after batch."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from referral.situations.forms.persons import SIDES, PersonsForm
from referral.situations.operations import opening, situations

from .guard import coordination_only


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_persons(request, pk):
    """Order one case per person and open the first batch. No agreement is copied."""
    situation = situations.visible_situation(request.actor, pk)
    alerts = situations.readable_alerts(request.actor, situation)
    opened = situations.counts(request.actor, [situation.pk]).get(situation.pk, 0)
    # the number in the alert is proposed only until cases are open
    form = PersonsForm(request.POST or None, alerts=alerts, initial={} if opened else _counted(alerts))
    if form.is_valid():
        opening.open_persons(request.actor, pk, **form.persons())
        return _onward(request, situation)
    context = {"situation": situation, "form": form, "alerts": alerts, "signs": len(situation.data["observations"])}
    context |= {"opened": opened, "planned": _persons(opening.planned(request.actor, pk))}
    return render(request, "referral/situations/situation_persons.html", context)


def _counted(alerts) -> dict:
    """Return the number and the language of the persons of the only alert; nothing when there are several."""
    found = list(alerts.select_related("content")[:2])
    if len(found) != 1:
        return {}
    (alert,) = found
    name = next(name for name, side in SIDES.items() if side == alert.age_side)
    return {name: alert.persons, "language": alert.content.data.get("language") or ""}


def _persons(batches) -> int:
    return sum(batch.count for batch in batches)


def _onward(request, situation):
    """Redirect to what is left to open; when nothing is, to the event."""
    if opening.planned(request.actor, situation.pk).exists():
        return redirect("referral:situation-opening", situation.pk)
    opened = situations.counts(request.actor, [situation.pk]).get(situation.pk, 0)
    said = ngettext("%(n)d case is open.", "%(n)d cases are open, one a person.", opened)
    messages.success(request, said % {"n": opened})
    return redirect("referral:situation-detail", situation.pk)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_opening(request, pk):
    """Show how many cases are open and open the next batch, one transaction a press; a script presses on by itself."""
    situation = situations.visible_situation(request.actor, pk)
    if request.method == "POST":
        return _opened(request, situation)
    left = list(opening.planned(request.actor, pk))
    if not left:
        return redirect("referral:situation-detail", pk)
    done = situations.counts(request.actor, [situation.pk]).get(situation.pk, 0)
    context = {"situation": situation, "next": left[0], "left": _persons(left), "opened": done}
    context |= {"total": done + _persons(left), "lost": opening.alerts_lost(request.actor, situation, left[0])}
    return render(request, "referral/situations/situation_opening.html", context)


def _opened(request, situation):
    if "drop" in request.POST:
        dropped = opening.drop_planned(request.actor, situation.pk)
        said = ngettext("%(n)d case will not be opened.", "%(n)d cases will not be opened.", dropped) % {"n": dropped}
        messages.success(request, said)
        return redirect("referral:situation-detail", situation.pk)
    batch = opening.planned(request.actor, situation.pk).filter(first=_number(request.POST.get("first"))).first()
    if batch is not None:  # none: another press opened it
        opening.open_batch(request.actor, batch.pk, without_alerts="without" in request.POST)
    return _onward(request, situation)


def _number(text) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else None
