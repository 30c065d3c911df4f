"""Store how a measure is carried out: its yearly steps with their cost, the values of its metrics."""

from django.db import models

from foundation.sight import Follows

from .plans import Measure, Metric
from .sourcing import Signed


class YearStep(models.Model):
    """Store what must be done in one year for a measure, and its cost: the yearly strategic plan (CNCDH, 2019)."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="steps")
    year = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # euros; null: unknown

    sight = Follows("measure_id", Measure)

    class Meta:
        ordering = ["measure", "year"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "year"], name="one_step_per_year"),
            models.CheckConstraint(condition=models.Q(cost=None) | models.Q(cost__gte=0), name="cost_is_no_debt"),
        ]

    def __str__(self):
        return f"{self.measure_id} {self.year}"


class MetricValue(Signed):
    """Store the value of a metric on a day, with its evidence; never changed, the last one applies."""

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="values")
    on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    evidence = models.CharField(max_length=300)

    sight = Follows("metric_id", Metric)

    class Meta:
        ordering = ["-on", "-at", "-id"]

    def __str__(self):
        return f"{self.metric_id} {self.on}"
