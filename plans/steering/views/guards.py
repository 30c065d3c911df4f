"""Restrict views to members with the role `policy`, or to the coordination."""

from functools import wraps

from foundation.workflow import NotAllowed
from plans.models.bodies import builds_policy
from plans.models.coordination import coordinates


def policy_only(view):
    """Restrict a view to the role `policy`. Others get an error, not an empty list that looks true."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not builds_policy(request.actor):
            raise NotAllowed("policy")
        return view(request, *args, **kwargs)

    return checked


def coordination_only(view):
    """Restrict a view to the body that holds the mandate of coordination today."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not coordinates(request.actor):
            raise NotAllowed("coordination")
        return view(request, *args, **kwargs)

    return checked
