"""Publish open data of the committee and focal points: days, states and numbers; no function, no contact."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.committee.selectors.attendance import recorded_by_college
from plans.committee.selectors.focal_coverage import coverage
from plans.models import Meeting
from plans.publication.rules.opendata import Dataset, Field, register


def meetings():
    for row in Meeting.objects.order_by("on", "pk"):
        lines = {line["code"]: line for line in recorded_by_college(row)}
        yield {
            "number": row.pk,
            "on": row.on,
            "month_only": row.month_only,
            "title_fr": row.title_fr,
            "title_en": row.title_en or None,
            "state": row.state,
            "reason_fr": row.reason_fr or None,
            "people": row.people,
            "state_seats": lines["state"]["seats"] if "state" in lines else None,
            "state_present": lines["state"]["present"] if "state" in lines else None,
            "civil_society_seats": lines["civil_society"]["seats"] if "civil_society" in lines else None,
            "civil_society_present": lines["civil_society"]["present"] if "civil_society" in lines else None,
            "provenance": row.provenance,
            "source": row.source or None,
        }


def focal_points():
    for line in coverage().lines:
        for cell in line.cells:
            yield {
                "ministry": line.code,
                "region": cell["region"].pk,
                "covered": cell["covered"],
                "departments": cell["total"],
            }


register(
    Dataset(
        "meetings",
        title=_("Meetings of the steering committee"),
        about=_("Planned, held or not, with the attendance of the State and of civil society where it was noted."),
        fields=[
            Field("number", "integer", _("Number"), required=True),
            Field("on", "date", _("Day"), required=True),
            Field("month_only", "boolean", _("The source gives the month only"), required=True),
            Field("title_fr", "string", _("Title"), required=True),
            Field("title_en", "string", _("Title in English")),
            Field("state", "string", _("Status"), required=True),
            Field("reason_fr", "string", _("Why")),
            Field("people", "integer", _("How many came, says the source")),
            Field("state_seats", "integer", _("Seats of the State")),
            Field("state_present", "integer", _("Present for the State")),
            Field("civil_society_seats", "integer", _("Seats of civil society")),
            Field("civil_society_present", "integer", _("Present for civil society")),
            Field("provenance", "string", pgettext_lazy("field of a file", "Provenance"), required=True),
            Field("source", "string", _("Source")),
        ],
        rows=meetings,
        files=("plans.yaml",),
        key="number",
        page="policy:committee",
    )
)
register(
    Dataset(
        "focal_points",
        title=_("Focal points by region"),
        about=_("How many départements of each region have a focal point of each ministry, without name or contact."),
        fields=[
            Field("ministry", "string", _("Ministry (code)"), required=True),
            Field("region", "string", _("Region (code)"), required=True),
            Field("covered", "integer", _("Number of départements covered"), required=True),
            Field("departments", "integer", _("All départements of the region"), required=True),
        ],
        rows=focal_points,
        key="",
        page="policy:coordination",
    )
)
