"""Store means: envelopes with their scope, their lines by year, and the reviews of each line. No line is changed."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Membership, Service
from foundation.sight import EVERYTHING, NOTHING, Follows, Is, IsNot, Rule, SightQuerySet

from .bodies import body_of, builds_policy, is_state
from .commitments import Commitment
from .coordination import coordinates
from .plans import Measure, Plan
from .sight import AUDITS, COORDINATES, OwnBody
from .sourcing import Provenance, Sourced


class ResourceKind(models.TextChoices):
    FINANCIAL = "financial", pgettext_lazy("money", "Money")
    MATERIAL = "material", pgettext_lazy("money", "Places and equipment")
    HUMAN = "human", pgettext_lazy("money", "People at work")


class Unit(models.TextChoices):
    EUR = "EUR", pgettext_lazy("money", "euros")
    PLACE = "place", pgettext_lazy("money", "places")
    SITE = "site", pgettext_lazy("money", "sites")
    VEHICLE = "vehicle", pgettext_lazy("money", "vehicles")
    INTERPRETING_HOUR = "interpreting_hour", pgettext_lazy("money", "hours of interpreting")
    PARTNER = "partner", pgettext_lazy("money", "partners")
    FTE = "FTE", pgettext_lazy("money", "full-time equivalents")
    VOLUNTEER = "volunteer", pgettext_lazy("money", "volunteers")


UNITS = {
    ResourceKind.FINANCIAL: [Unit.EUR],
    ResourceKind.MATERIAL: [Unit.PLACE, Unit.SITE, Unit.VEHICLE, Unit.INTERPRETING_HOUR, Unit.PARTNER],
    ResourceKind.HUMAN: [Unit.FTE, Unit.VOLUNTEER],
}


class EnvelopeQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep the envelopes the actor may read; those of a draft plan for members with the role `policy` only.

        A measure that no version holds yet is left to the policy: looking each one up here too is five times the cost.
        """
        if builds_policy(actor):
            return self
        draft = Plan.State.DRAFT
        return self.exclude(plan__state=draft).exclude(measure__plan__state=draft)

    def costed(self) -> set[str]:
        """Return the codes of envelopes with a public figure.

        A figure is an amount, or the statement that it cannot be isolated, with evidence or a reason.
        """
        public = BudgetLine.objects.public()
        standing = public.filter(~Exists(public.filter(replaces=OuterRef("pk"))))
        known = Q(amount__isnull=False) | (Q(exactness=BudgetLine.Exactness.NOT_ISOLABLE) & ~Q(evidence="", reason=""))
        return set(standing.filter(known).values_list("envelope__code", flat=True))


class Envelope(Sourced):
    """Store means of one kind, in one unit, for one scope described in words.

    `series` joins envelopes for the same object in successive years, only to compare years. `overlaps`: envelopes known
    to count the same means. Without an overlap between two envelopes nothing is known: they may still overlap.
    """

    class Beneficiary(models.TextChoices):
        UNKNOWN = "", pgettext_lazy("money", "Not said")
        STATE = "state", pgettext_lazy("money", "Services of the State")
        LOCAL = "local", pgettext_lazy("money", "Local authorities")
        ASSOCIATION = "association", pgettext_lazy("money", "Associations")
        PERSON = "person", pgettext_lazy("money", "The people concerned")
        OTHER = "other", pgettext_lazy("money", "Others benefit")

    class MoneySource(models.TextChoices):
        UNKNOWN = "", pgettext_lazy("money", "Not said")
        STATE = "state", pgettext_lazy("money", "Budget of the State")
        AGRASC = "agrasc", pgettext_lazy("money", "Confiscated assets")
        EUROPE = "eu", pgettext_lazy("money", "European Union")
        LOCAL = "local", pgettext_lazy("money", "Local authorities")
        SOCIAL = "social", pgettext_lazy("money", "Social security")
        OWN = "own", pgettext_lazy("money", "The organisation's own means")
        OTHER = "other", pgettext_lazy("money", "Other")

    class Knowledge(models.TextChoices):
        NONE = "", pgettext_lazy("money", "No")
        SURVEY = "survey", pgettext_lazy("money", "Survey or statistics")
        OBSERVATORY = "observatory", pgettext_lazy("money", "Observatory or research")
        TRAINING = "training", pgettext_lazy("money", "Training")

    code = models.SlugField(max_length=60, unique=True)
    series = models.SlugField(max_length=60, blank=True)
    label_fr = models.CharField(max_length=250)
    label_en = models.CharField(max_length=250, blank=True)
    measure = models.ForeignKey(Measure, models.SET_NULL, null=True, blank=True, related_name="envelopes")
    commitment = models.ForeignKey(Commitment, models.SET_NULL, null=True, blank=True, related_name="envelopes")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="envelopes")
    funder = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="envelopes")
    programme = models.CharField(max_length=20, blank=True)  # "P137"
    action = models.CharField(max_length=80, blank=True)
    resource_kind = models.CharField(max_length=10, choices=ResourceKind)
    unit = models.CharField(max_length=20, choices=Unit)
    scope_fr = models.TextField(max_length=2000)
    scope_en = models.TextField(blank=True)
    overlaps = models.ManyToManyField("self", blank=True)
    beneficiary = models.CharField(max_length=12, choices=Beneficiary, blank=True, default="")
    money_source = models.CharField(max_length=8, choices=MoneySource, blank=True, default="")
    knowledge = models.CharField(max_length=12, choices=Knowledge, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        ordering = ["label_fr", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resource_kind="financial", unit="EUR")
                | Q(resource_kind="material", unit__in=["place", "site", "vehicle", "interpreting_hour", "partner"])
                | Q(resource_kind="human", unit__in=["FTE", "volunteer"]),
                name="unit_of_its_kind",
            ),
        ]

    def __str__(self):
        return self.code


class EnvelopeBeneficiary(models.Model):
    """Store an association that receives money.

    Its name is public only with the place where the grant is already published.
    """

    envelope = models.ForeignKey(Envelope, models.CASCADE, related_name="beneficiaries")
    name = models.CharField(max_length=200)
    public_source = models.CharField(max_length=400, blank=True)
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)  # set by its correction only

    sight = Follows("envelope_id", Envelope) & (
        IsNot("public_source", "") & Is("ended_at", None) | OwnBody() | COORDINATES | AUDITS
    )

    class Meta:
        ordering = ["envelope", "name"]
        verbose_name_plural = "envelope beneficiaries"

    def __str__(self):
        return self.name


class BeneficiaryCorrection(models.Model):
    """Store that a wrong name was removed, with or without another in its place. Never changed.

    The public reads when and why, never which name: so the reason is a code, and the row is separate from the name,
    which its own body and the coordination keep.
    """

    class Reason(models.TextChoices):
        ANOTHER = "another", pgettext_lazy("money", "It was another association")
        NOT_GIVEN = "not_given", pgettext_lazy("money", "The grant was not given, or was taken back")
        SPELLING = "spelling", pgettext_lazy("money", "Its name was badly written")
        SOURCE = "source", pgettext_lazy("money", "The document does not say so, or is another one")
        DANGER = "danger", pgettext_lazy("money", "Naming it puts people in danger")

    beneficiary = models.OneToOneField(EnvelopeBeneficiary, models.PROTECT, related_name="correction")
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="beneficiary_corrections")
    reason = models.CharField(max_length=12, choices=Reason)
    was_public = models.BooleanField(default=False)  # set by trigger
    body = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    sight = Follows("envelope_id", Envelope) & (Is("was_public", True) | OwnBody() | COORDINATES | AUDITS)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return self.reason


class Stage(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("money", "Planned")
    VOTED = "voted", pgettext_lazy("money", "Voted")
    COMMITTED = "committed", pgettext_lazy("money", "Committed")
    PAID = "paid", pgettext_lazy("money", "Paid")
    UNKNOWN = "unknown", pgettext_lazy("money", "Stage not said by the source")


class Nature(models.TextChoices):
    """Define the two budgets of French public accounting: commitments (AE) and payments (CP)."""

    NONE = "", pgettext_lazy("money", "Neither")
    AE = "AE", pgettext_lazy("money", "Commitment authorisations (AE)")
    CP = "CP", pgettext_lazy("money", "Payment appropriations (CP)")


PUBLIC = IsNot("checked_at", None) | IsNot("provenance", "entered")  # a line, once its envelope is


class Enters(Rule):
    """Keep lines of the envelopes where the actor may enter figures: as plans/access.py and nrm.enters_in say."""

    def q(self, actor):
        if coordinates(actor):
            return EVERYTHING
        body = body_of(actor) if is_state(actor) else None
        return Q(envelope__funder=body) | Q(envelope__measure__lead=body) if body else NOTHING

    def sql(self, model):
        return "nrm.enters_in(envelope_id)"


class BudgetLineQuerySet(SightQuerySet):
    def public(self):
        """Keep the lines that are public once their envelope is, including those of a draft plan."""
        return self.filter(PUBLIC.q(None))

    def live(self, actor):
        """Keep the lines that apply for this reader: not withdrawn, and not replaced by a visible line."""
        newer = BudgetLine.objects.visible_to(actor).filter(replaces=OuterRef("pk"))
        return self.visible_to(actor).filter(~Exists(newer)).exclude(exactness="withdrawn")


class BudgetLine(models.Model):
    """Store one figure of an envelope: a year, a stage, an amount and its evidence. Never changed.

    A correction is a line that `replaces` another. A trigger sets `checked_at` and `signed_at` from the reviews; a line
    entered here is public once checked. `code` names a line of the pack. `amount` is in the unit of the envelope.
    """

    class Exactness(models.TextChoices):
        EXACT = "exact", pgettext_lazy("money", "Exact amount")
        ESTIMATED = "estimated", pgettext_lazy("money", "Estimated share of a larger amount")
        NOT_ISOLABLE = "not_isolable", pgettext_lazy("money", "Cannot be isolated in the budget")
        WITHDRAWN = "withdrawn", pgettext_lazy("money", "Withdrawn")

    code = models.SlugField(max_length=60, unique=True, null=True, blank=True)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="lines")
    year = models.PositiveSmallIntegerField()
    period_fr = models.CharField(max_length=120, blank=True)  # when it is not the calendar year
    period_en = models.CharField(max_length=120, blank=True)
    stage = models.CharField(max_length=10, choices=Stage)
    nature = models.CharField(max_length=2, choices=Nature, blank=True, default="")
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    exactness = models.CharField(max_length=12, choices=Exactness, default=Exactness.EXACT)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # per cent
    on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=400, blank=True)
    provenance = models.CharField(max_length=20, choices=Provenance, default=Provenance.ENTERED)
    body = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)

    sight = Follows("envelope_id", Envelope) & (PUBLIC | OwnBody() | AUDITS | Enters())
    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "envelope", "stage", "nature", "at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exactness__in=["exact", "estimated"], amount__isnull=False, amount__gte=0)
                | Q(exactness__in=["not_isolable", "withdrawn"], amount=None),
                name="amount_when_it_is_known",
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(exactness="estimated", share__gt=0, share__lte=100),
                name="share_of_an_estimate",
            ),
            models.CheckConstraint(condition=Q(reason="") | ~Q(replaces=None), name="reason_of_a_correction"),
            models.CheckConstraint(condition=~Q(exactness="withdrawn") | ~Q(replaces=None), name="withdraws_a_line"),
            models.CheckConstraint(
                condition=~Q(provenance="entered") | Q(body__isnull=False, agency__isnull=False, by__isnull=False),
                name="who_entered_a_line",
            ),
            models.UniqueConstraint(
                F("envelope"),
                F("year"),
                F("period_fr"),
                F("stage"),
                F("nature"),
                condition=Q(provenance="entered", replaces=None),
                name="one_line_entered_per_place",
            ),
        ]

    def __str__(self):
        return f"{self.envelope_id} {self.year} {self.stage}"


class LineReview(models.Model):
    """Store a review of a line: checked or returned by the coordination, signed by an auditor. Never changed."""

    class Sort(models.TextChoices):
        CHECKED = "checked", pgettext_lazy("money", "Checked by the coordination")
        RETURNED = "returned", pgettext_lazy("money", "To be looked at again")
        SIGNED = "signed", pgettext_lazy("money", "Signed by an auditor")

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="reviews")
    sort = models.CharField(max_length=8, choices=Sort)
    text = models.CharField(max_length=300, blank=True)
    line_body = models.ForeignKey(Directory, models.PROTECT, null=True, related_name="+")  # set by trigger
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    sight = Follows("line_id", BudgetLine) & (
        IsNot("sort", "returned") | OwnBody("line_body_id") | COORDINATES | AUDITS
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "sort"], condition=~Q(sort="returned"), name="checked_once_signed_once"
            ),
            models.CheckConstraint(condition=~Q(sort="returned") | ~Q(text=""), name="returned_says_why"),
        ]

    def __str__(self):
        return self.sort
