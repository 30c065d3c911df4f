"""Read the published catalogues as immutable snapshots cached in the process.

One small query tells which files are loaded; rows are read again only when that changed.
"""

from functools import lru_cache

from django.db.models import F

from indicators.assessment.rules.snapshot import (
    CatalogueSnapshot,
    GridBook,
    ShortGridSnapshot,
    catalogue_from_pack,
    grid_book_from_pack,
)
from indicators.models import Catalogue, Code, PackFile, ShortGrid

Stamp = tuple[tuple[str, str], ...]


class NoCatalogue(RuntimeError):
    """Signal that nothing is published: the pack was not loaded, or this version never existed."""


def current() -> CatalogueSnapshot:
    """Return the shared catalogue as last published. Raises NoCatalogue."""
    return _catalogue(_stamp(), None)


def at(version: str) -> CatalogueSnapshot:
    """Return the catalogue of this version, for an assessment or a draft begun with it. Raises NoCatalogue."""
    return _catalogue(_stamp(), version)


def grids() -> GridBook:
    """Return the short grids as last published. Raises NoCatalogue."""
    return _book(_stamp(), None)


def short_grid(form: str | None, age_side: str) -> ShortGridSnapshot:
    """Return the grid to show for this form and age side (`adult`, `minor`, `doubt`, `unknown`)."""
    return grids().choose(form, age_side)


def short_grid_at(code: str, version: str) -> ShortGridSnapshot:
    """Return the grid that a draft was begun with. Raises NoCatalogue when it was never published."""
    row = (
        ShortGrid.objects.filter(code=code, version=version)
        .exclude(catalogue__published_at=None)
        .select_related("catalogue")
        .order_by("-catalogue__published_at")
        .first()
    )
    if row is None:
        raise NoCatalogue(f"short grid {code} version {version} was never published")
    return _book(_stamp(), row.catalogue.version).grids[code]


def _stamp() -> Stamp:
    return tuple(PackFile.objects.order_by("name").values_list("name", "checksum"))


@lru_cache(maxsize=8)
def _catalogue(stamp: Stamp, version: str | None) -> CatalogueSnapshot:
    row = _row(Catalogue.Code.INDICATORS, version)
    rulesets = list(row.rulesets.values("code", "label_fr", "label_en", "parts", "status", "rules"))
    pack = {
        **row.reading,
        "meta": {**row.reading["meta"], "validated_by": row.validated_by},
        "dimensions": list(row.dimensions.values()),
        "rulesets": [{**entry, "catalogues": entry["parts"]} for entry in rulesets],
        "case_rules": [rule for entry in rulesets for rule in entry["rules"]],
        "indicators": [
            {**entry, "catalogue": entry["part"], "concept": entry["concept"] or None}
            for entry in row.indicators.values(
                *("code", "order", "part", "profile", "form", "concept", "label_fr", "label_en", "strength"),
                *("strength_status", "guidance_fr", "guidance_en", "source"),
                dimension_code=F("dimension__code"),
            )
        ],
    }
    for entry in pack["indicators"]:
        entry["dimension"] = entry.pop("dimension_code")
    forms = Code.objects.filter(code_list="forms_of_exploitation").values_list("code", flat=True)
    return catalogue_from_pack(pack, forms)


@lru_cache(maxsize=8)
def _book(stamp: Stamp, version: str | None) -> GridBook:
    row = _row(Catalogue.Code.SHORT_GRIDS, version)
    grids = [
        {
            **{name: getattr(grid, name) for name in ("code", "version", "validated_by", "form", "age_side")},
            "label_fr": grid.label_fr,
            "label_en": grid.label_en,
            "items": [{**item, "paired_indicator": item["paired_indicator"] or None} for item in grid.items.values()],
        }
        for grid in row.grids.prefetch_related("items")
    ]
    meta = {**row.reading["meta"], "validated_by": row.validated_by}
    return grid_book_from_pack({**row.reading, "meta": meta, "grids": grids})


def _row(code: str, version: str | None) -> Catalogue:
    rows = Catalogue.objects.published()
    row = rows.filter(code=code, version=version).first() if version else rows.current(code)
    if row is None:
        raise NoCatalogue(f"{code} {version or ''} is not published: run `manage.py load_domain`".replace("  ", " "))
    return row
