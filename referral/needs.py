"""Refusals for lack of place beside what is declared: working figures of coordination, never of one case.

Read by coordination units only, each over its own territories, and not for publication: what is published goes by
region and leaves out counts under eleven (mission, section 3).
"""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from agencies.models import Agency, Desk

from .models import UnmetNeed
from .ranking import FRESH

MONTHS = 12
FEW = 3  # fewer situations than this are said « 1 or 2 »: a small place with one refusal is one person


def unmet(agency: Agency) -> dict:
    """`months`: rows by month, newest first; `supply`: places declared for each need met there, and how old."""
    since = (timezone.localdate().replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    rows = UnmetNeed.objects.filter(month__gte=since).select_related("service", "territory")
    if agency.mandate != Agency.Mandate.NATIONAL:
        mine = [t.pk for t in agency.desk.territories.all()]
        rows = rows.filter(Q(territory__in=mine) | Q(territory__region__in=mine))
    found = list(rows)
    for row in found:
        row.few = row.situations < FEW
    months = defaultdict(list)
    for row in found:
        months[row.month].append(row)
    return {"months": dict(months), "supply": _supply(found), "since": since}


def _supply(rows) -> list[dict]:
    """Places free as declared, by need: only what was declared in the last week counts as known."""
    wanted = {row.service_id: row.service for row in rows}
    declared = (
        Desk.objects.filter(receives_orientations=True, agency__active=True, services__in=wanted, places__isnull=False)
        .values("services")
        .annotate(
            known=Sum("places", filter=Q(places_updated_at__gte=timezone.now() - FRESH)),
            old=Sum("places", filter=Q(places_updated_at=None) | Q(places_updated_at__lt=timezone.now() - FRESH)),
        )
    )
    places = {row["services"]: row for row in declared}
    return [
        {"service": service, "known": (places.get(code) or {}).get("known"), "old": (places.get(code) or {}).get("old")}
        for code, service in sorted(wanted.items())
    ]
