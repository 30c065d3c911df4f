"""Seal a journal of a million entries, change it 10,000 times at random as its owner, and see whether all is named.

`./run bench journal [ENTRIES] [CHANGES] [SEED]`. A change alters one column of an entry, takes two for each other,
deletes one, or adds one beside the triggers, sealed under an old hour or not at all.
"""

import os
import random
import resource
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

from bench.base import server
from bench.lines import line

ENTRIES, CHANGES, SEED = 1_000_000, 10_000, 20261128
BLOCK = 100_000
WRITE = """
INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)
SELECT gen_random_uuid(), now(), n %% 900, n %% 120, 'case.open', 'done', 'case', n::text, gen_random_uuid()
  FROM generate_series(1, %s) n
"""
SWAPPED = """
UPDATE journal_entry a SET subject_id = b.subject_id, case_id = b.case_id FROM journal_entry b
 WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))
"""
ADDED = """
INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id)
VALUES (gen_random_uuid(), now() - %s, 'case.open', 'done', 'case', '1') RETURNING replace(id::text, '-', '')
"""
ALTERED = {
    "at": "at + interval '1 second'", "membership_id": "membership_id + 1", "agency_id": "agency_id + 1",
    "action": "'case.close'", "outcome": "'refused'", "subject": "'alert'", "subject_id": "subject_id || '0'",
    "case_id": "gen_random_uuid()",
}  # fmt: skip


def main(arguments: list[str]) -> bool:
    """Return whether each change was named, and nothing else."""
    entries, changes, seed = [int(text) for text in arguments] + [ENTRIES, CHANGES, SEED][len(arguments) :]
    os.environ.update(NRM_ROLE="worker", JOURNAL_KEY="a2V5IG9mIHRoZSBiZW5jaCBvZiB0aGUgam91cm5hbCE=")
    with server():
        return measured(entries, changes, random.Random(seed))  # noqa: S311, a plan to repeat, no secret


def measured(entries: int, changes: int, chance: random.Random) -> bool:
    from django.conf import settings
    from django.db import connections

    from journal import tasks

    settings.JOURNAL_CHECKPOINTS = Path(settings.STATE_DIR) / "checkpoints"
    with connections["owner"].cursor() as cursor:
        _written(cursor, entries)
        _seconds("journal_seal", tasks.seal, entries)
        began = time.process_time()
        clean, _ = compared()
        held = line("journal_untouched_faults", len(clean), "faults", entries, goal=0)
        line("journal_verify_cpu", time.process_time() - began, "s", entries)
        line("journal_verify_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", entries)
        wanted = changed(cursor, changes, chance)
        tasks.seal()
        found, taken = compared()
        line("journal_verify_changed", taken, "s", entries)
        for sort in sorted(wanted):
            line(f"journal_named_{sort}", len(wanted[sort] & found.get(sort, set())), "entries", len(wanted[sort]))
        total = sum(map(len, wanted.values()))
        held &= line("journal_not_named", total - sum(len(wanted[s] & found.get(s, set())) for s in wanted), "entries",
                     total, goal=0)  # fmt: skip
        too_much = sum(len(found[sort] - wanted.get(sort, set())) for sort in found)
        return line("journal_named_wrongly", too_much, "entries", total, goal=0) and held


def _written(cursor, entries: int) -> None:
    """Write the entries in blocks; four of them also without the triggers, undone, before and after in turn."""
    took: list[float] = []
    for number in range(max(1, entries // BLOCK)):
        floor = _floor(cursor, entries) if number in (0, 2) else 0
        spent = _write(cursor, min(BLOCK, entries))
        floor = _floor(cursor, entries) if number in (1, 3) else floor
        took += [spent / floor] if floor else []
    line("journal_write_ratio", statistics.median(took), "ratio", entries)


def _floor(cursor, entries: int) -> float:
    cursor.execute("BEGIN")
    cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
    floor = _write(cursor, min(BLOCK, entries))
    cursor.execute("ROLLBACK")
    return floor


def _write(cursor, number: int) -> float:
    began = time.monotonic()
    cursor.execute(WRITE, [number])
    return time.monotonic() - began


def _seconds(name: str, work, number: int) -> None:
    began = time.monotonic()
    work()
    line(name, time.monotonic() - began, "s", number)


def compared() -> tuple[dict[str, set[str]], float]:
    """Return the ids that a comparison names, by sort, and the seconds it took. As the owner, from the files."""
    from django.conf import settings
    from django.db import transaction

    from journal import documents, rules
    from journal.selectors import faults as comparison

    ring = rules.key_ring([rules.Signer(settings.JOURNAL_KEY).public])
    began, named = time.monotonic(), {}
    with transaction.atomic(using="owner"):
        for fault in comparison.findings(
            lambda: documents.lines(settings.JOURNAL_CHECKPOINTS), ring, comparison.Result(), "owner"
        ):
            named.setdefault(fault.sort, set()).add(fault.what.partition(" ")[0].rstrip(","))
    return named, time.monotonic() - began


def changed(cursor, number: int, chance: random.Random) -> dict[str, set[str]]:
    """Change the journal beside its triggers, each entry once at most; return the ids to be named, by sort."""
    cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
    cursor.execute("SELECT replace(id::text, '-', '') FROM journal_entry ORDER BY id")
    pool = [row[0] for row in cursor.fetchall()]
    chance.shuffle(pool)
    done: dict[str, set[str]] = {"altered": set(), "missing": set(), "added": set(), "backdated": set()}
    for _ in range(number):
        sort = chance.choice(["altered", "altered", "swapped", "missing", "added", "backdated"])
        if sort == "altered":
            column, pk = chance.choice(list(ALTERED)), pool.pop()
            cursor.execute(f"UPDATE journal_entry SET {column} = {ALTERED[column]} WHERE id = %s", [pk])  # noqa: S608
            done["altered"].add(pk)
        elif sort == "swapped":
            one, two = pool.pop(), pool.pop()
            cursor.execute(SWAPPED, [one, two, two, one])
            done["altered"] |= {one, two}
        elif sort == "missing":
            done["missing"].add(pool[-1])
            cursor.execute("DELETE FROM journal_entry WHERE id = %s", [pool.pop()])
        else:
            done[sort].add(_added(cursor, timedelta(hours=chance.uniform(0.5, 5000)), waits=sort == "backdated"))
    cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    return done


def _added(cursor, ago: timedelta, *, waits: bool) -> str:
    cursor.execute(ADDED, [ago])
    pk = cursor.fetchone()[0]
    if waits:
        cursor.execute("INSERT INTO journal_unsealed VALUES (%s)", [pk])
    return pk


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
