"""Base of moves, and of the desk rows derived from them, for alerts and orientations."""

import uuid

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, Value
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Rule, column
from victims.models import Assignment


class Kept(Rule):
    """Keep rows whose `kept_cases` the agency restricts to nobody, or to members of whom the actor is one."""

    def q(self, actor):
        assigned = Func("kept_cases", Value(actor.pk), function="nrm.assigned_to_all", output_field=BooleanField())
        return Q(kept_cases=None) | Q(assigned)

    def sql(self, model):
        return "(kept_cases IS NULL OR nrm.assigned_to_all(kept_cases, nrm.membership()))"


KEPT = Kept()


class DeskQuerySet(models.QuerySet):
    def of(self, actor):
        """Keep the desk rows of the actor's agency, for members who see cases: an ordered scan of one agency.

        A row about restricted cases is visible to the members assigned to each, and to the system membership. One that
        came before a member's arrival: while it waits, when this member is in charge of it or assigned to its case.
        """
        if actor.sight != "case":
            return self.none()
        rows = self.filter(agency=actor.agency_id)
        if actor.kind != Membership.Sort.SYSTEM:
            rows = rows.filter(KEPT.q(actor))
            if actor.cases_from:
                mine = Assignment.objects.to(actor).values("case")
                came, own = Q(received_at__gte=actor.cases_from), Q(in_charge=actor.pk)
                rows = rows.filter(came | self.model.WAITS | own | self.model.opened_by(mine))
        return rows


class Addressed(Rule):
    """Keep rows of alerts or orientations for which the acting agency has a desk row, live when `live`.

    `to`: model of the desk rows; `here`: attribute with the id of the alert or orientation.
    """

    def __init__(self, to: str, here: str, live: bool = False, end: str = ""):
        self.to, self.here, self.live, self.end = to, here, live, end
        self.thing = to.removesuffix("Desk").lower()

    def q(self, actor):
        rows = apps.get_model("referral", self.to).objects.of(actor).filter(**{self.thing: OuterRef(self.here)})
        return Q(Exists(rows.filter(live=True) if self.live else rows))

    def sql(self, model):
        table, here = model._meta.db_table, column(model, self.here)
        return (
            f"EXISTS (SELECT 1 FROM referral_{self.to.lower()} d WHERE d.{self.thing}_id = {table}.{here}"
            f" AND d.agency_id = nrm.desk(){' AND d.live' if self.live else ''}{self.end})"
        )


class Move(models.Model):
    """Base of one move: who, when, from, to, reason. Inserted, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=40, blank=True)  # a code
    comment = EncryptedField(null=True)
    to_agencies = ArrayField(models.IntegerField(), default=list)
    due_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.before} → {self.after}"
