"""Page « Services qui n'ont pas répondu » of a coordination unit: desks without an answer, calls and readdressing."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.duty.selectors import back_at
from agencies.members.rules import require_unit
from agencies.models import Agency, Desk
from foundation.errors import NotFound
from foundation.view_guards import cases_only
from referral.inbox.display import given_silent, with_phones
from referral.inbox.forms.silent_desks import CallForm, ReaddressForm
from referral.inbox.operations import silent_desks as silent_desks_operations
from referral.models import AlertMove, DeskCall, OrientationMove


@dataclass
class SilentDesk:
    """Hold one desk and what waits there, most urgent first."""

    desk: Desk
    back: datetime | None  # when staff are back; None when the desk is open now
    items: list = field(default_factory=list)
    call: CallForm | None = None
    readdress: ReaddressForm | None = None
    second_takes_none: bool = False  # the stand-in can be given none of the alerts that wait here
    second_has_all: bool = False  # the stand-in was sent each of them, and its answer is awaited too

    @property
    def alerts(self) -> int:
        return sum(item.noun == "alert" for item in self.items)

    @property
    def requests(self) -> bool:
        return len(self.items) > self.alerts


@cases_only
@require_safe
def silent_desks(request):
    return _page(request)


def _page(request, **bound):
    """Render the page. `bound`: an invalid `form`, its `name` and `desk_id`."""
    found = silent_desks_operations.waiting(request.actor)
    groups = _grouped(request.actor, found)
    form = bound.get("form")
    for group in groups:
        if form and group.desk.pk == bound["desk_id"]:
            setattr(group, bound["name"], form)
    context = {
        "groups": groups,
        "given": with_phones(given_silent(request.actor)),
        "items": len(found),
        "more": len(found) == silent_desks_operations.AT_MOST,
        "form": form,
    }
    return render(request, "referral/inbox/silent_desks.html", context)


def _grouped(actor, found) -> list[SilentDesk]:
    """Group by desk, in the order of the most urgent item. A fixed number of queries."""
    ids = list(dict.fromkeys(item.agency_id for item in found))
    desks = Desk.objects.filter(pk__in=ids).select_related("agency", "second__agency")
    now = timezone.now()
    back, offered = back_at(ids, now), silent_desks_operations.offered(actor, found)
    groups = {desk.pk: SilentDesk(desk, back[desk.pk] if back[desk.pk] > now else None) for desk in desks}
    moves, calls = _escalations(found), _calls(actor, found)
    awaited = silent_desks_operations.awaited(actor, found)
    names = _names(actor, moves, awaited)
    steps = _steps(moves, names)
    for item in found:
        groups[item.agency_id].items.append(item)
        item.told = steps.get((item.subject_id, item.agency_id), [])
        waits = awaited.get(item.subject_id, set()) - {item.agency_id}
        others = sorted(str(names[pk]) for pk in waits if pk in names)
        item.others = get_text_list(others, _("and"))
        item.calls = calls.get((item.subject_id, item.agency_id), [])
    for pk, group in groups.items():
        group.call = CallForm(auto_id=f"id_%s_{pk}", initial={"at": timezone.localtime()})
        if group.alerts:
            second = group.desk.second
            others = second and second.agency_id != actor.agency_id  # one's own unit takes an alert in its inbox
            group.second_takes_none = bool(others) and second not in offered[pk]
            waits = [item for item in group.items if item.noun == "alert"]
            group.second_has_all = bool(others) and all(second.pk in item.holders for item in waits)
            group.readdress = ReaddressForm(
                offered=offered[pk], alerts=group.alerts, second=group.desk.second_id, auto_id=f"id_%s_{pk}"
            )
    return [groups[pk] for pk in ids]


def _escalations(found) -> list:
    ids = {noun: [i.subject_id for i in found if i.noun == noun] for noun in ("alert", "orientation")}
    return [
        *AlertMove.objects.filter(alert__in=ids["alert"], action="escalate").defer("comment").order_by("at"),
        *OrientationMove.objects.filter(orientation__in=ids["orientation"], action="escalate")
        .defer("comment")
        .order_by("at"),
    ]


def _names(actor, moves, awaited) -> dict:
    """Return the names of the agencies told by these moves, and of those whose answer is awaited; one's own apart."""
    told = {pk for move in moves for pk in move.to_agencies}.union(*awaited.values())
    return dict(Agency.objects.filter(pk__in=told).values_list("pk", "name")) | {actor.agency_id: _("your service")}


def _steps(moves, names) -> dict:
    """Return {(subject, desk): escalations}, each as (when, names of the agencies notified)."""
    told: dict = {}
    for move in moves:
        subject = move.alert_id if isinstance(move, AlertMove) else move.orientation_id
        words = [names[pk] for pk in move.to_agencies if pk in names]
        told.setdefault((subject, move.agency_id), []).append((move.at, words))
    return told


def _calls(actor, found) -> dict:
    ids = [item.subject_id for item in found]
    rows = DeskCall.objects.filter(Q(alert__in=ids) | Q(orientation__in=ids), agency=actor.agency_id).order_by("at")
    calls: dict = {}
    for call in rows:
        calls.setdefault((call.alert_id or call.orientation_id, call.called_id), []).append(call)
    return calls


def _nothing_waits(request):
    """Return to the list, and say that nothing waits at this desk; the same for one that does not exist."""
    messages.warning(
        request,
        _(
            "Nothing was noted or sent: nothing that your service follows waits there any more. It was"
            " answered or given to another service, or this one was called meanwhile."
        ),
    )
    return redirect("referral:silent-desks")


@cases_only
@require_http_methods(["GET", "POST"])
def silent_call(request, pk: int):
    """Note one call « Joint par téléphone » for everything that waits at a desk."""
    if request.method == "GET":
        return redirect("referral:silent-desks")
    form = CallForm(request.POST, auto_id=f"id_%s_{pk}")
    if not form.is_valid():
        require_unit(request.actor)
        return _page(request, form=form, desk_id=pk, name="call")
    try:
        moved, reached, kept = silent_desks_operations.call_desk(
            request.actor, pk, at=form.called_at(), function=form.cleaned_data["function"]
        )
    except NotFound:
        return _nothing_waits(request)
    if moved:
        text = ngettext(
            "Call noted: one time limit is extended, once.", "Call noted: %(n)d time limits are extended, once.", moved
        )
        messages.success(request, text % {"n": moved})
    if reached:
        text = ngettext(
            "Call noted: this service was reached about one alert.",
            "Call noted: this service was reached about %(n)d alerts.",
            reached,
        )
        messages.success(request, text % {"n": reached})
    if kept:
        text = ngettext(
            "One time limit keeps running: a danger to life, or already extended once.",
            "%(n)d time limits keep running: danger to life, or already extended once.",
            kept,
        )
        messages.info(request, text % {"n": kept})
    return redirect("referral:silent-desks")


@cases_only
@require_http_methods(["GET", "POST"])
def silent_readdress(request, pk: int):
    if request.method == "GET":
        return redirect("referral:silent-desks")
    if not (found := silent_desks_operations.waiting(request.actor, pk)):
        return _nothing_waits(request)
    alerts = sum(item.noun == "alert" for item in found)
    offered = silent_desks_operations.offered(request.actor, found)[pk]
    form = ReaddressForm(request.POST, offered=offered, alerts=alerts, auto_id=f"id_%s_{pk}")
    if not form.is_valid():
        return _page(request, form=form, desk_id=pk, name="readdress")
    done = silent_desks_operations.readdress_all(request.actor, pk, form.cleaned_data["target"])
    if done.sent:
        text = ngettext("One alert is sent on.", "%(n)d alerts are sent on.", len(done.sent))
        messages.success(request, text % {"n": len(done.sent)})
    for reference, why in done.left:
        messages.warning(request, _("%(reference)s was not sent on. %(why)s.") % {"reference": reference, "why": why})
    return redirect("referral:silent-desks")
