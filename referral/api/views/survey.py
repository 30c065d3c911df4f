"""The yearly figures of an organisation's own cases, and handing them over."""

from types import SimpleNamespace

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from foundation.workflow import NotAllowed
from referral.api.forms.acts import Step
from referral.api.rules import Problem
from referral.api.schema.document import reads
from referral.api.serializers.desks import FiguresShown
from referral.survey.operations import answers

from .things import Noun, ThingView

YEARS = range(2000, 2100)


def _own(actor, year) -> SimpleNamespace:
    if not answers.answers(actor):
        raise NotAllowed("survey")
    return SimpleNamespace(pk=year)


HAND_OVER = Step(
    "hand_over_survey",
    "hand-over/",
    _("Hand over the figures of a year"),
    lambda actor, year: answers.hand_over(actor, year) and None,
    of="get_survey",
    description=_(
        "For an association, of the past year, until 30 September: counts by code, no case. Again: in the place of the "
        "former ones. The public reads them added to those of others, and none that is small."
    ),
)
SURVEY = Noun(
    "survey",
    "survey",
    _own,
    pk="<int:pk>/",
    readers={"get_survey": lambda view, pk: Survey.of_year(view, view.request.auth, pk)},
)


class Survey(ThingView):
    parameters = ("year",)

    @reads(
        "get_survey",
        _("Read the figures of your own cases for a year"),
        FiguresShown,
        _("Of persons who agreed to anonymous statistics; the others are named as cases, to be asked."),
        ("year",),
        tag="survey",
    )
    def show(self, request):
        actor, text = request.auth, request.query_params.get("year", str(timezone.localdate().year))
        if text not in {str(year) for year in YEARS}:
            detail = now("Write a year, as in 2026.")
            raise Problem("invalid", detail, [{"parameter": "year", "code": "invalid", "detail": detail}])
        return self.of_year(actor, int(text))

    def of_year(self, actor, year: int):
        found = answers.read_year(actor, year)
        answer = answers.answer_of(actor, found.year) if answers.answers(actor) else None
        may = answers.answers(actor) and answers.takes_answers(found.year)
        counts = [
            {"question": question, "code": code, "persons": persons}
            for question, counter in found.answers.items()
            for code, persons in sorted(counter.items())
        ]
        given = {name: getattr(found, name) for name in ("year", "years", "received", "persons", "supported")}
        given |= {"left_out": [case.pk for case in found.left_out], "counts": counts}
        given |= {"handed_over_at": answer and answer.at, "actions": [HAND_OVER.name] if may else []}
        return self.answer(FiguresShown, given)


URLS = [path("survey/", Survey.as_view({"get": "show"}), name="survey"), *SURVEY.addresses((HAND_OVER,))]
