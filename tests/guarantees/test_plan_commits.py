"""What a commit asks of a plan beyond single moves (those are in `test_workflow`): an import that leaves it open, a
publication without its version, a version that never passed the gate."""

from functools import partial

import pytest

from plans.models import BudgetLine, Envelope
from tests.roles import as_role

from .walks_policy import PlanWalk, content, insert_move, keep

pytestmark = pytest.mark.django_db


def one_after_another(actor, plan, steps):
    for action, before, after, keeps in steps:
        insert_move(actor, plan, action, before, after, keeps=keeps)


# the state, moves that the coordination inserts in one transaction, what the database answers
TOGETHER = [
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
]  # fmt: skip
PAID = {"not_funded": False, "not_funded_reason": ""}
# the kind of a version, what it says, what the database answers
VERSIONS = [
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
]


def test_what_a_move_opens_or_says_is_settled_by_the_commit():
    """An import that leaves a closed plan open, a publication that leaves no version: the coordination alone could
    insert the moves, and the database refuses the whole."""
    walk, wrong = PlanWalk(), []
    for state, steps, expected in TOGETHER:
        with walk.at(state):
            found = walk.attempt(walk.lead, walk.plan, partial(one_after_another, walk.lead, walk.plan.pk, steps))
        if found.said != expected:
            wrong.append(f"{state}, {steps}: expected {expected}, found {found.said}")
    assert not wrong, "\n".join(wrong)


def test_the_database_asks_the_gate_of_what_is_published():
    """Without the operation: the coordination inserts the version itself."""
    walk, wrong = PlanWalk(), []
    with as_role("nrm_owner"):
        entered = Envelope.objects.create(
            code="entered", label_fr="Essai", scope_fr="Essai", resource_kind="financial", unit="EUR"
        )
        line = {"envelope": entered, "year": 2030, "stage": "planned", "amount": 5, "body_id": "miprof"}
        BudgetLine.objects.create(**line, agency=walk.lead.agency, by=walk.lead)
    with walk.at("arbitration"):
        for kind, said, expected in VERSIONS:
            found = walk.attempt(walk.lead, walk.plan, partial(keep, walk.lead, walk.plan.pk, kind, said))
            if found.said != expected:
                wrong.append(f"{kind} of {said}: expected {expected}, found {found.said}")
    assert not wrong, "\n".join(wrong)
