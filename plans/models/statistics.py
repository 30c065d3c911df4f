"""Store public figures as publications give them: separate series, each figure with its source."""

from django.db import models

from .sourcing import Sourced

SMALL = 10  # numbers of persons from 1 to this one are never shown (mission, section 8)


class FigureSeries(models.Model):
    """Store one way of counting: a source, a scope, a method. Two series are never added, nor drawn on one axis."""

    code = models.CharField(max_length=30, primary_key=True)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "figure series"

    def __str__(self):
        return self.code


class PublicFigureQuerySet(models.QuerySet):
    def disputed(self):
        """Keep the figures for which another publication gives another value."""
        return self.exclude(other_value=None)


class PublicFigure(Sourced):
    """Store what a publication says about a year.

    `other_value`: what another publication says about the same thing, shown beside it.
    """

    code = models.CharField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    series = models.ForeignKey(FigureSeries, models.PROTECT, related_name="figures")
    population_fr = models.CharField(max_length=120)
    population_en = models.CharField(max_length=120, blank=True)
    metric_fr = models.CharField(max_length=160)
    metric_en = models.CharField(max_length=160, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=20)
    publication = models.CharField(max_length=200)
    other_value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    other_publication = models.CharField(max_length=200, blank=True)
    to_check = models.BooleanField(default=False)  # read but doubtful: the note says why
    approximate = models.BooleanField(default=False)  # rounded by its publication: « environ »

    objects = PublicFigureQuerySet.as_manager()

    class Meta:
        ordering = ["series", "order"]

    def __str__(self):
        return self.code

    @property
    def masked(self) -> bool:
        """Return whether it is a number of persons small enough to identify somebody."""
        return self.unit == "person" and 1 <= self.value <= SMALL
