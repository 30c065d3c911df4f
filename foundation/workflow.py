"""Read a table of moves: (state, action) -> (next state, side, roles). Each subject holds its own table.

Beside the operation of an action, `Moves.declare` says once what its page, its address in the API and the journal need.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class NotAllowed(Exception):
    """Signal that the actor sees the object and may not do this (403)."""


class WrongState(Exception):
    """Signal that the object is not in a state where this can be done (409)."""


@dataclass(frozen=True)
class Step:
    """Describe one move of a table: next state, who may make it, with which roles."""

    after: str
    side: str  # author, sender, lead, desk, system; `consent` and `database`: by trigger only
    roles: tuple[str, ...]


def step(table, state: str, action: str, *, side: set[str], actor) -> Step:
    """Return the step of this state and action.

    `side`: what the actor is to the object. Raises NotAllowed when this side or role never has this action, in any
    state, and WrongState when it has it, but not now.
    """
    wanted = [s for (before, name), s in table.items() if name == action]
    # a system membership has no role: it makes its own moves, and those of what it wrote itself
    by_system = ("system", "author") if actor.kind == "system" else ("system",)
    mine = [s for s in wanted if s.side in side and (s.side in by_system or actor.has(*s.roles))]
    if not mine:
        raise NotAllowed(action)
    found = table.get((state, action))
    if found is None:
        raise WrongState(state)
    return found


def actions(table, state: str, *, side: set[str], actor) -> list[str]:
    """Return the actions this actor may take now, in the order of the table."""
    return [name for (before, name), s in table.items() if before == state and s.side in side and actor.has(*s.roles)]


def sides_of(table, action: str) -> set[str]:
    """Return the sides that have this action, in any state; none for an act that is no move of the table."""
    return {step.side for (_before, name), step in table.items() if name == action}


@dataclass(frozen=True)
class Asked:
    """Describe the one thing that a move asks: a code of a closed list, or words without one.

    The field of the page and the object of the API are made of it. `name` is the argument of the operation.
    """

    name: str
    label: Any  # texts are translated late
    missing: Any  # what the page says when it is left empty
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Move:
    """Say of an action of a table what its page, its address in the API and the journal need."""

    action: str
    operation: Callable  # of the actor, the id, and what is asked
    name: str  # of the operation, in the API document
    act: Any  # its entry in the journal
    done: Any  # what the page answers
    summary: Any  # of the API document, as `description`
    description: Any = ""
    step: Any = ""  # the move in the history of the thing; none for an act that moves nothing
    slug: str = ""  # last part of the address of its page; none where the page of the thing takes it
    asks: Asked | None = None
    # a button with a box that opens; left empty by an action that has its own place on the page
    button: Any = ""
    text: Any = ""  # of the box: what follows; may name the %(agency)s addressed
    confirm: Any = ""
    danger: bool = False

    @property
    def route(self) -> str:
        """Return the last part of the name of its route."""
        return self.action.replace("_", "-")


class Moves(dict[str, Move]):
    """Hold the moves of one noun, by action."""

    def declare(self, action: str, **said) -> Callable:
        """Return a decorator that adds the move of this action; it leaves the operation as it is."""

        def beside(operation: Callable) -> Callable:
            self[action] = Move(action, operation, **{"name": operation.__name__, **said})
            return operation

        return beside
