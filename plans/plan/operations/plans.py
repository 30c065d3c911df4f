"""Write a plan and its axes: the coordination only, while the plan is open."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Axis, Plan
from plans.models.coordination import coordinates
from plans.steering import selectors as steering_selectors

PLAN_FIELDS = (
    "title_fr", "title_en", "summary_fr", "summary_en", "lead", "start", "end", "measures_announced", "axes_announced",
)  # fmt: skip


class Stale(WrongState):
    """Signal that somebody else edited the row while the form was open."""


def only_coordination(actor) -> None:
    """Raise NotAllowed for others than the coordination."""
    if not coordinates(actor):
        raise NotAllowed("coordination")


def visible_plan(actor, code: str) -> Plan:
    """Return the plan of this code. Raises NotFound."""
    plan = Plan.objects.visible_to(actor).select_related("lead").filter(code=code).first()
    if plan is None:
        raise NotFound
    return plan


def locked_plan(actor, code: str) -> Plan:
    """Return the plan, locked until the transaction ends. Coordination only. Raises NotFound, NotAllowed."""
    only_coordination(actor)
    plan = Plan.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).filter(code=code).first()
    if plan is None:
        raise NotFound
    return plan


def open_plan(actor, code: str) -> Plan:
    """Return the plan locked, as `locked_plan`. Raises WrongState when it is not open."""
    plan = locked_plan(actor, code)
    if not plan.is_open:
        raise WrongState(plan.state)
    return plan


def check_seen(row, seen: datetime | None) -> None:
    """Raise Stale when the row was edited since `seen`, the time of the last edit known to the form."""
    if row.edited_at != seen:
        raise Stale("edited")


def free_code(wanted: str, taken: set[str]) -> str:
    """Return `wanted`, cut to 40 characters, with a number when it is taken."""
    code, n = wanted[:40].strip("-"), 2
    while code in taken:
        code, n = f"{wanted[:36].strip('-')}-{n}", n + 1
    return code


@transaction.atomic
def create_plan(actor, *, kind: str, number: int | None = None, **fields) -> Plan:
    """Create a draft plan. Coordination only. Raises WrongState for a lead that is not in use."""
    only_coordination(actor)
    steering_selectors.require(fields["lead"], steering_selectors.possible_coordinators())
    taken = set(Plan.objects.visible_to(actor).values_list("code", flat=True))
    wanted = f"plan{number}" if number else slugify(fields["title_fr"])
    plan = Plan(code=free_code(wanted, taken), kind=kind, number=number, edited_at=timezone.now(), **fields)
    with guarded():
        Plan.objects.bulk_create([plan])
    record("plan.create", plan)
    return plan


@transaction.atomic
def edit_plan(actor, code: str, *, seen: datetime | None, **fields) -> Plan:
    """Change the fields of an open plan. Raises Stale, or WrongState for a new lead that is not in use."""
    plan = open_plan(actor, code)
    check_seen(plan, seen)
    if fields.get("lead") != plan.lead:
        steering_selectors.require(fields.get("lead"), steering_selectors.possible_coordinators())
    return write(plan, "plan.edit", {name: fields[name] for name in PLAN_FIELDS if name in fields})


@transaction.atomic
def declare_recorded(actor, code: str, *, recorded: bool) -> Plan:
    """Declare that the list of a plan is complete here, or take it back. Coordination only, in any state.

    Raises WrongState when nothing would change, or when announced measures of a national plan remain to be entered.
    """
    plan = locked_plan(actor, code)
    if recorded == (plan.recorded_on is not None):
        raise WrongState("declared already")
    known, announced = plan.measures.standing().count(), plan.measures_announced or 0
    if recorded and plan.kind == Plan.Kind.NATIONAL and known < announced:
        raise WrongState("measures remain to be entered")
    day = timezone.localdate() if recorded else None
    return write(plan, "plan.recorded" if recorded else "plan.unrecorded", {"recorded_on": day})


def write(row, action: str, fields: dict):
    """Save these fields of a row, mark it as edited here, and record the act."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.edited_at = timezone.now()
    with guarded():
        row.save(update_fields=[*fields, "edited_at"])
    record(action, row)
    return row


@transaction.atomic
def add_axis(actor, code: str, *, title_fr: str, title_en: str = "") -> Axis:
    """Add an axis at the end of an open plan."""
    plan = open_plan(actor, code)
    number = (plan.axes.aggregate(last=Max("number"))["last"] or 0) + 1
    taken = set(plan.axes.values_list("code", flat=True))
    axis = Axis(
        plan=plan,
        number=number,
        code=free_code(f"{plan.code}-a{number}", taken),
        title_fr=title_fr,
        title_en=title_en,
        edited_at=timezone.now(),
    )
    with guarded():
        axis.save()
    record("axis.add", axis)
    return axis


def _axis(actor, code: str, pk: int) -> tuple[Plan, Axis]:
    plan = open_plan(actor, code)
    axis = plan.axes.filter(pk=pk).first()
    if axis is None:
        raise NotFound
    return plan, axis


@transaction.atomic
def edit_axis(actor, code: str, pk: int, *, title_fr: str, title_en: str = "") -> Axis:
    """Change the titles of an axis."""
    _plan, axis = _axis(actor, code, pk)
    return write(axis, "axis.edit", {"title_fr": title_fr, "title_en": title_en})


@transaction.atomic
def move_axis(actor, code: str, pk: int, *, up: bool) -> None:
    """Move an axis one place up or down; at the end of the list nothing moves."""
    plan, axis = _axis(actor, code, pk)
    axes = list(plan.axes.order_by("number"))
    at = [one.pk for one in axes].index(axis.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(axes):
        return
    axes[at], axes[other] = axes[other], axes[at]
    for number, one in enumerate(axes, start=1):
        if one.number != number:
            write(one, "axis.move", {"number": number})


@transaction.atomic
def remove_axis(actor, code: str, pk: int) -> None:
    """Delete an axis and renumber the others. Raises WrongState when it has measures."""
    plan, axis = _axis(actor, code, pk)
    if axis.measures.exists():
        raise WrongState("axis holds measures")
    record("axis.remove", axis)
    axis.delete()
    for number, one in enumerate(plan.axes.order_by("number"), start=1):
        if one.number != number:
            write(one, "axis.move", {"number": number})
