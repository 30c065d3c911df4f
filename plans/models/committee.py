"""Store the steering committee: who sits, when it meets, what it decides, and the follow-up of decisions."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Membership
from foundation.sight import IsNot

from .commitments import Commitment
from .plans import Measure
from .sight import COORDINATES
from .sourcing import Sourced


class SeatQuerySet(models.QuerySet):
    def live(self, day=None):
        """Keep the seats held on a day (today by default)."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day).filter(Q(end=None) | Q(end__gte=day))


class Seat(models.Model):
    """Store that a body sits in a college, between two days.

    Survivors sit with the association that supports them.
    """

    class College(models.TextChoices):
        STATE = "state", pgettext_lazy("college", "State")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        INDEPENDENT = "independent", _("Independent authorities")
        SURVIVORS = "survivors", _("Survivors")

    body = models.ForeignKey(Directory, models.PROTECT, related_name="seats")
    college = models.CharField(max_length=14, choices=College)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["college", "body__name", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="seat_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["body", "college"], condition=Q(end=None), name="one_running_seat_per_body_and_college"
            ),
        ]

    def __str__(self):
        return str(self.body)


class Meeting(Sourced):
    """Store a meeting: planned, held or not, with the reason."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "Planned")
        HELD = "held", pgettext_lazy("meeting", "Held")
        NOT_HELD = "not_held", pgettext_lazy("meeting", "Not held")  # announced, but did not take place
        POSTPONED = "postponed", pgettext_lazy("meeting", "Postponed")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    code = models.SlugField(max_length=40, unique=True, null=True, blank=True)  # code in the pack
    on = models.DateField()
    month_only = models.BooleanField(default=False)  # the source gives no day
    title_fr = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason_fr = models.CharField(max_length=300, blank=True)  # why it was not held as planned
    reason_en = models.CharField(max_length=300, blank=True)
    postponed_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    agenda_published_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveSmallIntegerField(null=True, blank=True)  # number present, when no list is known

    class Meta:
        ordering = ["-on", "-id"]

    def __str__(self):
        return str(self.on)

    @property
    def reference(self) -> str:
        return f"REU-{self.on:%Y%m%d}"


class AgendaItem(models.Model):
    """Store a proposal for the agenda by any seat, which the coordination accepts or declines with a reason.

    Public with the agenda once accepted.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("agenda", "Proposed")
        ACCEPTED = "accepted", pgettext_lazy("agenda", "On the agenda")
        DECLINED = "declined", pgettext_lazy("agenda", "Not taken")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    text = models.CharField(max_length=300)
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    answer = models.CharField(max_length=300, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["meeting", "place", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(answer=""), name="declined_item_says_why")
        ]

    def __str__(self):
        return self.text


class Minutes(models.Model):
    """Store one version of the minutes: a draft of the coordination, then public and frozen.

    A correction is the next number, with its reason.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(max_length=50_000, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    sight = IsNot("published_at", None) | COORDINATES

    class Meta:
        ordering = ["meeting", "-number"]
        verbose_name_plural = "minutes"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_minutes_per_number"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="corrected_minutes_say_why"),
        ]

    def __str__(self):
        return str(self.number)


class Attendance(models.Model):
    """Store whether a seat was present at a meeting: for the coordination, the others read numbers by college."""

    class Presence(models.TextChoices):
        PRESENT = "present", pgettext_lazy("attendance", "Present")
        EXCUSED = "excused", pgettext_lazy("attendance", "Excused")
        ABSENT = "absent", pgettext_lazy("attendance", "Absent")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendance")
    presence = models.CharField(max_length=8, choices=Presence)

    sight = COORDINATES

    class Meta:
        ordering = ["meeting", "seat"]
        verbose_name_plural = "attendance"
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="one_presence_per_seat")]

    def __str__(self):
        return self.presence


class DecisionQuerySet(models.QuerySet):
    def followed(self):
        """Annotate `stand`, the state of the last follow-up (None without one), and its date `stand_on`."""
        last = DecisionFollowUp.objects.filter(decision=OuterRef("pk")).order_by("-on", "-id")
        return self.annotate(stand=Subquery(last.values("state")[:1]), stand_on=Subquery(last.values("on")[:1]))

    def published(self):
        """Keep the decisions whose minutes are published, for any reader, with their state."""
        return (
            self.followed()
            .filter(meeting__minutes__published_at__isnull=False)
            .select_related("meeting", "responsible", "measure__plan", "commitment")
            .order_by("-meeting__on", "number")
            .distinct()
        )

    def standing(self):
        """Keep the decisions neither done nor dropped, the soonest due first."""
        over = [DecisionFollowUp.State.DONE, DecisionFollowUp.State.DROPPED]
        return self.followed().filter(Q(stand=None) | ~Q(stand__in=over)).order_by("due", "id")

    def late(self, day=None):
        """Keep the decisions past their date, neither done nor dropped."""
        return self.standing().filter(due__lt=day or timezone.localdate())

    def owed_by(self, body):
        """Keep the published decisions a body is responsible for that are not late (see `late`)."""
        if body is None:
            return self.none()
        ahead = Q(due=None) | Q(due__gte=timezone.localdate())
        found = self.standing().filter(ahead, responsible=body, meeting__minutes__published_at__isnull=False)
        return found.distinct()


class Decision(models.Model):
    """Store a decision. Public with the minutes of its meeting; then only follow-ups are added."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=5000)
    responsible = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="decisions")
    due = models.DateField(null=True, blank=True)
    measure = models.ForeignKey(Measure, models.SET_NULL, null=True, blank=True, related_name="decisions")
    commitment = models.ForeignKey(Commitment, models.SET_NULL, null=True, blank=True, related_name="decisions")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="one_decision_per_number")]

    def __str__(self):
        return str(self.number)


class DecisionFollowUp(models.Model):
    """Store the state of a decision on a day, by the body responsible or the coordination; never changed."""

    class State(models.TextChoices):
        STARTED = "started", pgettext_lazy("decision", "Under way")
        DONE = "done", pgettext_lazy("decision", "Done")
        BLOCKED = "blocked", pgettext_lazy("decision", "Blocked")
        DROPPED = "dropped", pgettext_lazy("decision", "Dropped")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="follow_ups")
    on = models.DateField(default=timezone.localdate)
    state = models.CharField(max_length=8, choices=State)
    text = models.CharField(max_length=500, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["decision", "-on", "-id"]

    def __str__(self):
        return self.state
