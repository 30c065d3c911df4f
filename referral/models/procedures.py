"""Store procedures of a case: checklists, what was done at each step, and clocks (time limits).

Rows of a residence or asylum procedure are `sealed`: only the lead, and those who hold the category residence, see that
the person asks for asylum or a permit. Which procedure a checklist is of stands in no clear column, but for two.
"""

import logging
import uuid

from cryptography.exceptions import InvalidTag
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Category, Membership
from foundation.encryption import EncryptedField, digests, keyed_columns
from foundation.positions import Positioned
from foundation.sight import Is, SightQuerySet
from victims.models import Case
from victims.models.sight import Sees

log = logging.getLogger(__name__)
SEALED = Sees(3, lead=True) & (Is("sealed", False) | Sees(bit=Category.RESIDENCE, lead=True))
# Procedures whose code stands in clear: the database itself begins the first, when the CRIP is owed a report or accepts
# (nrm.report_owed_again, nrm.evaluation_owed), and holds that the second is offered before it is set aside
# (nrm.reflection_is_not_skipped). It has no key: it could neither write nor read a sealed code.
NAMED = ("mineur_information_preoccupante", "delai_reflexion")


def code_forms(case_id, code: str) -> list[str]:
    """Return what `Checklist.procedure` may hold for this code on this case, the form to store first.

    The digest is of the case too: one procedure has another form on each case.
    """
    return [code] if code in NAMED else digests(f"referral.procedures:{case_id}", code)


class ChecklistQuerySet(SightQuerySet):
    """Checklists, found and begun by the code of their procedure."""

    def of(self, case_id, code: str):
        """Return the checklist of this procedure on this case, under every key of the ring."""
        return self.filter(case=case_id, procedure__in=code_forms(case_id, code))

    def begin(self, case_id, code: str, **fields):
        """Store a checklist of this procedure. Its code is sealed, unless the database reads it."""
        data = None if code in NAMED else {"procedure": code}
        return self.create(case_id=case_id, procedure=code_forms(case_id, code)[0], data=data, **fields)


class Checklist(models.Model):
    """Store a procedure started on a case. `version`: of the pack's file on that day.

    `procedure`: keyed digest of the case and of the code, by which the procedure is begun once; the code itself of one
    of `NAMED`. Read `code`.
    """

    sight = SEALED

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="checklists")
    procedure = models.CharField(max_length=64)
    data = EncryptedField(null=True)  # {"procedure"}: code of procedures.yaml; null: of NAMED
    version = models.CharField(max_length=20)
    sealed = models.BooleanField(default=False, editable=False)  # from the kind of the procedure, where it is begun
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "procedure"], name="one_checklist_a_procedure"),
            models.CheckConstraint(
                condition=Q(procedure__in=NAMED, data__isnull=True, sealed=False)
                | Q(procedure__regex="^[0-9a-f]{64}$", data__isnull=False),
                name="procedure_in_clear_is_named",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def code(self) -> str:
        """Return the code of the procedure in procedures.yaml; "" when it cannot be opened.

        One that was garbled must not hide the time limits of all cases from a list, nor keep its own from being told.
        """
        try:
            return self.data["procedure"] if self.data else self.procedure
        except (InvalidTag, KeyError):
            log.exception("The procedure of a checklist cannot be opened: %s", self.pk)
            return ""


@keyed_columns(Checklist)
def checklist_columns(checklist: Checklist) -> dict:
    """Return the digest by which a checklist is found; reencrypt asks for it with its new key."""
    return {"procedure": code_forms(checklist.case_id, checklist.code)[0]}


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
        return str(self.id)

    @property
    def kind(self) -> Kind:
        """Return the kind, which the procedure and the step say: stored, it would tell the procedure. Of lists, select
        `checklist` with them."""
        return kind_of(self.checklist.code, self.step)

    @property
    def reference(self) -> str:
        """Return the reference of the case, which a notice may contain."""
        return self.case.reference


# kind of clock of a step; others are `step`
KINDS = {
    ("delai_reflexion", 2): Clock.Kind.REFLECTION,
    ("titre_sejour", 2): Clock.Kind.PERMIT,
    ("mineur_information_preoccupante", 3): Clock.Kind.EVALUATION,
    ("indemnisation_civi", 2): Clock.Kind.COMPENSATION,
    ("indemnisation_mineur", 2): Clock.Kind.COMPENSATION,
}
ASYLUM = {"asile", "asile_mineur"}


def kind_of(procedure: str, step: int) -> Clock.Kind:
    """Return the kind of clock of a step, by the code of its procedure."""
    return Clock.Kind.ASYLUM if procedure in ASYLUM else KINDS.get((procedure, step), Clock.Kind.STEP)


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
