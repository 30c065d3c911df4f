"""Read a table of moves: (state, action) -> (next state, side, roles). Each subject holds its own table."""

from dataclasses import dataclass


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
