"""Store what the referral mechanism pushes: figures and the yearly survey of associations.

Aggregated and masked, without a link to a case.
"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Territory

SMALL = 11  # a count from 1 to 10 never leaves the mechanism (mission, section 8)


class FigureCode(models.TextChoices):
    """Define the closed list of figures pushed, which a metric may name (`Metric.feed`)."""

    HOURS_TO_ACCEPTED = "hours_to_accepted", _("Half of the situations had an accepted referral within")
    HOURS_TO_ANSWER = "hours_to_answer", _("Half of the requests had a first answer within")
    ORIENTED = "oriented", _("Situations with a first accepted referral")
    REFUSED_NO_PLACE = "refused_no_place", _("Situations refused at least once for lack of place")
    CHILDREN_PROTECTED = "children_protected", _("Children protected within a day")
    PLACES_DECLARED = "places_declared", _("Free places that shelters declared at the end of the period")
    CHILDREN_PROTECTED_SHARE = "children_protected_share", _("Share of children protected within a day")


class FigureUnit(models.TextChoices):
    HOURS = "hours", pgettext_lazy("unit", "hours")
    SITUATIONS = "situations", pgettext_lazy("unit", "situations")
    PLACES = "places", pgettext_lazy("unit", "places")
    PERCENT = "percent", pgettext_lazy("unit", "%")


UNITS = {
    FigureCode.HOURS_TO_ACCEPTED: FigureUnit.HOURS,
    FigureCode.HOURS_TO_ANSWER: FigureUnit.HOURS,
    FigureCode.ORIENTED: FigureUnit.SITUATIONS,
    FigureCode.REFUSED_NO_PLACE: FigureUnit.SITUATIONS,
    FigureCode.CHILDREN_PROTECTED: FigureUnit.SITUATIONS,
    FigureCode.PLACES_DECLARED: FigureUnit.PLACES,
    FigureCode.CHILDREN_PROTECTED_SHARE: FigureUnit.PERCENT,
}

COUNTS = {FigureUnit.SITUATIONS, FigureUnit.PLACES}  # whole numbers, masked when small


class PushedFigure(models.Model):
    """Store one figure of one past period, for a region or the whole country (`territory` null).

    `masked`: the figure is too small to show, or would let another be computed; `value` is then null. Pushing a figure
    again replaces it. No case, person or agency; written by the worker only.
    """

    metric = models.CharField(max_length=40, choices=FigureCode)
    unit = models.CharField(max_length=10, choices=FigureUnit)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    period_start = models.DateField()
    period_end = models.DateField()
    value = models.DecimalField(max_digits=12, decimal_places=1, null=True, blank=True)
    masked = models.BooleanField(default=False)
    pushed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["metric", "-period_start", F("territory").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "period_start", "period_end", "territory"],
                nulls_distinct=False,
                name="one_figure_per_period_and_place",
            ),
            models.CheckConstraint(
                condition=Q(masked=True, value__isnull=True) | Q(masked=False, value__isnull=False),
                name="a_masked_figure_has_no_value",
            ),
            models.CheckConstraint(
                condition=~Q(unit__in=["situations", "places"]) | Q(value=None) | Q(value=0) | Q(value__gte=SMALL),
                name="no_small_count",
            ),
            models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="figure_of_a_whole_period"),
        ]

    def __str__(self):
        return f"{self.metric} {self.period_start}"


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
    PERSONS = "persons", _("People counted")
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
