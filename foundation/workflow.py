"""How a table of moves is read: (state, action) -> (next state, side, roles). The tables stand with their nouns."""

from dataclasses import dataclass


class NotAllowed(Exception):
    """The actor sees the thing and may not do this (403)."""


class WrongState(Exception):
    """The thing is not in a state where this can be done (409)."""


@dataclass(frozen=True)
class Step:
    after: str
    side: str  # author, sender, lead, desk, system; `consent` and `database` act by trigger alone
    roles: tuple[str, ...]


def step(table, state: str, action: str, *, side: set[str], actor) -> Step:
    """The step, or NotAllowed (never this side, never this role), or WrongState (not now).

    `side` is what the actor is to the thing; which exists in the table for this action in any state decides
    between "not yours" and "not now".
    """
    wanted = [s for (before, name), s in table.items() if name == action]
    mine = [s for s in wanted if s.side in side and (s.side == "system" or actor.has(*s.roles))]
    if not mine:
        raise NotAllowed(action)
    found = table.get((state, action))
    if found is None:
        raise WrongState(state)
    return found


def actions(table, state: str, *, side: set[str], actor) -> list[str]:
    """What this actor may do now, in the table's order."""
    return [name for (before, name), s in table.items() if before == state and s.side in side and actor.has(*s.roles)]
