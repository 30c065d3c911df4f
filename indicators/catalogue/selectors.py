"""Read the published catalogues as immutable snapshots cached in the process, and assess signs by them.

Which files are loaded is a reference list (foundation/words/reference_lists.py); rows are read again only when that
changed.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import F

from foundation.words.reference_lists import kept
from indicators.assessment.rules.assess import assess, replayed
from indicators.assessment.rules.explanation import explain
from indicators.assessment.rules.snapshot import (
    CatalogueSnapshot,
    GridBook,
    ShortGridSnapshot,
    catalogue_from_pack,
    grid_book_from_pack,
)
from indicators.models import Catalogue, Code, PackFile, ShortGrid

Stamp = tuple[tuple[str, str], ...]
Begun = tuple[str | None, str | None]  # code and version of a short grid
SeenFrom = tuple[str, str]  # context of detection and kind of place, codes of the pack


class NoCatalogue(RuntimeError):
    """Signal that nothing is published: the pack was not loaded, or this version never existed."""


def current() -> CatalogueSnapshot:
    """Return the shared catalogue as last published. Raises NoCatalogue."""
    return _catalogue(_stamp(), None)


def at(version: str | None) -> CatalogueSnapshot:
    """Return the catalogue of this version, the last published one when none is given. Raises NoCatalogue."""
    return _catalogue(_stamp(), version)


def grids() -> GridBook:
    """Return the short grids as last published. Raises NoCatalogue."""
    return _book(_stamp(), None)


def short_grid(
    form: str | None,
    age_side: str,
    *,
    begun_with: Begun = (None, None),
    book: GridBook | None = None,
    seen_from: SeenFrom = ("", ""),
) -> ShortGridSnapshot:
    """Return the short grid of this form and age side (`adult`, `minor`, `doubt`, `unknown`).

    `seen_from`: the context of detection and the kind of place, whose words it then has.

    `begun_with`: code and version of the grid a draft was begun with; while the grid is that one, so is its version.
    `book`: the grids last published, when the caller has them. Raises KeyError for a form without a grid, NoCatalogue
    for a version never published.
    """
    book = book or grids()
    grid = book.choose(form, age_side)
    code, version = begun_with
    if code != grid.code or version in (None, grid.version):
        return book.seen_from(grid, *seen_from)
    row = (
        ShortGrid.objects.filter(code=code, version=version)
        .exclude(catalogue__published_at=None)
        .select_related("catalogue")
        .order_by("-catalogue__published_at")
        .first()
    )
    if row is None:
        raise NoCatalogue(f"short grid {code} version {version} was never published")
    former = _book(_stamp(), row.catalogue.version)
    return former.seen_from(former.grids[code], *seen_from)


def assess_signs(
    observations: Mapping[str, str],
    *,
    age_side: str,
    form: str,
    immediate_danger: bool,
    version: str | None = None,
    grid: Begun = (None, None),
    seen_from: SeenFrom = ("", ""),
) -> dict[str, Any]:
    """Return what the shared rules say of these signs (indicator code -> value), in words: see `explain`.

    `version` of the catalogue and `grid` (code, version): those the signs were noted with, else the last published.
    `seen_from`: as in `short_grid`; it changes words, never what counts.
    Raises UnknownObservation.
    """
    catalogue, short = at(version), short_grid(form, age_side, begun_with=grid, seen_from=seen_from)
    found = assess(
        observations,
        age_side=age_side,
        form=form,
        immediate_danger=immediate_danger,
        short_grid=short,
        catalogue=catalogue,
    )
    return explain(found, catalogue, short)


def replay_signs(observations: Mapping[str, str], *, age_side: str, version: str | None = None) -> dict[str, str]:
    """Return signs with those of the other side of age replaced by their pairs. Raises UnknownObservation."""
    return replayed(observations, age_side=age_side, pairs=grids().pairs, catalogue=at(version))


def _stamp() -> Stamp:
    return kept(_loaded)


def _loaded() -> Stamp:
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
                *("strength_status", "known_by", "guidance_fr", "guidance_en", "source"),
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
