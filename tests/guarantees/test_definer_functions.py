"""Functions above the walls, called as `expected/definers_*.csv` says, and without each of their conditions in turn.

Row security does not correct a SECURITY DEFINER function: what it checks itself is all that holds. The files are
written by hand from the design; each condition dropped must change an answer of a line.
"""

import pytest

from . import definers
from .definers_world import doors

pytestmark = pytest.mark.django_db
# The world and the calls of each subject, beside its file expected/definers_<subject>.csv.
STAGES = {"cases": doors}
# Conditions that change no answer when they are dropped: of each function, the condition and why.
EQUIVALENT: dict[tuple[str, str], str] = {
    ("kept_out", "s.agency_id = agency"): "a member is assigned within its own agency (nrm.assignment_guard)",
}


@pytest.fixture(params=STAGES)
def subject(request, db):
    return request.param, STAGES[request.param](), definers.lines(request.param)


def test_each_call_gives_what_the_file_says(subject):
    name, stage, asked = subject
    wrong = list(definers.differences(stage, asked))
    assert not wrong, "\n".join([f"Differs from expected/definers_{name}.csv:", *wrong])


def test_condition_dropped_from_function_is_noticed(subject):
    name, stage, asked = subject
    count, found = definers.unnoticed(stage, asked, EQUIVALENT)
    assert not found, "\n".join(
        [
            f"{len(found)} of {count} conditions were dropped and expected/definers_{name}.csv answers the same:",
            *found,
            "Add a call that would, take out a condition that says nothing, or give a reason in EQUIVALENT.",
        ]
    )
