"""Store personal-data breaches (articles 33 and 34 GDPR): the report with its clock of 72 hours, and its register.

A report never changes: what happened to it follows from the entries, by a trigger (referral/sql/breaches.sql). The
application may neither change nor delete any of both.
"""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership, Role
from foundation.encryption import EncryptedField
from foundation.sight import EVERYTHING, NOTHING, By, Rule, SightIs, SightQuerySet
from victims.models.cases import new_reference

CLOCK = timedelta(hours=72)  # from the moment it was known to the notification of the CNIL (article 33(1) GDPR)
NEAR = (Role.AGENCY_ADMIN, Role.DPO)  # answer for their own agency
ABOVE = (Role.AGENCY_ADMIN, Role.DPO, Role.COORDINATOR)  # of the national coordination: for all


class Answers(Rule):
    """The actor answers for this breach: an administrator or the data protection officer of the agency that reported
    it, unless it was told to the national coordination alone; and the latter. `nrm.answers_breach` says the same.

    `of`: the relation that leads to the breach.
    """

    def __init__(self, of: str = ""):
        self.of = of

    def q(self, actor):
        if actor.kind != Membership.Sort.PERSON:
            return NOTHING
        if actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(*ABOVE):
            return EVERYTHING
        if not actor.has(*NEAR):
            return NOTHING
        of = f"{self.of}__" if self.of else ""
        return Q(**{f"{of}agency": actor.agency_id, f"{of}apart": False})

    def sql(self, model):
        if self.of:
            return f"nrm.answers_for({model._meta.db_table}.{self.of}_id)"
        return "nrm.answers_breach(nrm.membership(), agency_id, apart)"


class Breach(models.Model):
    """Store one report of a breach, and how it stands. `data`: {"text"}, what happened.

    `apart`: somebody who manages the accounts of the agency may be concerned, and reads nothing of it. `closing_id`:
    the entry by which one of two asked to close it.
    """

    sight = By() | SightIs("journal") | Answers()

    class Kind(models.TextChoices):
        DEVICE = "device", pgettext_lazy("breach", "Telephone, computer or key lost or stolen")
        ADDRESSEE = "addressee", pgettext_lazy("breach", "Sent or shown to the wrong person")
        ACCOUNT = "account", pgettext_lazy("breach", "Account used by somebody else")
        READ = "read", pgettext_lazy("breach", "Read without a reason of work")
        PAPER = "paper", pgettext_lazy("breach", "Paper lost, stolen or found")
        LOSS = "loss", pgettext_lazy("breach", "Data destroyed, altered or out of reach")
        OTHER = "other", pgettext_lazy("breach", "Something else")

    class Cnil(models.TextChoices):
        UNDECIDED = "", pgettext_lazy("breach", "Notification of the CNIL to be decided")
        NOTIFIED = "notified", pgettext_lazy("breach", "CNIL notified")
        NO_RISK = "no_risk", pgettext_lazy("breach", "CNIL not notified: no risk for persons")

    class Persons(models.TextChoices):
        UNDECIDED = "", pgettext_lazy("breach", "Information of the persons to be decided")
        INFORMED = "informed", pgettext_lazy("breach", "Persons informed")
        NOT_INFORMED = "not_informed", pgettext_lazy("breach", "Persons not informed, with a reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=9, choices=Kind)
    known_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ongoing = models.BooleanField(default=False)
    apart = models.BooleanField(default=False)
    data = EncryptedField()
    # written by the trigger of entries alone
    assessed = models.BooleanField(default=False)
    cnil = models.CharField(max_length=8, choices=Cnil, blank=True, default="")
    notified_at = models.DateTimeField(null=True, blank=True)
    persons = models.CharField(max_length=12, choices=Persons, blank=True, default="")
    closing_id = models.UUIDField(null=True, blank=True)
    closing_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "breaches"
        indexes = [
            models.Index(fields=["-at", "-id"], name="breach_newest"),
            models.Index(fields=["agency", "-at", "-id"], name="breach_of_agency"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="breach_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    known_at__lte=F("at"),
                    due_at=Func(
                        F("known_at"),
                        template="%(expressions)s + interval '72 hours'",
                        output_field=models.DateTimeField(),
                    ),
                ),
                name="breach_due_72_hours_after_it_was_known",
            ),
            models.CheckConstraint(
                condition=Q(cnil="notified", notified_at__isnull=False) | ~Q(cnil="notified") & Q(notified_at=None),
                name="breach_notified_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closing_id=None, closing_by=None, closed_at=None, closed_by=None)
                | Q(closing_id__isnull=False, closing_by__isnull=False, assessed=True, ongoing=False)
                & ~Q(cnil="")
                & ~Q(persons="")
                & (
                    Q(closed_at=None, closed_by=None)
                    | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_by=F("closing_by"))
                ),
                name="breach_closed_by_two_after_both_decisions",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class BreachEntry(models.Model):
    """Store what was found, decided or asked about a breach. Never changed: a trigger checks it and says how the
    breach stands.

    `data`: its words, by the name of what was asked. `happened_at`: of a notification or an information.
    `answered_id`: the request to close that is confirmed, or the readings of which leads are told. `cases` and
    `identities` that an account has read from `since` to `until` are counted from the journal by a trigger.
    """

    sight = SightIs("journal") | Answers("breach")

    class Sort(models.TextChoices):
        ASSESS = "assess", pgettext_lazy("breach", "What was found out")
        ENDED = "ended", pgettext_lazy("breach", "The breach is stopped")
        NOTIFIED = "notified", pgettext_lazy("breach", "CNIL notified")
        MORE = "more", pgettext_lazy("breach", "CNIL told more")
        NO_RISK = "no_risk", pgettext_lazy("breach", "CNIL not notified: no risk for persons")
        INFORMED = "informed", pgettext_lazy("breach", "Persons informed")
        NOT_INFORMED = "not_informed", pgettext_lazy("breach", "Persons not informed, with a reason")
        READINGS = "readings", pgettext_lazy("breach", "What an account has read")
        TOLD = "told", pgettext_lazy("breach", "Services that lead these cases told")
        CLOSE = "close", pgettext_lazy("breach", "Closing asked for")
        KEEP = "keep", pgettext_lazy("breach", "Closing refused")
        CONFIRM = "confirm", pgettext_lazy("breach", "Closed by a second person")
        REOPEN = "reopen", pgettext_lazy("breach", "Opened again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    breach = models.ForeignKey(Breach, models.PROTECT, related_name="entries", db_index=False)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    sort = models.CharField(max_length=12, choices=Sort)
    happened_at = models.DateTimeField(null=True, blank=True)
    answered_id = models.UUIDField(null=True, blank=True)
    account = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    cases = models.PositiveIntegerField(null=True, blank=True)
    identities = models.PositiveIntegerField(null=True, blank=True)
    data = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "breach entries"
        indexes = [models.Index(fields=["breach", "at", "id"], name="breach_entries")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sort__in=["notified", "more", "informed"], happened_at__isnull=False)
                | ~Q(sort__in=["notified", "more", "informed"]) & Q(happened_at=None),
                name="breach_entry_says_when",
            ),
            models.CheckConstraint(
                condition=Q(sort="readings", account__isnull=False, since__lte=F("until"), cases__isnull=False)
                | ~Q(sort="readings") & Q(account=None, since=None, until=None, cases=None, identities=None),
                name="breach_entry_says_whose_readings",
            ),
        ]

    def __str__(self):
        return str(self.id)
