"""Store until when a case is kept, what forbids to erase it, and what was erased."""

import hashlib
import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Own, SightIs, SightQuerySet
from victims.models import Case, CaseAccess, Requisition
from victims.models.sight import Demanded, Sees

# no case leaves sooner after its last move, whatever the worker or its configuration says: the database asks it
KEPT_AT_LEAST = timedelta(days=365)
# nor sooner after the end of a hold: those who are told of it may put another
AFTER_A_HOLD = timedelta(days=7)
# nor sooner after a request of the person was answered or refused: two months, the longest two of a year, in which they
# may complain to the CNIL or go to court; what they would show there is the case and the answer
AFTER_AN_ANSWER = timedelta(days=62)
# an end of a hold that its agency does not answer may then be answered by the coordination too, and after twice as long
# by the lead
END_UNANSWERED = timedelta(days=62)


def digest_of(case_id) -> str:
    """Return the digest by which the register names a case; `nrm.erase_rows` computes the same."""
    return hashlib.sha256(str(case_id).encode()).hexdigest()


class Erasure(models.Model):
    """Store one erasure by a digest of the case's id, never the id, a name or a reference. Written by
    `nrm.erase_rows` only.

    The register outlives what was erased: after the restoration of an older backup it says what must go again.
    """

    sight = SightIs("journal")

    class Kind(models.TextChoices):
        CASE = "case", _("Case, with its alerts and requests")
        ALERT = "alert", _("Alert that no case followed")

    class Ground(models.TextChoices):
        TIME = "time", _("Its time was over")
        REPLAYED = "replayed", _("Erased again after the restoration of a backup")

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    ground = models.CharField(max_length=8, choices=Ground)
    outside = models.BooleanField(default=False)  # written beside the checkpoints of the journal

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="erasure_newest"),
            models.Index(fields=["id"], condition=models.Q(outside=False), name="erasure_inside"),
        ]

    def __str__(self):
        return self.digest[:12]


class CaseTerm(models.Model):
    """Store until when a closed case is kept; written by the worker, deleted by trigger when the case moves on."""

    sight = Sees(2)

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="term")
    closed_at = models.DateTimeField()
    erased_on = models.DateField()
    archived_at = models.DateTimeField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["erased_on"], name="term_due"),
            models.Index(fields=["closed_at"], condition=models.Q(archived_at=None), name="term_active"),
        ]

    def __str__(self):
        return f"{self.erased_on:%Y-%m-%d}"


class LegalHold(models.Model):
    """Store that nothing of a case may be erased, from the moment one person asks it until two have agreed to its end.

    `data`: {"authority", "reason"}. Written by insertion, then by `nrm.decide_hold` only. The agency that put it reads
    it as long as it sees the state of the case, since closing the case leaves it no more, or as justice waits for it
    there.
    """

    sight = Sees(2) | Own() & Sees(1) | Own() & Demanded()

    class Ground(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint or proceedings under way")
        CLAIM = "claim", _("Claim or request of the person")
        INSPECTION = "inspection", _("Inspection or audit")
        LAW = "law", _("Another reason in law")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("hold", "Holds, to be confirmed")
        STANDING = "standing", pgettext_lazy("hold", "Holds")
        ENDING = "ending", pgettext_lazy("hold", "Holds, its end is to be confirmed")
        ENDED = "ended", pgettext_lazy("hold", "Ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    data = EncryptedField()
    review_on = models.DateField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")  # who asked for it
    confirmed_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")  # that it holds
    end_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")  # who asked for its end
    end_asked_at = models.DateTimeField(null=True)  # for the first time: whoever asks again moves no day
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["review_on", "id"]
        indexes = [models.Index(fields=["case"], condition=~models.Q(state="ended"), name="hold_standing")]

    def __str__(self):
        return str(self.id)

    @property
    def stands(self) -> bool:
        return self.state != self.State.ENDED

    @property
    def reference(self) -> str:
        """Return that of its case, by which what is told of it is found: of the access, since a state alone shows no
        case, or of what justice demands there of an agency whose access is gone."""
        known = [rows.filter(case=self.case_id) for rows in (CaseAccess.objects, Requisition.objects)]
        return next(found for rows in known for found in rows.values_list("reference", flat=True)[:1])

    @property
    def membership_id(self) -> int:
        """Return who asked last, for it or for its end."""
        return self.end_by_id or self.by_id
