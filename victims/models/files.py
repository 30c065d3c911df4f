"""Store what is known of a document of a case. Its bytes are in the store of files, sealed (`foundation/files`)."""

import uuid
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Category, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Is, Own, SightQuerySet

from .cases import Case
from .entries import FILE_OR_OWN
from .sight import OpenToMe, Sees


class HoldsFile(Sees):
    """The agency holds the category of the document; without one (`plain`), it reads the file, or added it and reads
    level 2.

    The policy asks the access table once, whatever the category.
    """

    def __init__(self, plain: bool = True):
        super().__init__(2)
        self.plain = plain

    def q(self, actor):
        held = [Is("bit", int(bit)) & Sees(2, bit=bit) for bit in Category]
        return reduce(or_, [*held, *([Is("bit", 0) & FILE_OR_OWN] if self.plain else [])]).q(actor)

    def sql(self, model):
        table = model._meta.db_table
        held = f"a.categories & {table}.bit <> 0"
        if self.plain:
            held = f"({held} OR ({table}.bit = 0 AND (a.level >= 3 OR {table}.agency_id = nrm.desk())))"
        return self.exists(f"{table}.case_id", f"a.level >= 2 AND {held}")


class CaseFile(models.Model):
    """Store one document of a case: what it is, who added it, where it stands. It never travels with a request.

    `bit`: the category it is behind, 0 for the file itself. `secret`: under professional secrecy, it is the agency's
    own as a `SecretNote` is, whatever the level, and stays when the access ends. `kept_as`: under which name the store
    of files has its bytes. `ended_at`, `ended_by`, `reason`: who took it back, or what refused it; its title goes.
    """

    sight = Is("secret", False) & HoldsFile() | Is("secret", True) & Own() & OpenToMe()

    class Sort(models.TextChoices):
        IDENTITY = "identity", _("Identity paper")
        RESIDENCE = "residence", _("Residence permit or receipt")
        ATTESTATION = "attestation", _("Attestation")
        MEDICAL = "medical", _("Medical certificate")
        COMPLAINT = "complaint", _("Complaint or police report")
        PHOTO = "photo", _("Photograph")
        MESSAGE = "message", _("Screenshot or message")
        OTHER = "other", _("Other document")

    class State(models.TextChoices):
        QUARANTINE = "quarantine", pgettext_lazy("document", "Being checked")
        READY = "ready", pgettext_lazy("document", "Ready")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Being erased")
        ERASED = "erased", _("Erased")

    class Reason(models.TextChoices):
        MISTAKE = "mistake", _("Added by mistake")
        PERSON = "person", _("The person asked for it")
        OUTDATED = "outdated", _("Out of date, or replaced")
        TWICE = "twice", _("There twice")
        UNREADABLE = "unreadable", _("Unreadable")
        INFECTED = "infected", _("It holds a virus")
        DAMAGED = "damaged", _("It cannot be read back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reference = models.CharField(max_length=12)  # of the case, for who no longer sees it
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sort = models.CharField(max_length=12, choices=Sort)
    bit = models.PositiveSmallIntegerField(default=0)
    secret = models.BooleanField(default=False)
    data = EncryptedField(null=True)  # {"title"}; the name of the file is not kept
    size = models.PositiveIntegerField()  # bytes, as rebuilt
    media_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.QUARANTINE)
    kept_as = models.CharField(max_length=60, blank=True)  # name in the store of files; empty once it is erased
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    missed_at = models.DateTimeField(null=True, editable=False)  # since when the worker cannot read the bytes
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["case", "-at", "-id"], name="file_newest"),
            models.Index(fields=["agency", "-at", "-id"], condition=Q(secret=True), name="file_secret_newest"),
            # what is due: to be scanned, or erased
            models.Index(fields=["at"], condition=Q(kept_as__gt="") & ~Q(state="ready"), name="file_due"),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def title(self) -> str:
        """Return the words of its author; nothing once it was taken back."""
        return self.data["title"] if self.data else ""
