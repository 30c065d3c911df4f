"""Public pages, the home of each role, and the pages that say what went wrong."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from agencies.models import Helpline, Role
from notifications.models import Notice
from victims.models import CaseAccess

from . import surface
from .models import Alert, AlertDesk, OrientationDesk

# The order in which somebody who needs help should read the numbers.
KINDS = {
    "emergency": _("Immediate danger"),
    "child": _("Children and teenagers"),
    "victim": _("Victims"),
    "housing": _("Shelter"),
    "health": _("Health"),
}
CAP = 50


@login_not_required
@require_safe
def home(request):
    if request.actor is not None:
        return render(request, "public/my_space.html", my_space(request.actor))
    return render(request, "public/home.html")


def my_space(actor) -> dict:
    """What waits for this membership: four counts at most, each stopped at a cap, whatever the volume."""
    now = timezone.now()
    context = {"cap": CAP, "role_labels": [Role(role).label for role in actor.roles]}
    if actor.has(*surface.CASES):
        alerts = AlertDesk.objects.of(actor).filter(live=True, due_at__isnull=False)
        requests = OrientationDesk.objects.of(actor).filter(live=True, answers=True, due_at__isnull=False)
        context |= {
            "alerts": list(alerts.order_by("due_at", "id").values("reference", "urgency", "due_at")[:CAP]),
            "requests": list(requests.order_by("due_at", "id").values("reference", "urgency", "due_at")[:CAP]),
            "cases": CaseAccess.objects.of(actor).exclude(status="closed").order_by().values("case")[:CAP].count(),
        }
        waiting = [*context["alerts"], *context["requests"]]
        context["late"] = sum(row["due_at"] < now for row in waiting)
    if actor.has(*surface.WRITES):
        context["drafts"] = Alert.objects.mine(actor).filter(state=Alert.State.DRAFT).order_by().values("pk")[:CAP].count()
    context["notices"] = list(Notice.objects.of(actor).filter(read_at=None).order_by("-at", "-id")[:3])
    return context


@login_not_required
@require_safe
def help_numbers(request):
    order = list(KINDS)
    lines = sorted(
        Helpline.objects.filter(active=True), key=lambda line: (order.index(line.kind) if line.kind in order else 9)
    )
    groups = [(KINDS.get(kind, _("Other numbers")), list(found)) for kind, found in groupby(lines, lambda x: x.kind)]
    unreviewed = any(line.reviewed_on is None for line in lines)
    return render(request, "public/help.html", {"groups": groups, "unreviewed": unreviewed})


def _page(template: str):
    @login_not_required
    @require_safe
    def view(request):
        return render(request, f"public/{template}.html")

    return view


witness = _page("witness")
discreet = _page("discreet")
accessibility = _page("accessibility")
legal = _page("legal")
personal_data = _page("personal_data")


@login_not_required
@require_safe
def sitemap(request):
    return render(request, "public/sitemap.html")
