"""Acts of the journal: the code and the catalogue name the same, and each leaves its entry in the database. Kinds of
events: the code and the catalogue name the same."""

import ast
import logging
import re
from importlib import import_module
from pathlib import Path

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from journal import words
from journal.models import Entry
from journal.operations import record
from notifications.words import KINDS
from tests import factories as f
from tests.guarantees.acts.house import House
from tests.guarantees.acts.policy import Policy
from victims.cases.access import SECTIONS

from .acts import SCENARIOS, Passed, written
from .conventions import python
from .literals import Said, events_in_sql, reaching, sql

ROOT = Path(__file__).resolve().parents[2]
# written without `record`: by the database, and by commands that run as its owner
ABOVE, FENCE = "referral/organisations/operations/founding.py", "referral/management/commands/fence.py"
ELSEWHERE = {
    "break_glass": "victims/sql/access.sql",
    "case.reading.archive": "victims/sql/archives.sql",
    "account.code": ABOVE,
    "account.factor_off": ABOVE,
    "setup.agency": ABOVE,
    "setup.member": ABOVE,
    "erasures.replay": "referral/management/commands/replay_erasures.py",
    "sending.hold": FENCE,
    "sending.lift": FENCE,
}
GROUPS = {group.code: set(group.acts) for group in words.groups()}
POLICY = {"plan", "money", "commitments", "participation"}
CASE_ACTS = "tests/guarantees/acts/cases.py"
WRITERS_OF_EVENTS = ("enqueue", "enqueue_once", "_write_event")
# told without an act of anybody: proven where the clock is
BY_THE_CLOCK = {
    "alert_reminder", "orientation_reminder", "clock_soon", "clock_late", "data_request_soon", "data_request_late",
    "answer_owed",
    "capacity_stale", "contribution_due",
    "breach_soon", "breach_late", "breach_open",
    "contribution_late", "evidence_reminder", "hold_review", "hold_waits", "archive_waits",
    "archive_left", "limitation_stands", "hook_stopped",
    "alert_left",
    "alert_left_open", "account_unused", "member_unused", "member_stays",
}  # fmt: skip
for group in GROUPS:
    import_module(f"tests.guarantees.acts.{group}")


def undeclared(said: list[Said], declared) -> list[str]:
    """Return where the code says a text that nobody declared."""
    return [f"{one.where}: {one.text}" for one in said if not any(one.may_be(code) for code in declared)]


def unsaid(said: list[Said], declared) -> list[str]:
    """Return what is declared and that no code says."""
    return sorted(code for code in declared if not any(one.may_be(code) for one in said))


def test_every_act_recorded_is_declared_and_every_act_declared_is_recorded():
    said = reaching(ROOT, "record", "act")
    assert {"alert.send", "money.line", "axis.move", "metric.save"} <= {one.text for one in said}
    missing = undeclared(said, words.acts())
    assert not missing, f"give these acts words in acts.py of their app (plans/acts.py, referral/acts.py): {missing}"
    for code, path in ELSEWHERE.items():
        assert code in words.acts() and code in (ROOT / path).read_text(), f"{path} records {code} no more"
    dead = unsaid(said, set(words.acts()) - set(ELSEWHERE))
    assert not dead, f"no code records these acts: take them out of acts.py, or record them: {dead}"


def test_each_section_of_a_case_has_the_act_of_its_reading():
    assert {one.act for one in SECTIONS} <= words.readings().keys()
    missing = [
        f'nothing opens the section « {one.code} »: perform it in {CASE_ACTS}, act("{one.act}")'
        f'(section("{one.route.split(":")[1]}"))'
        for one in SECTIONS
        if one.act not in SCENARIOS
    ]
    assert not missing, "\n".join(missing)


def test_an_act_is_declared_once():
    codes = [code for group in words.groups() for code in group.acts]
    assert len(codes) == len(set(codes)) == len(words.acts())


@pytest.mark.long
def test_every_kind_of_event_told_exists_and_every_kind_that_exists_is_told():
    said = [one for writer in WRITERS_OF_EVENTS for one in reaching(ROOT, writer, "kind")] + events_in_sql(ROOT)
    assert {"alert_vital", "meeting_moved", "contribution_late", "case_addition"} <= {one.text for one in said}
    missing = undeclared(said, KINDS)
    assert not missing, (
        f"no such kinds of events: correct them, or add them to GROUPS in notifications/words.py: {missing}"
    )
    dead = unsaid(said, KINDS)
    assert not dead, f"nothing tells these kinds: take them out of notifications/words.py, or tell them: {dead}"


def test_entries_and_events_are_written_in_one_place_each():
    """What is written past `record` and `enqueue` would be proven by nobody."""
    written = re.compile(r"\b(?:Entry|Event)\.objects(?:\.using\([^)]*\))?\.(?:bulk_create|(?:\w+_or_)?create)\(")
    past = {name for name, tree, _inside in python(ROOT) if written.search(ast.unparse(tree))}
    assert past == {"journal/operations.py", "notifications/operations/events.py", *ELSEWHERE.values()} - {
        ELSEWHERE["break_glass"],
        ELSEWHERE["case.reading.archive"],
    }
    inserts = {p.relative_to(ROOT).as_posix() for p in sql(ROOT) if "INTO journal_entry" in p.read_text()}
    # and, where a limitation ends on cases of the person that its member does not see, an entry in the journal of each
    assert inserts == {ELSEWHERE["break_glass"], ELSEWHERE["case.reading.archive"], "referral/sql/matches.sql"}


def test_an_unknown_act_stops_tests_and_is_never_lost_in_production(db, settings, caplog):
    actor = f.member(f.agency(Kind.NGO), Role.AUDITOR)
    with acting_as(actor):
        with pytest.raises(words.UnknownAct):
            record("case.invented", actor)
        assert not Entry.objects.filter(action="case.invented").exists()
        settings.REFUSE_UNKNOWN_ACTS = False
        with caplog.at_level(logging.ERROR):
            record("case.invented", actor)
        assert Entry.objects.get(action="case.invented").subject_id == str(actor.pk)
    assert "case.invented" in caplog.text


def test_every_kind_is_told_by_an_act_that_is_proven_or_by_the_clock():
    by_acts = {kind for scenarios in SCENARIOS.values() for one in scenarios for kind in one.tells}
    assert not by_acts & BY_THE_CLOCK
    missing = sorted(KINDS.keys() - by_acts - BY_THE_CLOCK)
    assert not missing, f"say in tells= of the act's scenario (tests/guarantees/acts) who is told by {missing}"
    others = "".join(p.read_text() for p in (ROOT / "tests").rglob("test_*.py") if p != Path(__file__))
    unproven = sorted(kind for kind in BY_THE_CLOCK if f'"{kind}"' not in others)
    assert not unproven, f"no test names these kinds, which the clock tells: write one where the clock is: {unproven}"


# -- in the database --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("group", GROUPS)
def test_each_act_leaves_its_entry_and_tells_who_must_know(db, group):
    """Each scenario of `acts/<group>.py`, and each line of the code that records an act of the group."""
    for code in GROUPS[group]:
        assert code in SCENARIOS, (
            f'nothing proves {code}: perform it in tests/guarantees/acts/{group}.py, @act("{code}")'
        )
    world, wrong, reached = Policy() if group in POLICY else House(), [], set()
    with Passed() as passed:
        for code in GROUPS[group]:
            for scenario in SCENARIOS[code]:
                faults, entries = written(code, scenario, world)
                wrong += faults
                reached |= {(code, where) for entry in entries for where in passed.by_entry.get(entry.pk, ())}
    assert not wrong, "\n".join(wrong)
    unproven = sorted(recording(GROUPS[group]) - reached)
    assert not unproven, f"no scenario of tests/guarantees/acts/{group}.py passes through: {unproven}"


def recording(codes: set[str]) -> set[tuple[str, str]]:
    """Return (act, file:line) of each line of the code that records one of these acts."""
    said = reaching(ROOT, "record", "act")
    plain = {(one.text, one.where) for one in said if one.text in codes}
    left = codes - {code for code, _where in plain}
    return plain | {(code, one.where) for one in said for code in left if one.composed and one.may_be(code)}


def test_an_act_that_is_not_recorded_is_noticed(db, monkeypatch):
    world, scenario = House(), SCENARIOS["alert.start"][0]
    assert written("alert.start", scenario, world)[0] == []
    monkeypatch.setattr(Entry.objects, "create", lambda **fields: None)
    assert "it holds []" in written("alert.start", scenario, world)[0][0]
