"""Every state, action, role and side of a plan, against workflow.csv: by the operations, then by bare inserts of a move
that the database alone judges, at the commit too."""

import csv
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from agencies.actor import acting_as
from agencies.models import Directory, Kind, Role
from agencies.workflow import NotAllowed, WrongState
from plans.models import BudgetLine, Envelope, Mandate, Plan, PlanMove, PlanVersion
from plans.operations import measures, moves
from tests import factories as f
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
PATH = Path(__file__).parent / "expected" / "workflow.csv"
EXPECTED = {
    (r["state"], r["action"], r["role"], r["side"]): r["expected"]
    for r in csv.DictReader(PATH.open())
    if r["thing"] == "plan"
}
REFUSED = {"not_allowed", "wrong_state"}
TO_PUBLISHED = ("consult", "arbitrate", "publish")
# the state, and with `_amending` an amendment under way
WAY = {
    "draft": (),
    "consultation": ("consult",),
    "arbitration": ("consult", "arbitrate"),
    "published": TO_PUBLISHED,
    "published_amending": (*TO_PUBLISHED, "prepare"),
    "amended": (*TO_PUBLISHED, "prepare", "amend"),
    "amended_amending": (*TO_PUBLISHED, "prepare", "amend", "prepare"),
    "closed": (*TO_PUBLISHED, "close"),
}
ACTIONS = (
    "consult", "arbitrate", "publish", "prepare", "amend", "abandon", "review", "close", "complete", "completed",
)  # fmt: skip
STATES = ("draft", "consultation", "arbitration", "published", "amended", "closed")
GATED = {"publish": "publication", "amend": "amendment"}
KEEPS_A_VERSION = {"consult", "publish", "amend", "review", "close", "completed"}


class Undo(Exception):
    """Rolls back what an attempt did."""


def stage(state):
    """plan4 in this state with one measure that passes the gate, and everybody who could touch it."""
    lead = people.coordination()
    home = lead.agency
    with acting_as(lead):
        made = measures.add_measure(
            lead, "plan4", title_fr="Ouvrir des places", lead=Directory.objects.get(pk="dgcs"), end=date(2029, 12, 31),
            not_funded=True, not_funded_reason="À négocier",
        )  # fmt: skip
        measures.save_metric(lead, made.code, label_fr="Places", unit="places", target=80, target_on=date(2029, 12, 31))
        for action in WAY[state]:
            moves.move_plan(lead, "plan4", action, reason="Essai")
    with as_role("nrm_owner"):
        Mandate.objects.create(body_id="delegation", start="2010-01-01", end="2012-12-31", legal_basis_fr="Essai")
    actors = {(role, "coordination"): f.member(home, role) for role in ("coordinator", "agency_admin", "auditor")}
    return {
        **actors,
        ("policy", "coordination"): lead,
        ("program", "coordination"): f.program(home),
        ("policy", "lead"): people.ministry("dgcs", Kind.SOCIAL_AFFAIRS),
        ("policy", "ministry"): people.ministry("dacg"),
        ("policy", "independent"): people.cncdh(),
        ("policy", "network"): people.collective(),
        ("policy", "association"): people.speaker(),
        ("policy", "ended"): people.speaker(Kind.COORDINATION, body="delegation"),
        ("case_worker", "outsider"): f.member(f.shelter(), Role.CASE_WORKER),
    }


def attempt(actor, act) -> tuple[str, str]:
    """What came out and the state it left, once all is asked that a commit asks; everything is rolled back."""
    found = ("", "")
    try:
        with transaction.atomic():
            with acting_as(actor), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as a transaction begins
                act()
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with as_role("nrm_owner"):
                found = ("done", Plan.objects.get(code="plan4").state)
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


@pytest.mark.parametrize("state", WAY)
def test_the_operations_walk_the_file(state):
    actors, wrong, walked = stage(state), [], set()
    for action in ACTIONS:
        for (role, side), actor in actors.items():
            key = (state, action, role, side)
            walked.add(key)
            said, left = attempt(actor, partial(moves.move_plan, actor, "plan4", action, reason="Essai"))
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


def insert(actor, plan, action, before, after, *, keeps=True):
    """A move by itself, and the version that it must leave. `plan`: its key, whoever sees it."""
    PlanMove.objects.bulk_create(
        [PlanMove(plan_id=plan, action=action, before=before, after=after, agency=actor.agency, by=actor)]
    )
    if keeps:
        keep(actor, plan, GATED.get(action, "review") if keeps is True else keeps, content())


def keep(actor, plan, kind, said):
    """A version by itself."""
    number = PlanVersion.objects.filter(plan=plan).count() + 1
    PlanVersion.objects.bulk_create(
        [PlanVersion(plan_id=plan, number=number, kind=kind, content=said, checksum="0" * 64, by=actor)]
    )


def content(**more) -> dict:
    """What passes the gate, or lacks something, as the database reads it."""
    openly = {"envelopes": [], "not_funded": True, "not_funded_reason": "À négocier"}
    said = {"code": "m", "lead": "dgcs", "end": "2029-12-31", "metrics": [{"target": "80.00"}], **openly}
    return {"measures": [{**said, **more}]}


def key_of_the_plan() -> int:
    with as_role("nrm_owner"):
        return Plan.objects.get(code="plan4").pk


@pytest.mark.parametrize("state", WAY)
def test_the_database_alone_refuses_illegal_moves(state):
    """The application inserts a move by itself, to each state it could claim, the steps of an import included."""
    actors, wrong, before, plan = stage(state), [], state.removesuffix("_amending"), key_of_the_plan()
    for action in (*ACTIONS, "invented"):
        for after in STATES:
            for (role, side), actor in actors.items():
                keeps = action in KEEPS_A_VERSION
                said, left = attempt(actor, partial(insert, actor, plan, action, before, after, keeps=keeps))
                legal = EXPECTED.get((state, action, role, side)) == after
                if (said, left) != ("done", after) if legal else said not in ("42501", "NRM01", "P0001"):
                    wrong.append(f"{role} {side} inserts {state} --{action}--> {after}: {said} {left}")
    assert not wrong, "\n".join(wrong)


def one_after_another(actor, *steps):
    plan = key_of_the_plan()
    for action, before, after, keeps in steps:
        insert(actor, plan, action, before, after, keeps=keeps)


@pytest.mark.parametrize(
    ("state", "steps", "expected"),
    [
        ("closed", [("complete", "closed", "closed", False)], "NRM01"),  # left open for ever
        ("closed", [("complete", "closed", "closed", False), ("completed", "closed", "closed", False)], "NRM01"),
        ("closed", [("complete", "closed", "closed", False), ("completed", "closed", "closed", True)], "done"),
        ("published", [("complete", "published", "published", False), ("amend", "published", "amended", True)],
         "NRM01"),
        ("published", [("complete", "published", "published", False), ("abandon", "published", "published", False)],
         "NRM01"),
        ("published_amending", [("completed", "published", "published", True)], "NRM01"),  # an amendment is no import
        ("arbitration", [("publish", "arbitration", "published", False)], "NRM01"),  # published without a version
        ("published_amending", [("amend", "published", "amended", False)], "NRM01"),
        ("arbitration", [("publish", "arbitration", "published", "review")], "NRM01"),  # nor by what passed no gate
        ("published_amending", [("amend", "published", "amended", "closing")], "NRM01"),
        ("published", [("close", "published", "closed", False)], "NRM01"),
        ("published_amending", [("abandon", "published", "published", False)], "done"),
    ],
)  # fmt: skip
def test_what_a_move_opens_or_says_is_settled_by_the_commit(state, steps, expected):
    """An import that leaves a closed plan open, a publication that leaves no version: the coordination alone could
    insert the moves, and the database refuses the whole."""
    coordination = stage(state)["policy", "coordination"]
    said, _left = attempt(coordination, partial(one_after_another, coordination, *steps))
    assert said == expected


PAID = {"not_funded": False, "not_funded_reason": ""}


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("publication", content(), "done"),
        ("publication", {}, "NRM01"),
        ("publication", {"measures": []}, "NRM01"),
        ("amendment", content(lead=None), "NRM01"),
        ("publication", content(end=None), "NRM01"),
        ("publication", content(metrics=[{"target": None}]), "NRM01"),
        ("publication", content(not_funded_reason=""), "NRM01"),
        ("publication", content(**PAID, envelopes=["acse-2018"]), "done"),  # read in public sources
        ("publication", content(**PAID, envelopes=["entered"]), "NRM01"),  # an amount that nobody checked
        ("review", content(**PAID, envelopes=["entered"]), "done"),  # a review is no publication
    ],
)
def test_the_database_asks_the_gate_of_what_is_published(kind, said, expected):
    """Without the operation: the coordination inserts the version itself."""
    coordination, plan = stage("arbitration")["policy", "coordination"], key_of_the_plan()
    with as_role("nrm_owner"):
        entered = Envelope.objects.create(
            code="entered", label_fr="Essai", scope_fr="Essai", resource_kind="financial", unit="EUR"
        )
        BudgetLine.objects.create(
            envelope=entered, year=2030, stage="planned", amount=5, body_id="miprof", agency=coordination.agency,
            by=coordination,
        )  # fmt: skip
    assert attempt(coordination, partial(keep, coordination, plan, kind, said))[0] == expected


def test_the_file_names_every_step_and_enough_refusals():
    allowed = {(state, action) for (state, action, _, _), said in EXPECTED.items() if said not in REFUSED}
    assert len(allowed) == 16 and sum(said in REFUSED for said in EXPECTED.values()) >= 30
