"""Load the series and figures of statistics.yaml. Its assumptions of scale are for developers: not loaded."""

from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import flag, number, refer, rows, text, text_or_null, whole
from plans.models import FigureSeries, PublicFigure

from .keeping import keep, sourcing

FILE = "statistics.yaml"
UNITS = ("person", "organisation", "case", "percent", "per_100k")
SHAPES = {
    "series": {"code": text, "label_fr": text},
    "figures": {
        "code": text,
        "year": whole,
        "series": text,
        "population_fr": text,
        "metric_fr": text,
        "value": number,
        "unit": text,
        "publication": text,
        "note_fr": text_or_null,
        "provenance": text,
    },
}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape, open_to_more=name == "figures")
    codes = [entry["code"] for entry in pack[FILE]["series"]]
    for entry in pack[FILE]["figures"]:
        place = f"figures[{entry['code']}]"
        refer(pack, FILE, f"{place}.series", entry["series"], codes, "series")
        refer(pack, FILE, f"{place}.unit", entry["unit"], UNITS, "unit")
        if "approximate" in entry and flag(entry["approximate"]):
            pack.wrong(FILE, f"{place}.approximate", "expected true or false")
        other = entry.get("also")
        if other is not None and (
            not isinstance(other, dict) or number(other.get("value")) or text(other.get("publication"))
        ):
            pack.wrong(FILE, f"{place}.also", "expected a value and a publication")


def store(pack: Pack, using: str) -> dict[str, int]:
    series = [
        FigureSeries(code=e["code"], order=n, label_fr=e["label_fr"], label_en=e.get("label_en", ""))
        for n, e in enumerate(pack[FILE]["series"], start=1)
    ]
    keep(FigureSeries, "code", [checked(pack, FILE, "series", row, row.code) for row in series], using)
    found = [
        checked(pack, FILE, "figures", _figure(n, e), e["code"]) for n, e in enumerate(pack[FILE]["figures"], start=1)
    ]
    pack.refuse_if_wrong()
    keep(PublicFigure, "code", found, using)
    return {"public figures": len(found)}


def _figure(order: int, entry: Entry) -> PublicFigure:
    other = entry.get("also") or {}
    return PublicFigure(
        code=entry["code"],
        order=order,
        year=entry["year"],
        series_id=entry["series"],
        population_fr=entry["population_fr"],
        population_en=entry.get("population_en", ""),
        metric_fr=entry["metric_fr"],
        metric_en=entry.get("metric_en", ""),
        value=str(entry["value"]),
        unit=entry["unit"],
        publication=entry["publication"],
        other_value=str(other["value"]) if other else None,
        other_publication=other.get("publication", ""),
        to_check=bool(entry.get("to_check")),
        approximate=bool(entry.get("approximate")),
        **sourcing(entry),
    )
