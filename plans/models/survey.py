"""Store the yearly survey of associations: aggregated from their cases and masked, without a link to a case."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .figures import SMALL


class SurveyQuestion(models.TextChoices):
    TOTAL = "total", _("Altogether")
    FORM = "form", _("Form of exploitation")
    SEX = "sex", _("Sex")
    AGE = "age_group", _("Age group")
    NATIONALITY = "nationality_group", _("Nationality group")
    DETECTION = "detection", _("How the person was detected")


class SurveyTotal(models.TextChoices):
    """Define the totals. `left_out`: persons who did not agree to be counted; only their number is known."""

    ORGANISATIONS = "organisations", _("Associations that answered")
    PERSONS = "persons", _("Persons counted")
    SUPPORTED = "supported", _("Supported, among them")
    LEFT_OUT = "left_out", _("Left out: not known to agree to be counted")


class NationalityGroup(models.TextChoices):
    FRANCE = "fr", _("France")
    UNION = "eu", _("Another country of the European Union")
    OUTSIDE = "other", _("Outside the European Union")
    STATELESS = "stateless", _("Stateless")


class SurveyFigure(models.Model):
    """Store one answer to one question, over all associations, for one past year.

    `code`: of the pack's list for that question, or `unknown`. `masked`: the number is too small to show, or would
    reveal another. Published once: two publications of one year could reveal a person by their difference. Written by
    the worker only.
    """

    year = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=20, choices=SurveyQuestion)
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(null=True, blank=True)
    masked = models.BooleanField(default=False)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["year", "question", "code"], name="one_survey_figure_per_answer"),
            models.CheckConstraint(
                condition=Q(masked=True, value__isnull=True) | Q(masked=False, value__isnull=False),
                name="a_masked_answer_has_no_value",
            ),
            models.CheckConstraint(
                condition=Q(question="total", code="organisations") | Q(value=None) | Q(value=0) | Q(value__gte=SMALL),
                name="no_small_answer",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.question} {self.code}"
