"""Make the moves of a plan. The public reads versions only: consulted, published, amended, reviewed, closed."""

from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState, step
from journal.operations import record
from plans import access
from plans.models import Plan, PlanMove, PlanVersion
from plans.money.selectors import figures
from plans.plan.rules import gate
from plans.plan.selectors.content import checksum, content_of
from plans.steering import selectors as steering_selectors
from plans.workflow import PLAN

from .plans import locked_plan
from .restoring import restore

Kind = PlanVersion.Kind
GATED = ("publish", "amend")
VERSIONS = {
    "consult": Kind.CONSULTATION,
    "publish": Kind.PUBLICATION,
    "amend": Kind.AMENDMENT,
    "review": Kind.REVIEW,
    "close": Kind.CLOSING,
    "completed": Kind.IMPORT,
}
INNER = ("complete", "completed")  # steps of an import, offered by no form


class GateRefused(WrongState):
    """Signal that the gate is closed; `lines`: what each measure lacks."""

    def __init__(self, lines):
        super().__init__("gate")
        self.lines = lines


def needs_reason(state: str, action: str) -> bool:
    """Return whether a move needs a reason: those that undo, reopen or end."""
    return action in ("prepare", "amend", "abandon", "close") or (state, action) == ("arbitration", "consult")


@transaction.atomic
def move_plan(actor, code: str, action: str, *, reason: str = "") -> Plan:
    """Make a move and freeze the version that follows from it. Coordination only.

    Raises NotFound, NotAllowed, WrongState (also without a needed reason), GateRefused.
    """
    if action in INNER:
        raise NotAllowed(action)
    plan = locked_plan(actor, code)
    if needs_reason(plan.state, action) and not reason.strip():
        raise WrongState("reason")
    with settled():
        return _moved(actor, plan, action, reason)


@contextmanager
def settled():
    """Check moves and their versions together at the end of the block (constraint trigger nrm.plan_settled)."""
    with guarded(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS nrm_plan_settled DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS nrm_plan_settled IMMEDIATE")


def _moved(actor, plan: Plan, action: str, reason: str) -> Plan:
    after = step(PLAN, plan.state, action, side=access.sides(actor), actor=actor).after
    if action in ("amend", "abandon") and plan.amending_since is None:
        raise WrongState("no amendment is prepared")
    if action == "abandon":
        restore(plan)
    content = content_of(plan)
    lines = gate.report(content, figures.costed())
    if action in GATED and lines:
        raise GateRefused(lines)
    if action == "consult" and not content["measures"]:
        raise GateRefused(lines)  # a text put to consultation is public and never changes
    if action == "consult":
        steering_selectors.require(plan.lead, steering_selectors.possible_coordinators())
    with guarded():
        PlanMove.objects.bulk_create(
            [
                PlanMove(
                    plan=plan,
                    action=action,
                    before=plan.state,
                    after=after,
                    reason=reason,
                    agency=actor.agency,
                    by=actor,
                )
            ]
        )
        plan.refresh_from_db()
        if action in VERSIONS:
            freeze(actor, plan, VERSIONS[action], reason=reason, lines=lines)
    record(f"plan.{action}", plan)
    return plan


def freeze(actor, plan: Plan, kind: str, *, reason: str, lines) -> PlanVersion:
    """Write a version of the working rows.

    A review during an amendment copies the last version instead.
    """
    last = plan.versions.order_by("-number").first()
    content = last.content if kind == Kind.REVIEW and last and plan.amending_since else content_of(plan)
    version = PlanVersion(
        plan=plan,
        number=last.number + 1 if last else 1,
        kind=kind,
        reason_fr=reason,
        content=content,
        checksum=checksum(content),
        gate=[line.plain() for line in lines],
        by=actor,
        at=timezone.now(),
    )
    version.save(force_insert=True)
    return version


@transaction.atomic
def complete(actor, plan: Plan, write, *, reason: str) -> None:
    """Call `write` on a plan in any state. One that is not open is opened, closed again, and gets a version."""
    if plan.is_open:
        write()
        return
    with settled():
        _moved(actor, plan, "complete", reason)
        write()
        _moved(actor, plan, "completed", reason)
