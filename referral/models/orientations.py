"""Store orientations: requests from the lead of a case to the desk of another agency."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Level, Membership, Service
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import Own, SightQuerySet
from victims.models import Case, Consent, Urgency, new_reference
from victims.models.sight import ROW_BY_ROW, OpenToMe, Sees

from .moves import Addressed, DeskQuerySet, Move

SENT = Own("sender_id") & OpenToMe()
DESK = Addressed("OrientationDesk", here="orientation_id", end=ROW_BY_ROW)
WORKS_ON_IT = Sees(3, lead=True, end=ROW_BY_ROW)


class OrientationQuerySet(SightQuerySet):
    def sent_by(self, actor):
        """Keep orientations of the actor's agency, except on cases it restricts to others than the actor."""
        return self.filter(SENT.q(actor))


class Orientation(Positioned):
    """Store a request from the lead of a case to another agency's desk. Sending grants nothing; acceptance does."""

    # its sender; an agency with a desk row, in any state; the lead or level 3 of its case
    sight = SENT | Addressed("OrientationDesk", here="id", end=ROW_BY_ROW) | WORKS_ON_IT

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Read")
        QUESTION = "question", _("Question asked: the sender is to answer")
        ACCEPTED = "accepted", _("Accepted")
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Completed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("No answer")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("Agreement withdrawn")

    class Verb(models.TextChoices):
        REFER = "refer", _("Refer: the lead stays")
        TRANSFER = "transfer", _("Transfer: the addressee leads")

    class LegalGround(models.TextChoices):
        """Define the grounds on which an orientation needs no agreement (design, section 5)."""

        CHILD_IN_DANGER = (
            "child_in_danger",
            _(
                "Child in danger (CASF L226-2-1 to the CRIP, L226-4 to the prosecutor, L226-2-2 between professionals"
                " bound by secrecy)"
            ),
        )
        VITAL_DANGER = "vital_danger", _("Danger to life (Code pénal 223-6)")
        ARTICLE_40 = "article_40", _("Public official's duty to report (CPP 40)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="orientations")
    sender = models.ForeignKey(Agency, models.PROTECT, related_name="sent_orientations")
    addressee = models.ForeignKey(Agency, models.PROTECT, related_name="received_orientations")
    verb = models.CharField(max_length=10, choices=Verb, default=Verb.REFER)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    service = models.ForeignKey(Service, models.PROTECT)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="orientations")
    legal_ground = models.CharField(max_length=20, choices=LegalGround, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.SUMMARY)
    categories = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)
    # one acceptance withdraws the other orientations for this need; else several services may help
    exclusive = models.BooleanField(default=False)
    # declined or expired orientation that this one replaces
    rerouted_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="rerouted_to")
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # next escalation while an answer is awaited, by trigger
    answer_by = models.DateTimeField(null=True)  # promised answer, by trigger

    objects = OrientationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["sender", "-created_at", "-id"], name="orientation_sender"),
            models.Index(fields=["sender", "position"], name="orientation_position"),
            models.Index(
                fields=["sender", "answer_by", "id"], condition=Q(due_at__isnull=False), name="orientation_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=models.F("addressee")), name="orientation_goes_to_another_agency"
            ),
            models.CheckConstraint(
                # a draft may still lack both, and be withdrawn; sending needs one
                condition=Q(sent_at=None) | Q(consent__isnull=False) | Q(legal_ground__gt=""),
                name="sent_with_agreement_or_legal_ground",
            ),
            models.CheckConstraint(
                condition=~Q(verb="transfer") | Q(level__gte=Level.SUMMARY), name="who_leads_sees_the_summary"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def category_list(self):
        return Category.of(self.categories)


class OrientationSheet(models.Model):
    """Store what the addressee is shown, frozen at sending: one row per part (`summary`, `file`, or a category)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="sheets")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    sender_id = models.IntegerField(null=True, editable=False)  # stamped by trigger
    part = models.CharField(max_length=12)
    data = EncryptedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["orientation", "part"], name="one_sheet_a_part")]

    def __str__(self):
        return self.part


class OrientationMove(Move):
    sight = SENT | DESK | WORKS_ON_IT

    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="moves")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    sender_id = models.IntegerField(null=True, editable=False)  # stamped by trigger


class OrientationDesk(Positioned):
    """Store that an orientation was addressed or escalated (`answers` false) to an agency. Derived from moves."""

    WAITS = Q(state__in=["sent", "opened", "question"])
    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="desks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    live = models.BooleanField(default=True)
    answers = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True)
    # promised answer: extended by one call and by an answered question, by no escalation
    answer_by = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, choices=Orientation.State)
    received_at = models.DateTimeField()
    reference = models.CharField(max_length=12)
    urgency = models.CharField(max_length=8, choices=Urgency)
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    kept_cases = ArrayField(models.UUIDField(), null=True, editable=False)  # the case, when this agency restricts it
    in_charge = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+", db_index=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["orientation", "agency"], name="orientation_desk_once")]
        indexes = [
            models.Index(
                fields=["agency", "answer_by", "id"],
                condition=Q(live=True, due_at__isnull=False),
                name="orientation_inbox",
            ),
            models.Index(fields=["agency", "-received_at", "-id"], name="orientation_received"),
            models.Index(fields=["due_at"], condition=Q(live=True, due_at__isnull=False), name="orientation_due"),
            models.Index(fields=["agency", "position"], name="request_position"),
        ]

    def __str__(self):
        return self.reference

    @staticmethod
    def opened_by(cases: models.QuerySet) -> Q:
        """Return the condition that the request is about one of these cases."""
        return Q(case_id__in=cases)
