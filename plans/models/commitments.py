"""Store what France committed to or was asked to do: by which body, in which text, how urgently."""

from django.db import models

from .coordination import coordinates
from .plans import Measure
from .sourcing import Sourced


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
