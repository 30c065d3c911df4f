"""Store questionnaires of monitoring bodies: questions, evidence requests, private drafts, answers, final answers."""

import uuid

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Membership
from foundation.sight import Follows, IsNot, SightQuerySet

from .commitments import CommitmentBody, CommitmentSource
from .sight import BUILDS, COORDINATES, OwnBody, OwnUnit
from .sourcing import Signed


class Questionnaire(Signed):
    """Store a questionnaire of a monitoring body, with its dates and state."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("questionnaire", "Being prepared")
        OPEN = "open", pgettext_lazy("questionnaire", "Open")
        CLOSED = "closed", pgettext_lazy("questionnaire", "Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(CommitmentBody, models.PROTECT, related_name="questionnaires")
    round = models.ForeignKey(CommitmentSource, models.PROTECT, null=True, blank=True, related_name="questionnaires")
    title_fr = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)
    received_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)

    sight = COORDINATES | IsNot("state", "draft") & BUILDS
    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-at"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="questionnaire_due_once_received"),
        ]

    def __str__(self):
        return self.title_fr


class Question(models.Model):
    """Store one question of a questionnaire."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    place = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=20)
    text_fr = models.TextField()
    text_en = models.TextField(blank=True)

    sight = Follows("questionnaire_id", Questionnaire)
    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["questionnaire", "place"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="one_question_per_number"),
        ]

    def __str__(self):
        return self.number

    @property
    def reference(self) -> str:
        """Return the reference used in notices, which reveals nothing."""
        return f"Q-{str(self.pk)[:6].upper()}"


class EvidenceRequestQuerySet(SightQuerySet):
    def with_state(self):
        """Annotate `answered` (an answer since it was last asked) and `answered_at`."""
        since = Answer.objects.filter(request=OuterRef("pk"), at__gte=OuterRef("asked_at"))
        return self.annotate(answered=Exists(since), answered_at=Max("answers__at"))

    def waiting(self):
        """Keep the unanswered requests of open questionnaires."""
        return self.with_state().filter(answered=False, question__questionnaire__state=Questionnaire.State.OPEN)


OPENED = ["open", "closed"]


class EvidenceRequest(models.Model):
    """Store what the coordination asks of a body for a question.

    Asking again sets `asked_at`: the request waits again.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("evidence", "Asked")
        ANSWERED = "answered", pgettext_lazy("evidence", "Answered")
        LATE = "late", pgettext_lazy("evidence", "Late")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    question = models.ForeignKey(Question, models.CASCADE, related_name="requests")
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    wanted = models.TextField(max_length=2000, blank=True)  # what is asked, or missing from the last answer
    due_on = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    sight = COORDINATES | OwnBody() & Follows("question_id", Question)
    objects = EvidenceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "body"]
        constraints = [models.UniqueConstraint(fields=["question", "body"], name="one_request_a_body_and_question")]

    def __str__(self):
        return str(self.pk)

    @property
    def state(self) -> str:
        """Return the state of a row read `with_state()`."""
        if self.answered:
            return self.State.ANSWERED
        return self.State.LATE if self.due_on < timezone.localdate() else self.State.ASKED

    @property
    def state_label(self) -> str:
        return self.State(self.state).label


class AnswerDraft(models.Model):
    """Store what a unit is writing: read by that unit only, not by the coordination. Deleted once sent."""

    request = models.ForeignKey(EvidenceRequest, models.CASCADE, related_name="drafts")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    text_fr = models.TextField(max_length=20_000, blank=True)
    text_en = models.TextField(max_length=20_000, blank=True)
    as_of = models.DateField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    sight = OwnUnit()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "agency"], name="one_draft_answer_a_unit")]

    def __str__(self):
        return str(self.request_id)


class Written(Signed):
    """Store a version of an answer, with the day its facts are as of. Never changed: a correction is a new version."""

    number = models.PositiveSmallIntegerField()
    text_fr = models.TextField(max_length=20_000, blank=True)
    text_en = models.TextField(max_length=20_000, blank=True)
    as_of = models.DateField()

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.number)


class Answer(Written):
    """Store an answer sent by a body."""

    request = models.ForeignKey(EvidenceRequest, models.PROTECT, related_name="answers")

    sight = Follows("request_id", EvidenceRequest)

    class Meta:
        ordering = ["request", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="one_answer_per_number"),
            models.CheckConstraint(condition=~Q(text_fr="") | ~Q(text_en=""), name="an_answer_says_something"),
        ]


class FinalAnswer(Written):
    """Store the answer of France to a question, by the coordination. The last version applies."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="final_answers")

    class Meta:
        ordering = ["question", "-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="one_final_answer_per_number")]
