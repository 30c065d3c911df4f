"""The measures of each public plan as open data, from its last version: what its page and its PDF are made of; and what
the bodies in charge say of them, statement by statement. Their money stands in money_data.py, by the same codes."""

from django.utils.translation import gettext_lazy as _

from plans.models import MeasureProgress, Plan
from plans.publication.rules.opendata import Dataset, Field, register

from .documents import last_versions


def rows():
    said = MeasureProgress.objects.order_by("measure_id", "-on", "-at", "-id").distinct("measure_id")
    last = dict(said.values_list("measure__code", "pk"))
    words = MeasureProgress.objects.in_bulk(last.values())
    for version in last_versions():
        axes = {axis["code"]: axis for axis in version.content["axes"]}
        for entry in version.content["measures"]:
            axis = axes.get(entry["axis"], {})
            word = words.get(last.get(entry["code"]))
            yield {
                "code": entry["code"],
                "plan": version.plan.code,
                "version": version.number,
                "axis": axis.get("number"),
                "axis_title": axis.get("title_fr"),
                "number": entry["number"],
                "title": entry["title_fr"],
                "title_en": entry["title_en"],
                "lead": entry["lead"],
                "partners": entry["partners"],
                "start": entry["start"],
                "end": entry["end"],
                "metrics": [metric["label_fr"] for metric in entry["metrics"]],
                "status": word.status if word else "",
                "status_on": word.on if word else None,
                "not_funded": entry["not_funded"],
                "not_funded_reason": entry["not_funded_reason"],
                "commitments": entry["commitments"],
                "carried_from": entry["carried_from"],
                "provenance": entry["provenance"],
                "checksum": version.checksum,
            }


def progress():
    """Of published measures alone: what was said of one stays with it."""
    said = MeasureProgress.objects.filter(measure__plan__in=Plan.objects.public())
    for one in said.select_related("measure__plan", "agency").order_by(
        "measure__plan__code", "measure__code", "on", "at", "id"
    ):
        yield {
            "plan": one.measure.plan.code,
            "measure": one.measure.code,
            "on": one.on,
            "status": one.status,
            "text": one.text,
            "evidence": one.evidence,
            "body": one.agency.profile_id,
            "at": one.at,
        }


PLAN = Field("plan", "string", _("Plan (code)"), required=True)
register(
    Dataset(
        "measures",
        title=_("Measures of the plans"),
        about=_("Measures of each public plan as last published: lead, dates, what is measured, commitments answered."),
        fields=[
            Field("code", "string", _("Code"), required=True),
            PLAN,
            Field("version", "integer", _("Version of the plan"), required=True),
            Field("axis", "integer", _("Number of the axis")),
            Field("axis_title", "string", _("Title of the axis")),
            Field("number", "integer", _("Official number, where it is known")),
            Field("title", "string", _("Title in French"), required=True),
            Field("title_en", "string", _("Title in English")),
            Field("lead", "string", _("Body in charge (code of the directory)")),
            Field("partners", "list", _("Partners (codes of the directory)")),
            Field("start", "date", _("First day")),
            Field("end", "date", _("Last day")),
            Field("metrics", "list", _("What is measured")),
            Field("status", "string", _("Where it stands, says the body in charge (code)")),
            Field("status_on", "date", _("Day of this statement")),
            Field("not_funded", "boolean", _("Said openly to be without money"), required=True),
            Field("not_funded_reason", "string", _("Why it is without money")),
            Field("commitments", "list", _("Commitments it answers (codes)")),
            Field("carried_from", "string", _("Measure of a former plan it takes up")),
            Field("provenance", "string", _("Where the line comes from"), required=True),
            Field("checksum", "string", _("Checksum of the version (SHA-256)"), required=True),
        ],
        rows=rows,
        files=("plans.yaml",),
        page="policy:home",
    )
)
register(
    Dataset(
        "measure_progress",
        title=_("Progress of the measures"),
        about=_("What the bodies in charge say of each measure, statement by statement; the last one counts."),
        fields=[
            PLAN,
            Field("measure", "string", _("Measure (code)"), required=True),
            Field("on", "date", _("Day of this statement"), required=True),
            Field("status", "string", _("Where it stands (code)"), required=True),
            Field("text", "string", _("In a few sentences")),
            Field("evidence", "string", _("Evidence")),
            Field("body", "string", _("Body that says it (code of the directory)")),
            Field("at", "datetime", _("Recorded at"), required=True),
        ],
        rows=progress,
        key="",
        page="policy:home",
    )
)
