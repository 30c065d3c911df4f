"""Exports of many rows: batches that are given up, lost and taken up again, and memory that does not grow with rows."""

import gc
import tracemalloc
from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.actor import acting_as
from foundation.workflow import WrongState
from journal.models import Entry
from referral.exports import operations as exports
from referral.exports import selectors as exports_selectors
from referral.exports import tasks as export_tasks
from referral.models import Export, ExportPiece
from tests import factories as f
from tests.roles import as_role
from victims.consents import operations as consents

from .test_exports import ask, many, state, take, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def between(monkeypatch):
    """Return a function that has something happen between the first batch of two rows and the second."""
    monkeypatch.setattr(export_tasks, "BATCH", 2)
    really, calls = export_tasks._current_asker, []

    def happens(act):
        def current(asker):  # asked before each batch
            calls.append(asker)
            if len(calls) == 2:
                act()
            return really(asker)

        monkeypatch.setattr(export_tasks, "_current_asker", current)

    return happens


def held(export) -> list[list[str]]:
    """Return the ids of the rows made, batch by batch."""
    with as_role("nrm_owner"):
        pieces = ExportPiece.objects.filter(export=export).order_by("first")
        return [[row["id"] for row in piece.rows] for piece in pieces]


def progress(export) -> tuple[str, int]:
    with as_role("nrm_owner"):
        return Export.objects.values_list("state", "done").get(pk=export.pk)


def test_given_up_between_two_batches_stops_and_keeps_nothing(home, between):
    many(home["asker"], 5)
    export = ask(home["asker"])

    def give_up():
        assert (progress(export), [len(rows) for rows in held(export)]) == (("building", 2), [2])
        with acting_as(home["asker"]):
            exports.cancel_export(home["asker"], export.pk)

    between(give_up)
    worker()
    assert progress(export) == ("cancelled", 2)
    assert not held(export)
    worker()
    assert state(export) == "cancelled"


def _lost():
    raise RuntimeError("the worker is gone")


def test_a_lost_worker_is_replaced_where_it_stopped_and_each_row_stands_once(home, between):
    agency = home["asker"].agency_id
    cases = [f.own_case(home["asker"]) for _ in range(5)]
    for case in cases:
        f.consent(home["asker"], case, kinds=[], agencies=[agency], purpose="record")
    export = ask(home["asker"], content="htcds")
    between(_lost)
    worker()
    before = held(export)
    assert (progress(export), [len(rows) for rows in before]) == (("building", 2), [2])
    worker()
    assert progress(export) == ("building", 2), "nobody else before its lease is over"
    with as_role("nrm_owner"):
        Export.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    worker()
    after = held(export)
    assert progress(export) == ("ready", 5)
    assert (after[:1], [len(rows) for rows in after]) == (before, [2, 2, 1])
    with as_role("nrm_owner"):
        told = Entry.objects.filter(action="case.export").values_list("case_id", flat=True)
        assert sorted(told) == sorted(case.pk for case in cases), "each once in the journal too"
    head, *rows = take(home["asker"], export)
    at = head.index("repere_reference")
    assert sorted(row[at] for row in rows) == sorted(case.reference for case in cases)


def test_a_slow_worker_does_not_write_a_batch_twice(home, between):
    many(home["asker"], 3)
    export = ask(home["asker"])
    between(_lost)
    worker()
    with acting_as(home["asker"]):
        with pytest.raises(WrongState):
            export_tasks._make_piece(home["asker"], export, 0, export.order.data["rows"][:2])
        with pytest.raises(WrongState):
            export_tasks._finish(home["asker"], export, 3)
    assert (progress(export), len(held(export))) == (("building", 2), 1)


def test_access_that_ends_between_two_batches_is_left_out(home, between):
    lead, asker = home["stranger"], home["asker"]
    case = f.own_case(lead)
    agreed = f.consent(lead, case, agencies=[asker.agency_id])
    f.orientation(lead, case, asker.agency, consent=agreed, state="accepted", answerer=asker, level=2)
    own = [f.own_case(asker).reference for _ in range(2)]  # newer: the first batch
    export = ask(asker)

    def withdraw():
        with acting_as(lead):
            consents.withdraw_consent(lead, agreed.pk)

    between(withdraw)
    worker()
    assert (progress(export), [len(rows) for rows in held(export)]) == (("ready", 3), [2, 0])
    assert sorted(row[0] for row in take(asker, export)[1:]) == sorted(own)


@pytest.fixture
def collected(monkeypatch):
    """Have what is no longer held given back at each batch, so that a peak is what is held."""

    def first(really):
        return lambda *args: (gc.collect(), really(*args))[1]

    for module, name in ((export_tasks, "_current_asker"), (exports_selectors, "still_open")):
        monkeypatch.setattr(module, name, first(getattr(module, name)))


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(home, monkeypatch, collected, kind):
    """Eight times the rows: held at once, they would be a megabyte more."""
    asker = home["asker"]
    monkeypatch.setattr(export_tasks, "BATCH", 100)
    peaks = []
    for more in (100, 700):
        f.bare_cases(asker, more)
        for _ in range(2 if more == 100 else 1):  # the first is not counted: it loads what is loaded once
            peak = _peak(asker, home["mate"], kind)
        peaks.append(peak)
    few, much = peaks
    assert much[0] <= 1.3 * few[0], peaks
    assert much[1] <= 1.3 * few[1], peaks


def _peak(asker, mate, kind) -> tuple[int, int]:
    """Return the most bytes held while an export is made, and while its archive is."""
    export = ask(asker, file_format=kind)
    with acting_as(mate):
        exports.approve_export(mate, export.pk)
    tracemalloc.start()
    worker()
    made = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    with acting_as(asker):
        assert exports.prepare_archive(asker, export.pk)[-1] == 0
    prepared = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return made, prepared
