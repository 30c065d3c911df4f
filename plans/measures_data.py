"""The measures of each public plan as open data, from its last version: what its page and its PDF are made of."""

from django.utils.translation import gettext_lazy as _

from .opendata import Dataset, Field, register
from .plan_document import last_versions


def rows():
    for version in last_versions():
        axes = {axis["code"]: axis for axis in version.content["axes"]}
        for entry in version.content["measures"]:
            axis = axes.get(entry["axis"], {})
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
                "not_funded": entry["not_funded"],
                "not_funded_reason": entry["not_funded_reason"],
                "commitments": entry["commitments"],
                "carried_from": entry["carried_from"],
                "provenance": entry["provenance"],
                "checksum": version.checksum,
            }


register(
    Dataset(
        "measures",
        title=_("Measures of the plans"),
        about=_("Measures of each public plan as last published: lead, dates, what is measured, commitments answered."),
        fields=[
            Field("code", "string", _("Code"), required=True),
            Field("plan", "string", _("Plan (code)"), required=True),
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
            Field("not_funded", "boolean", _("Said openly to be without money"), required=True),
            Field("not_funded_reason", "string", _("Why it is without money")),
            Field("commitments", "list", _("Commitments it answers (codes)")),
            Field("carried_from", "string", _("Measure of a former plan it takes up")),
            Field("provenance", "string", _("Where the line comes from"), required=True),
            Field("checksum", "string", _("Checksum of the version (SHA-256)"), required=True),
        ],
        rows=rows,
        page="policy:home",
    )
)
