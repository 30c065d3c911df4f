"""Compute how far focal points cover the country: numbers by ministry and region, and where there is none.

A focal point is entered by a body (a directorate, an office) and counts for its ministry; one body is enough to cover a
département for the ministry.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Directory, Kind, Territory
from plans.models import FocalPoint

# ministries with staff in the départements, by kind of their bodies; each is listed, even without focal points
MINISTRIES = {
    "justice": (pgettext_lazy("ministry", "Justice"), {Kind.JUSTICE}),
    "interior": (pgettext_lazy("ministry", "Interior, asylum included"), {Kind.INTERIOR, Kind.ASYLUM}),
    "labour": (pgettext_lazy("ministry", "Labour"), {Kind.LABOUR}),
    "education": (pgettext_lazy("ministry", "Education"), {Kind.EDUCATION}),
    "social_affairs": (pgettext_lazy("ministry", "Solidarity"), {Kind.SOCIAL_AFFAIRS}),
    "health": (pgettext_lazy("ministry", "Health"), {Kind.HEALTH}),
    "equality": (pgettext_lazy("ministry", "Equality between women and men"), {Kind.EQUALITY}),
    "foreign_affairs": (pgettext_lazy("ministry", "Foreign affairs"), {Kind.FOREIGN_AFFAIRS}),
    "finance": (pgettext_lazy("ministry", "Budget and customs"), {Kind.FINANCE}),
}
OF_KIND = {kind: code for code, (_label, kinds) in MINISTRIES.items() for kind in kinds}


@dataclass
class Line:
    """Hold the coverage of one ministry: départements covered of each region, and those without a focal point."""

    code: str
    label: str
    national: bool
    covered: int
    total: int
    cells: list[dict] = field(default_factory=list)
    missing: list[Territory] = field(default_factory=list)

    @property
    def percent(self) -> int:
        return round(100 * self.covered / self.total) if self.total else 0


@dataclass
class Coverage:
    """Hold the coverage of all ministries; `by_region` turns it by region."""

    regions: list[Territory]
    lines: list[Line]

    @property
    def by_region(self) -> list[dict]:
        return [
            {"region": region, "cells": [{**line.cells[place], "label": line.label} for line in self.lines]}
            for place, region in enumerate(self.regions)
        ]


def departments() -> list[Territory]:
    """Return the départements and collectivities, by code."""
    return list(Territory.objects.exclude(sort=Territory.Sort.REGION).order_by("code"))


def coverage() -> Coverage:
    """Return the coverage in numbers: no function, no contact, no name."""
    places = departments()
    regions = list(Territory.objects.filter(pk__in={place.region_id for place in places}).order_by("label_fr"))
    covered, invented = defaultdict(set), {}
    found = FocalPoint.objects.live().values_list("body", "body__name", "body__provenance", "body__kind", "territory")
    for body, name, provenance, kind, place in found:
        fictitious = provenance == Directory.FICTITIOUS  # counts for no real ministry: a line of its own
        if fictitious:
            invented[body] = name
        covered[body if fictitious else OF_KIND.get(kind)].add(place)
    labels = {code: label for code, (label, _kinds) in MINISTRIES.items()} | dict(sorted(invented.items()))
    lines = [_line(code, label, covered[code], places, regions) for code, label in labels.items()]
    return Coverage(regions, lines)


def _line(code: str, label: str, covered: set, places: list[Territory], regions: list[Territory]) -> Line:
    cells = [
        {
            "region": region,
            "covered": sum(place.pk in covered for place in places if place.region_id == region.pk),
            "total": sum(place.region_id == region.pk for place in places),
        }
        for region in regions
    ]
    missing = [place for place in places if place.pk not in covered]
    return Line(code, label, None in covered, len(places) - len(missing), len(places), cells, missing)


def ministry_of(body: Directory | None) -> str | None:
    """Return the ministry of a body; None for the coordination, local authorities and others."""
    return OF_KIND.get(body.kind) if body else None


def gaps(ministry: str, invented: Directory | None = None) -> dict[str, list[Territory]]:
    """Return where a ministry has no focal point: never had one, or the last one's time is over. `invented`: a
    fictitious body, which counts for itself alone, as in `coverage`.
    """
    today, kinds = timezone.localdate(), MINISTRIES[ministry][1]
    found = FocalPoint.objects.filter(body__kind__in=kinds)
    if invented:
        found = found.filter(body=invented)
    covered = set(found.live().values_list("territory", flat=True))
    over = set(found.filter(end__lt=today).values_list("territory", flat=True)) - covered
    places = [place for place in departments() if place.pk not in covered]
    return {
        "expired": [place for place in places if place.pk in over],
        "never": [place for place in places if place.pk not in over],
    }
