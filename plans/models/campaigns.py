"""The yearly question to the bodies that pay: one grid each, typed in private, then handed over."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import Directory, Membership

from .bodies import audits, body_of, builds_policy
from .coordination import coordinates
from .money import Stage
from .sourcing import Signed


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self if builds_policy(actor) else self.none()

    def open(self, day=None):
        day = day or timezone.localdate()
        return self.filter(opens__lte=day, closes__gte=day)

    def ending(self, days: int, day=None):
        """Open, and in its last days; one that is no longer than that has no reminder: it has just been told."""
        day = day or timezone.localdate()
        return self.open(day).filter(closes__lte=day + timedelta(days), opens__lt=F("closes") - timedelta(days))


class Campaign(Signed):
    """Which figures are asked for, of which year and stage, from when to when."""

    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.VOTED)
    opens = models.DateField()
    closes = models.DateField()
    note = models.CharField(max_length=400, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when the bodies were told that it opened
    reminded_at = models.DateTimeField(null=True, blank=True)  # when those that had not answered were told of its end

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


class _OfBody(models.QuerySet):
    def visible_to(self, actor):
        """A body's own; answers and reminders also the coordination's and the auditors', drafts nobody else's."""
        if self.model is not CampaignDraft and (coordinates(actor) or audits(actor)):
            return self
        body = body_of(actor)
        return self.filter(body=body) if body else self.none()


class CampaignDraft(models.Model):
    """What a body has typed so far, as typed, right or wrong. Read by that body alone; gone once handed over."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="drafts")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)  # envelope id -> what was typed
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    given_to = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    given_note = models.CharField(max_length=300, blank=True)

    objects = _OfBody.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "body"], name="one_draft_per_body")]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"


class CampaignAnswer(Signed):
    """A body handed its grid over; it may do so again until the campaign closes."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="answers")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    lines = models.PositiveSmallIntegerField()

    objects = _OfBody.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"


class CampaignReminder(Signed):
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reminders")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")

    objects = _OfBody.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.campaign_id} {self.body_id}"
