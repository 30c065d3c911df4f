"""Store possible duplicates: pairs found by the worker, visible to the coordination only, which decides."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from foundation.sight import Follows, Nobody, Own, SightQuerySet
from victims.models import Case, new_reference
from victims.models.sight import OpenToMe

from .moves import Move


class Match(models.Model):
    """Store a « doublon possible »: two references and reasons, never a name.

    `unit`, the agency asked, is set by trigger: the coordination of both cases, else the national one, since a
    territorial unit must not learn of a case of another. The trigger copies the references too: a match gives the unit
    no access to the cases.
    """

    sight = Own("unit_id") & OpenToMe("first_id", archives=True) & OpenToMe("second_id", archives=True)

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        APART = "apart", _("Two people")
        CONTACT = "contact", _("Leads put in contact")
        LINKED = "linked", _("Linked")
        MERGED = "merged", _("Merged")
        LAPSED = "lapsed", _("No longer alike")

    class Strength(models.TextChoices):
        STRONG = "strong", _("Very likely")
        LIKELY = "likely", _("Likely")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    first = models.ForeignKey(Case, models.CASCADE, related_name="+")
    second = models.ForeignKey(Case, models.CASCADE, related_name="+")
    first_reference = models.CharField(max_length=12)
    second_reference = models.CharField(max_length=12)
    unit = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    strength = models.CharField(max_length=8, choices=Strength)
    reasons = ArrayField(models.CharField(max_length=24), default=list)
    digest = models.CharField(max_length=64)  # keyed digest of both identities: the same data is not asked again
    found_at = models.DateTimeField(default=timezone.now)
    kept = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")  # merged: the case kept
    # merged: former state of the closed case, the limitation of use that was copied and when, to undo
    former = models.JSONField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_match_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="match_in_order"),
            models.CheckConstraint(
                condition=Q(state="merged", kept__isnull=False) | (~Q(state="merged") & Q(kept=None)),
                name="merged_into_one",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state", "-found_at", "-id"], name="match_list")]

    def __str__(self):
        return self.reference


class MatchMove(Move):
    """Store a decision about a match, or a finding of the worker. A trigger applies it."""

    sight = Follows("match_id", Match)

    match = models.ForeignKey(Match, models.CASCADE, related_name="moves")
    keep = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")  # merge: the case kept


class MatchFinding(models.Model):
    """Store which entry of an identity caused a match, for the daily threshold. Read by the worker only."""

    sight = Nobody()

    id = models.BigAutoField(primary_key=True)
    match = models.ForeignKey(Match, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["by", "at"], name="finding_by")]

    def __str__(self):
        return str(self.match_id)


class MatchAlarmQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep all alarms for the national coordination and readers of the journal."""
        national = actor.sight == "case" and actor.agency.mandate == Agency.Mandate.NATIONAL
        return self.all() if national or actor.sight == "journal" else self.none()


class MatchAlarm(models.Model):
    """Store that one account caused many matches in a day: it may be testing whether persons are known.

    Names the account and the number, never the persons. The account is neither blocked nor notified.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    finding = models.CharField(max_length=20, blank=True)  # code of the result

    objects = MatchAlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["member", "day"], name="one_alarm_a_day")]

    def __str__(self):
        return self.reference
