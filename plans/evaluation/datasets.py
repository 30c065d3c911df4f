"""Publish open data of evaluations: what each evaluator released on each measure."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Evaluation, MeasureOpinion
from plans.publication.rules.opendata import Dataset, Field, register


def evaluations():
    """Yield the released evaluations; the code of those of the pack is theirs, of others the key of their page."""
    found = Evaluation.objects.public().select_related("plan").order_by("plan__code", "on", "released_at", "code", "pk")
    for row in found:
        yield {
            "code": row.code or str(row.pk),
            "plan": row.plan.code,
            "evaluator": row.evaluator_id,
            "kind": row.kind,
            "on": row.on,
            "released_at": row.released_at,
            "title_fr": row.title_fr or None,
            "text_fr": row.text_fr or None,
            "text_en": row.text_en or None,
            "provenance": row.provenance,
            "source": row.source or None,
        }


def opinions():
    """Yield the opinions of released evaluations."""
    found = MeasureOpinion.objects.filter(evaluation__in=Evaluation.objects.public()).select_related("evaluation__plan")
    for row in found.order_by("evaluation__plan__code", "measure", "evaluation__evaluator", "evaluation"):
        yield {
            "evaluation": row.evaluation.code or str(row.evaluation_id),
            "plan": row.evaluation.plan.code,
            "measure": row.measure,
            "evaluator": row.evaluation.evaluator_id,
            "status": row.status or None,
            "score": row.score,
            "evidence": row.evidence or None,
            "comment": row.comment or None,
        }


PLAN = Field("plan", "string", _("Plan (code)"), required=True)
EVALUATOR = Field("evaluator", "string", _("Evaluator (code)"), required=True)
register(
    Dataset(
        "evaluations",
        title=_("Evaluations of the plans"),
        about=_("What each evaluator released on each plan, as a whole. Drafts are never in it."),
        fields=[
            Field("code", "string", _("Code"), required=True),
            PLAN,
            EVALUATOR,
            Field("kind", "string", _("Kind of evaluation"), required=True),
            Field("on", "date", _("Date of the evaluation")),
            Field("released_at", "datetime", _("Released on the platform at")),
            Field("title_fr", "string", _("Title")),
            Field("text_fr", "string", _("General text")),
            Field("text_en", "string", _("General text in English")),
            Field("provenance", "string", pgettext_lazy("field of a file", "Provenance"), required=True),
            Field("source", "string", _("Source")),
        ],
        rows=evaluations,
        files=("plans.yaml",),
        page="policy:evaluations",
    )
)
register(
    Dataset(
        "evaluation_opinions",
        title=_("Opinions measure by measure"),
        about=_("Where each measure stands, says each evaluator. One measure may have several opinions that differ."),
        fields=[
            Field("evaluation", "string", _("Evaluation (code)"), required=True),
            PLAN,
            Field("measure", "string", _("Measure (code)"), required=True),
            EVALUATOR,
            Field("status", "string", pgettext_lazy("measure", "Where it stands")),
            Field("score", "integer", _("Score")),
            Field("evidence", "string", _("Evidence")),
            Field("comment", "string", _("Comment")),
        ],
        rows=opinions,
        files=("plans.yaml",),
        key="",
        page="policy:evaluations",
    )
)
