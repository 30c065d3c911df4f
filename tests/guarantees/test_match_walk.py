"""Every state, act, role and side of a possible duplicate, against workflow.csv: by the operations, then by bare
inserts of a move that the database alone judges."""

import csv
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from agencies.actor import SYSTEM, acting_as
from agencies.models import Category, Kind, Role
from referral.models import Match, MatchMove
from referral.operations import cases, duplicates
from referral.operations.matches import compare_due
from referral.workflow import NotAllowed, WrongState
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROWS = [
    row
    for row in csv.DictReader((Path(__file__).parent / "expected" / "workflow.csv").open())
    if row["thing"] == "match"
]
EXPECTED = {(r["state"], r["action"], r["role"], r["side"]): r["expected"] for r in ROWS}
REFUSED = {"not_allowed", "wrong_state", "hidden"}
STATES = ("open", "apart", "contact", "linked", "merged", "lapsed")
DO = {
    "contact": lambda a, m: duplicates.put_in_contact(a, m.pk),
    "dismiss": lambda a, m: duplicates.keep_apart(a, m.pk, reason="two_persons"),
    "link": lambda a, m: duplicates.link(a, m.pk),
    "merge": lambda a, m: duplicates.merge(a, m.pk, keep="first"),
    "undo": lambda a, m: duplicates.undo_merge(a, m.pk),
    "reopen": lambda a, m: duplicates.look_again(a, m.pk),
}
WORKERS = ("find", "lapse")


class Undo(Exception):
    """Rolls back what an attempt did."""


class Stage:
    """A pair in one state, and everybody who could touch it."""

    def __init__(self):
        national, unit = f.national(), f.coordination()
        home = f.shelter()
        self.coordinator = f.member(unit, Role.COORDINATOR)
        self.actors = {
            ("coordinator", "unit"): self.coordinator,
            ("case_worker", "unit"): f.member(unit, Role.CASE_WORKER),
            ("coordinator", "national"): f.member(national, Role.COORDINATOR),
            ("coordinator", "other_unit"): f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
            ("case_worker", "lead"): f.member(home),
            ("frontline", "lead"): f.member(home, Role.FRONTLINE),
            ("program", "lead"): f.program(home),
            ("auditor", "outside"): f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        }
        for lead in (self.actors["case_worker", "lead"], f.member(f.shelter())):
            made = f.own_case(lead)
            agreed = f.consent(lead, made, agencies=[lead.agency_id], categories=int(Category.IDENTITY))
            with acting_as(lead):
                data = {"family_name": "Marqueur", "given_names": "Nadia", "births": [{"date": "1998-03-12"}]}
                cases.enter_identity(lead, made.pk, consent=agreed, data=data)
        with as_role("nrm_worker"):
            compare_due()
        with as_role("nrm_owner"):
            self.match = Match.objects.get()

    def bring(self, state):
        """Inside the savepoint of an attempt, by the operations."""
        way = {"apart": "dismiss", "contact": "contact", "linked": "link", "merged": "merge"}.get(state)
        if way:
            with acting_as(self.coordinator):
                DO[way](self.coordinator, self.match)
        elif state == "lapsed":
            with as_role("nrm_worker"), acting_as(SYSTEM):
                MatchMove.objects.create(match=self.match, action="lapse", before="open", after="lapsed")


def attempt(stage, state, actor, act) -> tuple[str, str]:
    """What came out and the state it left; everything is rolled back."""
    said, left = "done", ""
    try:
        with transaction.atomic():
            stage.bring(state)
            try:
                with transaction.atomic(), acting_as(actor):
                    act()
            except NotAllowed:
                said = "not_allowed"
            except WrongState:
                said = "wrong_state"
            except Http404:
                said = "hidden"
            except DatabaseError as error:
                said = error.__cause__.pgcode
            with as_role("nrm_owner"):
                left = Match.objects.get(pk=stage.match.pk).state
            raise Undo
    except Undo:
        return said, left


def test_the_operations_walk_the_file():
    stage, wrong, walked = Stage(), [], set()
    for state in STATES:
        for action, do in DO.items():
            for (role, side), actor in stage.actors.items():
                key = (state, action, role, side)
                walked.add(key)
                said, left = attempt(stage, state, actor, lambda do=do, actor=actor: do(actor, stage.match))
                expected = EXPECTED.get(key)
                right = (
                    (said, left) == ("done", expected)
                    if expected and expected not in REFUSED
                    else left == state and said == (expected or said) and said != "done"
                )
                if not right:
                    wrong.append(f"{' '.join(key)}: expected {expected}, found {said} and {left}")
    assert not wrong, "\n".join(wrong)
    assert set(EXPECTED) <= walked


def test_the_database_alone_refuses_illegal_moves():
    """With each state the act leads to somewhere, and the one it stands in."""
    stage, wrong = Stage(), []
    targets: dict[str, set] = {"find": {"open"}, "lapse": {"lapsed"}}
    for (_, action, _, _), expected in EXPECTED.items():
        targets.setdefault(action, set()).update({expected} - REFUSED)
    for state in STATES:
        for action in (*DO, *WORKERS):
            for after in sorted({state, *targets[action]}):
                for (role, side), actor in stage.actors.items():

                    def insert(action=action, after=after, actor=actor, state=state):
                        MatchMove.objects.create(
                            match=stage.match,
                            action=action,
                            before=state,
                            after=after,
                            membership=actor,
                            agency_id=actor.agency_id,
                            keep_id=stage.match.first_id if action == "merge" else None,
                        )

                    said, left = attempt(stage, state, actor, insert)
                    # the unit's case worker is refused by the operations: the database knows units, not roles
                    legal = side == "unit" and EXPECTED.get((state, action, "coordinator", "unit")) == after
                    if legal != (said == "done" and left == after) or (not legal and said not in ("42501", "NRM01")):
                        wrong.append(f"{role} {side} inserts {state} --{action}--> {after}: {said}, left in {left}")
    assert not wrong, "\n".join(wrong)


def test_the_file_says_enough():
    allowed = [row for row in ROWS if row["expected"] not in REFUSED]
    assert len(ROWS) == len(EXPECTED) and all(row["reason"] for row in ROWS)
    assert {row["state"] for row in allowed} == {"open", "contact", "linked", "merged", "apart"}
