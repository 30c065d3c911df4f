"""How much memory do exports and imports of tables take: 2,000 rows and 20,000?

    ./run test bench/tables_memory.py -s

Each job runs in this process as the worker or the web runs it, after a round of 2,000 that loads what is loaded once.
Printed are the peak of resident memory above what the process held when the job began (`VmHWM`, put back before each
job), and the seconds. docs/figures/tables.md holds the last figures; the suite compares small sizes by tracemalloc.
"""

import csv
import ctypes
import gc
import io
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from bench.lines import line
from foundation.actor import acting_as
from foundation.tables import reading, xlsx
from referral.exports import operations as exports
from referral.exports.tasks import exports as make_exports
from referral.imports import operations as imports
from referral.imports import selectors as tables
from referral.imports.tasks import work
from tests import factories as f
from tests.roles import as_role
from victims.models import Consent, Profile

pytestmark = pytest.mark.django_db
SIZES = (2_000, 20_000)
EXPORTS = (("csv", "list"), ("xlsx", "list"), ("json", "htcds"))
ORDER = {"purpose": "report", "reason": "Mesure de la mémoire des tableaux"}
HEAD = "Référence;Majeur / mineur;Département;Forme;Suivi depuis;Sexe;Nationalité;Accord\n"


@contextmanager
def peak(name: str, rows: int):
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is the present
    before, began = _resident("VmRSS"), time.perf_counter()
    yield
    line(f"{name}_peak", (_resident("VmHWM") - before) / 1024, "MB", rows)
    line(f"{name}_time", time.perf_counter() - began, "s", rows)


def _resident(name: str) -> int:
    said = Path("/proc/self/status").read_text()
    return int(said.partition(f"{name}:")[2].split()[0])


def lay(asker, cases: int) -> None:
    """Lay cases that the agency leads, with an agreement each: above the walls, in bulk."""
    with as_role("nrm_owner"), acting_as(asker), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for at in range(0, cases, 500):
            cursor.execute("ANALYZE")  # no autovacuum tells the planner here how many there are
            laid = f.bare_cases(asker, min(500, cases - at), form="labour_exploitation", language="ro")
            Consent.objects.bulk_create(
                Consent(case=case, purpose="record", agencies=[asker.agency_id], level=3, obtained_by=asker)
                for case in laid
            )
            data = {"sex": "female", "nationality": "RO", "age_group": "25_29"}
            Profile.objects.bulk_create(Profile(case=case, data=data, by=asker) for case in laid)


@pytest.fixture
def home(db):
    f.territory("93", "Seine-Saint-Denis")
    f.national()
    f.coordination(territories=("75", "93"))
    here = f.shelter()
    return f.member(here), f.member(here)


def test_exports(home, monkeypatch):
    asker, mate = home
    monkeypatch.setattr(exports, "AT_MOST", max(SIZES))
    monkeypatch.setattr(exports, "AN_HOUR", 100)
    held = 0
    for size in (SIZES[0], *SIZES):
        lay(asker, size - held)
        held = size
        for file_format, content in EXPORTS:
            name = f"export_{file_format}"
            with peak(f"{name}_ask", size), acting_as(asker):
                export = exports.ask_export(asker, "cases", "", **ORDER, file_format=file_format, content=content)
            assert export.total == size
            with acting_as(mate):
                exports.approve_export(mate, export.pk)
            with as_role("nrm_worker"), peak(name, size):
                make_exports()
            with acting_as(asker), peak(f"{name}_prepare", size):
                _export, _phrase, token, lost = exports.prepare_archive(asker, export.pk)
            with acting_as(asker), peak(f"{name}_fetch", size):
                _export, archive = exports.fetch_archive(asker, export.pk, token)
            line(f"{name}_size", len(archive) / 1e6, "MB", size)
            assert not lost


def table(lines: int, turn: int) -> bytes:
    cells = "majeure;75;labour_exploitation;15/03/2026;femme;Roumanie;oui"
    return (HEAD + "".join(f"T{turn}-{n};{cells}\n" for n in range(lines))).encode()


def workbook(lines: int, turn: int) -> bytes:
    out, rows = io.BytesIO(), csv.reader(io.StringIO(table(lines, turn).decode()), delimiter=";")
    xlsx.write(out, "Suivi", next(rows), rows)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_imports(home, kind):
    """Loaded, and undone, is the CSV alone: the cases are the same."""
    member = home[0]
    made_of = {"csv": table, "xlsx": workbook}[kind]
    for turn, size in enumerate((SIZES[0], *SIZES)):
        data = io.BytesIO(made_of(size, turn))
        with acting_as(member), peak(f"import_{kind}_start", size):
            made = imports.start_import(member, reading.stream(data))
        matching = {int(k): v for k, v in made.content["matching"].items()}
        with acting_as(member), peak(f"import_{kind}_match", size):
            imports.match_columns(member, made.pk, matching)
        with as_role("nrm_worker"), peak(f"import_{kind}_check", size):
            assert _worked() == size / imports.PIECE
        with acting_as(member):
            made.refresh_from_db()
            assert (made.state, made.good) == ("matched", size)
        with acting_as(member), peak(f"import_{kind}_report", size):
            assert not tables.faulty_lines(member, made)
        if kind == "csv":
            _load(member, made, size)


def _load(member, made, size: int) -> None:
    with acting_as(member):
        imports.order_load(member, made.pk, only_good=False)
    with as_role("nrm_worker"), peak("import_load", size):
        assert _worked() == size / imports.PIECE
    with acting_as(member), peak("import_touched", size):
        assert imports.cases_worked_on(member, made.pk) == 0
    with acting_as(member), peak("import_undo", size):
        assert imports.undo_import(member, made.pk) == size


def _worked() -> int:
    """Let the worker run until nothing is left; return how many pieces it handled."""
    done = 0
    while some := work():
        done += some
        with as_role("nrm_owner"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # no autovacuum tells the planner here how many there are
    return done
