"""Store alerts, from the draft to the case."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from agencies.models import Agency, Membership, Territory
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import By, Follows, Own, SightIs, SightQuerySet, SinceArrival
from victims.models import AgeSide, Case, Urgency, new_reference
from victims.models.sight import Sees

from .moves import KEPT, Addressed, DeskQuerySet, Move

# time limits of a desk (design, section 5): rules/deadlines.py and triggers count with them
FIRST = {
    Urgency.VITAL: timedelta(minutes=10),
    Urgency.HIGH: timedelta(hours=24),
    Urgency.NORMAL: timedelta(hours=72),
}
VITAL_AGAIN = timedelta(minutes=20)  # second desk at 10 min, national at 20, then every 20 until somebody acts
BEFORE_LEAVING = timedelta(hours=2)  # before the person can no longer be reached


class AlertQuerySet(SightQuerySet):
    def mine(self, actor):
        """Keep what this member wrote, including drafts."""
        return self.filter(author=actor.pk) if actor.sight in ("own", "case") else self.none()

    def sent_from(self, actor):
        """Keep alerts sent by the actor's agency since the actor came, for members who see cases, but those whose case
        it restricts to others; or by the actor.
        """
        if actor.sight != "case":
            rows = self.mine(actor)
        else:
            rows = self.filter(KEPT.q(actor) | Q(author=actor.pk), agency=actor.agency_id)
            if actor.cases_from:
                rows = rows.filter(Q(sent_at__gte=actor.cases_from) | Q(author=actor.pk))
        return rows.exclude(state=Alert.State.DRAFT)


class Alert(Positioned):
    """Store a suspected situation, without name.

    It keeps the UUID of its draft, so that sending twice makes one alert.
    """

    # its author, whatever became of it: their own words, and an addition still arrives; the author's agency once sent,
    # while it does not restrict the case that followed to others; a desk it was addressed to
    sight = (
        By("author_id") & SightIs("own", "case")
        | Own() & SinceArrival("sent_at") & KEPT
        | Addressed("AlertDesk", here="id")
    )

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Read")
        ACTED = "acted", _("Case opened")
        TAKEN_UP = "taken_up", _("Being dealt with")
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
    # routing columns, set at sending (the answers of a draft are encrypted in AlertContent)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True)
    form = models.CharField(max_length=40, default="unknown")
    age_side = models.CharField(max_length=8, choices=AgeSide, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    agreement = models.CharField(max_length=10, choices=Agreement, blank=True)
    persons = models.PositiveSmallIntegerField(default=1)
    reachable_until = models.DateTimeField(null=True)
    # the suspected employer has diplomatic immunity: embassies and consulates must not know; a case takes it over
    employer_immunity = models.BooleanField(default=False)
    case_status = models.CharField(max_length=12, blank=True)  # copied through AlertLink by trigger
    kept_cases = ArrayField(models.UUIDField(), null=True, editable=False)  # those that the author's agency restricts
    stays_kept = models.BooleanField(default=False, editable=False)  # it restricted a case that was erased since
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
            models.Index(fields=["agency", "position"], name="alert_position"),
        ]

    def __str__(self):
        return self.reference

    @property
    def state_words(self) -> str:
        """Return the state in words; of several persons, that the first step is taken for one of them at least."""
        if self.state == self.State.TAKEN_UP and self.persons > 1:
            return pgettext("alert", "A first step is taken for one person at least")
        return self.get_state_display()


class AlertContent(models.Model):
    """Store all answers of an alert, encrypted: read by its author and by live desks."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="content")
    data = EncryptedField(bound="alert_id")

    def __str__(self):
        return str(self.alert_id)


class AlertContact(models.Model):
    """Store the safe contact, encrypted separately: read by the author only, until an acceptance copies it."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="contact")
    data = EncryptedField(bound="alert_id", label="contact")

    def __str__(self):
        return str(self.alert_id)


class AlertDesk(Positioned):
    """Store that an alert was addressed to an agency, and what this agency answered. A desk answers for itself only.

    Derived from moves; `live` until the alert leaves this desk or the lead moves.
    """

    class Answer(models.TextChoices):
        NONE = "", _("No answer")
        CASE = "case", _("Case opened")
        ACTING = "acting", _("Acting")
        WITH_PERSON = "with_person", _("Somebody is with the person")
        CLOSED = "closed", pgettext_lazy("answer of a desk", "Closed")
        REACHED = "reached", _("Reached by phone")
        NOTHING_TO_DO = "nothing_to_do", _("Nothing to do, confirmed")
        REDIRECTED = "redirected", pgettext_lazy("answer of a desk", "Forwarded")

    WAITS = Q(live=True, due_at__isnull=False)
    ACTS = (Answer.CASE, Answer.ACTING, Answer.WITH_PERSON)

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="desks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    live = models.BooleanField(default=True)
    answers = models.BooleanField(default=True)  # always true: an escalated desk may act too; as in OrientationDesk
    due_at = models.DateTimeField(null=True)  # next escalation; null: nothing to wait for
    state = models.CharField(max_length=12, choices=Alert.State)
    rung = models.PositiveSmallIntegerField(default=0)  # 0 first addressed, 1 second desk, 2 national
    answer_by = models.DateTimeField(null=True)  # promised answer: the first due_at, extended by one call only
    due_from = models.DateTimeField(null=True)  # when a time limit began again; null: the first one, from received_at
    opened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    answer = models.CharField(max_length=16, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True)
    case_at = models.DateTimeField(null=True)  # this desk opened or joined a case
    followed_at = models.DateTimeField(null=True)  # something followed: a request was sent, an action declared
    told_at = models.DateTimeField(null=True)  # a desk that acts said that this one has nothing to do
    # first agency that opened a case or declared an action, for others to read; on its own row, itself
    taken_by = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)
    # columns of the inbox, copied from the alert
    reference = models.CharField(max_length=12)
    urgency = models.CharField(max_length=8, choices=Urgency)
    age_side = models.CharField(max_length=8, choices=AgeSide)
    form = models.CharField(max_length=40)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", db_index=False)
    kept_cases = ArrayField(models.UUIDField(), null=True, editable=False)  # those that this agency restricts
    stays_kept = models.BooleanField(default=False, editable=False)  # it restricted a case that was erased since
    in_charge = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+", db_index=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "agency"], name="alert_desk_once")]
        indexes = [
            models.Index(fields=["agency", "due_at", "id"], condition=Q(live=True), name="alert_inbox"),
            models.Index(
                fields=["agency", "answer_by", "id"],
                condition=Q(live=True, due_at__isnull=False),
                name="alert_promised",
            ),
            models.Index(fields=["agency", "id"], condition=Q(live=True, due_at__isnull=True), name="alert_handled"),
            models.Index(fields=["due_at"], condition=Q(live=True, due_at__isnull=False), name="alert_due"),
            models.Index(fields=["agency", "position"], name="alert_desk_position"),
        ]

    def __str__(self):
        return self.reference

    @staticmethod
    def opened_by(cases: models.QuerySet) -> Q:
        """Return the condition that the alert is joined to one of these cases."""
        return Q(Exists(AlertLink.objects.filter(alert=OuterRef("alert"), case__in=cases)))


class AlertLink(models.Model):
    """Store that an alert is joined to a case; its author gets no case id."""

    sight = Sees(2)

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="links")
    case = models.ForeignKey(Case, models.CASCADE, related_name="alert_links")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "case"], name="linked_once")]

    def __str__(self):
        return str(self.alert_id)


class AlertMove(Move):
    sight = Follows("alert_id", Alert)

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="moves")
    # silent desk replaced by a coordination unit
    instead_of = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", db_index=False)


class DeskAnswer(models.Model):
    """Store what a desk says of an alert in its own words, encrypted: read by the live desks, never by the author."""

    sight = Addressed("AlertDesk", here="alert_id", live=True)

    class Code(models.TextChoices):
        ACTING = "acting", _("Our service is acting")
        WITH_PERSON = "with_person", _("Somebody is with the person")
        STAND_DOWN = "stand_down", _("The other services have nothing to do")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="answers")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    code = models.CharField(max_length=16, choices=Code)
    text = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.alert_id)


class AlertAddition(models.Model):
    """Store an addition by the author after sending. Read like the content, and by readers of the file of its case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="additions")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = EncryptedField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.alert_id)
