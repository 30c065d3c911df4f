"""Store guides for sectors of work (signs, whom to call), and anonymous signals from them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Membership, Territory
from foundation.sight import SightQuerySet
from foundation.words import child_words

from .participation import contribution_reference
from .sight import COORDINATES, OwnUnit
from .sourcing import Sourced


class SectorGuide(Sourced):
    """Store a guide of sectors.yaml.

    `signs`: codes of the shared indicators; `helplines`, `bodies`: codes of the directory.
    """

    code = models.SlugField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    intro_fr = models.TextField()
    intro_en = models.TextField(blank=True)
    signs = ArrayField(models.CharField(max_length=20), default=list)
    vigilance_fr = models.TextField()
    vigilance_en = models.TextField(blank=True)
    steps_fr = ArrayField(models.TextField(), default=list)
    steps_en = ArrayField(models.TextField(), default=list, blank=True)
    helplines = ArrayField(models.CharField(max_length=40), default=list)
    bodies = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.label_fr

    def contacts(self) -> models.QuerySet:
        """Return the active bodies to contact."""
        return Directory.objects.filter(pk__in=self.bodies, active=True)


class Advice(Sourced):
    """Store what the law asks of companies, or what a union can do. Shown with its provenance, like the guides."""

    class Audience(models.TextChoices):
        COMPANY = "company"
        UNION = "union"

    code = models.SlugField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=10, choices=Audience)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    text_fr = models.TextField()
    text_en = models.TextField(blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "advice"

    def __str__(self):
        return self.label_fr


class SignalQuerySet(SightQuerySet):
    def unread(self):
        return self.filter(read_at=None)

    def not_read_for_child(self):
        """Keep those not read yet with the words that tell a child, as they are today."""
        return self.filter(read_for_child__lt=child_words.EDITION)


class Signal(models.Model):
    """Store what a company or union saw, without any name: neither an alert nor a case.

    Its author learns that it was received, then read, and nothing more.
    """

    class Persons(models.TextChoices):
        ONE = "1", pgettext_lazy("signal", "One person")
        FEW = "2-5", pgettext_lazy("signal", "2 to 5")
        SEVERAL = "6-20", pgettext_lazy("signal", "6 to 20")
        MANY = "20+", pgettext_lazy("signal", "More than 20")
        UNKNOWN = "unknown", pgettext_lazy("signal", "Not known")

    class Done(models.TextChoices):
        INFORMED = "informed", pgettext_lazy("signal", "The people were told whom to call")
        EMERGENCY = "emergency", pgettext_lazy("signal", "Police or emergency services were called")
        INSPECTION = "inspection", pgettext_lazy("signal", "The labour inspectorate was told")
        ALERT = "alert", pgettext_lazy("signal", "An alert was sent on this platform")
        SUPPLIER = "supplier", pgettext_lazy("signal", "The supplier or subcontractor was questioned")
        INTERNAL = "internal", pgettext_lazy("signal", "The company's own alert procedure was used")
        NOTHING = "nothing", pgettext_lazy("signal", "Nothing yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reference = models.CharField(max_length=12, unique=True, default=contribution_reference, editable=False)
    sector = models.ForeignKey(SectorGuide, models.PROTECT, related_name="signals")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    month = models.DateField()  # first day of the month: the exact day is never stored
    signs = ArrayField(models.CharField(max_length=20))
    persons = models.CharField(max_length=8, choices=Persons)
    done = ArrayField(models.CharField(max_length=12, choices=Done))
    note = models.CharField(max_length=300, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # set by due work: the edition of the words it was read with for a child (0: not yet), and the alert it became then
    read_for_child = models.PositiveSmallIntegerField(default=0)
    alert_reference = models.CharField(max_length=12, blank=True)

    sight = OwnUnit() | COORDINATES
    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="signal_says_the_month_only"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="signal_list"),
            models.Index(fields=["agency", "-at", "-id"], name="signal_mine"),
        ]

    def __str__(self):
        return self.reference
