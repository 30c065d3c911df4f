"""Store evaluations of a plan, measure by measure: private to the evaluator until released, then never changed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Membership
from foundation.sight import NOTHING, Follows, Is, Rule, SightQuerySet

from .bodies import builds_policy
from .plans import MeasureStatus, Plan, PlanVersion
from .sight import OwnUnit
from .sourcing import Signed, Sourced


def _second(actor, function: str) -> Q:
    """Return the condition that the actor is the second person of a release that was asked."""
    asked = (models.Value(actor.pk), models.F("agency_id"), models.F("asked_by_id"))
    return Q(models.Func(*asked, function=function, output_field=models.BooleanField()))


class ReleasesOutside(Rule):
    """Keep what the actor is to release for another unit, which has no second person of its own."""

    def q(self, actor):
        return _second(actor, "nrm.second_evaluator_outside") if builds_policy(actor) else NOTHING

    def sql(self, model):
        return "nrm.releases_outside(agency_id, asked_by_id)"


class EvaluationQuerySet(SightQuerySet):
    def public(self):
        """Keep the released evaluations."""
        return self.filter(state=Evaluation.State.RELEASED)

    def to_release(self, actor):
        """Keep the evaluations that wait for this member to release them, or to send them back."""
        return self.filter(_second(actor, "nrm.second_evaluator"), state=Evaluation.State.PROPOSED)


class Evaluation(Sourced):
    """Store the evaluation by a body of a version of a plan.

    One member asks for its release, a second person releases it: `nrm.decide_evaluation` alone changes its state.

    The key is random: sequential numbers would tell how many drafts exist. Those of the pack have no agency and no
    version: they were released before the platform.
    """

    class Kind(models.TextChoices):
        FINAL = "final", _("Final evaluation")
        MID_TERM = "mid_term", _("Mid-term evaluation")
        YEARLY = "yearly", _("Yearly evaluation")
        OPINION = "opinion", _("Opinion on the plan")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("evaluation", "Draft")
        PROPOSED = "proposed", pgettext_lazy("evaluation", "Waits for a second person")
        RELEASED = "released", pgettext_lazy("evaluation", "Released")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(max_length=40, unique=True, null=True, blank=True)  # code in the pack
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="evaluations")
    version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, blank=True, related_name="+")
    evaluator = models.ForeignKey(Directory, models.PROTECT, related_name="evaluations")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(null=True, blank=True)
    title_fr = models.CharField(max_length=250, blank=True)
    title_en = models.CharField(max_length=250, blank=True)
    text_fr = models.TextField(max_length=20_000, blank=True)
    text_en = models.TextField(max_length=20_000, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    asked_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    returned = models.CharField(max_length=300, blank=True)  # why the second person sent it back, until asked again
    released_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    sight = Is("state", "released") | OwnUnit() | ReleasesOutside()
    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "-on", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", released_at=None, agency__isnull=False)
                | Q(state="proposed", released_at=None, asked_by__isnull=False, asked_at__isnull=False)
                | Q(state="released", agency=None)
                | Q(state="released", released_at__isnull=False),
                name="evaluation_released_on_a_day",
            ),
            # one at work per plan and agency: a second tab opens the same draft
            models.UniqueConstraint(
                fields=["plan", "agency"],
                condition=Q(state__in=["draft", "proposed"]),
                name="one_draft_evaluation_per_plan",
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def released(self) -> bool:
        return self.state == self.State.RELEASED

    @property
    def reference(self) -> str:
        """Return the reference used in notices: it tells neither the plan nor the evaluator."""
        return f"E-{str(self.pk)[:6].upper()}"


class MeasureOpinion(models.Model):
    """Store the opinion of an evaluation on one measure, named by its code in the version of the plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="opinions")
    measure = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=MeasureStatus, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    comment = models.TextField(max_length=5000, blank=True)

    sight = Follows("evaluation_id", Evaluation)

    class Meta:
        ordering = ["evaluation", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "measure"], name="one_opinion_per_measure"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__lte=4), name="score_from_0_to_4"),
        ]

    def __str__(self):
        return self.measure


class EvaluationNote(Signed):
    """Store a dated correction by the evaluator, shown beside the unchanged evaluation."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="notes")
    text = models.TextField(max_length=5000)

    sight = Follows("evaluation_id", Evaluation)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.pk)


class RightOfReply(Signed):
    """Store the answer of the body in charge to a released evaluation, or to its opinion on one `measure`."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="replies")
    measure = models.CharField(max_length=40, blank=True)
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)

    sight = Follows("evaluation_id", Evaluation)

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "rights of reply"

    def __str__(self):
        return str(self.pk)
