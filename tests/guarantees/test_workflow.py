"""Every move of the product's tables, against a file written by hand from the mission and the design.

`expected/workflow.md` lists what is allowed and the refusals worth naming; whatever it does not list must be refused
and change nothing. Walked twice: by the operations, and by bare inserts of a move that the database alone judges.
"""

import sys

import pytest

from foundation.workflow import Step
from plans.plan import words as plan_words
from referral.closing import display as closing
from referral.exports import display as exports
from referral.orientations.display import progress
from referral.workflow import TABLES

from .advice import WORKFLOW, file_of, file_that_says
from .matrices import NOBODY, REFUSED, moves
from .walker import differences_of_operations, differences_of_the_database
from .walks_cases import CaseWalk, MatchWalk
from .walks_policy import ContributionWalk, PlanWalk
from .walks_requests import AlertWalk, ExportWalk, OrientationWalk

pytestmark = pytest.mark.django_db
WALKS = {
    walk.noun: walk
    for walk in (AlertWalk, OrientationWalk, CaseWalk, MatchWalk, ExportWalk, PlanWalk, ContributionWalk)
}
AUTOMATIC = {"consent", "database", "system"}  # sides of moves that no role does


def unsaid(noun: str) -> list[str]:
    """A sentence for each move of the product's table that the file does not expect so, and for each it expects and
    that is not there. States what to write, and where."""
    table, said = TABLES[noun], moves(noun)
    where = f"{WORKFLOW}, section « {noun.capitalize()} »"
    source = file_that_says(f"{noun.upper()}: dict", "workflow.py")
    expected = {(state.removesuffix("_amending"), action): after for (state, action), after in said.steps.items()}
    wrong = [
        f"{noun} {before} --{action}--> {step.after} stands in {source} and not in {where}. Write from the mission, not"
        f" from the code, a line: action « {action} », from « {before} », to « {step.after} », who does it, who must"
        f" not, and why. When no person does it, « done » is one of {', '.join(sorted(NOBODY))}"
        for (before, action), step in table.items()
        if expected.get((before, action)) != step.after
    ]
    wrong += [
        f"{noun} {before} --{action}--> {after} stands in {where} and not in {source}: write the move, or mend the line"
        for (before, action), after in expected.items()
        if (before, action) not in table
    ]
    return wrong + wrong_roles(noun, source, where)


def wrong_roles(noun: str, source: str, where: str) -> list[str]:
    """A sentence for each move whose roles in the product's table are not those of the persons who do it in the file; a
    program does what its agency's case workers do."""
    wrong, said = [], moves(noun)
    for (before, action), step in TABLES[noun].items():
        doing = {
            role
            for (state, name, role, _side), after in said.cells.items()
            if (state.removesuffix("_amending"), name, after) == (before, action, step.after)
        } - {"program"}
        if doing and step.side not in AUTOMATIC and doing != set(step.roles):
            wrong.append(
                f"{noun} {before} --{action}-->: {source} gives it to {sorted(step.roles)}, {where} to {sorted(doing)}"
            )
    return wrong


@pytest.mark.parametrize("noun", TABLES)
def test_every_move_of_the_product_is_expected(noun):
    assert not (wrong := unsaid(noun)), "\n".join(wrong)


def test_every_table_of_moves_is_walked():
    """A table of steps is one of TABLES, from which the database's guard is made, and has its walk."""
    named = {id(table) for table in TABLES.values()}
    lost = [
        f"{name}.{attribute} is a table of moves: add it to TABLES in {file_that_says('TABLES = ', 'workflow.py')}"
        for name, module in sys.modules.items()
        if name.endswith("workflow")
        for attribute, value in vars(module).items()
        if isinstance(value, dict) and value and all(isinstance(step, Step) for step in value.values())
        if id(value) not in named
    ]
    assert not lost, "\n".join(lost)
    unwalked = sorted({*TABLES} - {*WALKS})
    assert not unwalked, f"{unwalked}: write a Walk as those of {file_of(CaseWalk)}, and a section in {WORKFLOW}"


# The words of moves where a page lists them. Decisions on a possible duplicate and moderation have no such list.
STEPS = {
    "alert": progress,
    "orientation": progress,
    "case": closing,
    "export": exports,
    "plan": plan_words,
}


def wordless() -> list[str]:
    """A sentence for each action without words in the STEPS that a page of its history reads, and for words of none."""
    wrong = [
        f"{noun}: « {action} » has no word: add it to STEPS of {file_of(STEPS[noun])}"
        for noun, table in TABLES.items()
        if noun in STEPS
        for action in sorted({action for _before, action in table} - STEPS[noun].STEPS.keys())
    ]
    for module in dict.fromkeys(STEPS.values()):
        moves = {action for noun, home in STEPS.items() if home is module for _before, action in TABLES[noun]}
        wrong += [
            f"« {action} » is no action of a table of moves: take it out of STEPS of {file_of(module)}"
            for action in sorted(module.STEPS.keys() - moves)
        ]
    return wrong


def test_each_action_has_its_word():
    assert not (wrong := wordless()), "\n".join(wrong)


def test_an_action_without_a_word_is_named_with_its_file(monkeypatch):
    before = wordless()
    monkeypatch.delitem(progress.STEPS, "ask")
    monkeypatch.setitem(closing.STEPS, "vanish", "Vanished")
    assert [sentence for sentence in wordless() if sentence not in before] == [
        "orientation: « ask » has no word: add it to STEPS of referral/orientations/display/progress.py",
        "« vanish » is no action of a table of moves: take it out of STEPS of referral/closing/display.py",
    ]


@pytest.mark.parametrize("noun", WALKS)
def test_operations_do_what_the_file_says(noun):
    assert not (wrong := differences_of_operations(WALKS[noun]())), "\n".join(
        [f"The operations differ from {WORKFLOW}:", *wrong]
    )


@pytest.mark.parametrize("noun", WALKS)
def test_database_alone_refuses_illegal_moves(noun):
    assert not (wrong := differences_of_the_database(WALKS[noun]())), "\n".join(
        [f"The database differs from {WORKFLOW}:", *wrong]
    )


def test_every_line_of_the_file_has_a_reason_and_enough_is_allowed():
    said = [moves(noun) for noun in WALKS]
    assert all(reason for noun in said for reason in noun.reasons)
    allowed = [after for noun in said for after in noun.cells.values() if after not in REFUSED]
    assert len(allowed) > 200
