"""Publish open data of the survey of associations: one line per answer, as shown on its page."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from plans.models import SurveyFigure
from plans.publication.display.survey import labels
from plans.publication.rules.opendata import Dataset, Field, register


def rows():
    with override("fr"):
        french = labels()
    with override("en"):
        english = labels()
    for row in SurveyFigure.objects.order_by("-year", "order"):
        yield {
            "year": row.year,
            "question": row.question,
            "answer": row.code,
            "label": french[row.question].get(row.code, row.code),
            "label_en": english[row.question].get(row.code, row.code),
            "value": row.value,
            "masked": row.masked,
            "published_on": timezone.localdate(row.published_at),
        }


register(
    Dataset(
        "associations_survey",
        title=_("Survey of associations, counted from cases"),
        about=_(
            "What associations handed over together for a year that is over: people who agreed to be counted. "
            "Declared by them, validated by nobody; a person may be counted twice."
        ),
        key="",
        rows=rows,
        declared=_(
            "Declared by associations through this platform; no statistical service has vouched for these figures."
        ),
        page="policy:statistics-survey",
        fields=[
            Field("year", "year", _("Year"), required=True),
            Field("question", "string", _("Question (code)"), required=True),
            Field("answer", "string", _("Answer (code)"), required=True),
            Field("label", "string", pgettext_lazy("survey", "Answer"), required=True),
            Field("label_en", "string", _("Answer, in English"), required=True),
            Field("value", "integer", _("Number; empty where it is not shown")),
            Field("masked", "boolean", _("Not shown: 1 to 10 people, or it would let such a number be computed"), True),
            Field("published_on", "date", pgettext_lazy("survey", "Published on"), required=True),
        ],
    )
)
