"""Reading of many lines: what is taken and what is not, and memory that does not grow with them."""

import gc
import io
import tracemalloc

import pytest
from openpyxl import Workbook

from foundation.actor import acting_as
from foundation.tables.reading import MANY, Unreadable, read, stream
from referral.imports import operations as imports
from referral.imports import tasks

from .test_imports import run, worker
from .test_imports_of_many_lines import HEAD

pytestmark = pytest.mark.django_db
__all__ = ["worker"]


def test_a_file_of_20_000_lines_is_read_and_one_more_is_not():
    head, line = HEAD.encode(), b"A;majeure;75;;\n"
    assert sum(1 for _row in stream(io.BytesIO(head + line * MANY.rows)).rows) == 20_000
    with pytest.raises(Unreadable, match="20"):
        list(stream(io.BytesIO(head + line * (MANY.rows + 1))).rows)
    with pytest.raises(Unreadable):
        stream(io.BytesIO(head + b" " * MANY.size))
    with pytest.raises(Unreadable):
        read(head + line * 2001)


def test_a_row_that_is_wider_adds_to_the_columns_of_those_before():
    table = stream(io.BytesIO(b"a;b\n1;2\n3;4;5\n6\n"))
    rows = list(table.rows)
    assert (len(table.headers), rows) == (3, [["1", "2"], ["3", "4", "5"], ["6", "", ""]])
    assert read(b"a;b\n1;2\n3;4;5\n").rows == [["1", "2", ""], ["3", "4", "5"]]


@pytest.mark.long
@pytest.mark.parametrize(("kind", "most"), [("csv", 120_000), ("xlsx", 300_000)])
def test_memory_does_not_grow_with_the_lines(worker, monkeypatch, kind, most):
    """Eight times the lines, 700 more: held at once, each step would hold some 400,000 bytes more.

    A workbook keeps its different texts in one part, which its reader holds.
    """
    monkeypatch.setattr(imports, "PIECE", 100)
    really = tasks.taken
    monkeypatch.setattr(tasks, "taken", lambda *key: (gc.collect(), really(*key))[1])
    peaks = []
    for turn, lines in enumerate((100, 101, 800)):  # the first is not counted: it loads what is loaded once
        peaks.append(_peaks(worker, lines, turn, kind))
    few, much = peaks[1:]
    assert all(many - one < most for one, many in zip(few, much, strict=True)), peaks


def _peaks(actor, lines: int, turn: int, kind: str) -> list[int]:
    """Return the most bytes held while a table is read, matched, and checked."""
    rows = [[f"T{turn}-{n}", "majeure" if n % 2 else "", "75", "prostitution", "x" * 300] for n in range(lines)]
    data = _workbook(rows) if kind == "xlsx" else (HEAD + "".join(";".join(row) + "\n" for row in rows)).encode()
    peaks = []
    tracemalloc.start()
    with acting_as(actor):
        file = io.BytesIO(data)
        gc.collect()
        tracemalloc.reset_peak()
        made = imports.start_import(actor, stream(file))
        peaks.append(tracemalloc.get_traced_memory()[1])
        matching = {int(n): code for n, code in made.content["matching"].items()}
        tracemalloc.reset_peak()
        imports.match_columns(actor, made.pk, matching)
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.reset_peak()
    run()
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    return peaks


def _workbook(rows) -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in [HEAD.strip().split(";"), *rows]:
        sheet.append(row)
    book.save(out)
    return out.getvalue()
