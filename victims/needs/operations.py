"""Write needs of the person and the support plan."""

from datetime import date, datetime

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency, Service
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.access.access import agencies_that_see
from victims.cases.access import may_write, visible_case
from victims.models import Case, CaseAccess, Need, NeedText, SupportAction
from victims.models.needs import bit_of


def _access(actor, case_id) -> CaseAccess:
    case = visible_case(actor, case_id)
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    if not may_write(actor, access):
        raise NotAllowed("write")
    return access


def add_need(actor, case_id, *, service: Service, priority: str, text: str = "") -> Need:
    """Add a need. Raises NotAllowed for the text of a health or residence need without its category."""
    access = _access(actor, case_id)
    bit = bit_of(service.pk)
    if text and bit & ~access.categories:
        raise NotAllowed("category")
    with guarded():
        need = Need.objects.create(
            case_id=access.case_id, service=service, priority=priority, agency=actor.agency, by=actor
        )
        if text:
            NeedText.objects.create(need=need, case_id=access.case_id, by=actor, data={"text": text})
    record("need.add", need, case_id=access.case_id)
    return need


def visible_need(actor, pk) -> Need:
    """Return a need visible to the actor. Raises NotFound."""
    need = Need.objects.visible_to(actor).filter(pk=pk).first()
    if need is None:
        raise NotFound
    return need


def change_need(actor, pk, *, state: str, priority: str, seen: datetime, reason: str = "") -> Need:
    """Change state and priority of a need. Each change is a version (NeedVersion).

    `seen`: its `changed_at` when it was read; raises WrongState when it changed since. `reason` is kept for `not_met`
    only.
    """
    need = visible_need(actor, pk)
    _access(actor, need.case_id)
    kept = reason if state == Need.State.NOT_MET else ""
    with guarded():
        now = {"state": state, "priority": priority, "reason": kept, "changed_at": timezone.now()}
        if not Need.objects.filter(pk=need.pk, changed_at=seen).update(**now):
            raise WrongState("changed")
    record(f"need.{state}", need, case_id=need.case_id)
    return need


def possible_agencies(actor, case_id) -> set[int]:
    """Return the ids of agencies that may receive an action: those that see the case, as far as the actor may know."""
    return agencies_that_see(Case(pk=case_id)) | {actor.agency_id}


def add_action(actor, need_id, *, text: str, agency: Agency, due_on: date | None = None) -> SupportAction:
    """Add an action for a need.

    Raises NotAllowed without the category of the need, and for an agency that does not see the case (`doers`).
    """
    need = visible_need(actor, need_id)
    access = _access(actor, need.case_id)
    if need.bit & ~access.categories:
        raise NotAllowed("category")
    if agency.pk not in possible_agencies(actor, need.case_id):
        raise NotAllowed("agency")
    with guarded():
        made = SupportAction.objects.create(
            need=need, case_id=need.case_id, by=actor, agency=agency, due_on=due_on, data={"text": text}
        )
    record("action.add", made, case_id=need.case_id)
    return made


def visible_action(actor, pk) -> SupportAction:
    """Return an action visible to the actor. Raises NotFound."""
    action = SupportAction.objects.visible_to(actor).filter(pk=pk).first()
    if action is None:
        raise NotFound
    return action


def finish_action(actor, pk, *, done_on: date) -> SupportAction:
    """Record the day an action was done. Raises NotAllowed, WrongState when it was already done."""
    action = visible_action(actor, pk)
    if not actor.has(*WORKS):
        raise NotAllowed("finish")
    with guarded():
        if not SupportAction.objects.filter(pk=action.pk, done_on=None).update(done_on=done_on, done_by=actor):
            raise WrongState("done")
    record("action.done", action, case_id=action.case_id)
    return action
