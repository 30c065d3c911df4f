"""Every move of the product's tables, against a file written by hand from the mission and the design.

`expected/workflow.md` lists what is allowed and the refusals worth naming; whatever it does not list must be refused
and change nothing. Walked twice: by the operations, and by bare inserts of a move that the database alone judges.
"""

import sys
from functools import partial

import pytest

from foundation.actor import fresh_context
from foundation.workflow import Step, actions
from plans.plan import words as plan_words
from referral.alerts import display as alert_display
from referral.closing import display as closing
from referral.closing import operations as closing_operations
from referral.exports import display as exports
from referral.inbox.operations import alerts
from referral.models import AlertDesk
from referral.orientations.display import progress
from referral.orientations.operations import moves as orientations
from referral.workflow import ALERT, TABLES

from .advice import WORKFLOW, file_of, file_that_says
from .matrices import NOBODY, REFUSED, moves
from .walker import differences_of_operations, differences_of_the_database, stand_as, undone
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


# Where moves are declared beside their operations, and those that have a page or a method of their own instead.
DECLARED = {
    "alert": (alerts, {"send", "open", "act", "readdress", "address", "finish", "doubt"}),
    "orientation": (orientations, {"send", "open"}),
    "case": (closing_operations, {"close"}),
}


def _how(noun: str) -> str:
    beside = f"declare it as those of {file_of(DECLARED[noun][0])}, or " if noun in DECLARED else ""
    return f"{beside}add it to STEPS of {file_of(STEPS[noun])}"


def undeclared() -> list[str]:
    """A sentence for each move of a person that is not declared, and for each declaration that is no move."""
    wrong = []
    for noun, (home, own) in DECLARED.items():
        done_by_persons = {action for (_before, action), step in TABLES[noun].items() if step.roles}
        wrong += [
            f"{noun}: nothing offers « {action} » to a person or a program: declare it beside its operation, as those"
            f" of {file_of(home)}. A move with a page and a method of its own is named in DECLARED of test_workflow.py"
            for action in sorted(done_by_persons - home.MOVES.keys() - own)
        ]
        wrong += [
            f"{noun}: « {action} » is declared in {file_of(home)} with a step, and is no move of a person in the table"
            for action, move in home.MOVES.items()
            if move.step and action not in done_by_persons
        ]
    return wrong


def test_each_move_of_a_person_is_declared_beside_its_operation(monkeypatch):
    assert not (wrong := undeclared()), "\n".join(wrong)
    monkeypatch.delitem(orientations.MOVES, "revoke")
    assert [sentence.partition(":")[0] for sentence in undeclared()] == ["orientation"]


def wordless() -> list[str]:
    """A sentence for each action without words in the STEPS that a page of its history reads, and for words of none."""
    wrong = [
        f"{noun}: « {action} » has no word: {_how(noun)}"
        for noun, table in TABLES.items()
        if noun in STEPS
        for action in sorted({action for _before, action in table} - STEPS[noun].STEPS.keys())
    ]
    # a declaration is said in the words of its reason, a silence by who was told (`silence_word`)
    said = {"declare", "escalate", *alert_display.MOVES}
    for action in sorted({action for _before, action in TABLES["alert"]} - said):
        wrong.append(f"alert: « {action} » has no word for its author: add it to MOVES of {file_of(alert_display)}")
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
    monkeypatch.delitem(alert_display.MOVES, "redirect")
    assert [sentence for sentence in wordless() if sentence not in before] == [
        "orientation: « ask » has no word: declare it as those of referral/orientations/operations/moves.py, or add it"
        " to STEPS of referral/orientations/display/progress.py",
        "alert: « redirect » has no word for its author: add it to MOVES of referral/alerts/display.py",
        "« vanish » is no action of a table of moves: take it out of STEPS of referral/closing/display.py",
    ]


@pytest.mark.long
@pytest.mark.parametrize("noun", WALKS)
def test_operations_do_what_the_file_says(noun):
    assert not (wrong := differences_of_operations(WALKS[noun]())), "\n".join(
        [f"The operations differ from {WORKFLOW}:", *wrong]
    )


@pytest.mark.long
@pytest.mark.parametrize("noun", WALKS)
def test_database_alone_refuses_illegal_moves(noun):
    assert not (wrong := differences_of_the_database(WALKS[noun]())), "\n".join(
        [f"The database differs from {WORKFLOW}:", *wrong]
    )


def offered(actor, alert) -> list[str]:
    """Return the moves that a page and the API offer this person's desk on an alert."""
    with fresh_context(), undone():
        stand_as(actor)
        row = AlertDesk.objects.of(actor).select_related("alert").filter(alert=alert, live=True).first()
        named = actions(ALERT, row.alert.state, side={"desk"}, actor=actor) if row else []
        # a silent desk's alert is sent on from the page of silent desks, which lists them
        return [action for action in alerts.may_answer(actor, row, named) if action != "readdress"] if row else []


@pytest.mark.long
def test_what_a_desk_is_offered_is_done():
    """What it answered before decides too, twice: in `may_answer` and in the database."""
    walk, count, wrong = AlertWalk(), 0, []
    for state in walk.states:
        with walk.at(state):
            for (role, side), actor in walk.actors.items():
                for action in offered(actor, walk.made):
                    count += 1
                    found = walk.attempt(actor, walk.made, partial(walk.do[action], actor, walk.made))
                    if found.said != "done":
                        wrong.append(f"{state}: {role} {side} is offered « {action} », found {found.said}")
    assert count > 20 and not wrong, "\n".join([f"of {count} offered; see `may_answer`:", *wrong])


def test_every_line_of_the_file_has_a_reason_and_enough_is_allowed():
    said = [moves(noun) for noun in WALKS]
    assert all(reason for noun in said for reason in noun.reasons)
    allowed = [after for noun in said for after in noun.cells.values() if after not in REFUSED]
    assert len(allowed) > 200
