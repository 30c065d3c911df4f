"""Load the public budget figures of plans.yaml: one envelope each, with the figures of all sources.

`series` names the same object in several years. `also` holds what another source says about the same year: both are
stored, marked as disputed; neither is added to anything (plans/money/rules/sums.py).
"""

from decimal import Decimal

from agencies.models import Directory
from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import check_rows, number, refer, rows, text, text_or_null, whole
from plans.models import BudgetLine, Envelope, Measure, Plan, Stage

from .keeping import keep, sourcing
from .plans import FILE

NAME = "budget_figures"
SHAPE = {
    "code": text,
    "label_fr": text,
    "amount": number,
    "unit": text,
    "resource_kind": text,
    "year": whole,
    "period_fr": text_or_null,
    "plan": text_or_null,
    "scope_fr": text,
    "source": text,
    "provenance": text,
}
OTHER = {"amount": number, "source": text}


def check(pack: Pack) -> None:
    rows(pack, FILE, NAME, SHAPE, open_to_more=True)
    plans, measures = ([entry["code"] for entry in pack[FILE][name]] for name in ("plans", "measures"))
    for entry in pack[FILE][NAME]:
        refer(pack, FILE, f"{NAME}[{entry['code']}].plan", entry["plan"], plans, "plan")
        refer(pack, FILE, f"{NAME}[{entry['code']}].measure", entry.get("measure"), measures, "measure")
        if "also" in entry:
            check_rows(pack, FILE, f"{NAME}[{entry['code']}].also", entry["also"], OTHER, key=None)


def store(pack: Pack, using: str) -> dict[str, int]:
    found = pack[FILE][NAME]
    known = set(Directory.objects.using(using).values_list("pk", flat=True))
    for entry in found:
        refer(pack, FILE, f"{NAME}[{entry['code']}].funder", entry.get("funder"), known, "organisation")
    pack.refuse_if_wrong()
    plans = dict(Plan.objects.using(using).values_list("code", "pk"))
    measures = dict(Measure.objects.using(using).values_list("code", "pk"))
    envelopes = [checked(pack, FILE, NAME, _envelope(entry, plans, measures), entry["code"]) for entry in found]
    pack.refuse_if_wrong()
    keep(Envelope, "code", envelopes, using)
    stored = dict(Envelope.objects.using(using).values_list("code", "pk"))
    lines = [line for entry in found for line in _lines(entry, stored[entry["code"]])]
    keep(BudgetLine, "code", [checked(pack, FILE, NAME, line, line.code) for line in lines], using)
    return {"budget figures": len(found)}


def _envelope(entry: Entry, plans: dict[str, int], measures: dict[str, int]) -> Envelope:
    return Envelope(
        code=entry["code"],
        series=entry.get("series", ""),
        label_fr=entry["label_fr"],
        label_en=entry.get("label_en", ""),
        plan_id=plans.get(entry["plan"]),
        measure_id=measures.get(entry.get("measure", "")),
        funder_id=entry.get("funder"),
        programme=entry.get("programme", ""),
        resource_kind=entry["resource_kind"],
        unit=entry["unit"],
        scope_fr=entry["scope_fr"],
        scope_en=entry.get("scope_en", ""),
        money_source=entry.get("money_source", ""),
        **sourcing(entry),
    )


def _lines(entry: Entry, envelope: int) -> list[BudgetLine]:
    """Build the figure preferred by the pack, then those of the other sources."""
    figures = [entry, *entry.get("also", [])]
    return [
        BudgetLine(
            code=entry["code"] if rank == 1 else f"{entry['code']}-{rank}",
            envelope_id=envelope,
            year=entry["year"],
            period_fr=entry["period_fr"] or "",
            period_en=entry.get("period_en", ""),
            stage=Stage.UNKNOWN,
            amount=Decimal(str(one["amount"])),
            evidence=one["source"],
            provenance=entry["provenance"],
        )
        for rank, one in enumerate(figures, start=1)
    ]
