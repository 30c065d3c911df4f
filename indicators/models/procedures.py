"""Store procedures and the legal texts they rest on: read by everybody, written by the loader.

They live here and not in `referral` because the loader writes them and imports go down only; `referral` holds what is
done with a procedure on a case. A case keeps codes, so a procedure that leaves the pack is withdrawn (`active`), never
deleted.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Unit(models.TextChoices):
    """Define the units of time limits; days, months and years are calendar ones, working days are not."""

    HOUR = "hour", pgettext_lazy("time limit", "hours")
    DAY = "day", pgettext_lazy("time limit", "days")
    WORKING = "working", pgettext_lazy("time limit", "working days")
    MONTH = "month", pgettext_lazy("time limit", "months")
    YEAR = "year", pgettext_lazy("time limit", "years")


class Consent(models.TextChoices):
    REQUIRED = "required", _("Informed agreement needed")
    REQUIRED_UNLESS = "required_unless", _("Agreement asked for; the law allows exceptions")
    INFORMED_ONLY = "informed_only", _("The person is told; their agreement is not needed")
    CHILD_OPINION = "child_opinion", _("The child's opinion is heard")
    NOT_REQUIRED = "not_required", _("No agreement needed: protection")

    @classmethod
    def conditions(cls) -> tuple:
        """Return the values that ask an adult's agreement: never asked of a child."""
        return (cls.REQUIRED, cls.REQUIRED_UNLESS)


class LegalText(models.Model):
    """Store a legal text named by procedures; `citation`: where it was read."""

    code = models.CharField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    title_fr = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    topic = models.CharField(max_length=40)
    summary_fr = models.TextField()
    summary_en = models.TextField(blank=True)
    provenance = models.CharField(max_length=20)
    citation = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.title_fr


class Procedure(models.Model):
    """Store a procedure; `profiles`: the persons it is for."""

    class Kind(models.TextChoices):
        ALERT = "alert", pgettext_lazy("procedure", "Alert")
        DETECTION = "detection", pgettext_lazy("procedure", "Detection")
        REFERRAL = "referral", pgettext_lazy("procedure", "Referral")
        PROTECTION = "protection", pgettext_lazy("procedure", "Protection")
        RIGHTS = "rights", pgettext_lazy("procedure", "Rights")
        JUSTICE = "justice", pgettext_lazy("procedure", "Justice")
        RESIDENCE = "residence", pgettext_lazy("procedure", "Residence")
        ASYLUM = "asylum", pgettext_lazy("procedure", "Asylum")
        CARE = "care", pgettext_lazy("procedure", "Care")
        COMPENSATION = "compensation", pgettext_lazy("procedure", "Compensation")
        INCLUSION = "inclusion", pgettext_lazy("procedure", "Inclusion")
        RETURN = "return", pgettext_lazy("procedure", "Return")

    code = models.CharField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    urgency = models.CharField(max_length=8)
    profiles = ArrayField(models.CharField(max_length=20))
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    trigger_fr = models.TextField()
    trigger_en = models.TextField(blank=True)
    note_fr = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.label_fr


class ProcedureStep(models.Model):
    """Store one step: who acts, on what legal text, within what time, what the person must be told.

    A time limit has a label, and a value with its unit unless it is immediate (0). `target`: a goal proposed by the
    project, set by no law.
    """

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    actor_kind = models.CharField(max_length=20)
    action_fr = models.TextField()
    action_en = models.TextField(blank=True)
    consent = models.CharField(max_length=16, choices=Consent)
    legal_basis = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    deadline_value = models.PositiveSmallIntegerField(null=True)
    deadline_unit = models.CharField(max_length=8, choices=Unit, blank=True)
    counted_from = models.CharField(max_length=20, blank=True)
    deadline_fr = models.CharField(max_length=200, blank=True)
    deadline_en = models.CharField(max_length=200, blank=True)
    target = models.BooleanField(default=False)
    inform_fr = ArrayField(models.TextField(), default=list, blank=True)
    # as long as the French list; empty where the translation is missing
    inform_en = ArrayField(models.TextField(blank=True), default=list, blank=True)
    next_procedures = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["procedure", "order"]
        constraints = [models.UniqueConstraint(fields=["procedure", "order"], name="one_step_per_place")]

    def __str__(self):
        return f"{self.procedure_id} {self.order}"
