"""Restrict the pages of events to coordination units."""

from functools import wraps

from django.shortcuts import render

from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from journal.selectors import read_quota
from referral.situations.operations import situations


def coordination_only(view):
    """Restrict a view to members of a coordination unit; answer 429 when the read quota is exhausted."""

    @wraps(view)
    @cases_only
    def checked(request, *args, **kwargs):
        if not request.actor.agency.is_coordination:
            raise NotAllowed("situations")
        try:
            return view(request, *args, **kwargs)
        except read_quota.Exhausted as reached:
            context = {"again_at": reached.again_at, "per_hour": situations.READINGS_AN_HOUR}
            return render(request, "referral/situations/situation_new_spent.html", context, status=429)

    return checked
