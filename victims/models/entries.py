"""What is written on a case and corrected by a new version, never overwritten: the thread, notes under professional
secrecy, linked persons, papers kept elsewhere."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Membership
from foundation.encryption import EncryptedField
from foundation.sight import IsNot, Own, SightQuerySet

from .cases import AgeSide, Case
from .sight import OpenToMe, Sees

FILE_OR_OWN = Sees(3) | Own() & Sees(2)


class WrittenQuerySet(SightQuerySet):
    def now(self):
        """What stands: the last version of each."""
        return self.filter(current=True)


class Written(models.Model):
    """One version. `placed_at` is when the first one was written: a correction stays in its place. A trigger stamps
    `at`, `placed_at` and `current`, and holds a correction to the same case and agency, once."""

    sight = FILE_OR_OWN

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


class TimelineEntry(Written):
    """One entry of the thread. An internal note stays with the agency that wrote it."""

    sight = Sees(3) & IsNot("sort", "internal") | Own() & Sees(2)

    class Sort(models.TextChoices):
        MESSAGE = "message", _("Message")
        INTERNAL = "internal", _("Internal note")
        REVIEW = "review", _("Where things stand")
        REQUEST = "request", _("Question to the services")
        REPORT = "report", _("Report")

    sort = models.CharField(max_length=8, choices=Sort)
    data = EncryptedField()  # {"text"}

    class Meta(Written.Meta):
        indexes = [
            models.Index(fields=["case", "-placed_at", "-id"], condition=Q(current=True), name="timeline_newest")
        ]


class SecretNote(Written):
    """Under professional secrecy (Code pénal 226-13, CASF L.411-3): read by the agency that wrote it and by nobody
    else, whoever leads, whatever the level. Never in a sheet, an export, a search, a copy or an API.

    It is the agency's own, not something a grant gave: it stays with the agency when its access ends, found by the
    case's `reference`, stamped by trigger.
    """

    # no level, no lead, no end of access changes that; a restriction inside the agency does
    sight = Own() & OpenToMe()

    reference = models.CharField(max_length=12, editable=False)
    data = EncryptedField()  # {"text"}

    class Meta(Written.Meta):
        indexes = [models.Index(fields=["agency", "-placed_at", "-id"], name="secret_newest")]


class LinkedPerson(Written):
    """Somebody close to the person. Without name, which stands in `LinkedPersonName`."""

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
    """What the linked person is called."""

    sight = Sees(2, bit=Category.IDENTITY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(LinkedPerson, models.CASCADE, related_name="name")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    data = EncryptedField()  # {"text"}

    def __str__(self):
        return str(self.id)


class PaperDocument(Written):
    """A document kept on paper or in the agency's own files: what it is, where it is. No file is stored."""

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
