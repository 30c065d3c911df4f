"""Refuse a view to those who do not build policy, or do not coordinate."""

from functools import wraps

from foundation.workflow import NotAllowed
from plans.models.bodies import builds_policy
from plans.models.coordination import coordinates


def policy_only(view):
    """Pages of those who build policy. Others are told so, rather than shown an empty list they would believe."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not builds_policy(request.actor):
            raise NotAllowed("policy")
        return view(request, *args, **kwargs)

    return checked


def coordination_only(view):
    """Pages of the body that holds the mandate of coordination today."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not coordinates(request.actor):
            raise NotAllowed("coordination")
        return view(request, *args, **kwargs)

    return checked
