"""Publish open data of the directory: organisations and types of local units of the pack, by what they do."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Kind
from plans.publication.rules.opendata import Dataset, Field, register
from plans.publication.selectors import listed

# where an organisation acts, by code of the pack (agencies.yaml, `territory_scopes`)
SCOPES = {
    "national": _("Whole country"),
    "regional": _("Regional"),
    "departmental": _("In a département"),
    "local": _("Local"),
    "abroad": _("Abroad"),
    "international": _("International"),
}


def rows():
    for body in listed():
        yield {
            "code": body.pk,
            "name": body.name,
            "acronym": body.acronym,
            "kind": body.kind,
            "kind_label": Kind(body.kind).label,
            "ministry": body.ministry,
            "scope": body.scope,
            "local_type": body.is_template,
            "services": [service.label_fr for service in body.services.all()],
            "website": body.website,
            "phone": body.phone,
            "department": body.department,
            "provenance": body.provenance,
        }


register(
    Dataset(
        "public_services",
        title=_("Directory of services"),
        about=_(
            "Administrations, authorities, associations, unions and companies with a part against trafficking, by what"
            " they do."
        ),
        fields=[
            Field("code", "string", _("Code"), required=True),
            Field("name", "string", _("Name of the organisation"), required=True),
            Field("acronym", "string", _("Acronym")),
            Field("kind", "string", _("Kind (code)"), required=True),
            Field("kind_label", "string", _("Kind of organisation"), required=True),
            Field("ministry", "string", _("Ministry")),
            Field("scope", "string", _("Where it acts"), required=True),
            Field("local_type", "boolean", _("A type of local unit, not one organisation"), required=True),
            Field("services", "list", _("What it offers")),
            Field("website", "string", _("Website")),
            Field("phone", "string", _("Public telephone")),
            Field("department", "string", _("Département of its public office (code)")),
            Field("provenance", "string", _("Where the line comes from"), required=True),
        ],
        rows=rows,
        files=("agencies.yaml",),
        page="policy:directory",
    )
)
