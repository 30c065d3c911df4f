"""Load the evaluations of plans.yaml, released before the platform, and their opinions quoted by a source."""

from agencies.models import Directory
from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import refer, rows, text, text_or_null
from plans.models import Evaluation, MeasureOpinion, MeasureStatus, Plan

from .keeping import keep, sourcing
from .plans import FILE, day

SHAPES = {
    "evaluations": {
        "code": text,
        "plan": text,
        "evaluator": text,
        "kind": text,
        "date": text_or_null,
        "text_fr": text,
        "source": text,
        "provenance": text,
    },
    "evaluation_opinions": {"code": text, "evaluation": text, "measure": text, "status": text},
}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape)
    data = pack[FILE]
    plans, measures = [e["code"] for e in data["plans"]], [e["code"] for e in data["measures"]]
    codes = [e["code"] for e in data["evaluations"]]
    for entry in data["evaluations"]:
        refer(pack, FILE, f"evaluations[{entry['code']}].plan", entry["plan"], plans, "plan")
    for entry in data["evaluation_opinions"]:
        name = f"evaluation_opinions[{entry['code']}]"
        refer(pack, FILE, f"{name}.evaluation", entry["evaluation"], codes, "evaluation")
        refer(pack, FILE, f"{name}.measure", entry["measure"], measures, "measure")
        refer(pack, FILE, f"{name}.status", entry["status"], MeasureStatus.values, "status")


def store(pack: Pack, using: str) -> dict[str, int]:
    data = pack[FILE]
    bodies = set(Directory.objects.using(using).values_list("pk", flat=True))
    for entry in data["evaluations"]:
        refer(pack, FILE, f"evaluations[{entry['code']}].evaluator", entry["evaluator"], bodies, "organisation")
    pack.refuse_if_wrong()
    plans = dict(Plan.objects.using(using).values_list("code", "pk"))
    found = [checked(pack, FILE, "evaluations", _evaluation(e, plans), e["code"]) for e in data["evaluations"]]
    pack.refuse_if_wrong()
    keep(Evaluation, "code", found, using)
    opinions = _opinions(data["evaluation_opinions"], using)
    return {"evaluations": len(found), "opinions on measures": opinions}


def _evaluation(entry: Entry, plans: dict[str, int]) -> Evaluation:
    return Evaluation(
        code=entry["code"],
        plan_id=plans[entry["plan"]],
        evaluator_id=entry["evaluator"],
        kind=entry["kind"],
        on=day(entry["date"]),
        text_fr=entry["text_fr"],
        text_en=entry.get("text_en", ""),
        state=Evaluation.State.RELEASED,
        **sourcing(entry),
    )


def _opinions(entries: list[Entry], using: str) -> int:
    evaluations = dict(Evaluation.objects.using(using).exclude(code=None).values_list("code", "pk"))
    rows_ = [
        MeasureOpinion(evaluation_id=evaluations[e["evaluation"]], measure=e["measure"], status=e["status"])
        for e in entries
    ]
    MeasureOpinion.objects.using(using).bulk_create(
        rows_, update_conflicts=True, unique_fields=["evaluation", "measure"], update_fields=["status"]
    )
    return len(rows_)
