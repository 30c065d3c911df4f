"""Publish open data of public figures: one line per figure, with its publication."""

from django.utils.translation import gettext_lazy as _

from plans.models import PublicFigure
from plans.publication.rules.opendata import Dataset, Field, register


def rows():
    for figure in PublicFigure.objects.select_related("series").order_by("series__order", "year", "order"):
        yield {
            "code": figure.code,
            "series": figure.series_id,
            "year": figure.year,
            "population": figure.population_fr,
            "metric": figure.metric_fr,
            "value": None if figure.masked else figure.value,
            "masked": figure.masked,
            "unit": figure.unit,
            "publication": figure.publication,
            "other_value": figure.other_value,
            "other_publication": figure.other_publication,
            "approximate": figure.approximate,
            "to_check": figure.to_check,
            "note": figure.note_fr,
            "provenance": figure.provenance,
        }


register(
    Dataset(
        "public_figures",
        title=_("Public figures on trafficking"),
        about=_("Figures of several series, each with the publication it was read in. Series are never added."),
        fields=[
            Field("code", "string", _("Code"), required=True),
            Field("series", "string", _("Series (a way of counting); never added to another"), required=True),
            Field("year", "year", _("Year"), required=True),
            Field("population", "string", _("Who is counted"), required=True),
            Field("metric", "string", _("What is counted"), required=True),
            Field("value", "number", _("Value; empty where it is masked")),
            Field("masked", "boolean", _("1 to 10 people: not shown"), required=True),
            Field("unit", "string", _("Unit"), required=True),
            Field("publication", "string", _("Publication it was read in"), required=True),
            Field("other_value", "number", _("What another publication says")),
            Field("other_publication", "string", _("That other publication")),
            Field("approximate", "boolean", _("Rounded by its publication"), required=True),
            Field("to_check", "boolean", _("Read, and still to be checked: the note says why"), required=True),
            Field("note", "string", _("Note")),
            Field("provenance", "string", _("Where the line comes from"), required=True),
        ],
        rows=rows,
        files=("statistics.yaml",),
        page="policy:statistics",
    )
)
