"""A scenario for each act of the journal, by group of the catalogue: perform it once, say by hand what must be written.

A scenario takes the world of its group, prepares what it needs, calls `prepared()`, performs the act and returns what
the journal must hold. `tells` names the kinds of events that must follow.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from agencies.models import Membership
from journal.models import Entry
from notifications.models import Event
from tests.roles import as_role

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Done:
    """One entry: who did it (None: nobody, the clock), about what, in which case."""

    by: Membership | None
    about: Any = None
    case: Any = None

    def row(self) -> tuple:
        subject = self.about and (self.about._meta.model_name, str(self.about.pk))
        who = (self.by.pk, self.by.agency_id) if self.by else (None, None)
        return (*who, *(subject or ("", "")), self.case and self.case.pk, "done")


@dataclass(frozen=True)
class Scenario:
    perform: Callable
    tells: frozenset[str]


SCENARIOS: dict[str, list[Scenario]] = defaultdict(list)


def act(code: str, *, tells: str = "") -> Callable:
    """Keep the function as a scenario of this act. `tells`: kinds of events, with a space between them."""

    def keep(perform: Callable) -> Callable:
        SCENARIOS[code].append(Scenario(perform, frozenset(tells.split())))
        return perform

    return keep


class Before:
    """Entries and events that stood before the act; `prepared()` takes them anew."""

    def __init__(self):
        self.take()

    def take(self) -> None:
        with as_role("nrm_owner"):
            self.entries = {pk for rows in _entries() for pk in rows.values_list("pk", flat=True)}
            self.events = set(Event.objects.values_list("pk", flat=True))


_before: list[Before] = []


def prepared() -> None:
    """End the preparation of a scenario: what is written from here on is the act's."""
    _before[-1].take()


def _entries() -> list[QuerySet[Entry]]:
    """All entries; those of the owner's own connection included (commands write there)."""
    return [Entry.objects.all(), Entry.objects.using("owner")]


def since(before: Before, code: str) -> tuple[list[Entry], set[str]]:
    """Return the entries of this act and the kinds of events written since, above the walls."""
    with as_role("nrm_owner"):
        made = [entry for rows in _entries() for entry in rows.filter(action=code).exclude(pk__in=before.entries)]
        return made, set(Event.objects.exclude(pk__in=before.events).values_list("kind", flat=True))


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written inside. A request inside may open the transaction it wants to be the outermost."""
    around = transaction.atomic()
    around._from_testcase = True  # as the transaction of a test
    with around:
        yield
        transaction.set_rollback(True)


def written(code: str, scenario: Scenario, world) -> tuple[list[str], list[Entry]]:
    """Perform a scenario and undo it. Return what is wrong, in sentences, and the act's entries."""
    cache.clear()  # forms sent twice and hourly counts outlive a rollback
    with undone():
        _before.append(Before())
        try:
            said = scenario.perform(world)
            before = _before[-1]
        finally:
            _before.pop()
        wanted = sorted((one.row() for one in (said if isinstance(said, list) else [said])), key=str)
        made, told = since(before, code)
        found = sorted((_row(entry) for entry in made), key=str)
    where = f"{code}, {scenario.perform.__module__.rpartition('.')[2]}.{scenario.perform.__name__}"
    wrong = []
    if found != wanted:
        wrong.append(f"{where}: the journal must hold {wanted}, it holds {found}")
    if told != scenario.tells:
        wrong.append(f"{where}: told {sorted(told)}, must tell {sorted(scenario.tells)}")
    return wrong, made


class Passed:
    """While it is open: the lines of code on the way to each entry, « file:line » from the root, by entry."""

    def __init__(self):
        self.by_entry: dict[Any, set[str]] = {}

    def __enter__(self):
        create = Entry.objects.create

        def noted(**fields):
            made, frame = create(**fields), sys._getframe(1)
            lines = self.by_entry[made.pk] = set()
            while frame is not None:
                path = Path(frame.f_code.co_filename)
                if path.is_relative_to(ROOT):
                    lines.add(f"{path.relative_to(ROOT).as_posix()}:{frame.f_lineno}")
                frame = frame.f_back
            return made

        self.patch = mock.patch.object(Entry.objects, "create", noted)
        self.patch.start()
        return self

    def __exit__(self, *exc):
        self.patch.stop()


def _row(entry: Entry) -> tuple:
    return (
        entry.membership_id, entry.agency_id, entry.subject, entry.subject_id, entry.case_id, entry.outcome
    )  # fmt: skip
