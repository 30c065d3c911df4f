"""Store figures of routing, written by the worker. No case, no person, no text."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils import timezone
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


FEW, STEP = 15, 5  # of all cases no number below FEW is said, and none but in steps


class NationalFigureQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep all figures for the national coordination, and none for others."""
        national = actor.sight == "case" and actor.agency.mandate == Agency.Mandate.NATIONAL
        return self.all() if national else self.none()


class NationalFigure(models.Model):
    """Store how many situations the whole mechanism received in a quarter that is over, divided one way at a time.

    Protected before it is written and never changed: nobody asks anything else of all cases. `code`: of the division,
    empty for the number of all. A masked row without a code says that its division was withheld whole.
    """

    class Part(models.TextChoices):
        ALL = "all", _("All situations")
        FORM = "form", _("Form of exploitation")
        TERRITORY = "territory", _("Département")
        AGE = "age", _("Age")

    period_start = models.DateField()
    part = models.CharField(max_length=10, choices=Part)
    code = models.CharField(max_length=40, blank=True)
    value = models.PositiveIntegerField(null=True, blank=True)
    masked = models.BooleanField(default=False)
    kept_at = models.DateTimeField(default=timezone.now)

    objects = NationalFigureQuerySet.as_manager()

    class Meta:
        ordering = ["-period_start", "part", "code"]
        constraints = [
            models.UniqueConstraint(fields=["period_start", "part", "code"], name="one_national_figure_a_quarter"),
            models.CheckConstraint(
                condition=Q(masked=True, value=None) | Q(masked=False, value__isnull=False),
                name="a_masked_national_figure_has_no_value",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=FEW) & Q(Exact(Mod("value", STEP), 0)),
                name="no_small_national_figure",
            ),
        ]

    def __str__(self):
        return f"{self.period_start} {self.part} {self.code}"
