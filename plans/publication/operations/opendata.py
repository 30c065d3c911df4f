"""Release open data: the worker reads rows with the rights of the public, and stores files when they changed."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from foundation.actor import SYSTEM, acting_as, fresh_context, set_actor
from foundation.tasks import one_by_one
from plans.models import DatasetRelease
from plans.publication.rules.opendata import Dataset, as_files, datasets


def release_all() -> int:
    """Release every dataset that changed, each on its own; return how many."""
    return one_by_one("dataset", [(code,) for code in datasets()], lambda code: release(datasets()[code]) is not None)


def release(dataset: Dataset) -> DatasetRelease | None:
    """Store today's files of a dataset if they differ from the last release; return the release or None."""
    with fresh_context(), transaction.atomic():
        set_actor(None)  # no actor: row security returns public rows only
        files = as_files(dataset)
    with acting_as(SYSTEM):
        last = DatasetRelease.objects.filter(dataset=dataset.code).defer("csv", "json").first()
        if last and (last.csv_sha256, last.json_sha256) == (files["csv_sha256"], files["json_sha256"]):
            return None
        most = DatasetRelease.objects.filter(dataset=dataset.code).aggregate(most=Max("number"))["most"] or 0
        return DatasetRelease.objects.create(dataset=dataset.code, number=most + 1, **files)


def latest(dataset: Dataset) -> DatasetRelease:
    """Return the last release; before the first one, today's files, not stored."""
    found = DatasetRelease.objects.filter(dataset=dataset.code).first()
    return found or DatasetRelease(dataset=dataset.code, number=1, **as_files(dataset))


def archived(code: str, which: str) -> DatasetRelease | None:
    """Return a release by its number, or the last one of a day (2026-11-24); None when there is none."""
    releases = DatasetRelease.objects.filter(dataset=code)
    if which.isascii() and which.isdigit() and len(which) < 9:
        return releases.filter(number=int(which)).first()
    try:
        return releases.filter(at__date=date.fromisoformat(which)).first()
    except ValueError:
        return None
