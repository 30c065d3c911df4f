"""Publish versions of a catalogue: a published version never changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from indicators.models import Catalogue

from .pack import Pack, fingerprint


@contextmanager
def publish(pack: Pack, file: str, code: str, reading: dict[str, Any], using: str) -> Iterator[Catalogue | None]:
    """Yield a new catalogue to fill and publish it afterwards, or yield None when this version is already published.

    Raises PackRefused when it is published with another content, or was replaced by a later version.
    """
    meta, checksum = pack[file]["meta"], fingerprint(pack[file])
    rows = Catalogue.objects.using(using)
    known = rows.filter(code=code, version=meta["version"]).first()
    if known:
        _same_or_refused(pack, file, code, known, checksum, rows)
        # `validated_by` may be set after publication; the content may not change
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
