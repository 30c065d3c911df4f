"""Write measures: the coordination all of them, a body those it leads, while the plan is open.

Progress and values are reported at any time once the measure is published, dated, and never changed.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Measure, MeasureProgress, MeasureStatus, Metric, MetricValue, Provenance, YearStep
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates
from plans.plan.selectors.content import published
from plans.steering import selectors as steering_selectors

from .plans import check_seen, free_code, open_plan, visible_plan, write

# fields that the leading body may write; lead, place and commitments are set by the coordination
OWN_FIELDS = (
    "title_fr", "title_en", "text_fr", "text_en", "start", "end", "not_funded", "not_funded_reason", "procedures",
    "tags",
)  # fmt: skip
COORDINATION_FIELDS = ("lead", "axis", "number")
UNFINISHED = (MeasureStatus.PLANNED, MeasureStatus.STARTED, MeasureStatus.PARTIAL, MeasureStatus.NOT_DONE)


def leads(actor, measure: Measure) -> bool:
    """Return whether the actor's body leads the measure."""
    body = body_of(actor)
    return body is not None and measure.lead_id == body


def may_write(actor, measure: Measure, plan) -> bool:
    """Return whether the actor may write the measure now."""
    return plan.is_open and measure.withdrawn_at is None and (leads(actor, measure) or coordinates(actor))


def written_by(actor, plan) -> set[str]:
    """Return the codes of the measures of this plan that the actor may write now, as `may_write` says of one."""
    if not plan.is_open or (body := body_of(actor)) is None:
        return set()
    standing = plan.measures.visible_to(actor).filter(withdrawn_at=None)
    return set((standing if coordinates(actor) else standing.filter(lead=body)).values_list("code", flat=True))


def visible_measure(actor, code: str) -> Measure:
    """Return the measure of this code. Raises NotFound."""
    found = Measure.objects.visible_to(actor).select_related("plan", "axis", "lead", "carried_from__plan")
    measure = found.filter(code=code).first()
    if measure is None:
        raise NotFound
    return measure


def own_measure(actor, code: str) -> Measure:
    """Return a measure this actor may write now, locked until the transaction ends.

    Raises NotFound, NotAllowed (another body leads) or WrongState (the plan is closed to writing).
    """
    visible_measure(actor, code)
    if body_of(actor) is None:
        raise NotAllowed("policy")
    held = Measure.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).select_related("plan", "lead")
    measure = held.filter(code=code).first()
    # rows that the policy does not let change are not locked: the plan is closed, or another body leads
    shown = measure or visible_measure(actor, code)
    if not (leads(actor, shown) or coordinates(actor)):
        raise NotAllowed("lead")
    if measure is None or not may_write(actor, measure, measure.plan):
        raise WrongState("plan is not open")
    return measure


@transaction.atomic
def add_measure(actor, plan_code: str, *, partners=(), commitments=(), **fields) -> Measure:
    """Add a measure, by the coordination or by a body of the State that will lead it.

    Raises NotFound, NotAllowed, or WrongState (plan not open, lead not in use, axis of another plan).
    """
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
    """Raise WrongState for an axis of another plan or an inactive lead, unless the measure already had it."""
    lead, axis = fields.get("lead"), fields.get("axis")
    if carried is None or lead != carried.lead:
        steering_selectors.require(lead, steering_selectors.leading())
    if axis is not None and axis.plan_id != plan.pk:
        raise WrongState("axis")


@transaction.atomic
def edit_measure(actor, code: str, *, seen: datetime | None, partners=None, commitments=None, **fields) -> Measure:
    """Change the fields of a measure that this actor may write.

    `seen`: time of the last edit known to the form. Raises Stale when it changed since.
    """
    measure = own_measure(actor, code)
    check_seen(measure, seen)
    coordination = coordinates(actor)
    names = (*OWN_FIELDS, *COORDINATION_FIELDS) if coordination else OWN_FIELDS
    given = {name: fields[name] for name in names if name in fields}
    _check_named(measure.plan, given, carried=measure)
    if not coordination or any(getattr(measure, name) != value for name, value in given.items()):
        given |= _own_words(measure)
    with guarded():
        write(measure, "measure.edit", given)
        if partners is not None:
            measure.partners.set(partners)
        if coordination and commitments is not None:
            measure.commitments.set(commitments)
    return measure


@transaction.atomic
def withdraw_measure(actor, code: str, *, reason: str) -> Measure:
    """Take a measure out of the plan; the row stays with its history and money. Coordination only."""
    measure = own_measure(actor, code)
    if not coordinates(actor):
        raise NotAllowed("coordination")
    return write(measure, "measure.withdraw", {"withdrawn_at": timezone.now(), "withdrawn_reason": reason})


@transaction.atomic
def take_back_measure(actor, code: str) -> Measure:
    """Put a withdrawn measure back into the plan. Coordination only."""
    measure = visible_measure(actor, code)
    open_plan(actor, measure.plan.code)
    if measure.withdrawn_at is None:
        raise WrongState("not withdrawn")
    return write(measure, "measure.take_back", {"withdrawn_at": None, "withdrawn_reason": ""})


@transaction.atomic
def move_measure(actor, code: str, *, up: bool) -> None:
    """Move a measure one place up or down in its axis; at the end of the list nothing moves."""
    measure = visible_measure(actor, code)
    plan = open_plan(actor, measure.plan.code)
    siblings = list(plan.measures.standing().filter(axis=measure.axis_id).order_by("place", "code"))
    at = [one.pk for one in siblings].index(measure.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(siblings):
        return
    places = sorted({one.place for one in siblings})
    if len(places) < len(siblings):
        places = list(range(places[0], places[0] + len(siblings)))
    siblings[at], siblings[other] = siblings[other], siblings[at]
    for place, one in zip(places, siblings, strict=True):
        if one.place != place:
            write(one, "measure.move", {"place": place})


# -- carried over ------------------------------------------------------------------------------------------------------
def unfinished(actor, plan) -> list[Measure]:
    """Return measures of earlier plans that may be carried over to this plan.

    From plans that are closed or end before this one begins; neither done nor abandoned, and not carried over yet.
    """
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
    """Return the last status reported, or None. `progress` must be prefetched, newest first."""
    last = next(iter(measure.progress.all()), None)
    return last.status if last else None


@transaction.atomic
def carry_over(actor, plan_code: str, codes: list[str]) -> list[Measure]:
    """Add these unfinished measures to a plan. Raises WrongState when one is not offered by `unfinished`."""
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
    write(measure, action, _own_words(measure))


def _own_words(measure: Measure) -> dict:
    """Return the fields that take back who vouched for a measure, once it is no longer as in the official list."""
    if measure.provenance != Provenance.OFFICIAL:
        return {}
    return {"provenance": Provenance.ENTERED, "vouched_by": None, "vouched_on": None}


@transaction.atomic
def save_metric(actor, code: str, pk: int | None = None, **fields) -> Metric:
    """Add a metric, or change the one with key `pk`.

    A metric that has values keeps its label and unit, which give them their meaning: else raises WrongState.
    """
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
    """Delete a metric without values. Raises WrongState when it has some."""
    measure = own_measure(actor, code)
    metric = _child(measure.metrics, pk)
    if metric.values.exists():
        raise WrongState("values")
    with guarded():
        metric.delete()
    _touch(measure, "metric.remove")


@transaction.atomic
def save_step(actor, code: str, *, year: int, text: str, cost: Decimal | None) -> YearStep:
    """Add or replace the step of a year. `cost` in euros, None: unknown."""
    measure = own_measure(actor, code)
    with guarded():
        step, _new = YearStep.objects.update_or_create(
            measure=measure, year=year, defaults={"text": text, "cost": cost}
        )
    _touch(measure, "step.save")
    return step


@transaction.atomic
def remove_step(actor, code: str, pk: int) -> None:
    """Delete a yearly step."""
    measure = own_measure(actor, code)
    step = _child(measure.steps, pk)
    with guarded():
        step.delete()
    _touch(measure, "step.remove")


# -- progress of a published measure --------------------------------------------------------------------------------
def may_report(actor, measure: Measure) -> bool:
    """Return whether the actor may report progress: the leading body or the coordination."""
    return leads(actor, measure) or coordinates(actor)


def published_measure(measure: Measure) -> dict | None:
    """Return a measure as the public reads it, in the last version of its plan, or None."""
    content = published(measure.plan) or {"measures": []}
    return next((m for m in content["measures"] if m["code"] == measure.code), None)


def is_reported(measure: Measure) -> bool:
    """Return whether progress can be reported: the measure is in a published version of its plan."""
    return measure.plan.state in ("published", "amended", "closed") and published_measure(measure) is not None


def reported_measure(actor, code: str) -> tuple[Measure, dict]:
    """Return a measure this actor may report on, and its published content.

    Raises NotFound, NotAllowed, or WrongState when it is not published.
    """
    measure = visible_measure(actor, code)
    if not may_report(actor, measure):
        raise NotAllowed("lead")
    if not is_reported(measure):
        raise WrongState("not published")
    return measure, published_measure(measure)


def _check_past(on: date) -> None:
    """Raise WrongState for a future day."""
    if on > timezone.localdate():
        raise WrongState("day to come")


@transaction.atomic
def report_progress(actor, code: str, *, status: str, on: date, text: str = "", evidence: str = "") -> MeasureProgress:
    """Report the status of a measure on a past day or today."""
    measure, _published = reported_measure(actor, code)
    _check_past(on)
    report = MeasureProgress(
        measure=measure, status=status, on=on, text=text, evidence=evidence, agency=actor.agency, by=actor
    )
    with guarded():
        report.save()
    record("measure.progress", measure)
    return report


@transaction.atomic
def add_metric_value(actor, code: str, pk: int, *, on: date, value: Decimal, evidence: str) -> MetricValue:
    """Add the value of a published metric on a past day or today.

    Raises WrongState for a metric fed by the mechanism, or not published.
    """
    measure, public = reported_measure(actor, code)
    metric = _child(measure.metrics, pk)
    _check_past(on)
    if metric.feed or metric.label_fr not in {m["label_fr"] for m in public["metrics"]}:
        raise WrongState("fed, or not published")
    row = MetricValue(metric=metric, on=on, value=value, evidence=evidence, agency=actor.agency, by=actor)
    with guarded():
        row.save()
    record("metric.value", metric)
    return row
