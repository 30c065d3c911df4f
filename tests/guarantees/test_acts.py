"""Acts of the journal and kinds of events: what the code says is declared, and what is declared is said."""

import logging
from pathlib import Path

import pytest

from agencies.actor import acting_as
from agencies.models import Kind, Role
from journal import catalogue
from journal.models import Entry
from journal.operations import record
from notifications.catalogue import KINDS
from tests import factories as f
from tests.guarantees.literals import Said, events_in_sql, reaching

ROOT = Path(__file__).resolve().parents[2]
# written without `record`: by the database, and by a command that runs as its owner
ELSEWHERE = {"break_glass": "victims/sql/access.sql", "account.code": "referral/management/commands/account_code.py"}


def undeclared(said: list[Said], declared) -> list[str]:
    """Return where the code says a text that nobody declared."""
    return [f"{one.where}: {one.text}" for one in said if not any(one.may_be(code) for code in declared)]


def unsaid(said: list[Said], declared) -> list[str]:
    """Return what is declared and that no code says."""
    return sorted(code for code in declared if not any(one.may_be(code) for one in said))


def test_every_act_recorded_is_declared_and_every_act_declared_is_recorded():
    said = reaching(ROOT, "record")
    assert {"alert.send", "money.line", "axis.move", "metric.save"} <= {one.text for one in said}
    missing = undeclared(said, catalogue.acts())
    assert not missing, f"give these acts words in acts.py of their app (plans/acts.py, referral/acts.py): {missing}"
    for code, path in ELSEWHERE.items():
        assert code in catalogue.acts() and code in (ROOT / path).read_text(), f"{path} records {code} no more"
    dead = unsaid(said, set(catalogue.acts()) - set(ELSEWHERE))
    assert not dead, f"no code records these acts: take them out of acts.py, or record them: {dead}"


def test_an_act_is_declared_once():
    codes = [code for group in catalogue.groups() for code in group.acts]
    assert len(codes) == len(set(codes)) == len(catalogue.acts())


def test_every_kind_of_event_told_exists_and_every_kind_that_exists_is_told():
    said = [*reaching(ROOT, "enqueue"), *events_in_sql(ROOT), *reaching(ROOT, "_write_event")]
    assert {"alert_vital", "meeting_moved", "contribution_late", ".+_reminder"} <= {one.text for one in said}
    missing = undeclared(said, KINDS)
    assert not missing, (
        f"no such kinds of events: correct them, or add them to GROUPS in notifications/catalogue.py: {missing}"
    )
    dead = unsaid(said, KINDS)
    assert not dead, f"nothing tells these kinds: take them out of notifications/catalogue.py, or tell them: {dead}"


def test_an_unknown_act_stops_tests_and_is_never_lost_in_production(db, settings, caplog):
    actor = f.member(f.agency(Kind.NGO), Role.AUDITOR)
    with acting_as(actor):
        with pytest.raises(catalogue.UnknownAct):
            record("case.invented", actor)
        assert not Entry.objects.filter(action="case.invented").exists()
        settings.REFUSE_UNKNOWN_ACTS = False
        with caplog.at_level(logging.ERROR):
            record("case.invented", actor)
        assert Entry.objects.get(action="case.invented").subject_id == str(actor.pk)
    assert "case.invented" in caplog.text
