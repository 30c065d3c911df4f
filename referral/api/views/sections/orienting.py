"""Services for a need of a case, ranked with reasons, and the draft of a request."""

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from agencies.models import Service
from foundation.workflow import NotAllowed
from referral.api.forms import orienting as acts
from referral.api.rules import Problem
from referral.api.serializers.sections.orienting import ServiceShown
from referral.routing.selectors.ranking import SORTED

from .base import Reading


def _services(actor, access, request) -> dict:
    """Return the services for the need asked, best first. Raises NotAllowed unless the actor leads."""
    if not access.lead:
        raise NotAllowed("orient")
    asked, sort = request.query_params.get("service", ""), request.query_params.get("sort")
    wrong = [] if Service.objects.filter(pk=asked).exists() else [("service", "unknown_code")]
    wrong += [] if sort is None or sort in SORTED else [("sort", "invalid_choice")]
    if wrong:
        detail = now("This code is not in the list.")
        raise Problem("invalid", detail, [{"parameter": name, "code": code, "detail": detail} for name, code in wrong])
    return {"services": acts.ranked(actor, access.case, asked, sort or "")}


READINGS = [
    Reading(
        "summary",
        "orientations",
        "rank_services",
        _("Rank the services for a need, with reasons"),
        {"services": ServiceShown(many=True, help_text=_("Best suited first, blocked ones last."))},
        _services,
        acts.ORIENTATIONS,
        description=_("For the agency that leads the case. Being near gives no points: far may be safer."),
        parameters=("service", "sort"),
    ),
]
