"""What is written on a case and corrected by a new version, never overwritten: the thread, notes under professional
secrecy, linked persons, papers kept elsewhere."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level, Membership
from foundation.encryption import EncryptedField

from .cases import AgeSide, Case, CaseAccess, Restriction


def file_or_own(actor, own_only: Q | None = None) -> Q:
    """Rows of cases read at level 3, and at level 2 those one's own agency wrote. `own_only` marks the rows that stay
    with their agency whoever reads the file."""
    if actor.sight != "case":
        return Q(pk__in=[])
    access = CaseAccess.objects.of(actor).filter(case=OuterRef("case_id"))
    file = Q(Exists(access.filter(level__gte=Level.FILE)))
    if own_only is not None:
        file &= ~own_only
    return file | (Q(agency=actor.agency_id) & Q(Exists(access.filter(level__gte=Level.SUMMARY))))


class WrittenQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(file_or_own(actor))

    def now(self):
        """What stands: the last version of each."""
        return self.filter(current=True)


class Written(models.Model):
    """One version. `placed_at` is when the first one was written: a correction stays in its place. A trigger stamps
    `at`, `placed_at` and `current`, and holds a correction to the same case and agency, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    replaces = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="replaced_by")
    current = models.BooleanField(default=True, editable=False)

    objects = WrittenQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-placed_at", "-id"]

    def __str__(self):
        return str(self.id)


class EntryQuerySet(WrittenQuerySet):
    def visible_to(self, actor):
        return self.filter(file_or_own(actor, own_only=Q(sort=TimelineEntry.Sort.INTERNAL)))


class TimelineEntry(Written):
    """One entry of the thread. Level 3; an internal note stays with the agency that wrote it."""

    class Sort(models.TextChoices):
        MESSAGE = "message", _("Message")
        INTERNAL = "internal", _("Internal note")
        REVIEW = "review", _("Where things stand")
        REQUEST = "request", _("Question to the services")
        REPORT = "report", _("Report")

    sort = models.CharField(max_length=8, choices=Sort)
    data = EncryptedField()  # {"text"}

    objects = EntryQuerySet.as_manager()

    class Meta(Written.Meta):
        indexes = [
            models.Index(fields=["case", "-placed_at", "-id"], condition=Q(current=True), name="timeline_newest")
        ]


class SecretQuerySet(WrittenQuerySet):
    def visible_to(self, actor):
        """Its agency's, whatever became of its access to the case; of a case it keeps to assigned members, theirs."""
        if actor.sight != "case":
            return self.none()
        kept = Restriction.objects.against(actor).values("case")
        return self.filter(agency=actor.agency_id).exclude(case__in=kept)


class SecretNote(Written):
    """Under professional secrecy (Code pénal 226-13, CASF L.411-3): read by the agency that wrote it and by nobody
    else, whoever leads, whatever the level. Never in a sheet, an export, a search, a copy or an API.

    It is the agency's own, not something a grant gave: it stays with the agency when its access ends, found by the
    case's `reference`, stamped by trigger.
    """

    reference = models.CharField(max_length=12, editable=False)
    data = EncryptedField()  # {"text"}

    objects = SecretQuerySet.as_manager()

    class Meta(Written.Meta):
        indexes = [models.Index(fields=["agency", "-placed_at", "-id"], name="secret_newest")]


class LinkedPerson(Written):
    """Somebody close to the person. Level 3, without name; the name is behind the identity bit."""

    class Relation(models.TextChoices):
        CHILD = "child", _("Her or his child")
        SIBLING = "sibling", _("Brother or sister")
        SPOUSE = "spouse", _("Spouse or partner")
        PARENT = "parent", _("Father or mother")
        FAMILY = "family", _("Other relative")
        VICTIM = "victim", _("Other presumed victim")
        SUPPORT = "support", _("Person of trust")

    relation = models.CharField(max_length=8, choices=Relation)
    age_side = models.CharField(max_length=8, choices=AgeSide)
    data = EncryptedField()  # {"text"}


class LinkedPersonName(models.Model):
    """What the linked person is called: the identity bit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(LinkedPerson, models.CASCADE, related_name="name")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    data = EncryptedField()  # {"text"}

    def __str__(self):
        return str(self.id)


class PaperDocument(Written):
    """A document kept on paper or in the agency's own files: what it is, where it is. Level 3. No file is stored."""

    class Sort(models.TextChoices):
        IDENTITY = "identity", _("Identity paper")
        COMPLAINT = "complaint", _("Complaint or hearing record")
        CERTIFICATE = "certificate", _("Medical or social certificate")
        RESIDENCE = "residence", _("Residence or asylum paper")
        COURT = "court", _("Court document")
        WORK = "work", _("Pay slips, contract, proof of work")
        OTHER = "other", _("Other document")

    sort = models.CharField(max_length=12, choices=Sort)
    data = EncryptedField()  # {"label", "place"}
