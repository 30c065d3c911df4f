"""Store what France committed to or was asked to do: by which body, in which text, how urgently; and where it stands.

The official position, its check by the coordination and the opinions of others are rows of their own.
"""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import pgettext_lazy

from agencies.models import Directory
from foundation.sight import Is, IsNot, SightQuerySet

from .coordination import coordinates
from .plans import Measure
from .sight import BUILDS, OwnUnit
from .sourcing import Signed, Sourced


class _Label(models.Model):
    code = models.CharField(max_length=30, primary_key=True)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = ["order"]

    def __str__(self):
        return self.label_fr


class CommitmentBody(_Label):
    """Store a body that asks: GRETA, OSCE, CNCDH..."""

    class Meta(_Label.Meta):
        verbose_name_plural = "commitment bodies"


class CommitmentTheme(_Label):
    """Store a theme of commitments."""


class CommitmentUrgency(_Label):
    """Store how strongly it is asked: « exhorte », « considère », « invite »..."""

    class Meta(_Label.Meta):
        verbose_name_plural = "commitment urgencies"


class CommitmentSource(models.Model):
    """Store a report, opinion or directive, and how it could be read.

    `dated`: ISO 8601, to the year, month or day known.
    """

    code = models.CharField(max_length=30, primary_key=True)
    order = models.PositiveSmallIntegerField()
    title_fr = models.CharField(max_length=400)
    title_en = models.CharField(max_length=400, blank=True)
    access_fr = models.TextField(blank=True)
    dated = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.code


class CommitmentQuerySet(models.QuerySet):
    def public(self):
        """Keep every commitment, whatever its result, except lines entered by mistake."""
        return self.filter(active=True)

    def visible_to(self, actor):
        """Keep the public commitments, and all of them for the coordination."""
        return self if coordinates(actor) else self.public()


class Commitment(Sourced):
    """Store one commitment or recommendation, in the words of its source."""

    code = models.CharField(max_length=20, primary_key=True)
    order = models.PositiveSmallIntegerField()
    body = models.ForeignKey(CommitmentBody, models.PROTECT, related_name="commitments")
    from_text = models.ForeignKey(CommitmentSource, models.PROTECT, related_name="commitments")
    paragraph = models.CharField(max_length=120, blank=True)
    paragraph_en = models.CharField(max_length=120, blank=True)
    urgency = models.ForeignKey(CommitmentUrgency, models.PROTECT, related_name="+")
    theme = models.ForeignKey(CommitmentTheme, models.PROTECT, related_name="commitments")
    text_fr = models.TextField(max_length=2000)
    text_en = models.TextField(max_length=2000, blank=True)
    due_date = models.DateField(null=True, blank=True)
    # the same thing asked earlier: the newer commitment names the older one
    repeats = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="repeated_by")
    measures = models.ManyToManyField(Measure, blank=True, related_name="commitments")
    active = models.BooleanField(default=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.code

    @property
    def paragraph_fr(self) -> str:
        """Return the number as the source writes it, for pages in French."""
        return self.paragraph


class CommitmentStatus(models.TextChoices):
    """Define the statuses of the pack (commitments.yaml). « Contested » is never entered: it comes from an opinion."""

    NOT_STARTED = "not_started", pgettext_lazy("commitment", "Not started")
    IN_PROGRESS = "in_progress", pgettext_lazy("commitment", "In progress")
    PARTIAL = "partial", pgettext_lazy("commitment", "Partly implemented")
    DONE = "done", pgettext_lazy("commitment", "Implemented")
    CONTESTED = "contested", pgettext_lazy("commitment", "Contested")
    OBSOLETE = "obsolete", pgettext_lazy("commitment", "Obsolete")


OFFICIAL = [choice for choice in CommitmentStatus.choices if choice[0] != CommitmentStatus.CONTESTED]
CLOSED = {CommitmentStatus.DONE, CommitmentStatus.OBSOLETE}


class CommitmentProgress(Signed):
    """Store the official position on a day; never changed, the last one applies."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="progress")
    status = models.CharField(max_length=12, choices=OFFICIAL)
    on = models.DateField()
    text = models.TextField(max_length=4000)
    evidence = models.TextField(max_length=2000, blank=True)
    responsible = models.ForeignKey(Directory, models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    next_step = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-on", "-at", "-id"]
        verbose_name_plural = "commitment progress"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=CommitmentStatus.CONTESTED), name="contested_comes_from_an_opinion"
            ),
            models.CheckConstraint(
                condition=~Q(status=CommitmentStatus.DONE) | ~Q(evidence=""), name="done_shows_its_evidence"
            ),
        ]

    def __str__(self):
        return self.status


class CommitmentCheck(Signed):
    """Store the check of a position by the coordination: confirmed, or to be completed. One per position."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("check", "Confirmed by the coordination")
        TO_COMPLETE = "to_complete", pgettext_lazy("check", "To be completed, says the coordination")

    progress = models.OneToOneField(CommitmentProgress, models.PROTECT, related_name="verdict")
    verdict = models.CharField(max_length=12, choices=Verdict)
    text = models.TextField(max_length=2000, blank=True)

    sight = Is("verdict", "confirmed") | BUILDS

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(verdict="to_complete") | ~Q(text=""), name="what_is_missing_is_said"),
        ]

    def __str__(self):
        return self.verdict


class CommitmentOpinionQuerySet(SightQuerySet):
    def public(self):
        """Keep the released opinions."""
        return self.filter(released_at__isnull=False)

    def current(self):
        """Keep the last released opinion of each unit on a commitment."""
        newer = CommitmentOpinion.objects.filter(
            commitment=OuterRef("commitment"), agency=OuterRef("agency"), released_at__gt=OuterRef("released_at")
        )
        return self.public().filter(~Exists(newer))


class CommitmentOpinion(Signed):
    """Store an opinion from outside the State, shown beside the official position.

    Private to its unit until released; then it never changes, and a new one replaces it.
    """

    class Stance(models.TextChoices):
        AGREES = "agrees", pgettext_lazy("opinion", "Agrees with the official position")
        PARTLY = "partly", pgettext_lazy("opinion", "Agrees in part")
        CONTESTS = "contests", pgettext_lazy("opinion", "Contests the official position")
        ALONE = "alone", pgettext_lazy("opinion", "Given when no official position was recorded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="opinions")
    stance = models.CharField(max_length=8, choices=Stance)
    text = models.TextField(max_length=4000)
    evidence = models.TextField(max_length=2000, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    sight = IsNot("released_at", None) | OwnUnit()
    objects = CommitmentOpinionQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "agency"], condition=Q(released_at=None), name="one_draft_opinion_a_unit"
            )
        ]

    def __str__(self):
        return self.stance
