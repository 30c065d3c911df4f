"""Store imports of an organisation's own cases from a table; internal to it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import Own, SightQuerySet
from victims.models import Case
from victims.models.sight import Sees


class CaseImport(Positioned):
    """Store a table brought by a member. Its lines stand in pieces; all is encrypted, and deleted when loaded or
    discarded.

    `content`: {"headers", "matching": {column: field}, "values", "first": number of the first line}, and what the check
    found in all lines: {"words", "sample"}; then null. `asked_by`: who asked last for the work of the worker, which is
    done with this member's rights. `left_out`: numbers of lines that were good when checked, and not when loaded.
    """

    sight = Own()

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to match")
        CHECKING = "checking", _("Being checked")
        MATCHED = "matched", _("Checked, nothing loaded yet")
        LOADING = "loading", _("Loading")
        LOADED = "loaded", _("Loaded")
        FAILED = "failed", _("Nothing loaded")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    content = EncryptedField(null=True)
    total = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)  # lines checked so far
    good = models.PositiveIntegerField(default=0)  # of those
    done = models.PositiveIntegerField(default=0)
    only_good = models.BooleanField(default=False)
    asked_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    left_out = ArrayField(models.IntegerField(), default=list)
    ended_at = models.DateTimeField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["agency", "position"], name="import_position")]

    def __str__(self):
        return str(self.id)


class ImportPiece(models.Model):
    """Store some lines of a table until they are loaded, as the unit of the work: one transaction each.

    `first`: how many lines stand before them. `rows`, encrypted: [[text of each cell]]. Once they were checked:
    `faults`, how many lines are to be corrected; `faulty`, encrypted, which: [[number, {field: text}, number of an
    earlier line of the same reference]]; `keys`, for each line the digest of its own reference.
    """

    sight = Own()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    origin = models.ForeignKey(CaseImport, models.CASCADE, related_name="pieces")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    first = models.PositiveIntegerField()
    rows = EncryptedField()
    faults = models.PositiveIntegerField(null=True)
    faulty = EncryptedField(null=True)
    keys = ArrayField(models.CharField(max_length=64, null=True), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "first"], name="import_piece_once")]

    def __str__(self):
        return f"{self.origin_id} {self.first}"


class ImportedCase(models.Model):
    """Store the origin of an imported case; its own reference is the organisation's label of it (`OwnLabel`).

    `stamp` is a fingerprint of the case as loaded, so that a changed one is not deleted; `at` is when it was whole.
    """

    sight = Own() & Sees()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    origin = models.ForeignKey(CaseImport, models.CASCADE, related_name="lines")
    case = models.OneToOneField(Case, models.CASCADE, related_name="imported")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    stamp = models.CharField(max_length=32, blank=True, editable=False)  # by trigger

    def __str__(self):
        return str(self.case_id)


class ImportMatching(models.Model):
    """Store the meaning of the columns of this organisation's table, from its last import."""

    sight = Own()

    agency = models.OneToOneField(Agency, models.CASCADE, primary_key=True, related_name="+")
    data = EncryptedField(bound="agency_id")

    def __str__(self):
        return str(self.agency_id)
