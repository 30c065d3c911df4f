"""Limits of readings hold when one member tries twelve times at the same moment."""

import pytest

from agencies.models import Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from journal.models import Entry
from journal.selectors import read_quota
from referral.archives import operations as archives
from referral.desk import operations as desk
from referral.exports import operations as exports
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.archives.closed import archive
from tests.roles import as_role
from victims.access.operations import emergency
from victims.cases.access import read_case
from victims.models import Archive, ReadingAlarm
from victims.reading.access import Spent

from .test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
TRIES, LIMIT = 12, 5
WHY = "Appel de la personne, menacée cette nuit ; le foyer ne répond pas."


@pytest.fixture
def p(transactional_db):
    f.national()
    unit = f.coordination()
    coord = f.member(unit, Role.COORDINATOR)
    return {"coord": coord, "case": f.case(coord), "home": f.member(f.shelter())}


def passed(member, act, *actions: str) -> int:
    """Try together; return how many passed, which is what the journal says."""

    def tried():
        try:
            act()
        except (read_quota.Exhausted, Spent):
            raise NotAllowed("quota") from None

    ends = together(*[(member, tried)] * TRIES)
    assert set(ends) == {"done", "NotAllowed"}, ends
    with as_role("nrm_owner"):
        assert Entry.objects.filter(membership_id=member.pk, action__in=actions).count() == ends.count("done")
    return ends.count("done")


@pytest.mark.parametrize("reference", ["", "2222-3333"])
def test_five_emergency_accesses_an_hour(p, reference):
    home, wanted = p["home"], reference or p["case"].reference

    def take():
        emergency.break_glass(home, reference=wanted, reason=WHY)

    assert passed(home, take, "break_glass", "break_glass.missed") == emergency.ATTEMPTS_AN_HOUR


def test_five_openings_of_the_archive_an_hour_for_a_danger(p):
    home = p["home"]
    w = {"lead": home, "case": f.own_case(home)}
    assert archive(w)
    with as_role("nrm_owner"):
        filed = Archive.objects.get(case=w["case"], agency=home.agency)

    def take():
        archives.open_archive(home, filed.pk, why="danger", reason=WHY)

    assert passed(home, take, "case.reading.archive") == emergency.ATTEMPTS_AN_HOUR


def test_searches_by_reference(p, monkeypatch):
    monkeypatch.setattr(desk, "AN_HOUR", LIMIT)
    assert passed(p["home"], lambda: desk.find(p["home"], "2222-3333"), "search.reference") == LIMIT


def test_readings_of_an_event(p, monkeypatch):
    monkeypatch.setattr(situations, "READINGS_AN_HOUR", LIMIT)
    with acting_as(p["coord"]):
        event = situations.start_situation(
            p["coord"], sort="inspection", happened_on="2026-11-20", territory=f.territory()
        )
    assert passed(p["coord"], lambda: situations.read_group(p["coord"], event.pk), situations.GROUP_READING) == LIMIT


def test_exports_asked(p, monkeypatch):
    monkeypatch.setattr(exports, "AN_HOUR", LIMIT)
    order = {"purpose": "meeting", "reason": "Réunion du lundi, à deux", "file_format": "csv"}
    assert passed(p["coord"], lambda: exports.ask_export(p["coord"], "cases", "", **order), "export.ask") == LIMIT


def test_cases_opened(p, settings):
    """Twelve different cases at once: as many as the budget allows, and one alarm."""
    settings.READ_BUDGETS = {"person": {"file": {"hour": LIMIT, "week": 99}}}
    cases = iter([f.bare_case(p["home"]).pk for _ in range(TRIES)])
    assert passed(p["home"], lambda: read_case(p["home"], next(cases)), "case.read") == LIMIT
    with as_role("nrm_owner"):
        assert ReadingAlarm.objects.filter(membership=p["home"]).count() == 1
