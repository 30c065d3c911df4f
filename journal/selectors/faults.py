"""Compare the journal with its checkpoints: name each entry that is altered, missing, backdated or in none of them."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections

from journal.models import Checkpoint
from journal.rules import COLUMNS, START, digest_of, digest_of_line, holds, leaf_of, root_of

SILENT = timedelta(hours=1)  # without a checkpoint: it is said
# by which a clock may be set back, or an entry wait between the reading of its hour and its number
SLACK = timedelta(seconds=10)
ENTRIES = f"SELECT {COLUMNS} FROM journal_entry e WHERE e.id = ANY(%s::uuid[])"  # noqa: S608, made of our own constants
COUNTED = """
SELECT (SELECT count(*) FROM journal_entry),
  (SELECT count(*) FROM journal_unsealed u JOIN journal_entry e ON e.id = u.entry),
  (SELECT coalesce(sum(size), 0) FROM journal_checkpoint WHERE number > %s),
  (SELECT max(number) FROM journal_checkpoint),
  (SELECT count(*) FROM journal_checkpoint WHERE number > %s AND written_at IS NOT NULL),
  clock_timestamp()
"""


@dataclass(frozen=True)
class Finding:
    """Hold one fault: `sort` is a code of SORTS, `what` names it; `number` that of the entry, or of the checkpoint."""

    sort: str
    number: int
    what: str

    def __str__(self):
        return f"{SORTS[self.sort]}{f' {self.number}' if self.number else ''}: {self.what}"


SORTS = {
    "altered": "ALTERED entry",
    "missing": "MISSING entry",
    "backdated": "BACKDATED entry",
    "added": "ADDED entry",
    "signature": "FORGED checkpoint",
    "chain": "BROKEN checkpoint",
    "behind": "BEHIND checkpoint",
    "cut": "CUT OFF after checkpoint",
}


@dataclass
class Result:
    """Hold what was compared, for the summary."""

    first: dict | None = None
    last: dict | None = None
    entries: int = 0
    found: int = 0
    absent: int = 0  # entries that are rightly gone
    gone: int = 0  # last checkpoint whose entries were forgotten
    lost: list[tuple[int, int]] = field(default_factory=list)  # ranges of checkpoints that a restoration skipped
    silences: list[tuple[str, str]] = field(default_factory=list)  # between which hours none was signed for long

    def expected(self, line: dict) -> bool:
        """Return whether the journal should hold the entries of this checkpoint: not forgotten, nor from before a
        restoration that did not bring them back."""
        return line["number"] > self.gone and not any(known < line["number"] < later for known, later in self.lost)


def findings(
    read: Callable[[], Iterable[dict]], ring: dict, result: Result, using: str = "default"
) -> Iterator[Finding]:
    """Yield each fault. `read` yields the lines anew at each call; `ring`: the keys that may have signed.

    The caller has taken the sealer's turn in this transaction, so that it waits meanwhile. `result` is filled.
    """
    with connections[using].cursor() as cursor:
        yield from _chain(read(), ring, result)
        begun = Begun()
        for line in read():
            begun.add(line)
            if result.expected(line):
                yield from _entries(cursor, line, begun, result)
            else:
                result.absent += line["size"]
        yield from _beyond(cursor, read, result)


class Begun:
    """Hold at which hour the sealer had which number of a transaction, of each line: a transaction of a higher number
    began after that hour, however long it lasted and whenever its entries were sealed (decision 93)."""

    def __init__(self):
        self.xacts, self.hours = array("q"), array("q")

    def add(self, line: dict) -> None:
        """Take in the next line. Numbers that went back are those of another server, as after a restoration: what
        waited in the copy that was restored is sealed next, and those before say nothing of it."""
        if line["kind"] == Checkpoint.Kind.RESUMED or (self.xacts and line["xact"] < self.xacts[-1]):
            self.xacts, self.hours = array("q"), array("q")
        self.xacts.append(line["xact"])
        self.hours.append(_microseconds(_at(line) - SLACK))

    def earliest(self, xact: int) -> int:
        """Return the hour before which the transaction of this number wrote nothing, in microseconds since 1970."""
        known = bisect_left(self.xacts, xact)
        return self.hours[known - 1] if known else 0


def _chain(lines: Iterable[dict], ring: dict, result: Result) -> Iterator[Finding]:
    """Follow the lines: signed, numbered without a gap, each naming the one before, each the root of its entries."""
    for line in lines:
        before = result.last
        number = line["number"]
        if not holds(line, ring):
            yield Finding("signature", number, "no known key signed it as it stands")
        leaves = [leaf_of(*entry) for entry in line["entries"]]
        if root_of(leaves) != line["root"] or len(leaves) != line["size"]:
            yield Finding("chain", number, "its entries are not those that were signed")
        if before is None:
            result.first = line
            if number == 1 and line["previous"] != START:
                yield Finding("chain", number, "it does not begin the journal")
        elif line["previous"] != digest_of_line(before) or number != before["number"] + 1:
            yield Finding("chain", number, f"it does not follow checkpoint {before['number']}")
        elif _at(line) - _at(before) > SILENT:
            result.silences.append((before["at"], line["at"]))
        if line["kind"] == Checkpoint.Kind.FORGOTTEN:
            result.gone = line["through"]
        elif line["kind"] == Checkpoint.Kind.RESUMED:
            result.lost.append((line["through"], number))
        result.last = {name: value for name, value in line.items() if name != "entries"}
        result.entries += line["size"]


def _entries(cursor, line: dict, begun: Begun, result: Result) -> Iterator[Finding]:
    """Compare the entries of one checkpoint with the rows of the journal."""
    cursor.execute(ENTRIES, [[pk for pk, *_ in line["entries"]]])
    there = {row[0].replace("-", ""): row for row in cursor.fetchall()}
    result.found += len(there)
    for number, (pk, digest, xact) in enumerate(line["entries"], line["first"]):
        row = there.get(pk)
        if row is None:
            yield Finding("missing", number, f"{pk}, sealed {line['at']}")
        elif digest_of(row) != bytes.fromhex(digest):
            yield Finding("altered", number, f"{pk}, sealed {line['at']}, is not what it was")
        elif row[1] < begun.earliest(xact):
            yield Finding("backdated", number, f"{pk}, sealed {line['at']}, says an hour before its transaction began")


def _beyond(cursor, read, result: Result) -> Iterator[Finding]:
    """Find entries of the journal in no checkpoint, and checkpoints that the database does not know."""
    last = result.last["number"] if result.last else 0
    cursor.execute(COUNTED, [last, last])
    there, waiting, inside, known, cut, now = cursor.fetchone()
    if last > (known or 0):
        yield Finding("behind", last, f"the database knows none after {known or 0}: it was restored from an older copy")
    if cut:
        yield Finding("cut", last, f"{cut} that stood outside are in no file")
    if result.last and now - _at(result.last) > SILENT:
        result.silences.append((result.last["at"], now.isoformat()))
    if there > result.found + waiting + inside:
        sealed = {pk for line in read() if result.expected(line) for pk, *_ in line["entries"]}
        cursor.execute(
            "SELECT replace(e.id::text, '-', '') FROM journal_entry e"
            " WHERE NOT EXISTS (SELECT 1 FROM journal_unsealed u WHERE u.entry = e.id) AND NOT EXISTS"
            " (SELECT 1 FROM journal_checkpoint c WHERE c.number > %s AND e.id = ANY(c.ids))",
            [last],
        )
        for (pk,) in cursor.fetchall():
            if pk not in sealed:
                yield Finding("added", 0, f"{pk} is in no checkpoint")


def _at(line: dict) -> datetime:
    return datetime.fromisoformat(line["at"])


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
