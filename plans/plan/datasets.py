"""Publish open data of plans: the measures of the last version of each public plan, and their progress reports.

Their money is in plans/money/datasets.py, under the same codes.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from plans.models import MeasureProgress, Plan
from plans.publication.rules.opendata import Dataset, Field, register

from .documents import last_versions

UNKNOWN = ("lead", "partners", "start", "end", "metrics", "targets", "commitments", "envelopes")


def rows():
    """Yield the measures of the last version of each public plan."""
    reports = MeasureProgress.objects.order_by("measure_id", "-on", "-at", "-id").distinct("measure_id")
    last = dict(reports.values_list("measure__code", "pk"))
    last_reports = MeasureProgress.objects.in_bulk(last.values())
    for version in last_versions():
        axes = {axis["code"]: axis for axis in version.content["axes"]}
        for entry in version.content["measures"]:
            axis = axes.get(entry["axis"], {})
            report = last_reports.get(last.get(entry["code"]))
            row = {
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
                "targets": [target(metric) for metric in entry["metrics"] if metric["target"] is not None],
                "status": report.status if report else "",
                "status_on": report.on if report else None,
                "not_funded": entry["not_funded"],
                "not_funded_reason": entry["not_funded_reason"],
                "commitments": entry["commitments"],
                "carried_from": entry["carried_from"],
                "envelopes": entry.get("envelopes", []),
                "provenance": entry["provenance"],
                "source": entry["source"],
                "vouched_by": entry.get("vouched_by"),
                "vouched_on": entry.get("vouched_on"),
                "note": entry["note_fr"],
                "checksum": version.checksum,
            }
            yield row | {"not_recorded": [] if version.plan.is_recorded else unknown(row)}


def unknown(row: dict) -> list[str]:
    """Return the columns of a measure that nobody has entered, while the list of its plan is not complete."""
    return [name for name in UNKNOWN if not row[name] and not (name == "envelopes" and row["not_funded"])]


def target(metric: dict) -> str:
    """Return « Places ouvertes : 120 places, 2027-12-31 » of a metric of a content."""
    value = format(Decimal(metric["target"]).normalize(), "f")
    said = f"{metric['label_fr']} : {value} {metric['unit']}"
    return f"{said}, {metric['target_on']}" if metric["target_on"] else said


def progress():
    """Yield the progress reports of measures of public plans."""
    reports = MeasureProgress.objects.filter(measure__plan__in=Plan.objects.public())
    for report in reports.select_related("measure__plan", "agency").order_by(
        "measure__plan__code", "measure__code", "on", "at", "id"
    ):
        yield {
            "plan": report.measure.plan.code,
            "measure": report.measure.code,
            "on": report.on,
            "status": report.status,
            "text": report.text,
            "evidence": report.evidence,
            "body": report.agency.profile_id,
            "at": report.at,
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
            Field("targets", "list", _("Target of each metric that has one: value, unit, by when")),
            Field("status", "string", _("Where it stands, says the body in charge (code)")),
            Field("status_on", "date", _("Day of this statement")),
            Field("not_funded", "boolean", _("Said openly to be without money"), required=True),
            Field("not_funded_reason", "string", _("Why it is without money")),
            Field("commitments", "list", _("Commitments it answers (codes)")),
            Field("carried_from", "string", _("Measure of a former plan it takes up")),
            Field("envelopes", "list", _("Its envelopes (codes of the money data)")),
            Field("provenance", "string", _("Where the line comes from"), required=True),
            Field("source", "string", _("Source, in French")),
            Field("vouched_by", "string", _("Body that vouches for the official line (code of the directory)")),
            Field("vouched_on", "date", _("Day it vouched")),
            Field("not_recorded", "list", _("Columns left empty because they are not recorded: unknown, not absent")),
            Field("note", "string", _("What else its source says, in French")),
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
