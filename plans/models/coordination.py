"""Store who coordinates: a mandate with dates, which passes from body to body without moving any data."""

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from agencies.models import Directory

from .bodies import body_of
from .sourcing import Sourced


class MandateQuerySet(models.QuerySet):
    def live(self, day=None):
        """Keep the mandate that runs on a day (today by default): at most one; none is a vacancy."""
        day = day or timezone.localdate()
        return self.standing().filter(start__lte=day).filter(Q(end=None) | Q(end__gte=day))

    def standing(self):
        """Keep the mandates that were not annulled."""
        return self.filter(annulled_on=None)

    def vacant_since(self):
        """Return the first day without a mandate, or None when one runs or none ever did."""
        if self.live().exists():
            return None
        last = self.standing().filter(end__lt=timezone.localdate()).order_by("-end").first()
        return last.end + timedelta(days=1) if last else None

    def ending(self):
        """Return the running mandate if it has a last day and no successor from the next day on."""
        running = self.live().exclude(end=None).first()
        if running is None or self.standing().filter(start=running.end + timedelta(days=1)).exists():
            return None
        return running


class Mandate(Sourced):
    """Store the mandate of national coordination of a body, between two days (both included).

    `function_fr` is the title of the function, never the name of a person. Two mandates never run on one day.
    """

    body = models.ForeignKey(Directory, models.PROTECT, related_name="mandates")
    function_fr = models.CharField(max_length=160)
    function_en = models.CharField(max_length=160, blank=True)
    legal_basis_fr = models.CharField(max_length=250)
    legal_basis_en = models.CharField(max_length=250, blank=True)
    contact = models.CharField(max_length=200, blank=True)  # address or page of a function, never of a person
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    given_on = models.DateField(null=True, blank=True)  # the day it was entered here; empty for those of the pack
    # the mandate it cut short, and its former last day, to restore when this one is annulled
    cut = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    cut_end = models.DateField(null=True, blank=True)
    annulled_on = models.DateField(null=True, blank=True)  # given by mistake: never applied, still readable
    annulled_reason = models.CharField(max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["-start"]
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="mandate_ends_after_it_starts"),
            # on the day it was given, or before its first day: later, acts may have been done under it
            models.CheckConstraint(
                condition=Q(annulled_on=None, annulled_reason="")
                | (
                    ~Q(annulled_reason="")
                    & Q(given_on__isnull=False)
                    & (Q(annulled_on=F("given_on")) | Q(annulled_on__lt=F("start")))
                ),
                name="mandate_annulled_in_time",
            ),
            ExclusionConstraint(
                name="one_mandate_at_a_time",
                expressions=[
                    (
                        Func(
                            "start",
                            "end",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(annulled_on=None),
            ),
        ]

    def __str__(self):
        return f"{self.body_id} {self.start}"

    @property
    def can_be_annulled(self) -> bool:
        """Return whether the database allows to annul it today (see `mandate_annulled_in_time`)."""
        today = timezone.localdate()
        return self.annulled_on is None and self.given_on is not None and (today == self.given_on or today < self.start)


def coordinates(actor) -> bool:
    """Return whether the actor represents the body that holds the mandate of coordination today."""
    body = body_of(actor)
    return body is not None and Mandate.objects.live().filter(body=body).exists()
