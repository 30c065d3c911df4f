"""Open data as released: each release a whole file, kept as it was handed out, so that a figure quoted can be found."""

from django.db import models
from django.utils import timezone


class DatasetRelease(models.Model):
    """One release of a dataset of plans/publication/rules/opendata.py: inserted by the worker when the content
    changed, never altered."""

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
