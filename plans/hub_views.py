"""The hub of public policy, and the door that closes it to other roles."""

from functools import wraps

from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.workflow import NotAllowed

from . import access, hub
from .models import Mandate


def policy_only(view):
    """Pages of those who build policy. Others are told so, rather than shown an empty list they would believe."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not access.builds_policy(request.actor):
            raise NotAllowed("policy")
        return view(request, *args, **kwargs)

    return checked


def coordination_only(view):
    """Pages of the body that holds the mandate of coordination today."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not access.coordinates(request.actor):
            raise NotAllowed("coordination")
        return view(request, *args, **kwargs)

    return checked


@policy_only
@require_safe
def hub_page(request):
    context = {
        "doors": hub.doors(request.actor),
        "mandate": Mandate.objects.live().select_related("body").first(),
        "coordinates": access.coordinates(request.actor),
        "body": request.actor.agency.profile,
    }
    return render(request, "plans/hub.html", context)
