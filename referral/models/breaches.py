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
from foundation.sight import EVERYTHING, NOTHING, By, Rule, SightQuerySet
from victims.models.cases import new_reference

CLOCK = timedelta(hours=72)  # from the moment it was known to the notification of the CNIL (article 33(1) GDPR)
A_DAY = 20  # reports of one account: each is told at once to all who answer
NEAR = (Role.AGENCY_ADMIN, Role.DPO)  # answer for their own agency
ABOVE = (Role.AGENCY_ADMIN, Role.DPO, Role.COORDINATOR)  # of the national coordination: for all
AUDITS = (Role.AUDITOR, Role.DPO)  # read all, and write in none for it


class Answers(Rule):
    """The actor writes in the register of this breach. `nrm.breach_as` says the same, and in which order.

    `of`: the relation that leads to the breach.
    """

    test = "= 'answers'"

    def __init__(self, of: str = ""):
        self.of = of

    def q(self, actor):
        if actor.kind != Membership.Sort.PERSON:
            return NOTHING
        managed = Membership.objects.filter(user=actor.user_id, roles__contains=[Role.AGENCY_ADMIN])
        apart = self._q(apart=True)
        return self._to(actor) & ~(apart & self._q(agency__in=managed.values("agency")))

    def _to(self, actor):
        if actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(*ABOVE):
            return EVERYTHING
        return self._q(agency=actor.agency_id, apart=False) if actor.has(*NEAR) else NOTHING

    def _q(self, **wanted):
        return Q(**{f"{self.of}__{name}" if self.of else name: value for name, value in wanted.items()})

    def sql(self, model):
        if self.of:
            return f"nrm.breach_as({model._meta.db_table}.{self.of}_id) {self.test}"
        return f"nrm.breach_as(nrm.membership(), agency_id, apart) {self.test}"


class Reads(Answers):
    """The actor answers for this breach, or audits all of them."""

    test = "IS NOT NULL"

    def _to(self, actor):
        return EVERYTHING if actor.has(*AUDITS) else super()._to(actor)


class Breach(models.Model):
    """Store one report of a breach, and how it stands. `data`: {"text"}, what happened.

    `apart`: somebody who manages the accounts of the agency may be concerned, and reads nothing of it. `cnil_agreed`,
    `persons_agreed`: a second person agrees to what one decided. `decided_id`, `closing_id`: the entries of the last
    decision, and by which one of two asked to close it.
    """

    sight = By() | Reads()

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
    cnil_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    cnil_agreed = models.BooleanField(default=False)
    notified_at = models.DateTimeField(null=True, blank=True)
    persons = models.CharField(max_length=12, choices=Persons, blank=True, default="")
    persons_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    persons_agreed = models.BooleanField(default=False)
    decided_id = models.UUIDField(null=True, blank=True)
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
                condition=(Q(cnil_agreed=False) | ~Q(cnil="")) & (Q(persons_agreed=False) | ~Q(persons="")),
                name="breach_agreed_once_decided",
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
    `answered_id`: the decision agreed to, the request to close that is confirmed, or the readings of which leads are
    told. `cases` and `identities` that an account has read from `since` to `until` are counted from the journal by a
    trigger, with `alerts`; of leads told: how many `cases`, how many have `nobody` to tell, how many `elsewhere`.
    """

    sight = Reads("breach")

    class Sort(models.TextChoices):
        ASSESS = "assess", pgettext_lazy("breach", "What was found out")
        ENDED = "ended", pgettext_lazy("breach", "The breach is stopped")
        GOES_ON = "goes_on", pgettext_lazy("breach", "The breach goes on")
        NOTIFIED = "notified", pgettext_lazy("breach", "CNIL notified")
        MORE = "more", pgettext_lazy("breach", "CNIL told more")
        NO_RISK = "no_risk", pgettext_lazy("breach", "CNIL not notified: no risk for persons")
        INFORMED = "informed", pgettext_lazy("breach", "Persons informed")
        NOT_INFORMED = "not_informed", pgettext_lazy("breach", "Persons not informed, with a reason")
        READINGS = "readings", pgettext_lazy("breach", "What an account has read")
        TOLD = "told", pgettext_lazy("breach", "Services that lead these cases told")
        AGREE = "agree", pgettext_lazy("breach", "A second person agrees")
        UNDECIDE = "undecide", pgettext_lazy("breach", "Decisions taken back: to be taken again")
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
    alerts = models.PositiveIntegerField(null=True, blank=True)
    nobody = models.PositiveIntegerField(null=True, blank=True)
    elsewhere = models.PositiveIntegerField(null=True, blank=True)
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
                & Q(alerts__isnull=False, nobody=None, elsewhere=None)
                | Q(sort="told", account=None, since=None, until=None, identities=None, alerts=None)
                & Q(cases__isnull=False, nobody__isnull=False, elsewhere__isnull=False)
                | ~Q(sort__in=["readings", "told"])
                & Q(account=None, since=None, until=None, cases=None, identities=None, alerts=None)
                & Q(nobody=None, elsewhere=None),
                name="breach_entry_says_whose_readings",
            ),
        ]

    def __str__(self):
        return str(self.id)
