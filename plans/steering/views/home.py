"""Show the hub of public policy."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.models import Mandate
from plans.models.coordination import coordinates
from plans.steering import display as steering_display

from .guards import policy_only


@policy_only
@require_safe
def hub_page(request):
    context = {
        "doors": steering_display.entries(request.actor),
        "mandate": Mandate.objects.live().select_related("body").first(),
        "coordinates": coordinates(request.actor),
        "body": request.actor.agency.profile,
    }
    return render(request, "plans/steering/hub.html", context)
