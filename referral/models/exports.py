"""Store exports of lists: asked with a reason, approved by a second person, made by the worker, fetched once."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Kind, Membership, Role
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import By, Follows
from victims.models import new_reference

from .moves import Move

WITHOUT_APPROVAL = 20  # rows one person may export without approval (security.md, 2.2), added up over ADDED_UP
ADDED_UP = timedelta(days=7)
APPROVERS = (Role.CASE_WORKER, Role.COORDINATOR, Role.AGENCY_ADMIN)


class ExportQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep exports of the asker; of its agency's approvers; and, by their size only, of the network above, or of
        the coordination when nobody nearer can decide.

        What was asked, and why, is in ExportOrder.
        """
        seen = Q(by=actor.pk)
        if actor.kind == Membership.Sort.PERSON and actor.has(*APPROVERS):
            near = Q(agency=actor.agency_id)
            if actor.agency.kind == Kind.NGO_NETWORK:
                near |= Q(agency__parent=actor.agency_id)
            # a second person, not the asker under another of her or his memberships
            seen |= near & ~Q(by__user=actor.user_id)
            if actor.agency.is_coordination:
                seen |= Q(second_for(actor))
        return self.filter(seen)

    def to_decide(self, actor):
        """Keep exports that wait for a second person, and for which this member is one."""
        return self.visible_to(actor).filter(second_for(actor), state=Export.State.WAITING)


def second_for(actor) -> models.Func:
    """Return the condition that this member is a second person for the asker of an export."""
    asked = (models.Value(actor.pk), models.F("agency_id"), models.F("by_id"))
    return models.Func(*asked, function="nrm.second_for", output_field=models.BooleanField())


class Export(Positioned):
    """Store an export; only moves change its state.

    `total` is frozen when it is asked: exactly what was approved is exported, less rows no longer visible.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("export", "Asked")
        WAITING = "waiting", _("Waits for a second person")
        QUEUED = "queued", _("About to be made")
        BUILDING = "building", _("Being made")
        READY = "ready", _("Ready")
        FETCHED = "fetched", _("Handed over")
        REFUSED = "refused", pgettext_lazy("export", "Refused")
        CANCELLED = "cancelled", pgettext_lazy("export", "Given up")
        STOPPED = "stopped", pgettext_lazy("export", "Stopped")
        EXPIRED = "expired", pgettext_lazy("export", "Out of time")

    class Purpose(models.TextChoices):
        """Define purposes; the reason in words is in ExportOrder."""

        SUPERVISION = "supervision", _("Follow-up of the work of our service")
        REPORT = "report", _("Activity report or yearly survey")
        MEETING = "meeting", _("Working meeting about these cases")
        DUTY = "duty", _("Request of a court or of an inspection")
        OTHER = "other", _("Another reason")

    class Format(models.TextChoices):
        CSV = "csv", _("Table for any program (CSV)")
        XLSX = "xlsx", _("Spreadsheet (XLSX)")
        ODS = "ods", _("Free spreadsheet (ODS)")
        JSON = "json", _("For a program (JSON)")

    class Content(models.TextChoices):
        """Define what a row says."""

        LIST = "list", _("What the list shows")
        HTCDS = "htcds", _("The cases in the HTCDS standard, without identity or contact")
        NAMED = "htcds_named", _("The cases in the HTCDS standard, with identity and contact")

    GOING = (State.WAITING, State.QUEUED, State.BUILDING)  # not made yet

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    listed = models.CharField(max_length=20)  # code of the list, referral/desk/filters.py
    purpose = models.CharField(max_length=12, choices=Purpose)
    format = models.CharField(max_length=4, choices=Format, default=Format.CSV)
    content = models.CharField(max_length=12, choices=Content, default=Content.LIST)
    total = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    done = models.PositiveIntegerField(default=0)  # rows made so far, written by the worker
    due_at = models.DateTimeField(null=True)  # waiting or ready until then, by trigger

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["by", "-at", "-id"], name="export_asker"),
            models.Index(fields=["agency", "-at", "-id"], name="export_agency"),
            models.Index(fields=["by", "position"], name="export_position"),
            models.Index(fields=["state", "due_at"], condition=Q(state__in=["waiting", "queued", "building", "ready"]),
                         name="export_due"),
        ]  # fmt: skip
        constraints = [models.CheckConstraint(condition=Q(total__gte=1), name="export_of_something")]

    def __str__(self):
        return self.reference


class ExportOrder(models.Model):
    """Store what was asked and why, read inside the asker's agency. `data`: {"reason", "query", "rows": ids}."""

    export = models.OneToOneField(Export, models.CASCADE, primary_key=True, related_name="order")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    data = EncryptedField(bound="export_id")

    def __str__(self):
        return str(self.export_id)


class ExportMove(Move):
    """Store one move of an export. A trigger applies it; `comment` holds the reason of a refusal."""

    sight = Follows("export_id", Export)

    export = models.ForeignKey(Export, models.CASCADE, related_name="moves")


class ExportPiece(models.Model):
    """Store one batch of an export for the asker only, written by the worker with its progress; deleted with the file.

    `first`: how many rows asked for stand before it. `rows`, encrypted with the keys of the platform: [{"id", "level",
    "categories", "cells"}]. `archive`: its part of the archive, which is encrypted with a passphrase that is shown once
    and not stored.
    """

    sight = By("membership_id")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    first = models.PositiveIntegerField()
    rows = EncryptedField()
    archive = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "first"], name="export_piece_once")]

    def __str__(self):
        return f"{self.export_id} {self.first}"


class ExportFile(models.Model):
    """Say that the pieces of an export are whole, to the asker only; deleted when it is fetched or expired.

    `link` is the digest of a link to the archive, valid until `link_until`.
    """

    sight = By("membership_id")

    export = models.OneToOneField(Export, models.CASCADE, primary_key=True, related_name="file")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    columns = models.JSONField(default=list)
    link = models.CharField(max_length=64, blank=True)
    link_until = models.DateTimeField(null=True)

    def __str__(self):
        return str(self.export_id)
