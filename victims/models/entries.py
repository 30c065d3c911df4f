"""Store what is written on a case and corrected by new versions.

The thread, notes under professional secrecy, linked persons, documents kept on paper.
"""

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
        """Keep current versions."""
        return self.filter(current=True)


class Written(models.Model):
    """Base of one version.

    `placed_at`: time of the first version, so that a correction keeps its place. A trigger sets `at`, `placed_at` and
    `current`, and allows one correction, in the same case and agency.
    """

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
    """Store one entry of the thread. An internal note is visible to the agency that wrote it only."""

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
    """Store a note under professional secrecy (Code pénal 226-13, CASF L.411-3), read by the agency that wrote it only.

    Never in a sheet, an export, a search, a copy or the API. It belongs to the agency and not to a grant: it stays when
    the access ends, and is found by `reference` of the case, set by trigger.
    """

    # independent of level, lead and end of access; a restriction inside the agency applies
    sight = Own() & OpenToMe()

    reference = models.CharField(max_length=12, editable=False)
    data = EncryptedField()  # {"text"}

    class Meta(Written.Meta):
        indexes = [models.Index(fields=["agency", "-placed_at", "-id"], name="secret_newest")]


class LinkedPerson(Written):
    """Store a person close to the victim, without the name (`LinkedPersonName`)."""

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
    """Store the name of a linked person."""

    sight = Sees(2, bit=Category.IDENTITY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(LinkedPerson, models.CASCADE, related_name="name")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    data = EncryptedField()  # {"text"}

    def __str__(self):
        return str(self.id)


class PaperDocument(Written):
    """Store what a document is and where it is kept, on paper or in the agency's own files. No file is stored."""

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
