"""Store figures of routing, written by the worker. No case, no person, no text."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Service, Territory


class AnswerTime(models.Model):
    """Store how long a desk took to answer over the last 90 days: median, and number of answers."""

    agency = models.OneToOneField(Agency, models.CASCADE, primary_key=True, related_name="answer_time")
    answers = models.PositiveIntegerField()
    median = models.DurationField()
    computed_at = models.DateTimeField()

    def __str__(self):
        return str(self.agency_id)


class UnmetNeed(models.Model):
    """Store refusals for lack of places in a month, by service, place and profile."""

    class Profile(models.TextChoices):
        ADULT = "adult", _("Adults")
        MINOR = "minor", _("Children and ages in doubt")

    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    profile = models.CharField(max_length=8, choices=Profile)
    month = models.DateField()  # its first day
    refusals = models.PositiveIntegerField()
    situations = models.PositiveIntegerField()  # one situation refused by five services is five refusals

    class Meta:
        ordering = ["-month", "service", "territory", "profile"]
        constraints = [
            models.UniqueConstraint(fields=["service", "territory", "profile", "month"], name="one_figure_a_month")
        ]

    def __str__(self):
        return f"{self.service_id} {self.territory_id} {self.month}"
