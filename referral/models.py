"""The mechanism: alerts and orientations, their desks, their moves, and the contents kept apart.

State changes only by inserting a move: a trigger checks it against the workflow table, sets the state and derives
the desk rows. Contents are encrypted and stand in tables of their own, each with its own policy.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.encryption import EncryptedField
from agencies.models import Agency, Category, Level, Membership, Service, Territory
from victims.models import AgeSide, Assignment, Case, CaseAccess, Consent, Restriction, Urgency, new_reference


class AlertQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Its author; the author's agency (members who see cases) once sent; a desk it was addressed to."""
        desk = AlertDesk.objects.of(actor).filter(alert=OuterRef("pk"))
        seen = Q(Exists(desk))
        if actor.sight in ("own", "case"):
            seen |= Q(author=actor.pk)
        if actor.sight == "case":
            seen |= Q(agency=actor.agency_id) & ~Q(state=Alert.State.DRAFT)
        return self.filter(seen)

    def mine(self, actor):
        """What this member wrote, drafts included."""
        return self.filter(author=actor.pk) if actor.sight in ("own", "case") else self.none()

    def sent_from(self, actor):
        """What left the actor's agency, for members who see cases; what the actor sent itself otherwise."""
        rows = self.filter(agency=actor.agency_id) if actor.sight == "case" else self.mine(actor)
        return rows.exclude(state=Alert.State.DRAFT)


class Alert(models.Model):
    """A suspected situation, nameless. Keeps its draft's uuid for ever: sent twice, it is one alert."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Opened")
        ACTED = "acted", _("Case opened")
        REDIRECTED = "redirected", _("Redirected")
        CLOSED = "closed", pgettext_lazy("alert", "Closed")

    class Agreement(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_ASKED = "not_asked", _("Not asked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    author = models.ForeignKey(Membership, models.PROTECT, related_name="alerts")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="sent_alerts")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    # routing columns, filled when it is sent (a draft's answers stand encrypted in AlertContent)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True)
    form = models.CharField(max_length=40, default="unknown")
    age_side = models.CharField(max_length=8, choices=AgeSide, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    agreement = models.CharField(max_length=10, choices=Agreement, blank=True)
    persons = models.PositiveSmallIntegerField(default=1)
    reachable_until = models.DateTimeField(null=True)
    case_status = models.CharField(max_length=12, blank=True)  # copied through AlertLink by trigger
    step = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="alert_author"),
            models.Index(fields=["agency", "-created_at", "-id"], name="alert_agency"),
        ]

    def __str__(self):
        return self.reference


class AlertContent(models.Model):
    """All answers of an alert, encrypted: read by its author and by live desks."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="content")
    data = EncryptedField(bound="alert_id")

    def __str__(self):
        return str(self.alert_id)


class AlertContact(models.Model):
    """Safe contact, sealed apart: read by the author alone until an acceptance that carries it copies it."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="contact")
    data = EncryptedField(bound="alert_id", label="contact")

    def __str__(self):
        return str(self.alert_id)


class DeskQuerySet(models.QuerySet):
    def of(self, actor):
        """Desk rows of the actor's agency, for members who see cases: an ordered scan of one agency. A row about a
        case the agency restricted is seen by the members assigned to it (the system membership apart)."""
        if actor.sight != "case":
            return self.none()
        rows = self.filter(agency=actor.agency_id)
        if actor.kind != Membership.Sort.SYSTEM:
            mine = Assignment.objects.filter(agency=actor.agency_id, membership=actor.pk).values("case")
            rows = rows.filter(Q(kept_case=None) | Q(kept_case__in=mine))
        return rows


class AlertDesk(models.Model):
    """An agency an alert was addressed to. Derived from moves; `live` until the lead moves or it is closed."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="desks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    live = models.BooleanField(default=True)
    answers = models.BooleanField(default=True)  # an escalated row may act too; kept for symmetry of reading
    due_at = models.DateTimeField(null=True)  # null: nothing more to wait for
    state = models.CharField(max_length=12, choices=Alert.State)
    rung = models.PositiveSmallIntegerField(default=0)  # 0 first addressed, 1 second desk, 2 national
    opened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    # the inbox's own columns, copied from the alert
    reference = models.CharField(max_length=12)
    urgency = models.CharField(max_length=8, choices=Urgency)
    age_side = models.CharField(max_length=8, choices=AgeSide)
    form = models.CharField(max_length=40)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", db_index=False)
    kept_case = models.UUIDField(null=True, editable=False)  # the case, when this agency restricted it

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "agency"], name="alert_desk_once")]
        indexes = [
            models.Index(fields=["agency", "due_at", "id"], condition=Q(live=True), name="alert_inbox"),
            models.Index(fields=["due_at"], condition=Q(live=True, due_at__isnull=False), name="alert_due"),
        ]

    def __str__(self):
        return self.reference


class AlertLink(models.Model):
    """Joins alerts to a case without giving the author a case id."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="links")
    case = models.ForeignKey(Case, models.CASCADE, related_name="alert_links")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "case"], name="linked_once")]

    def __str__(self):
        return str(self.alert_id)


class Move(models.Model):
    """One step of an alert or an orientation: who, when, from, to, reason. Inserted, never changed."""

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


class AlertMove(Move):
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="moves")


class OrientationQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Its sender; an agency with a desk row, in any state; the lead or level 3 of its case."""
        if actor.sight != "case":
            return self.none()
        desk = OrientationDesk.objects.of(actor).filter(orientation=OuterRef("pk"))
        access = CaseAccess.objects.of(actor).filter(Q(lead=True) | Q(level__gte=Level.FILE))
        return self.filter(
            (Q(sender=actor.agency_id) & ~Q(case__in=Restriction.objects.against(actor).values("case")))
            | Q(Exists(desk))
            | Q(Exists(access.filter(case=OuterRef("case_id"))))
        )

    def sent_by(self, actor):
        """What the actor's agency sent, but for cases it keeps to assigned members, this one not among them."""
        if actor.sight != "case":
            return self.none()
        return self.filter(sender=actor.agency_id).exclude(case__in=Restriction.objects.against(actor).values("case"))


class Orientation(models.Model):
    """A request from the lead of a case to another agency's desk. Sending gives no grant; acceptance does."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Opened")
        QUESTION = "question", _("Question asked")
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
        """Named grounds on which an orientation goes without agreement (design, section 5)."""

        CHILD_IN_DANGER = "child_in_danger", _("Child in danger (CASF L.226-2-1, Code civil 375)")
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
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["sender", "-created_at", "-id"], name="orientation_sender")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=models.F("addressee")), name="orientation_goes_to_another_agency"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(consent__isnull=False) | Q(legal_ground__gt=""),
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
    """What the addressee is shown, frozen at sending: one row a part (`summary`, `file`, or a category's name)."""

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
    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="moves")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    sender_id = models.IntegerField(null=True, editable=False)  # stamped by trigger


class OrientationDesk(models.Model):
    """An agency an orientation was addressed to or escalated to (`answers` false). Derived from moves."""

    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="desks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    live = models.BooleanField(default=True)
    answers = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, choices=Orientation.State)
    received_at = models.DateTimeField()
    reference = models.CharField(max_length=12)
    urgency = models.CharField(max_length=8, choices=Urgency)
    kept_case = models.UUIDField(null=True, editable=False)  # the case, when this agency restricted it

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["orientation", "agency"], name="orientation_desk_once")]
        indexes = [
            models.Index(fields=["agency", "due_at", "id"], condition=Q(live=True), name="orientation_inbox"),
            models.Index(fields=["agency", "-received_at", "-id"], name="orientation_received"),
            models.Index(fields=["due_at"], condition=Q(live=True, due_at__isnull=False), name="orientation_due"),
        ]

    def __str__(self):
        return self.reference


class ClientKey(models.Model):
    """An Idempotency-Key of an API client: keeps only a digest of the body and the id of what was made."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    route = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    made = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "route", "key"], name="one_answer_a_key")]

    def __str__(self):
        return self.key
