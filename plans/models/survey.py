"""What associations say together of a year, once it is over: counted from their cases, protected, leading nowhere."""

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
    """`left_out`: persons who did not agree to be counted. Of them this number alone is known."""

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
    """One answer to one question, over all associations, for one year that is over. `code`: of the pack's list of that
    question, or `unknown`. `masked`: there are some and too few to be said, or another number would say it.

    Said once: two publications of one year would let a person be seen between them. The worker alone writes.
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
