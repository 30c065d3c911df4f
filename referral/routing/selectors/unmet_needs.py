"""Count refusals for lack of places beside the places declared: working figures of coordination units.

Each unit reads its own territories. They are not for publication, which goes by region and leaves out counts under
eleven (mission, section 3).
"""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Desk, Territory
from referral.models import UnmetNeed

from .ranking import FRESH

MONTHS = 12
_REGION = Coalesce("agency__territory__region", "agency__territory")
FEW = 3  # fewer situations than this are shown as « 1 or 2 »: a small place with one refusal is one person


# whom a desk takes: (adults, minors)
TAKEN = {
    (True, False): UnmetNeed.Profile.ADULT.label,
    (False, True): UnmetNeed.Profile.MINOR.label,
    (True, True): _("Adults, children and ages in doubt"),
}


def unmet(agency: Agency) -> dict:
    """Return the unmet needs in the territories of a unit: `months`, `supply`, `since`.

    `months`: rows by month, newest first. `supply`: places declared for each of these needs, by region of the desk and
    whom it takes, recent ones apart.
    """
    since = (timezone.localdate().replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    rows = UnmetNeed.objects.filter(month__gte=since).select_related("service", "territory")
    desks = Desk.objects.filter(receives_orientations=True, agency__active=True, places__isnull=False)
    if agency.mandate != Agency.Mandate.NATIONAL:
        mine = [t.pk for t in agency.desk.territories.all()]
        rows = rows.filter(Q(territory__in=mine) | Q(territory__region__in=mine))
        desks = desks.filter(pk__in=_there(mine))
    found = list(rows)
    for row in found:
        row.few = row.situations < FEW
    months = defaultdict(list)
    for row in found:
        months[row.month].append(row)
    return {"months": dict(months), "supply": _supply(found, desks), "since": since}


def _there(mine: list[str]):
    """Return the desks that work in these territories: nationwide, in one of them, in its region or a part of it."""
    regions = Territory.objects.filter(pk__in=mine).exclude(region=None).values("region")
    works = Q(territories__in=mine) | Q(territories__region__in=mine) | Q(territories__in=regions)
    return Desk.objects.filter(Q(nationwide=True) | works).values("pk")


def _supply(rows, desks) -> list[dict]:
    """Return the places declared by service; those declared in the last week are `known`, others `old`."""
    wanted = {row.service_id: row.service for row in rows}
    fresh = Q(places_updated_at__gte=timezone.now() - FRESH)
    declared = (
        desks.filter(services__in=wanted)
        .values("services", "takes_adults", "takes_minors", where=_REGION)
        .annotate(known=Sum("places", filter=fresh), old=Sum("places", filter=~fresh | Q(places_updated_at=None)))
        .order_by("services", "where", "-takes_adults", "takes_minors")
    )
    found = list(declared)
    places = Territory.objects.in_bulk({row["where"] for row in found} - {None})
    supply = [
        {
            "service": wanted[row["services"]],
            "where": places.get(row["where"]),
            "taken": TAKEN.get((row["takes_adults"], row["takes_minors"]), ""),
            "known": row["known"],
            "old": row["old"],
        }
        for row in found
    ]
    nowhere = set(wanted) - {row["services"] for row in found}
    return supply + [
        {"service": wanted[code], "where": None, "taken": "", "known": None, "old": None} for code in sorted(nowhere)
    ]
