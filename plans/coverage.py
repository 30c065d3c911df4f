"""How far focal points cover the country: numbers by ministry and region, and for those concerned, where nobody is."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from agencies.models import Directory, Kind, Territory

from .access import STATE
from .models import FocalPoint, Plan

# bodies of the State with people in the départements; the coordination and local authorities have none to name
MINISTRIES = STATE - {Kind.COORDINATION, Kind.LOCAL_AUTHORITY}


@dataclass
class Line:
    """One ministry: how many départements of each region have a focal point, of how many."""

    body: Directory
    national: bool
    covered: int
    total: int
    cells: list[dict] = field(default_factory=list)

    @property
    def percent(self) -> int:
        return round(100 * self.covered / self.total) if self.total else 0


@dataclass
class Coverage:
    regions: list[Territory]
    lines: list[Line]

    @property
    def by_region(self) -> list[dict]:
        return [
            {"region": region, "cells": [{**line.cells[place], "body": line.body} for line in self.lines]}
            for place, region in enumerate(self.regions)
        ]


def ministries():
    """Bodies of the State that lead a measure of a public plan, or have a focal point already."""
    led = Q(led_measures__plan__in=Plan.objects.public()) | Q(focal_points__isnull=False)
    return (
        Directory.objects.filter(led, kind__in=MINISTRIES, is_template=False, active=True).distinct().order_by("name")
    )


def departments() -> list[Territory]:
    return list(Territory.objects.exclude(sort=Territory.Sort.REGION).order_by("code"))


def coverage() -> Coverage:
    """Numbers alone: no function, no contact, nobody."""
    places = departments()
    regions = list(Territory.objects.filter(pk__in={place.region_id for place in places}).order_by("label_fr"))
    by_body = defaultdict(set)
    for body, place in FocalPoint.objects.live().values_list("body", "territory"):
        by_body[body].add(place)
    lines = []
    for body in ministries():
        covered = by_body[body.pk]
        cells = [
            {
                "region": region,
                "covered": sum(place.pk in covered for place in places if place.region_id == region.pk),
                "total": sum(place.region_id == region.pk for place in places),
            }
            for region in regions
        ]
        count = sum(place.pk in covered for place in places)
        lines.append(Line(body, None in covered, count, len(places), cells))
    return Coverage(regions, lines)


def gaps(body: str) -> dict[str, list[Territory]]:
    """Of one ministry: where nobody ever was, and where the last one's time is over."""
    today = timezone.localdate()
    covered = set(FocalPoint.objects.live().filter(body=body).values_list("territory", flat=True))
    over = set(FocalPoint.objects.filter(body=body, end__lt=today).values_list("territory", flat=True)) - covered
    places = [place for place in departments() if place.pk not in covered]
    return {
        "expired": [place for place in places if place.pk in over],
        "never": [place for place in places if place.pk not in over],
    }
