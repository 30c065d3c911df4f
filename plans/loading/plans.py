"""Load mandates, plans, axes and measures of plans.yaml, and a version of each published or closed plan."""

from datetime import date
from decimal import Decimal

from agencies.models import Directory
from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import check_rows, entries, number, refer, rows, text, text_or_null, whole
from plans.models import Axis, Mandate, Measure, Metric, Plan, PlanVersion
from plans.plan.selectors.content import checksum, content_of

from .keeping import keep, sourcing

FILE = "plans.yaml"
STATES = {"draft": Plan.State.DRAFT, "current": Plan.State.PUBLISHED, "closed": Plan.State.CLOSED}


def whole_or_null(value) -> str | None:
    return None if value is None else whole(value)


def day_or_null(value) -> str | None:
    """Return what is wrong with a day written as 2027-12-31, or None."""
    try:
        return None if value is None or date.fromisoformat(value) else "expected a day"
    except (TypeError, ValueError):
        return "expected a day, 2027-12-31, in quotes, or null"


def number_or_null(value) -> str | None:
    return None if value is None else number(value)


SHAPES = {
    "mandates": {
        "code": text,
        "body": text,
        "function_fr": text,
        "legal_basis_fr": text,
        "start": text,
        "end": text_or_null,
        "provenance": text,
        "source": text,
    },
    "plans": {
        "code": text,
        "number": whole_or_null,
        "title_fr": text,
        "start": text_or_null,
        "end": text_or_null,
        "status": text,
        "measures_announced": whole_or_null,
        "axes_announced": whole_or_null,
        "lead": text,
        "published_on": text_or_null,
        "provenance": text,
        "source": text,
    },
    "axes": {"code": text, "plan": text, "number": whole, "title_fr": text, "provenance": text},
    "measures": {
        "code": text,
        "plan": text,
        "axis": text_or_null,
        "number": whole_or_null,
        "title_fr": text,
        "lead_agency": text_or_null,
        "provenance": text,
        "source": text_or_null,
        "note_fr": text_or_null,
    },
}
# what a source may say of a measure besides; its cost is a budget figure that names it
MAY_HAVE = {"measures": {"start": day_or_null, "end": day_or_null, "metrics": entries}}
METRIC = {"label_fr": text, "unit": text, "target": number_or_null, "target_on": day_or_null}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape, may_have=MAY_HAVE.get(name), open_to_more=name == "plans")
    data = pack[FILE]
    plans, axes = [e["code"] for e in data["plans"]], [e["code"] for e in data["axes"]]
    for entry in data["plans"]:
        refer(pack, FILE, f"plans[{entry['code']}].status", entry["status"], STATES, "status")
    for name in ("axes", "measures"):
        for entry in data[name]:
            refer(pack, FILE, f"{name}[{entry['code']}].plan", entry["plan"], plans, "plan")
    for entry in data["measures"]:
        refer(pack, FILE, f"measures[{entry['code']}].axis", entry["axis"], axes, "axis")
        if "metrics" in entry:
            check_rows(pack, FILE, f"measures[{entry['code']}].metrics", entry["metrics"], METRIC, key="label_fr")


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def store(pack: Pack, using: str) -> dict[str, int]:
    data = pack[FILE]
    known = set(Directory.objects.using(using).values_list("pk", flat=True))
    for name, field in (("plans", "lead"), ("measures", "lead_agency"), ("mandates", "body")):
        for entry in data[name]:
            refer(pack, FILE, f"{name}[{entry['code']}].{field}", entry[field], known, "organisation")
    pack.refuse_if_wrong()
    _mandates(data["mandates"], using)
    keep(Plan, "code", [checked(pack, FILE, "plans", _plan(e), e["code"]) for e in data["plans"]], using)
    plans = dict(Plan.objects.using(using).values_list("code", "pk"))
    keep(Axis, "code", [checked(pack, FILE, "axes", _axis(e, plans), e["code"]) for e in data["axes"]], using)
    axes = dict(Axis.objects.using(using).values_list("code", "pk"))
    measures = [
        checked(pack, FILE, "measures", _measure(place, e, plans, axes), e["code"])
        for place, e in enumerate(data["measures"], start=1)
    ]
    pack.refuse_if_wrong()
    keep(Measure, "code", measures, using)
    _metrics({entry["code"]: entry["metrics"] for entry in data["measures"] if "metrics" in entry}, using)
    return {"plans": len(data["plans"]), "axes": len(data["axes"]), "measures": len(measures)}


def _mandates(entries: list[Entry], using: str) -> None:
    """Insert mandates, identified by body and first day; those given or ended here are kept, and come first."""
    standing = Mandate.objects.using(using).standing()
    for entry in entries:
        start, end = day(entry["start"]), day(entry["end"])
        known = standing.filter(body=entry["body"], start=start).exists()
        if known or standing.exclude(start__gt=end or date.max).exclude(end__lt=start).exists():
            continue
        Mandate.objects.using(using).create(
            body_id=entry["body"],
            start=start,
            end=end,
            function_fr=entry["function_fr"],
            function_en=entry.get("function_en", ""),
            legal_basis_fr=entry["legal_basis_fr"],
            legal_basis_en=entry.get("legal_basis_en", ""),
            **sourcing(entry),
        )


def _plan(entry: Entry) -> Plan:
    return Plan(
        code=entry["code"],
        kind=entry.get("kind", Plan.Kind.NATIONAL),
        number=entry["number"],
        title_fr=entry["title_fr"],
        title_en=entry.get("title_en", ""),
        lead_id=entry["lead"],
        start=day(entry["start"]),
        end=day(entry["end"]),
        state=STATES[entry["status"]],
        published_on=day(entry["published_on"]),
        measures_announced=entry["measures_announced"],
        axes_announced=entry["axes_announced"],
        **sourcing(entry),
    )


def _axis(entry: Entry, plans: dict[str, int]) -> Axis:
    return Axis(
        code=entry["code"],
        plan_id=plans[entry["plan"]],
        number=entry["number"],
        title_fr=entry["title_fr"],
        title_en=entry.get("title_en", ""),
        **sourcing(entry),
    )


def _measure(place: int, entry: Entry, plans: dict[str, int], axes: dict[str, int]) -> Measure:
    return Measure(
        code=entry["code"],
        plan_id=plans[entry["plan"]],
        axis_id=axes.get(entry["axis"]),
        number=entry["number"],
        place=place,
        title_fr=entry["title_fr"],
        title_en=entry.get("title_en", ""),
        lead_id=entry["lead_agency"],
        start=day(entry.get("start")),
        end=day(entry.get("end")),
        **sourcing(entry),
    )


def _metrics(wanted: dict[str, list[Entry]], using: str) -> None:
    """Write the metrics a source gives to measures that were not edited here."""
    for measure in Measure.objects.using(using).filter(code__in=wanted, edited_at=None):
        for entry in wanted[measure.code]:
            target = entry["target"]
            Metric.objects.using(using).update_or_create(
                measure=measure,
                label_fr=entry["label_fr"],
                defaults={
                    "unit": entry["unit"],
                    "target": None if target is None else Decimal(str(target)),
                    "target_on": day(entry["target_on"]),
                },
            )


def store_versions(pack: Pack, using: str) -> dict[str, int]:
    """Write a version of each published or closed plan whose content changed in the pack."""
    written = 0
    for plan in Plan.objects.using(using).filter(state__in=[Plan.State.PUBLISHED, Plan.State.CLOSED]):
        content = content_of(plan)
        last = plan.versions.using(using).order_by("-number").first()
        # once completed or amended here, versions are no longer made from the pack
        if last and (last.kind != PlanVersion.Kind.HISTORY or last.checksum == checksum(content)):
            continue
        PlanVersion.objects.using(using).create(
            plan=plan,
            number=last.number + 1 if last else 1,
            kind=PlanVersion.Kind.HISTORY,
            content=content,
            checksum=checksum(content),
        )
        written += 1
    return {"plan versions": written}
