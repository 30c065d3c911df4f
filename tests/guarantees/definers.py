"""Run the functions that stand above the walls, line by line of a file written by hand, and drop their conditions.

A SECURITY DEFINER function runs with the rights of the tables' owner: no policy corrects it. Each line of
`expected/definers_*.csv` is one call: the function, then those that it calls and that the line proves too, who acts,
with which values (in words of the world), and the answer:
what the statement returns or the SQLSTATE of its refusal, then what it changed, as the looks of the call say it. A line
leaves nothing behind.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction

from foundation.actor import SYSTEM
from tests.roles import as_role, told

from .conditions import WHOLE, Condition, conditions, sample

EXPECTED = Path(__file__).parent / "expected"
ROOT = Path(__file__).parents[2]

UNCALLED = (
    "call it in CALLS of a module tests/guarantees/definers_*.py and say in its file tests/guarantees/expected/"
    "definers_*.csv who calls it and what it gives; or say why not in UNCALLED of"
    " tests/guarantees/test_definer_functions.py"
)
OUTSIDE = "make it in the schema nrm: foundation/walls.py closes no other"
STALE = "it is called, or does not exist: take it out of UNCALLED in tests/guarantees/test_definer_functions.py"


@dataclass
class Call:
    """A statement with named values, their words when a line says no others, and the looks to compare before and after.

    `before` is run above the walls: what this line changes of the world first. `role` runs the statement itself; the
    owner's for triggers, so that the policies of the table stand aside.
    """

    sql: str
    looks: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    before: str = ""
    role: str = "nrm_app"


@dataclass
class Stage:
    """A world for calls.

    `names`: what « @word » stands for in the file: an agency's number, « word.member » a member's, the uuid of a row;
    `who`: who acts, by word; None acts as the system does. `looks`: by name a query of one text a row, read above the
    walls, where an agency is written #number, a member ~number and a row by its uuid; they are named in the answer.
    """

    names: dict[str, Any]
    who: dict[str, Any]
    calls: dict[str, Call]
    looks: dict[str, str]

    def __post_init__(self):
        self.seen: dict[tuple[str, ...], Counter[str]] = {}
        self.words: dict[str, str] = {}
        for word, value in self.names.items():
            mark = "~" if word.endswith(".member") else "#" if isinstance(value, int) else ""
            self.words.setdefault(f"{mark}{value}", word.removesuffix(".member"))

    def outcome(self, line: dict) -> str:
        """Return what a line gives, and undo it."""
        call, said = self._call(line), ""
        values = {word: self._value(text) for word, text in self._words(call, line).items()}
        with transaction.atomic():
            self._run("SET LOCAL ROLE nrm_owner", None)  # until the end of this block, which undoes it
            before = self._before(call, values)
            try:
                with transaction.atomic():
                    self._run(f"SET LOCAL ROLE {call.role}; {self._told(line['who'])}", None)
                    said = self._named(self._run(call.sql, values))
            except DatabaseError as error:
                said = error.__cause__.pgcode  # type: ignore[union-attr]
            if call.looks:
                self._run("SET LOCAL ROLE nrm_owner", None)
            after = self._looks(call)
            transaction.set_rollback(True)
        changed = [f"+ {text}" for text in sorted(map(self._in_words, (after - before).elements()))]
        changed += [f"- {text}" for text in sorted(map(self._in_words, (before - after).elements()))]
        return "; ".join([said, *changed] if said else changed)

    def _before(self, call: Call, values: dict) -> Counter[str]:
        """Prepare what the line changes first. Without it every line starts from the same world: it is read once."""
        if call.before:
            self._run(call.before, values)
            return self._looks(call)
        if call.looks not in self.seen:
            self.seen[call.looks] = self._looks(call)
        return self.seen[call.looks]

    def _call(self, line: dict) -> Call:
        name = line["call"] or line["function"].split()[0]
        assert name in self.calls, f"{name}: no such call, add it to CALLS beside the others of this file"
        assert line["who"] in self.who, f"{name}: nobody is called « {line['who']} » here: {sorted(self.who)}"
        return self.calls[name]

    def _value(self, text: str):
        assert not text.startswith("@") or text[1:] in self.names, f"« {text} » stands for nothing in this world"
        return self.names[text[1:]] if text.startswith("@") else text

    @staticmethod
    def _words(call: Call, line: dict) -> dict[str, str]:
        given = dict(part.split("=", 1) for part in line["with"].split())
        assert given.keys() <= call.words.keys(), (
            f"{line['function']}: unknown words {given.keys() - call.words.keys()}"
        )
        return {**call.words, **given}

    def _told(self, who: str) -> str:
        """Return the statement that tells the database who acts."""
        member = self.who[who]
        return told(member or SYSTEM)

    @staticmethod
    def _run(sql, values):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def _named(self, rows) -> str:
        return ", ".join(sorted(" ".join(map(self._cell, row)) for row in rows))

    def _cell(self, cell) -> str:
        return "y" if cell is True else "" if cell is False or cell is None else self._in_words(str(cell))

    def _in_words(self, text: str) -> str:
        known = r"[#~]\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        return re.sub(
            known, lambda mark: self.words.get(mark[0], "somebody" if mark[0][0] == "~" else "something"), text
        )

    def _looks(self, call: Call) -> Counter[str]:
        if not call.looks:
            return Counter()
        every = " UNION ALL ".join(f"({self.looks[look]})" for look in call.looks)
        return Counter(text for (text,) in self._run(every, None))


def lines(subject: str) -> list[dict]:
    return list(csv.DictReader((EXPECTED / f"definers_{subject}.csv").open()))


def differences(stage: Stage, asked: list[dict]) -> Iterator[str]:
    """Yield a sentence for each line that gives another answer than the file."""
    for line in asked:
        if (got := stage.outcome(line)) != line["expected"]:
            what = f"{line['function']}: {line['who']} {line['with']}".rstrip()
            yield f"{what} gives « {got} », expected « {line['expected']} »; {line['reason']}"


def definitions() -> dict[str, str]:
    """Return the text of each function of the schema `nrm`, by its name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'nrm'::regnamespace ORDER BY 1"
        )
        return dict(cursor.fetchall())


def above_the_walls() -> dict[str, str]:
    """Return the schema of each function that runs with the rights of the tables' owner, by its name; but for those of
    django-pghistory, which copy a row as it stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname IN ('nrm', 'public') AND p.proname NOT LIKE 'pgtrigger\\_%'"
        )
        return dict(cursor.fetchall())


def guards() -> set[str]:
    """Return the functions of plans/sql and agencies/sql that triggers run with the caller's rights."""
    texts = "".join(path.read_text() for app in ("plans", "agencies") for path in sorted(ROOT.glob(f"{app}/sql/*.sql")))
    written = set(re.findall(r"CREATE FUNCTION nrm\.(\w+)", texts))
    assert written, "no SQL was found in plans/sql and agencies/sql"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'nrm'::regnamespace AND prorettype = 'trigger'::regtype"
        )
        return written & {name for (name,) in cursor.fetchall()}


def uncalled(subjects: Iterable[str], exempt: dict[str, str]) -> list[str]:
    """Return a sentence for each function above the walls, and each guard of public policy, that no file calls.

    `subjects`: those whose file is run. `exempt`: functions left out, each with its reason; one that is called, or that
    is not there, gets a sentence too.
    """
    for path in sorted(EXPECTED.glob("definers_*.csv")):
        subject = path.stem.removeprefix("definers_")
        assert subject in subjects, f"{path.name} is run by no test: give its world in STAGES, as the others"
    called = {name for subject in subjects for line in lines(subject) for name in line["function"].split()}
    above = above_the_walls()
    known = above.keys() | guards()
    left = dict.fromkeys(known - called - exempt.keys(), UNCALLED)
    left |= {name: OUTSIDE for name in above if above[name] != "nrm"}
    left |= {name: STALE for name in exempt if name in called or name not in known}
    return [f"{name}: {left[name]}" for name in sorted(left)]


def dropped(definition: str) -> Iterator[tuple[Condition, str, str]]:
    """Yield each condition of a function, its words, and the function without it."""
    head, body, tail = re.split(r"(?<=AS )\$function\$|\$function\$", definition)
    for condition in conditions(body, ""):
        yield condition, condition.words(body), f"{head}$function${condition.dropped_from(body)}$function${tail}"


def unnoticed(stage: Stage, asked: list[dict], equivalent: dict[tuple[str, str], str]) -> tuple[int, list[str]]:
    """Drop each condition of each function that the file calls, one at a time.

    Returns how many were dropped, and a sentence for each that changes no answer of the file, but for the equivalent
    ones, each once; and for each of these that a line notices, since it is no exemption any more.
    """
    found, count, texts = [], 0, definitions()
    for name in dict.fromkeys(name for line in asked for name in line["function"].split()):
        if name not in texts:
            found.append(f"{name} is no function of the schema nrm: correct the first column")
            continue
        mine = [line for line in asked if name in line["function"].split()]
        exempt = {words for function, words in equivalent if function == name}
        for condition, words, text in sample(list(dropped(texts[name]))):
            count += 1
            with transaction.atomic():
                with as_role("nrm_owner"):
                    Stage._run(text, None)
                if next(differences(stage, mine), None) is None:
                    if words in exempt:
                        exempt.remove(words)
                    else:
                        found.append(f"{name}: {words} [{condition.instead}]")
                transaction.set_rollback(True)
        if WHOLE:
            found += [f"{name}: {words} is noticed, take it out of EQUIVALENT" for words in exempt]
    return count, found
