"""Releasing open data: the worker asks for the rows as the public, and keeps the files when they changed."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from foundation.actor import SYSTEM, acting_as, fresh_context, tell
from plans.models import DatasetRelease
from plans.publication.rules.opendata import Dataset, as_files, datasets


def release_all() -> int:
    """How many datasets had something new."""
    return sum(release(dataset) is not None for dataset in datasets().values())


def release(dataset: Dataset) -> DatasetRelease | None:
    """Keep today's files of a dataset, if they say something else than the last ones."""
    with fresh_context(), transaction.atomic():
        tell(None)  # nobody: what the public may not read is not there
        files = as_files(dataset)
    with acting_as(SYSTEM):
        last = DatasetRelease.objects.filter(dataset=dataset.code).defer("csv", "json").first()
        if last and (last.csv_sha256, last.json_sha256) == (files["csv_sha256"], files["json_sha256"]):
            return None
        most = DatasetRelease.objects.filter(dataset=dataset.code).aggregate(most=Max("number"))["most"] or 0
        return DatasetRelease.objects.create(dataset=dataset.code, number=most + 1, **files)


def latest(dataset: Dataset) -> DatasetRelease:
    """The last release; before the worker's first pass, what it is about to release."""
    found = DatasetRelease.objects.filter(dataset=dataset.code).first()
    return found or DatasetRelease(dataset=dataset.code, number=1, **as_files(dataset))


def archived(code: str, which: str) -> DatasetRelease | None:
    """A release by its number, or the last one of a day (2026-11-24)."""
    releases = DatasetRelease.objects.filter(dataset=code)
    if which.isascii() and which.isdigit() and len(which) < 9:
        return releases.filter(number=int(which)).first()
    try:
        return releases.filter(at__date=date.fromisoformat(which)).first()
    except ValueError:
        return None
