"""Store procedures of a case: checklists, what was done at each step, and clocks (time limits).

Rows of a residence or asylum procedure are `sealed`: only the lead, and those who hold the category residence, see that
the person asks for asylum or a permit.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Category, Membership
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import Is, SightQuerySet
from victims.models import Case
from victims.models.sight import Sees

SEALED = Sees(3, lead=True) & (Is("sealed", False) | Sees(bit=Category.RESIDENCE, lead=True))


class Checklist(models.Model):
    """Store a procedure started on a case. `version`: of the pack's file on that day."""

    sight = SEALED

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="checklists")
    procedure = models.CharField(max_length=40)  # procedures.yaml
    version = models.CharField(max_length=20)
    sealed = models.BooleanField(default=False, editable=False)  # by trigger, from the procedure's kind
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "procedure"], name="one_checklist_a_procedure")]

    def __str__(self):
        return str(self.id)


class StepAct(models.Model):
    """Store an act on a step. Nothing is overwritten: the latest act applies, earlier ones are the history."""

    sight = SEALED
    # days before an alert in which its own sender may have written to the CRIP of what the alert tells
    BEFORE = 3

    class Action(models.TextChoices):
        DONE = "done", _("Done")
        WAIVED = "waived", _("Not done, with a reason")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")
        REOPENED = "reopened", _("To do again")

    class Reason(models.TextChoices):
        REFUSED = "refused", _("The person does not want it")
        ELSEWHERE = "elsewhere", _("Already done by another service")
        RISK = "risk", _("It would put the person in danger")
        IMPOSSIBLE = "impossible", _("Not possible here")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="acts")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    sealed = models.BooleanField(default=False, editable=False)  # by trigger
    step = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=16, choices=Action)
    on = models.DateField(null=True)  # the day it was done
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    words = EncryptedField(null=True)  # {"text"}; of the report of concern, how it was made: {"how"}
    # of the report of concern in writing: of what it tells, alerts or the case itself (nrm.report_owed), and whether
    # the sender of these alerts wrote it before them
    tells = ArrayField(models.UUIDField(), default=list)
    by_sender = models.BooleanField(default=False)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action="waived", reason__gt="", words__isnull=False) | ~Q(action="waived") & Q(reason=""),
                name="waived_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(action="done", on__isnull=False) | ~Q(action="done") & Q(on=None), name="done_on_a_day"
            ),
        ]

    def __str__(self):
        return self.action


class ReflectionOffer(models.Model):
    """Store an offer of the recovery and reflection period, and the answer.

    Offered to everybody (CESEDA R425-2, convention STCE 197 art. 13); a later answer is another row.
    """

    sight = Sees(3, lead=True)

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Takes the thirty days")
        DECLINED = "declined", _("Does not want it")
        THINKING = "thinking", _("Has not answered yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reflection_offers")
    offered_on = models.DateField()
    answer = models.CharField(max_length=10, choices=Answer)
    answered_on = models.DateField(null=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="thinking", answered_on=None)
                | ~Q(answer="thinking") & Q(answered_on__gte=F("offered_on")),
                name="answered_after_the_offer",
            ),
        ]

    def __str__(self):
        return self.answer


class Clock(Positioned):
    """Store a time limit of a case, computed from the day of an event. `due_at` is stored for ordered lists.

    `remind_at`: next reminder; null when none is left.
    """

    sight = SEALED

    class Kind(models.TextChoices):
        REFLECTION = "reflection", _("Reflection period")
        PERMIT = "permit", _("Residence permit")
        ASYLUM = "asylum", _("Asylum")
        EVALUATION = "evaluation", _("Child's evaluation")
        COMPENSATION = "compensation", _("Compensation")
        STEP = "step", _("Step of a procedure")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        MET = "met", pgettext_lazy("deadline", "Met")
        STOPPED = "stopped", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks", db_index=False)
    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="clocks", db_index=False)
    step = models.PositiveSmallIntegerField()
    sealed = models.BooleanField(default=False, editable=False)  # by trigger
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    counted_on = models.DateField()  # the day of the event, where the person is
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")  # null: started by an event
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "step"], condition=Q(state="running"), name="one_clock_runs_a_step"
            )
        ]
        indexes = [
            models.Index(fields=["case", "state", "due_at"], name="clock_case"),
            models.Index(fields=["due_at", "id"], condition=Q(state="running"), name="clock_due"),
            models.Index(fields=["position"], name="clock_position"),
            models.Index(
                fields=["remind_at"], condition=Q(state="running", remind_at__isnull=False), name="clock_remind"
            ),
        ]

    def __str__(self):
        return self.kind

    @property
    def reference(self) -> str:
        """Return the reference of the case, which a notice may contain."""
        return self.case.reference


class ClockMove(models.Model):
    """Store what happened to a clock: started, met, stopped, extended, resumed; by whom and why."""

    sight = SEALED

    class Action(models.TextChoices):
        START = "start", _("Started")
        MEET = "meet", pgettext_lazy("deadline", "Met")
        STOP = "stop", _("Stopped")
        EXTEND = "extend", _("New date")
        RESUME = "resume", _("Runs again")

    class Reason(models.TextChoices):
        DECISION = "decision", _("A decision or a law sets another date")
        RENEWED = "renewed", _("Renewed")
        MISTAKE = "mistake", _("The date was wrong")
        CHOICE = "choice", _("The person chose otherwise")
        POINTLESS = "pointless", _("No longer has an object")
        STEP = "step", _("The step was settled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="moves")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    sealed = models.BooleanField(default=False, editable=False)  # by trigger
    action = models.CharField(max_length=8, choices=Action)
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    words = EncryptedField(null=True)  # {"text"}
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return self.action
