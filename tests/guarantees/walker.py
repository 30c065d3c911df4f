"""Try every state, action, role and side of one kind of thing against `expected/workflow.md`: by the operations, then
by bare inserts of a move that the database alone judges."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, connection, transaction

from foundation.actor import become, fresh_context
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from tests.roles import as_role

from .advice import file_of
from .matrices import REFUSALS, moves

REFUSED = {*REFUSALS.values()}
INVENTED = "invented"  # an action that no table has


class Undo(Exception):
    """Rolls back what was tried."""


@contextmanager
def undone() -> Iterator[None]:
    """Roll back, at the end, whatever is done inside."""
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        return


def settle() -> None:
    """Ask now what a commit would ask, then wait for the next one as a transaction does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def stand_as(actor) -> None:
    """Act as this membership, in the role that it has, until the block around is undone: no savepoint of its own."""
    if actor.kind == "system":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE nrm_worker")
    become(actor)


@dataclass(frozen=True)
class Outcome:
    said: str  # done, one of REFUSED, or the code of the database's refusal
    state: str = ""  # the state it left
    added: int = 0  # how many moves


class Walk:
    """One kind of thing, with everybody who could touch it. A subclass builds the people and brings a thing to a state.

    `actors`: (role, side) -> membership. `do`: action -> the operation, called with the actor and the thing.
    """

    noun: str
    model: type
    move: type
    field = "state"
    states: tuple[str, ...]
    harmless: set[str] = set()  # actions that may succeed, and change nothing, for whoever the file does not name
    refusals = {"42501", "NRM01"}  # what the database answers to a move that is not legal
    actors: dict
    do: dict[str, Callable]

    def bring(self, state: str) -> None:
        """Make the things of this state; undone once everything was tried on them."""
        raise NotImplementedError

    def thing(self, state: str, action: str, role: str, side: str):
        """Return the thing this person is tried on, or None where this cannot be asked."""
        raise NotImplementedError

    def has_operation(self, action: str, side: str) -> bool:
        """Whether this side has an operation that could do it; without one only a bare insert is tried."""
        return action in self.do

    def insert(self, actor, thing, action: str, before: str, after: str) -> None:
        """Write a move as the application's role, without the operation."""
        fields = {self.noun: thing, "action": action, "before": before, "after": after}
        self.move.objects.create(**fields, membership=actor, agency_id=actor.agency_id)

    def claims(self, state: str, action: str) -> set[str]:
        """The states that a bare insert pretends to lead to."""
        said = moves(self.noun)
        return {after for (_, name), after in said.steps.items() if name == action} or {state}

    def legal(self, state: str, action: str, role: str, side: str, after: str) -> bool:
        """Whether the database takes this move of this person as a bare insert."""
        return moves(self.noun).cells.get((state, action, role, side)) == after

    def attempt(self, actor, thing, act) -> Outcome:
        """Say what came out of `act`, once all is asked that a commit asks; everything is rolled back."""
        if thing.pk not in self._before:
            with as_role("nrm_owner"):
                self._before[thing.pk] = self._count(thing)
        found = Outcome("nothing")
        try:
            with fresh_context(), undone():
                stand_as(actor)
                act()
                settle()
                with as_role("nrm_owner"):
                    state = getattr(self.model.objects.get(pk=thing.pk), self.field)
                    found = Outcome("done", state, self._count(thing) - self._before[thing.pk])
        except NotAllowed:
            return Outcome("not_allowed")
        except WrongState:
            return Outcome("wrong_state")
        except NotFound:
            return Outcome("hidden")
        except DatabaseError as error:
            return Outcome(error.__cause__.pgcode)
        return found

    def _count(self, thing) -> int:
        return self.move.objects.filter(**{self.noun: thing.pk}).count()

    @contextmanager
    def at(self, state: str) -> Iterator[None]:
        """Bring the things to this state, as after a commit; everything is rolled back at the end."""
        with undone():
            self.bring(state)
            settle()
            self._before: dict = {}
            yield

    def tried(self, actions) -> Iterator[tuple]:
        """Yield (state, action, role, side, actor, thing) for the whole product, each state brought about once."""
        for state in self.states:
            with self.at(state):
                for action in actions:
                    for (role, side), actor in self.actors.items():
                        thing = self.thing(state, action, role, side)
                        if thing is not None:
                            yield state, action, role, side, actor, thing


def _differs(expected: str | None, before: str, found: Outcome, *, harmless: bool) -> bool:
    if expected is None:
        return found.said not in REFUSED and not (harmless and found == Outcome("done", before, 0))
    if expected in REFUSED:
        return found.said != expected
    if expected == "no_move":
        return found != Outcome("done", before, 0)
    return (found.said, found.state) != ("done", expected) or not found.added


def differences_of_operations(walk: Walk) -> list[str]:
    """A sentence for each cell whose operation does something else than the file says, and for each never tried."""
    cells, wrong, tried = moves(walk.noun).cells, [], set()
    for state, action, role, side, actor, thing in walk.tried(walk.do):
        key = (state, action, role, side)
        if not walk.has_operation(action, side):
            continue
        tried.add(key)
        expected = cells.get(key)
        found = walk.attempt(actor, thing, partial(walk.do[action], actor, thing))
        if _differs(expected, state, found, harmless=action in walk.harmless):
            wrong.append(f"{' '.join(key)}: expected {expected or 'a refusal'}, found {found.said} {found.state}")
    walker = f"{type(walk).__name__} in {file_of(type(walk))}"
    without = sorted({key[1] for key in cells} - {*walk.do})
    wrong += [
        f"« {action} » has no operation: give `do` of {walker} a function of the actor and the thing"
        for action in without
    ]
    return wrong + [
        f"{' '.join(key)}: said in the file and tried by nobody: give {walker} this person or this state"
        for key in sorted({*cells} - tried)
        if key[1] not in without
    ]


def differences_of_the_database(walk: Walk) -> list[str]:
    """A sentence for each bare insert that the database takes or refuses otherwise than the file says."""
    steps, wrong = moves(walk.noun).steps, []
    actions = [*walk.do, *sorted({action for _, action in steps} - {*walk.do}), INVENTED]
    for state, action, role, side, actor, thing in walk.tried(actions):
        before = state.removesuffix("_amending")
        for after in sorted(walk.claims(before, action)):
            found = walk.attempt(actor, thing, partial(walk.insert, actor, thing, action, before, after))
            if walk.legal(state, action, role, side, after):
                right = found == Outcome("done", after, 1)
            elif action not in walk.do and steps.get((state, action)) == after:
                right = found.said == "42501"  # the right step at the right moment, and no person's
            else:
                right = found.said in walk.refusals
            if not right:
                wrong.append(f"{role} {side} inserts {state} --{action}--> {after}: {found.said} {found.state}")
    return wrong
