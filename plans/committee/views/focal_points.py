"""Show and edit « Référents des ministères »: a ministry's focal points and gaps; all contacts for the coordination."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Directory
from plans.committee.forms import FocalForm
from plans.committee.operations import focal_points as operations
from plans.committee.selectors.focal_coverage import MINISTRIES, coverage, gaps, ministry_of
from plans.models import FocalPoint, coordination
from plans.models.bodies import body_of, is_state
from plans.steering.views.guards import policy_only


@policy_only
@require_http_methods(["GET", "POST"])
def focal(request):
    body, ending = body_of(request.actor), request.POST.get("end_of")
    form = FocalForm(request.POST if request.method == "POST" and not ending else None)
    if ending:
        last = parse_date(request.POST.get("end", "")) or None
        if last is None:
            messages.error(request, _("Give the last day of the focal point."))
        else:
            operations.end_focal_point(request.actor, ending, end=last)
            messages.success(request, _("Its last day is recorded."))
        return redirect("plans:focal")
    if form.is_bound and form.is_valid():
        added = operations.add_focal_points(request.actor, **form.arguments())
        messages.success(
            request, _("%(n)d focal points added; those already running were left as they are.") % {"n": added}
        )
        return redirect("plans:focal")
    state, coordinates = is_state(request.actor), coordination.coordinates(request.actor)
    mine = FocalPoint.objects.filter(body=body).select_related("territory", "contact") if state else []
    profile = request.actor.agency.profile if state else None
    ministry = ministry_of(profile)
    invented = profile if profile and profile.provenance == Directory.FICTITIOUS else None
    context = {
        "form": form,
        "state": state,
        "mine": mine,
        "gaps": gaps(ministry, invented) if ministry else None,
        "ministry": invented.name if invented else MINISTRIES[ministry][0] if ministry else "",
        "coverage": coverage(),
        "coordinates": coordinates,
        "contacts": _contacts() if coordinates else [],
        "today": timezone.localdate(),
    }
    return render(request, "plans/committee/focal.html", context)


def _contacts():
    """Return the focal points of all ministries with contact, which row security shows to the coordination only."""
    return FocalPoint.objects.live().select_related("body", "territory", "contact").order_by("territory", "body")
