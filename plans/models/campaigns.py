"""Store the yearly request for figures to the bodies that pay: one grid each, a private draft, then an answer."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import Directory, Membership
from foundation.sight import SightQuerySet

from .money import Stage
from .sight import AUDITS, BUILDS, COORDINATES, OwnBody
from .sourcing import Signed


class CampaignQuerySet(SightQuerySet):
    def open(self, day=None):
        """Keep the campaigns open on a day (today by default)."""
        day = day or timezone.localdate()
        return self.filter(opens__lte=day, closes__gte=day)

    def ending(self, days: int, day=None):
        """Keep the campaigns open on a day that close within `days`.

        A campaign that is no longer than `days` is left out: its opening was just notified.
        """
        day = day or timezone.localdate()
        return self.open(day).filter(closes__lte=day + timedelta(days), opens__lt=F("closes") - timedelta(days))


class Campaign(Signed):
    """Store one request: the figures of which year and stage, from when to when."""

    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.VOTED)
    opens = models.DateField()
    closes = models.DateField()
    note = models.CharField(max_length=400, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when the bodies were notified of the opening
    reminded_at = models.DateTimeField(null=True, blank=True)  # when bodies without an answer were notified of the end

    sight = BUILDS | AUDITS
    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gte=F("opens")), name="campaign_closes_after_it_opens"),
            models.UniqueConstraint(fields=["year", "stage"], name="one_campaign_per_year_and_stage"),
        ]

    def __str__(self):
        return f"{self.year} {self.stage}"

    @property
    def reference(self) -> str:
        return f"MOY-{self.year}-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.opens <= timezone.localdate() <= self.closes


class CampaignDraft(models.Model):
    """Store what a body has typed so far, valid or not. Read by that body only; deleted when it answers."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="drafts")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)  # envelope id -> what was typed
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    given_to = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    given_note = models.CharField(max_length=300, blank=True)

    sight = OwnBody(state=True)
    objects = SightQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "body"], name="one_draft_per_body")]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"


class CampaignAnswer(Signed):
    """Store that a body handed over its grid; it may do so again until the campaign closes."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="answers")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    lines = models.PositiveSmallIntegerField()

    sight = OwnBody() | COORDINATES | AUDITS
    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"


class CampaignReminder(Signed):
    """Store that a body was reminded of a campaign."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reminders")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")

    sight = OwnBody() | COORDINATES | AUDITS
    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"
