"""Load the domain pack: check every file, then write all of them in one transaction, or nothing.

One module per list. Its check adds a problem (file, entry, reason) for everything that is wrong; its store makes the
rows match the file and returns counts.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from indicators.models import PackFile

from . import code_lists, directory, helplines, indicators, procedures, sheets, short_grids, territories, translations
from .pack import FILES, Pack, PackFileData, PackRefused, Problem, read_pack

DATA = Path(settings.BASE_DIR) / "data"

# translations are merged into the other lists first; a list comes after those it refers to
CHECKS = [
    translations.complete,
    code_lists.check,
    indicators.check,
    short_grids.check,
    territories.check,
    directory.check,
    helplines.check,
    procedures.check,
    sheets.check,
    translations.check_targets,
]
STORES = [
    code_lists.store,
    indicators.store,
    short_grids.store,
    territories.store,
    directory.store,
    helplines.store,
    procedures.store,
    sheets.store,
]


@dataclass(frozen=True)
class Loaded:
    """Describe what a load did; `changed` is false when every file equals the one loaded last."""

    changed: bool
    files: tuple[PackFileData, ...]
    counts: dict[str, int]
    stale_translations: int


def load_domain(*, using: str, folder: Path = DATA) -> Loaded:
    """Make the database match the pack of `folder`. Loading the same files again does nothing.

    Raises PackRefused, and writes nothing, when a file is invalid.
    """
    return load(read_pack(folder, FILES), CHECKS, STORES, using=using)


def load(pack: Pack, checks, stores, *, using: str) -> Loaded:
    """Check and store the files of a pack in one transaction. `checks` and `stores`: as the lists above.

    Raises PackRefused.
    """
    known = dict(PackFile.objects.using(using).filter(name__in=pack.files).values_list("name", "checksum"))
    if known == {file.name: file.checksum for file in pack.files.values()}:
        return Loaded(False, tuple(pack.files.values()), {}, 0)
    pack.parse()
    with translation.override("en"), transaction.atomic(using=using):
        for check in checks:
            check(pack)
            pack.refuse_if_wrong()
        counts: dict[str, int] = {}
        for store in stores:
            counts |= store(pack, using)
            pack.refuse_if_wrong()
        _remember(pack, using)
    return Loaded(True, tuple(pack.files.values()), counts, pack.stale_translations)


def _remember(pack: Pack, using: str) -> None:
    now = timezone.now()
    rows = [
        PackFile(
            name=file.name,
            version=file.meta["version"],
            date=file.meta["date"],
            checksum=file.checksum,
            validated_by=file.meta["validated_by"],
            loaded_at=now,
        )
        for file in pack.files.values()
    ]
    PackFile.objects.using(using).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["version", "date", "checksum", "validated_by", "loaded_at"],
    )
