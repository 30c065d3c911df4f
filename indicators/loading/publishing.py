"""Publication of a version: once out it never changes, and the same content again does nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from indicators.models import Catalogue

from .pack import Pack, fingerprint


@contextmanager
def publish(pack: Pack, file: str, code: str, reading: dict[str, Any], using: str) -> Iterator[Catalogue | None]:
    """Give the new catalogue to fill, then publish it; or None when this version is already out."""
    meta, checksum = pack[file]["meta"], fingerprint(pack[file])
    rows = Catalogue.objects.using(using)
    known = rows.filter(code=code, version=meta["version"]).first()
    if known:
        _same_or_refused(pack, file, code, known, checksum, rows)
        # who vouches for a version may be written after it was published; its content may not
        rows.filter(pk=known.pk).update(validated_by=meta["validated_by"])
        yield None
        return
    catalogue = Catalogue(
        code=code,
        version=meta["version"],
        date=meta["date"],
        checksum=checksum,
        validated_by=meta["validated_by"],
        reading=reading,
    )
    catalogue.save(using=using, force_insert=True)
    yield catalogue
    pack.refuse_if_wrong()
    rows.filter(pk=catalogue.pk).update(published_at=timezone.now())


def _same_or_refused(pack: Pack, file: str, code: str, known: Catalogue, checksum: str, rows: Any) -> None:
    current = rows.current(code)
    if known.checksum != checksum:
        pack.wrong(
            file,
            f"version {known.version}",
            "already published with another content; what is published never changes: publish a new version",
        )
    elif current and current.pk != known.pk:
        pack.wrong(
            file,
            f"version {known.version}",
            f"already replaced by version {current.version}: publish its content again under a new version",
        )
    pack.refuse_if_wrong()
