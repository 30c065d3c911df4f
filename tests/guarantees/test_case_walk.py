"""Every state, action, role and side of a case, against workflow.csv: by the operations, then by bare inserts of a move
that the database alone judges."""

import csv
from functools import partial
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from agencies.actor import acting_as
from agencies.models import Kind, Membership, Role
from referral.models import CaseMove
from referral.operations import case_life
from referral.workflow import NotAllowed, WrongState
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
PATH = Path(__file__).parent / "expected" / "workflow.csv"
EXPECTED = {
    (r["state"], r["action"], r["role"], r["side"]): r["expected"]
    for r in csv.DictReader(PATH.open())
    if r["thing"] == "case"
}
REFUSED = {"not_allowed", "wrong_state", "hidden"}
WAY = {
    "open": [],
    "in_support": ["start_support"],
    "follow_up": ["start_support", "follow_up"],
    "closed": ["close"],
}
ACTIONS = {
    "start_support": {"in_support"},
    "follow_up": {"follow_up"},
    "close": {"closed"},
    "reopen": {"open"},
}
STATES = ("open", "in_support", "follow_up", "closed")


class Undo(Exception):
    """Rolls back what an attempt did."""


def stage(state):
    """A case in this state, and everybody who could touch it: (role, side) -> membership."""
    unit = f.member(f.coordination(), Role.COORDINATOR)
    home, partner = f.shelter(), f.member(f.shelter())
    lead = f.member(home)
    case = f.case(unit, author=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    f.orientation(unit, case, home, state="accepted", answerer=lead, verb="transfer", level=3)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    with acting_as(lead):
        for action in WAY[state]:
            case_life.move_case(lead, case.pk, action, reason="autonomy" if action == "close" else "")
    with as_role("nrm_owner"):
        system = Membership.objects.get(agency=home, kind="system")
    actors = {(role, "lead"): f.member(home, role) for role in ("frontline", "coordinator", "agency_admin", "auditor")}
    actors |= {
        ("case_worker", "lead"): lead,
        ("program", "lead"): f.program(home),
        ("case_worker", "holder"): partner,
        ("coordinator", "status"): unit,
        ("case_worker", "outsider"): f.member(f.shelter()),
    }
    return case, {**actors, ("system", "lead"): system}


def attempt(case, actor, act) -> tuple[str, str]:
    """What came out and the state it left; everything is rolled back."""
    found = ("", "")
    try:
        with transaction.atomic():
            with acting_as(actor):
                act()
            with as_role("nrm_owner"):
                found = ("done", Case.objects.get(pk=case.pk).status)
            raise Undo
    except Undo:
        return found
    except NotAllowed:
        return "not_allowed", ""
    except WrongState:
        return "wrong_state", ""
    except Http404:
        return "hidden", ""
    except DatabaseError as error:
        return error.__cause__.pgcode, ""


@pytest.mark.parametrize("state", STATES)
def test_the_operations_walk_the_file(state):
    f.national()
    case, actors = stage(state)
    wrong, walked = [], set()
    for action in ACTIONS:
        reason = "autonomy" if action == "close" else ""
        for (role, side), actor in actors.items():
            key = (state, action, role, side)
            walked.add(key)
            said, left = attempt(
                case,
                actor,
                lambda: case_life.move_case(actor, case.pk, action, reason=reason),  # noqa: B023
            )
            expected = EXPECTED.get(key)
            if expected in REFUSED:
                right = said == expected
            elif expected is None:
                right = said in REFUSED
            else:
                right = (said, left) == ("done", expected)
            if not right:
                wrong.append(f"{' '.join(key)}: expected {expected or 'a refusal'}, found {said} {left}")
    assert not wrong, "\n".join(wrong)
    assert {key for key in EXPECTED if key[0] == state} <= walked, "lines of workflow.csv that nothing walked"


def _insert(case, actor, values):
    CaseMove.objects.create(case=case, membership=actor, agency_id=actor.agency_id, **values)


@pytest.mark.parametrize("state", STATES)
def test_the_database_alone_refuses_illegal_moves(state):
    """The application inserts a move by itself, to each state it could claim, merging and its undoing included."""
    f.national()
    case, actors = stage(state)
    wrong = []
    for action in (*ACTIONS, "merge", "unmerge", "invented"):
        for after in STATES:
            for (role, side), actor in actors.items():
                values = {"action": action, "before": state, "after": after, "reason": "autonomy" * (after == "closed")}
                said, left = attempt(case, actor, partial(_insert, case, actor, values))
                legal = EXPECTED.get((state, action, role, side)) == after
                if (said, left) != ("done", after) if legal else said not in ("42501", "NRM01"):
                    wrong.append(f"{role} {side} inserts {state} --{action}--> {after}: {said} {left}")
    assert not wrong, "\n".join(wrong)


def test_the_file_names_every_step_and_enough_refusals():
    allowed = {(state, action) for (state, action, _, _), said in EXPECTED.items() if said not in REFUSED}
    assert len(allowed) == 7 and sum(said in REFUSED for said in EXPECTED.values()) >= 15
