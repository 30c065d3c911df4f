"""Store plans: axes, measures and metrics; their moves, and their versions, which never change."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Directory, Membership
from foundation.sight import Follows, IsNot, SightQuerySet

from .bodies import builds_policy
from .sight import BUILDS
from .sourcing import Provenance, Signed, Sourced


class PlanQuerySet(SightQuerySet):
    def public(self):
        """Keep the plans from their consultation on: public (mission, section 5)."""
        return self.exclude(state=Plan.State.DRAFT)

    def open(self):
        """Keep the plans whose measures may be written (`Plan.is_open`)."""
        return self.filter(Q(state__in=["draft", "consultation", "arbitration"]) | Q(amending_since__isnull=False))

    def in_order(self):
        """Order the national plans, newest first, then the related ones."""
        return self.order_by("kind", F("number").desc(nulls_last=True), "code")

    def with_known(self):
        """Annotate `known`, the number of measures entered here, to compare with those announced."""
        return self.annotate(known=models.Count("measures", filter=Q(measures__withdrawn_at=None))).in_order()


class Plan(Sourced):
    """Store a plan of public policy and its state, which only moves change."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "Draft")
        CONSULTATION = "consultation", pgettext_lazy("plan", "In consultation")
        ARBITRATION = "arbitration", pgettext_lazy("plan", "In arbitration")
        PUBLISHED = "published", pgettext_lazy("plan", "Published")
        AMENDED = "amended", pgettext_lazy("plan", "Amended")
        CLOSED = "closed", pgettext_lazy("plan", "Closed")

    class Kind(models.TextChoices):
        NATIONAL = "national", _("National plan against trafficking")
        RELATED = "related", _("Other plan with measures on trafficking")

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NATIONAL)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    title_fr = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)
    summary_fr = models.TextField(max_length=4000, blank=True)
    summary_en = models.TextField(max_length=4000, blank=True)
    lead = models.ForeignKey(Directory, models.PROTECT, related_name="led_plans")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    published_on = models.DateField(null=True, blank=True)
    # numbers in the official text; pages show how many are missing here
    measures_announced = models.PositiveSmallIntegerField(null=True, blank=True)
    axes_announced = models.PositiveSmallIntegerField(null=True, blank=True)
    # day the coordination declared the list complete: measures, leads, dates, metrics, means, requests answered. Before
    # it, what is not entered is not known, and nothing counts it as missing from the plan
    recorded_on = models.DateField(null=True, blank=True)
    # since when an amendment is prepared; the public goes on reading the published version
    amending_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    sight = IsNot("state", "draft") | BUILDS
    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["kind", F("number").asc(nulls_last=True), "code"]
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="plan_ends_after_it_starts"),
            models.UniqueConstraint(fields=["number"], condition=Q(kind="national"), name="one_plan_per_number"),
        ]

    def __str__(self):
        return self.code

    @property
    def title(self) -> str:
        """Return the title in the language of the page, as plain text."""
        return self.title_en if get_language() == "en" and self.title_en else self.title_fr

    @property
    def measures_missing(self) -> int:
        """Return how many announced measures are not entered here (after `with_known`)."""
        return max(0, (self.measures_announced or 0) - self.known)

    @property
    def is_recorded(self) -> bool:
        """Return whether what is not entered here is not in the plan either: declared, or written here."""
        return self.recorded_on is not None or self.provenance in (Provenance.ENTERED, Provenance.PROJECT_PROPOSAL)

    @property
    def is_open(self) -> bool:
        """Return whether axes and measures may be written: before publication, or during an amendment."""
        return (
            self.state in (self.State.DRAFT, self.State.CONSULTATION, self.State.ARBITRATION)
            or self.amending_since is not None
        )


FROZEN = (Plan.State.PUBLISHED, Plan.State.AMENDED, Plan.State.CLOSED)


class Axis(Sourced):
    """Store an axis of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="axes")
    code = models.SlugField(max_length=40, unique=True)
    number = models.PositiveSmallIntegerField()
    title_fr = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)

    sight = Follows("plan_id", Plan)

    class Meta:
        ordering = ["plan", "number"]
        verbose_name_plural = "axes"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="one_axis_per_number", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self):
        return self.code


class MeasureQuerySet(models.QuerySet):
    def public(self):
        """Keep the measures of the last version of their plan; one being written is not public yet."""
        last = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("-number").values("content")[:1]
        named = models.Func(models.Value("code"), F("code"), function="jsonb_build_object")
        path = models.Value("$.measures[*].code ? (@ == $code)")
        in_last = models.Func(
            Subquery(last), path, named, function="jsonb_path_exists", output_field=models.BooleanField()
        )
        frozen = Q(plan__state__in=FROZEN, plan__amending_since=None, withdrawn_at=None)
        return self.exclude(plan__state=Plan.State.DRAFT).alias(in_last=in_last).filter(frozen | Q(in_last=True))

    def visible_to(self, actor):
        """Keep the public measures, and all of them for members with the role `policy`."""
        return self if builds_policy(actor) else self.public()

    def incomplete(self):
        """Keep the measures that would fail the gate, as plans/plan/rules/gate.py does for a content."""
        metric = Metric.objects.filter(measure=OuterRef("pk")).exclude(target=None)
        envelopes = self.model.envelopes.rel.related_model.objects
        paid = envelopes.filter(measure=OuterRef("pk"), code__in=envelopes.costed())
        return self.annotate(has_metric=models.Exists(metric), is_costed=models.Exists(paid)).filter(
            Q(lead=None) | Q(end=None) | Q(has_metric=False) | Q(is_costed=False, not_funded=False)
        )

    def standing(self):
        """Keep the measures that were not withdrawn from the plan."""
        return self.filter(withdrawn_at=None)


class Measure(Sourced):
    """Store one measure: who leads, with whom, from when to when, what is measured, with what money or none.

    `place` orders it in its axis; `number` is the official number, unknown for many lines of the pack. `procedures` are
    codes of the shared procedures.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures")
    axis = models.ForeignKey(Axis, models.PROTECT, null=True, blank=True, related_name="measures")
    code = models.SlugField(max_length=40, unique=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    title_fr = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    text_fr = models.TextField(max_length=6000, blank=True)
    text_en = models.TextField(blank=True)
    lead = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="led_measures")
    partners = models.ManyToManyField(Directory, blank=True, related_name="joined_measures")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    not_funded = models.BooleanField(default=False)  # stated openly: accepted by the gate, public
    not_funded_reason = models.CharField(max_length=300, blank=True)
    carried_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="carried_to")
    # who vouched that the line is the official one, when its list was brought here (provenance `official`)
    vouched_by = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="+")
    vouched_on = models.DateField(null=True, blank=True)
    procedures = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # withdrawn from the plan, with the reason; the row stays, with its history and money
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "axis__number", "place", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="measure_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(not_funded=False) | ~Q(not_funded_reason=""), name="not_funded_says_why"
            ),
            models.CheckConstraint(
                condition=Q(provenance="official", vouched_by__isnull=False, vouched_on__isnull=False)
                | (~Q(provenance="official") & Q(vouched_by=None, vouched_on=None)),
                name="official_says_who_vouched",
            ),
        ]

    def __str__(self):
        return self.code


class Metric(models.Model):
    """Store how a measure is assessed: start value, target, and by when."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="metrics")
    label_fr = models.CharField(max_length=250)
    label_en = models.CharField(max_length=250, blank=True)
    unit = models.CharField(max_length=40)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    # code of a figure pushed by the mechanism (FigureCode); empty: entered by hand
    feed = models.CharField(max_length=40, blank=True)

    sight = Follows("measure_id", Measure)
    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["measure", "id"]

    def __str__(self):
        return self.label_fr


class MeasureStatus(models.TextChoices):
    """Define the statuses of the pack (plans.yaml, measure_statuses)."""

    PLANNED = "planned", pgettext_lazy("measure", "Planned")
    STARTED = "started", pgettext_lazy("measure", "Started")
    PARTIAL = "partial", pgettext_lazy("measure", "Partly done")
    DONE = "done", pgettext_lazy("measure", "Done")
    NOT_DONE = "not_done", pgettext_lazy("measure", "Not done")
    ABANDONED = "abandoned", pgettext_lazy("measure", "Abandoned")


class MeasureProgress(Signed):
    """Store the progress of a measure on a day, by the body in charge; never changed, the last one applies."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="progress")
    status = models.CharField(max_length=10, choices=MeasureStatus)
    on = models.DateField()
    text = models.TextField(max_length=2000, blank=True)
    evidence = models.CharField(max_length=300, blank=True)

    sight = Follows("measure_id", Measure)

    class Meta:
        ordering = ["-on", "-at", "-id"]
        verbose_name_plural = "measure progress"

    def __str__(self):
        return self.status


class PlanMove(Signed):
    """Store a move, the only writer of a plan's state: a trigger checks it against the workflow and sets the state."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="moves")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    reason = models.TextField(max_length=1000, blank=True)

    sight = Follows("plan_id", Plan)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.before} {self.action}"


class PlanVersion(models.Model):
    """Store a plan as published, amended, imported or reviewed on a day; never changed.

    `content`: {"plan": {...}, "axes": [...], "measures": [...]}, complete and in both languages, so that page, CSV,
    JSON and PDF agree; `checksum` is the SHA-256 of its canonical JSON (sorted keys, no spaces, UTF-8).
    """

    class Kind(models.TextChoices):
        HISTORY = "history", _("As the pack knows it")
        CONSULTATION = "consultation", _("Text put to consultation")
        PUBLICATION = "publication", _("Publication")
        AMENDMENT = "amendment", _("Amendment")
        IMPORT = "import", _("Completed from the official list")
        REVIEW = "review", _("Mid-term review")
        CLOSING = "closing", _("Closing")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    reason_fr = models.TextField(blank=True)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    gate = models.JSONField(default=list)  # the report of the gate at that time
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    sight = Follows("plan_id", Plan)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_number")]

    def __str__(self):
        return f"{self.plan_id} {self.number}"
