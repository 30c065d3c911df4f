"""Show the space of an organisation by its kind, and anonymous signals."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.directory.selectors import child_number
from agencies.members.rules import WRITES
from agencies.models import Helpline, Kind, Membership
from foundation.paging import Keyset
from foundation.workflow import NotAllowed
from indicators.models import PackFile
from plans import access
from plans.models import Advice, Consultation, SectorGuide, Signal, coordination
from plans.participation.forms.sectors import SignalForm, signs_of
from plans.participation.operations import sectors
from plans.steering.views.guards import policy_only

from .consultations import paged

SENT = Keyset("at", "id")
SOURCE = "sectors.yaml"
HERE = {"section": "plans:hub"}


def sector_or_404(code: str) -> SectorGuide:
    found = SectorGuide.objects.filter(pk=code).first()
    if found is None:
        raise Http404
    return found


@policy_only
@require_safe
def space(request):
    """Show links and advice by kind; « Alerter » for a union member who works in the field."""
    actor = request.actor
    union, company = actor.agency.kind == Kind.UNION, actor.agency.kind == Kind.EMPLOYER
    audience = Advice.Audience.UNION if union else Advice.Audience.COMPANY
    context = {
        "union": union,
        "company": company,
        "association": actor.agency.kind in (Kind.NGO, Kind.NGO_NETWORK),
        "signals": access.signals(actor),
        "reports": actor.has(*WRITES),
        "guides": SectorGuide.objects.order_by("order"),
        "advice": Advice.objects.filter(audience=audience) if union or company else [],
        "open": Consultation.objects.visible_to(actor).open(),
        "pack": PackFile.objects.filter(pk=SOURCE).first(),
        **HERE,
    }
    return render(request, "plans/participation/space.html", context)


def guide_context(guide: SectorGuide) -> dict:
    """Return the context of a guide, the same for the public and members."""
    numbers = {line.pk: line for line in Helpline.objects.filter(pk__in=guide.helplines, active=True)}
    bodies = {body.pk: body for body in guide.contacts()}
    return {
        "guide": guide,
        "signs": signs_of(guide),
        "steps": guide.steps_fr if get_language() == "fr" or not guide.steps_en else guide.steps_en,
        "law": Advice.objects.filter(audience=Advice.Audience.COMPANY).first(),
        "numbers": [numbers[code] for code in guide.helplines if code in numbers],
        "bodies": [bodies[code] for code in guide.bodies if code in bodies],
        "pack": PackFile.objects.filter(pk=SOURCE).first(),
    }


@policy_only
@require_http_methods(["GET", "POST"])
def sector_signal(request, code):
    """Send a signal; refused when the note names somebody."""
    if not access.signals(request.actor):
        raise NotAllowed("signal")
    guide = sector_or_404(code)
    form = SignalForm(request.POST or None, sector=guide, reports=request.actor.has(*WRITES))
    if form.is_valid():
        made = sectors.send_signal(request.actor, guide, **form.cleaned_data)
        if form.passed_on:
            messages.success(request, _("Passed on as an alert: child protection and the coordination are told now."))
        else:
            messages.success(request, _("Received. It names nobody; the coordination reads it."))
        return redirect("plans:signal-detail", made.pk)
    context = {"form": form, "guide": guide, **HERE}
    if told := form.told_child:
        context |= {"told": told, "draft_id": uuid.uuid4(), "child_number": child_number()}
        context |= {"may_report": request.actor.has(*WRITES), "reporters": who_reports(request.actor)}
    return render(request, "plans/participation/sector_signal.html", context)


def who_reports(actor) -> list[str]:
    """Return the names of the colleagues who may send an alert; empty when the actor may."""
    if actor.has(*WRITES):
        return []
    mine = Membership.objects.live().filter(agency=actor.agency_id, roles__overlap=list(WRITES)).exclude(user=None)
    return sorted(member.user.full_name for member in mine.select_related("user"))


@policy_only
@require_safe
def signal_list(request):
    rows = Signal.objects.visible_to(request.actor).select_related("sector", "territory", "agency")
    coordinates = coordination.coordinates(request.actor)
    if coordinates and request.GET.get("vue") == "nouveaux":
        rows = rows.unread()
    context = paged(request, rows, SENT) | {"coordinates": coordinates, "only": request.GET.get("vue") == "nouveaux"}
    context |= {"signals": access.signals(request.actor), **HERE}
    return render(request, "plans/participation/signal_list.html", context)


@policy_only
@require_safe
def signal_detail(request, pk):
    """Show a signal. When the coordination reads it, its author learns that, and nothing more."""
    found = sectors.read_signal(request.actor, pk)
    labels = dict(Signal.Done.choices)
    context = {
        "signal": found,
        "signs": [label for code, label in signs_of(found.sector) if code in found.signs],
        "done": [labels[code] for code in found.done if code in labels],
        "coordinates": coordination.coordinates(request.actor),
        **HERE,
    }
    return render(request, "plans/participation/signal_detail.html", context)
