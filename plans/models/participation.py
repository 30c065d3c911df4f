"""Store consultations, contributions of organisations, and the answers that the coordination owes in a given time."""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.sight import Follows, Is, IsNot, SightQuerySet

from .bodies import builds_policy
from .coordination import coordinates
from .sight import COORDINATES, OwnUnit

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def contribution_reference() -> str:
    """Return a random reference for notices and lists: it tells neither order, date nor author."""
    text = "".join(secrets.choice(_SIGNS) for _sign in range(6))
    return f"C-{text[:3]}-{text[3:]}"


class ConsultationQuerySet(models.QuerySet):
    def public(self):
        """Keep the consultations that opened: public from that day on, for ever."""
        return self.filter(opens__lte=timezone.localdate())

    def visible_to(self, actor):
        """Keep the public consultations, and all of them for the coordination."""
        return self if coordinates(actor) else self.public()

    def open(self, day=None):
        """Keep the consultations open on a day (today by default)."""
        day = day or timezone.localdate()
        return self.filter(withdrawn_at=None, opens__lte=day, closes__gte=day)


class Consultation(models.Model):
    """Store a public question. Its text does not change once open; its end may be postponed."""

    class Subject(models.TextChoices):
        PLAN = "plan", pgettext_lazy("consultation", "A plan")
        CATALOGUE = "catalogue", pgettext_lazy("consultation", "The shared indicators")
        PROCEDURES = "procedures", pgettext_lazy("consultation", "The procedures")
        OTHER = "other", pgettext_lazy("consultation", "Another subject")

    class State(models.TextChoices):
        COMING = "coming", pgettext_lazy("consultation", "To come")
        OPEN = "open", pgettext_lazy("consultation", "Open")
        CLOSED = "closed", pgettext_lazy("consultation", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("consultation", "Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reference = models.CharField(max_length=12, unique=True, default=contribution_reference, editable=False)
    subject = models.CharField(max_length=10, choices=Subject)
    target = models.CharField(max_length=60, blank=True)  # code of the plan, or of the procedure
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=8000)
    questions = ArrayField(models.CharField(max_length=400), default=list, blank=True)
    opens = models.DateField()
    closes = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when members were notified of the opening
    outcome = models.TextField(
        max_length=8000, blank=True
    )  # what was heard and what follows from it, written once it is over
    outcome_at = models.DateTimeField(null=True, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gte=F("opens")), name="consultation_ends_after_it_opens"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="withdrawn_consultation_says_why"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def state(self) -> str:
        """Return the state on this day, from dates and withdrawal."""
        today = timezone.localdate()
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.opens > today:
            return self.State.COMING
        return self.State.OPEN if self.closes >= today else self.State.CLOSED

    def get_state_display(self) -> str:
        return str(self.State(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ContributionQuerySet(SightQuerySet):
    def public(self):
        """Keep the published contributions."""
        return self.filter(state=Contribution.State.PUBLISHED, confidential=False)

    def of(self, actor):
        """Keep the contributions of the actor's agency, drafts included; only it reads its drafts."""
        return self.filter(agency=actor.agency_id) if builds_policy(actor) else self.none()

    def waiting(self):
        """Keep the contributions sent but neither answered nor set aside: an answer is due."""
        return self.filter(
            state__in=[Contribution.State.SUBMITTED, Contribution.State.PUBLISHED], settled_at=None
        ).exclude(due_at=None)

    def late(self):
        return self.waiting().filter(due_at__lt=timezone.now())


class Contribution(models.Model):
    """Store what an organisation says in a consultation, or on its own about something public.

    `confidential`: read by its author and the coordination only, for ever; the public only sees it in counts. One for
    survivors is always confidential: the public reads the summary of the coordination (SurvivorSummary). A trigger sets
    `author_kind` from the agency. State and dates are written by moves only.
    """

    class Subject(models.TextChoices):
        PLAN = "plan", pgettext_lazy("contribution", "A plan")
        MEASURE = "measure", pgettext_lazy("contribution", "A measure")
        COMMITMENT = "commitment", pgettext_lazy("contribution", "A commitment")
        INDICATOR = "indicator", pgettext_lazy("contribution", "An indicator")
        PROCEDURE = "procedure", pgettext_lazy("contribution", "A procedure")

    class AuthorKind(models.TextChoices):
        ASSOCIATION = "association", pgettext_lazy("author", "Association")
        UNION = "union", pgettext_lazy("author", "Trade union")
        COMPANY = "company", pgettext_lazy("author", "Company")
        SURVIVOR = "survivor_with_support", pgettext_lazy("author", "Survivors, with the support of an association")
        LOCAL_AUTHORITY = "local_authority", pgettext_lazy("author", "Local authority")
        INDEPENDENT = "independent", pgettext_lazy("author", "Independent body")
        STATE = "state", pgettext_lazy("author", "State body")
        INTERNATIONAL = "international", pgettext_lazy("author", "International organisation")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("contribution", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("contribution", "Sent")
        PUBLISHED = "published", pgettext_lazy("contribution", "Published")
        SET_ASIDE = "set_aside", pgettext_lazy("contribution", "Set aside")
        WITHDRAWN = "withdrawn", pgettext_lazy("contribution", "Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reference = models.CharField(max_length=12, unique=True, default=contribution_reference, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, null=True, blank=True, related_name="contributions")
    subject = models.CharField(max_length=10, choices=Subject, blank=True)
    target = models.CharField(max_length=60, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    author_kind = models.CharField(max_length=24, choices=AuthorKind, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=8000, blank=True)
    answers = ArrayField(
        models.TextField(max_length=3000, blank=True), default=list, blank=True
    )  # to the questions of the consultation
    confidential = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)  # first answer, or set aside with a reason
    set_aside_reason = models.CharField(max_length=600, blank=True)

    sight = (
        OwnUnit()
        | Is("state", "published") & Is("confidential", False)
        | IsNot("state", "draft") & IsNot("state", "withdrawn") & COORDINATES
    )
    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation=None) & ~Q(subject="") & ~Q(target="")
                | ~Q(consultation=None) & Q(subject="") & Q(target=""),
                name="contribution_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(confidential=False) | ~Q(state="published"), name="confidential_is_never_published"
            ),
            models.CheckConstraint(
                condition=~Q(author_kind="survivor_with_support") | Q(confidential=True),
                name="survivors_are_never_published_raw",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(set_aside_reason=""), name="set_aside_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(author_kind="independent") | ~Q(state="set_aside"), name="independent_is_never_moderated"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(settled_at=None, state__in=["submitted", "published"]),
                name="contribution_waiting",
            ),
            models.Index(fields=["agency", "-saved_at", "-id"], name="contribution_mine"),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(state="published"), name="contribution_published"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def author_name(self) -> str:
        """Return the name of the body it represents, or of the unit: it signs in public too."""
        return self.agency.profile.name if self.agency.profile else self.agency.name

    @property
    def waits(self) -> bool:
        return self.settled_at is None and self.state in (self.State.SUBMITTED, self.State.PUBLISHED)

    @property
    def is_late(self) -> bool:
        return self.waits and self.due_at is not None and self.due_at < timezone.now()

    @property
    def is_answerable(self) -> bool:
        """Return whether it can be answered: once published, or at once when confidential."""
        return self.state == self.State.PUBLISHED or (self.state == self.State.SUBMITTED and self.confidential)


class ContributionMove(models.Model):
    """Store a move, the only writer of state and dates: a trigger checks it against the workflow."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="moves")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    reason = models.CharField(max_length=600, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # on sending: when an answer is due
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.before} {self.action}"


class Response(models.Model):
    """Store an answer of the coordination; never changed, a second one completes the first."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("answer", "Followed")
        PARTLY = "partly", pgettext_lazy("answer", "Partly followed")
        NOT_FOLLOWED = "not_followed", pgettext_lazy("answer", "Not followed")

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="responses")
    verdict = models.CharField(max_length=12, choices=Verdict)
    text = models.TextField(max_length=4000)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    sight = Follows("contribution_id", Contribution)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="answer_says_why")]

    def __str__(self):
        return self.verdict


class SurvivorSummary(models.Model):
    """Store the summary by the coordination of what survivors said: all that the public reads of it."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, null=True, blank=True, related_name="summaries")
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=8000)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "survivor summaries"

    def __str__(self):
        return self.title
