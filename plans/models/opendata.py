"""Store releases of open data as whole files, so that a published figure can always be found again."""

from django.db import models
from django.utils import timezone


class DatasetRelease(models.Model):
    """Store one release of a dataset (plans/publication/rules/opendata.py).

    Inserted by the worker when the content changed, never altered.
    """

    dataset = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField()
    csv = models.BinaryField()
    json = models.BinaryField()
    csv_sha256 = models.CharField(max_length=64)
    json_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["dataset", "-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="one_release_per_number")]

    def __str__(self):
        return f"{self.dataset} {self.number}"
