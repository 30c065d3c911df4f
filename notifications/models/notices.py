"""Store events, written by operations, and the notices the worker makes of them, each sent once per channel."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agencies.models import Membership
from foundation.fields import ComputedField
from foundation.positions import Positioned
from foundation.sight import By, Nobody
from notifications import words

UNREAD_CAP = 99


class Event(models.Model):
    """Store an event in the operation's transaction; `fanned_at` is set by the worker."""

    class Audience(models.TextChoices):
        """List the audiences an operation may name."""

        HOLDERS = "holders"  # agencies that see the case
        DESK = "desk"  # agencies addressed
        AUTHOR = "author"
        SENDER = "sender"  # the agency that asked
        LEAD = "lead"
        COORDINATION = "coordination"
        NATIONAL = "national"
        AUDIT = "audit"  # readers of the journal
        ASKER = "asker"  # who asked for an export
        SECOND = "second"  # who may decide it
        MEMBERS = "members"  # all members of an agency
        PERSON = "person"  # the member concerned
        ADMINS = "admins"  # the administrators of its agency
        READERS = "readers"  # who answers for a breach, and who audits

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=12)  # case, alert, orientation
    subject_id = models.UUIDField()
    reference = models.CharField(max_length=20)
    audience = ArrayField(models.CharField(max_length=12, choices=Audience))
    # when set, only these desks: those added by a redirection or an escalation
    agencies = ArrayField(models.IntegerField(), default=list)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    fanned_at = models.DateTimeField(null=True)

    sight = Nobody()
    # what is told of no case and no alert is forgotten so long after; what is told of them goes with them, and of
    # breaches stays with their register
    KEPT = timedelta(days=365)
    OF_A_CASE = (
        "case", "alert", "orientation", "casefile", "legalhold", "clock", "datarequest", "requisition", "match", "none",
        "breach", "archive",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=models.Q(fanned_at=None), name="event_waiting"),
            models.Index(fields=["at"], name="event_oldest"),
            models.Index(fields=["reference"], name="event_reference"),  # by which an erased case takes them with it
        ]

    def __str__(self):
        return f"{self.kind} {self.reference}"


class NoticeQuerySet(models.QuerySet):
    def of(self, actor):
        """Keep the member's own notices in the application.

        The policy hides those whose subject is no longer visible.
        """
        return self.filter(membership=actor, channel=Notice.Channel.APP)

    def unread(self):
        return self.filter(read_at=None)

    def capped_count(self, cap: int = UNREAD_CAP) -> int:
        """Return the count, at most `cap` + 1. The limit is in the query, which bounds its cost."""
        return self.order_by().values("pk")[: cap + 1].count()


class Notice(Positioned):
    """Store one event for one member and channel. Mails are queued, sending, sent; or dropped, or failed.

    `at` is the event's time; the row comes later, at its position.
    """

    class Channel(models.TextChoices):
        APP = "app"
        MAIL = "mail"
        SMS = "sms"
        HOOK = "hook"  # for the webhooks of a program: sent once it is a delivery of each

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DROPPED = "dropped"  # no longer entitled at sending
        FAILED = "failed"

    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    # copied from the event, so that list and policy read one table
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    reference = models.CharField(max_length=20)
    at = models.DateTimeField()
    as_author = models.BooleanField(default=False)  # notified as author and not as a desk: opens another page
    attempts = models.PositiveSmallIntegerField(default=0)
    # mails: when queued, earliest moment of sending; when sending, end of the worker's lease; null once done
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    priority = ComputedField(
        expression=models.Case(
            models.When(kind=words.VITAL, then=words.Priority.VITAL.value),
            models.When(kind__in=words.BULK, then=words.Priority.BULK.value),
            default=words.Priority.ORDINARY.value,
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["event", "membership", "channel"], name="told_once")]
        indexes = [
            models.Index(fields=["membership", "channel", "-at", "-id"], name="notice_list"),
            models.Index(fields=["membership"], condition=models.Q(channel="app", read_at=None), name="notice_unread"),
            models.Index(
                fields=["priority", "channel", "due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="notice_waiting",
            ),
            models.Index(  # when the last one left: whether its server takes anything (operations/waiting.py)
                fields=["priority", "sent_at"],
                condition=models.Q(channel="mail", state="sent"),
                name="notice_left",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.reference}"

    @property
    def what(self) -> words.Kind:
        return words.kind(self.kind)

    @property
    def opens(self) -> bool:
        """Return whether there is a page to open; not after the end of an access."""
        return words.page(self.subject, self.as_author) is not None


class Installation(models.Model):
    """Store where this database lives, in one row, so that a copy of it knows that it is one and sends nothing.

    A restored base backup or a promoted replica has another timeline, a restored dump another cluster or database, a
    copied volume another site. Written by the first migrate, then by `manage.py fence` only.
    """

    cluster = models.CharField(max_length=20)  # system identifier of the PostgreSQL cluster; "" holds all back
    timeline = models.BigIntegerField()
    database = models.BigIntegerField()  # its number inside the cluster
    site = models.CharField(max_length=253)  # host of SITE_URL

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self):
        return self.site


class Preference(models.Model):
    """Store kinds a member does not want by mail.

    A danger to life cannot be muted: the fan-out ignores this table then.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=40)
    mail = models.BooleanField(default=True)

    sight = By("membership_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "kind"], name="one_preference_a_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="alert_vital") | models.Q(mail=True), name="vital_cannot_be_muted"
            ),
        ]

    def __str__(self):
        return self.kind
