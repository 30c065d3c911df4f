"""Measures: the coordination writes all, a body those it leads; while the plan is open. Progress and values are said at
any time once the measure is published, dated, and stay."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Measure, MeasureProgress, MeasureStatus, Metric, MetricValue, YearStep
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates
from plans.plan.selectors.content import published
from plans.steering import selectors as steering_selectors

from .plans import check_seen, free_code, open_plan, visible_plan, write

# what the body that leads a measure writes of it; who leads, where it stands and what it answers are the coordination's
OWN_FIELDS = (
    "title_fr", "title_en", "text_fr", "text_en", "start", "end", "not_funded", "not_funded_reason", "procedures",
    "tags",
)  # fmt: skip
COORDINATION_FIELDS = ("lead", "axis", "number")
UNFINISHED = (MeasureStatus.PLANNED, MeasureStatus.STARTED, MeasureStatus.PARTIAL, MeasureStatus.NOT_DONE)


def leads(actor, measure: Measure) -> bool:
    body = body_of(actor)
    return body is not None and measure.lead_id == body


def may_write(actor, measure: Measure, plan) -> bool:
    return plan.is_open and measure.withdrawn_at is None and (leads(actor, measure) or coordinates(actor))


def visible_measure(actor, code: str) -> Measure:
    found = Measure.objects.visible_to(actor).select_related("plan", "axis", "lead", "carried_from__plan")
    measure = found.filter(code=code).first()
    if measure is None:
        raise NotFound
    return measure


def own_measure(actor, code: str) -> Measure:
    """A measure this actor writes now, held until the transaction ends."""
    visible_measure(actor, code)
    if body_of(actor) is None:
        raise NotAllowed("policy")
    held = Measure.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).select_related("plan", "lead")
    measure = held.filter(code=code).first()
    # what the wall does not let change is not held: either the plan is closed to writing, or it is another body's
    shown = measure or visible_measure(actor, code)
    if not (leads(actor, shown) or coordinates(actor)):
        raise NotAllowed("lead")
    if measure is None or not may_write(actor, measure, measure.plan):
        raise WrongState("plan is not open")
    return measure


@transaction.atomic
def add_measure(actor, plan_code: str, *, partners=(), commitments=(), **fields) -> Measure:
    """By the coordination, or by a body of the State for itself."""
    coordination = coordinates(actor)
    plan = open_plan(actor, plan_code) if coordination else visible_plan(actor, plan_code)
    if not coordination:
        if not is_state(actor):
            raise NotAllowed("lead")
        if not plan.is_open:
            raise WrongState(plan.state)
        fields = {**{k: v for k, v in fields.items() if k in (*OWN_FIELDS, "axis")}, "lead": actor.agency.profile}
    _check_named(plan, fields, carried=fields.get("carried_from"))
    place = (plan.measures.aggregate(last=Max("place"))["last"] or 0) + 1
    taken = set(plan.measures.values_list("code", flat=True))
    code = free_code(f"{plan.code}-m{place:02d}", taken)
    measure = Measure(plan=plan, code=code, place=place, edited_at=timezone.now(), **fields)
    with guarded():
        measure.save(force_insert=True)
        measure.partners.set(partners)
        if coordination:
            measure.commitments.set(commitments)
    record("measure.add", measure)
    return measure


def _check_named(plan, fields: dict, carried: Measure | None = None) -> None:
    """Raise WrongState for a lead out of use, unless it comes with the measure, or an axis of another plan."""
    lead, axis = fields.get("lead"), fields.get("axis")
    if carried is None or lead != carried.lead:
        steering_selectors.require(lead, steering_selectors.leading())
    if axis is not None and axis.plan_id != plan.pk:
        raise WrongState("axis")


@transaction.atomic
def edit_measure(actor, code: str, *, seen: datetime | None, partners=None, commitments=None, **fields) -> Measure:
    measure = own_measure(actor, code)
    check_seen(measure, seen)
    coordination = coordinates(actor)
    names = (*OWN_FIELDS, *COORDINATION_FIELDS) if coordination else OWN_FIELDS
    said = {name: fields[name] for name in names if name in fields}
    _check_named(measure.plan, said, carried=measure)
    with guarded():
        write(measure, "measure.edit", said)
        if partners is not None:
            measure.partners.set(partners)
        if coordination and commitments is not None:
            measure.commitments.set(commitments)
    return measure


@transaction.atomic
def withdraw_measure(actor, code: str, *, reason: str) -> Measure:
    """Taken out of the plan; the row stays, so that what was said and spent for it is not lost."""
    measure = own_measure(actor, code)
    if not coordinates(actor):
        raise NotAllowed("coordination")
    return write(measure, "measure.withdraw", {"withdrawn_at": timezone.now(), "withdrawn_reason": reason})


@transaction.atomic
def take_back_measure(actor, code: str) -> Measure:
    measure = visible_measure(actor, code)
    open_plan(actor, measure.plan.code)
    if measure.withdrawn_at is None:
        raise WrongState("not withdrawn")
    return write(measure, "measure.take_back", {"withdrawn_at": None, "withdrawn_reason": ""})


@transaction.atomic
def move_measure(actor, code: str, *, up: bool) -> None:
    """One place up or down in its axis."""
    measure = visible_measure(actor, code)
    plan = open_plan(actor, measure.plan.code)
    beside = list(plan.measures.standing().filter(axis=measure.axis_id).order_by("place", "code"))
    at = [one.pk for one in beside].index(measure.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(beside):
        return
    places = sorted({one.place for one in beside})
    if len(places) < len(beside):
        places = list(range(places[0], places[0] + len(beside)))
    beside[at], beside[other] = beside[other], beside[at]
    for place, one in zip(places, beside, strict=True):
        if one.place != place:
            write(one, "measure.move", {"place": place})


# -- carried over ------------------------------------------------------------------------------------------------------
def unfinished(actor, plan) -> list[Measure]:
    """Measures of other plans whose last word is not « done » nor « abandoned », or of which nothing was ever said, and
    that this plan does not carry yet. From closed plans, or plans that end before this one begins."""
    found = (
        Measure.objects.visible_to(actor)
        .standing()
        .filter(plan__kind=plan.kind)
        .exclude(plan=plan)
        .exclude(carried_to__in=plan.measures.standing())
        .select_related("plan", "axis", "lead")
        .prefetch_related("progress")
    )
    found = found.filter(plan__state="closed") | found.filter(plan__end__lt=plan.start) if plan.start else found.filter(
        plan__state="closed"
    )  # fmt: skip
    return [m for m in found.order_by("plan", "axis__number", "place") if status_of(m) in (None, *UNFINISHED)]


def status_of(measure: Measure) -> str | None:
    """The last word on it; `progress` is prefetched, newest first."""
    last = next(iter(measure.progress.all()), None)
    return last.status if last else None


@transaction.atomic
def carry_over(actor, plan_code: str, codes: list[str]) -> list[Measure]:
    plan = open_plan(actor, plan_code)
    offered = {measure.code: measure for measure in unfinished(actor, plan)}
    if set(codes) - set(offered):
        raise WrongState("carried already")
    return [
        add_measure(
            actor,
            plan_code,
            title_fr=old.title_fr,
            title_en=old.title_en,
            text_fr=old.text_fr,
            text_en=old.text_en,
            lead=old.lead,
            procedures=old.procedures,
            tags=old.tags,
            carried_from=old,
        )
        for old in (offered[code] for code in codes)
    ]


# -- metrics and yearly steps ------------------------------------------------------------------------------------------
def _child(manager, pk):
    row = manager.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _touch(measure: Measure, action: str) -> None:
    write(measure, action, {})


@transaction.atomic
def save_metric(actor, code: str, pk: int | None = None, **fields) -> Metric:
    """A metric that is followed keeps its words and its unit: what was measured would say something else."""
    measure = own_measure(actor, code)
    metric = _child(measure.metrics, pk) if pk else Metric(measure=measure)
    for name, value in fields.items():
        if name in ("label_fr", "unit") and pk and value != getattr(metric, name) and metric.values.exists():
            raise WrongState("followed")
        setattr(metric, name, value)
    with guarded():
        metric.save()
    _touch(measure, "metric.save")
    return metric


@transaction.atomic
def remove_metric(actor, code: str, pk: int) -> None:
    """One that nobody gave a value to; a metric that was followed stays."""
    measure = own_measure(actor, code)
    metric = _child(measure.metrics, pk)
    if metric.values.exists():
        raise WrongState("values")
    with guarded():
        metric.delete()
    _touch(measure, "metric.remove")


@transaction.atomic
def save_step(actor, code: str, *, year: int, text: str, cost: Decimal | None) -> YearStep:
    """The step of a year, written again in its place."""
    measure = own_measure(actor, code)
    with guarded():
        step, _new = YearStep.objects.update_or_create(
            measure=measure, year=year, defaults={"text": text, "cost": cost}
        )
    _touch(measure, "step.save")
    return step


@transaction.atomic
def remove_step(actor, code: str, pk: int) -> None:
    measure = own_measure(actor, code)
    step = _child(measure.steps, pk)
    with guarded():
        step.delete()
    _touch(measure, "step.remove")


# -- what is said of a published measure -------------------------------------------------------------------------------
def may_report(actor, measure: Measure) -> bool:
    """Its leading body or the coordination, once the public reads it."""
    return leads(actor, measure) or coordinates(actor)


def said_of(measure: Measure) -> dict | None:
    """What the public reads of a measure, in its plan's last version."""
    content = published(measure.plan) or {"measures": []}
    return next((m for m in content["measures"] if m["code"] == measure.code), None)


def is_reported(measure: Measure) -> bool:
    """Where it stands may be said: its plan was published, and the public reads it there."""
    return measure.plan.state in ("published", "amended", "closed") and said_of(measure) is not None


def reported_measure(actor, code: str) -> tuple[Measure, dict]:
    measure = visible_measure(actor, code)
    if not may_report(actor, measure):
        raise NotAllowed("lead")
    if not is_reported(measure):
        raise WrongState("not published")
    return measure, said_of(measure)


def _check_past(on: date) -> None:
    """Raise WrongState for a day to come: nothing is known of it."""
    if on > timezone.localdate():
        raise WrongState("day to come")


@transaction.atomic
def report_progress(actor, code: str, *, status: str, on: date, text: str = "", evidence: str = "") -> MeasureProgress:
    measure, _said = reported_measure(actor, code)
    _check_past(on)
    said = MeasureProgress(
        measure=measure, status=status, on=on, text=text, evidence=evidence, agency=actor.agency, by=actor
    )
    with guarded():
        said.save()
    record("measure.progress", measure)
    return said


@transaction.atomic
def add_metric_value(actor, code: str, pk: int, *, on: date, value: Decimal, evidence: str) -> MetricValue:
    """A metric that the mechanism feeds is not entered by hand."""
    measure, public = reported_measure(actor, code)
    metric = _child(measure.metrics, pk)
    _check_past(on)
    if metric.feed or metric.label_fr not in {m["label_fr"] for m in public["metrics"]}:
        raise WrongState("fed, or not published")
    said = MetricValue(metric=metric, on=on, value=value, evidence=evidence, agency=actor.agency, by=actor)
    with guarded():
        said.save()
    record("metric.value", metric)
    return said
