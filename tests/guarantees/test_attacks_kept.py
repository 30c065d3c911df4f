"""Statements an operation would never make, sent straight to the database: clocks, desks, what a survey was told,
alerts sent on after a case was opened. As in test_attacks.py, each test is a hole that was open once, beside the act
that is allowed.
"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Desk, Level, Role
from foundation.actor import acting_as
from foundation.tables.reading import read
from referral.imports import operations as imports
from referral.inbox.operations.alerts import redirect_alert
from referral.models import AlertDesk, AlertLink, AlertMove, Clock, ClockMove, ReflectionOffer, StepAct
from referral.organisations.operations import duty, organisation
from referral.procedures.operations import checklists, clocks
from referral.relocation import operations as relocation
from tests import factories as f
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.models import Profile, ProfileVersion
from victims.path import operations as path

from .test_attacks import (
    led,
    refused,
)

pytestmark = pytest.mark.django_db


# -- clocks -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock(p):
    p["case"] = led(p)
    with acting_as(p["home"]):
        made = checklists.start_procedure(p["home"], p["case"].pk, "indemnisation_civi")
        return clocks.start_clock(p["home"], made.pk, 2, counted_on=date(2026, 10, 1))


def test_a_clock_changes_with_a_move_that_says_so(p, clock):
    later = clock.due_at + timedelta(days=400)
    with acting_as(p["home"]):
        for change in ({"due_at": later}, {"state": "met"}, {"state": "stopped", "remind_at": None}):
            with refused():
                Clock.objects.filter(pk=clock.pk).update(**change)
        # a move that says another date, or another state, is not enough
        ClockMove.objects.create(clock=clock, case_id=clock.case_id, action="extend", due_at=later, by=p["home"])
        with refused():
            Clock.objects.filter(pk=clock.pk).update(due_at=later + timedelta(days=1))
        with refused():
            Clock.objects.filter(pk=clock.pk).update(state="met", due_at=later)
        assert Clock.objects.filter(pk=clock.pk).update(due_at=later) == 1
        ended = clocks.end_clock(p["home"], clock.pk, met=True)
        assert ended.state == "met" and ended.moves.count() == 3


def test_a_clock_that_runs_is_told_before_its_end(p, clock):
    with acting_as(p["home"]):
        for silent in (None, clock.due_at + timedelta(days=1)):
            with refused():
                Clock.objects.filter(pk=clock.pk).update(remind_at=silent)
        assert Clock.objects.filter(pk=clock.pk).update(remind_at=clock.due_at) == 1
        day = timezone.localdate() + timedelta(days=90)
        assert clocks.extend_clock(p["home"], clock.pk, ends_on=day, reason="mistake", words="x").remind_at


# -- desks ------------------------------------------------------------------------------------------------------------
def test_who_stands_in_for_a_desk_is_said_by_its_administrator(p):
    """A stand-in receives what the desk leaves unopened: named by any member, it would be a way out for alerts."""
    home, other = p["home"].agency_id, p["other"].agency_id
    admin = f.member(p["home"].agency, Role.AGENCY_ADMIN)
    with acting_as(p["home"]):
        for change in ({"second": other}, {"phone": "01"}, {"takes_minors": False}, {"languages": ["fr"]}):
            with refused():
                Desk.objects.filter(pk=home).update(**change)
        organisation.declare_places(p["home"], 7)  # how many places are free is for its members
        kept = connection.cursor()
        kept.execute("DELETE FROM agencies_desk_services WHERE desk_id = %s", [home])
        assert kept.rowcount == 0
    with acting_as(p["other"]):
        assert Desk.objects.filter(pk=home).update(second=other) == 0
    with acting_as(admin):
        with refused():  # asked, it holds once the stand-in and the coordination agree
            Desk.objects.filter(pk=home).update(second=other)
        assert Desk.objects.filter(pk=home).update(second=None, phone="01") == 1
        assert duty.own_desk(admin).places == 7


# -- the survey -------------------------------------------------------------------------------------------------------
def test_what_the_survey_was_told_keeps_what_it_was(p):
    case = led(p)
    mate = f.member(p["home"].agency)
    with acting_as(p["home"]):
        path.record_profile(p["home"], case.pk, data={"sex": "female"})
    with acting_as(mate):
        said = Profile.objects.get(case=case)
        said.data, said.by = {"sex": "male"}, mate
        said.save()  # without an operation, as any member may
        with refused():
            Profile.objects.filter(case=case).update(by=p["home"])  # under the name of another
        found = ProfileVersion.objects.filter(case=case).order_by("pgh_id")
        assert [(v.data, v.membership_id) for v in found] == [
            ({"sex": "female"}, p["home"].pk),
            ({"sex": "male"}, mate.pk),
        ]
        for statement in (
            "UPDATE victims_profileversion SET membership_id = NULL",
            "DELETE FROM victims_profileversion",
        ):
            with refused():
                connection.cursor().execute(statement)
    with acting_as(p["coord"]):  # the state only
        assert not ProfileVersion.objects.exists()
    with acting_as(p["third"]):
        assert not ProfileVersion.objects.exists()


# -- an alert sent on after its case was opened ------------------------------------------------------------------------
def test_an_alert_that_comes_back_is_for_the_members_the_case_is_kept_to(p):
    """The shelter took the alert up and keeps the case to one member: sent to it again, the row is hers alone."""
    mate = f.member(p["home"].agency)
    alert = f.sent_alert(p["nurse"], desks=[p["other"].agency_id])
    case = f.own_case(p["home"])
    with acting_as(p["home"]):
        assign_member(p["home"], case.pk, p["home"])
        restrict_case(p["home"], case.pk)
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=case)
    with acting_as(p["other"]):
        redirect_alert(p["other"], alert.pk, [p["home"].agency_id], reason="theirs")
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get(alert=alert, agency=p["home"].agency)
        assert row.kept_cases == [case.pk]
    for who, sees in ((p["home"], True), (mate, False), (p["other"], False)):
        with acting_as(who):
            rows = AlertDesk.objects.of(who).filter(alert=alert, live=True, kept_cases=[case.pk])
            assert rows.exists() == sees, who
            assert AlertMove.objects.filter(alert=alert, action="redirect").exists() == (who != mate), who


# -- repaired by reading, proven here ----------------------------------------------------------------------------------
def test_nobody_asks_whether_the_cases_of_another_import_were_worked_on(p):
    with acting_as(p["home"]):
        made = imports.start_import(p["home"], read("Référence;Majeur / mineur\nA-1;majeure\n".encode()))
        made = imports.match_columns(p["home"], made.pk, {int(k): v for k, v in made.content["matching"].items()})
        imports.order_load(p["home"], made.pk, only_good=False)
        imports.load_lines(p["home"], made.pk)
        (case,) = [line.case_id for line in made.lines.all()]
        assign_member(p["home"], case, p["home"])
        assert imports.cases_worked_on(p["home"], made.pk) == 1
    with acting_as(p["other"]), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.import_touched(%s)", [made.pk])
        assert not cursor.fetchone()[0]


def test_a_refused_step_does_not_tell_whether_the_period_was_offered(p):
    """Who may not write on the case gets one refusal, offered or not; who may gets the reason."""
    case = led(p)
    with acting_as(p["home"]):
        made = checklists.start_procedure(p["home"], case.pk, "delai_reflexion")

    def skip(who):
        with acting_as(who):
            StepAct.objects.create(
                checklist=made, case_id=case.pk, step=2, action="waived", reason="risk", words={"text": "x"}, by=who
            )

    with refused():
        skip(p["third"])
    with refused("NRM01"):
        skip(p["home"])
    with acting_as(p["home"]):
        ReflectionOffer.objects.create(
            case=case, offered_on=date(2026, 11, 1), answered_on=date(2026, 11, 1), answer="declined", by=p["home"]
        )
    with refused():
        skip(p["third"])
    skip(p["home"])


# -- an alert of several cases ----------------------------------------------------------------------------------------
@pytest.fixture
def shared(p):
    """An alert at the coordination and the shelter, joined to two cases of each."""
    alert = f.sent_alert(p["nurse"], desks=[p["coord"].agency_id, p["home"].agency_id])
    cases = {name: [f.own_case(p[name]) for _ in range(2)] for name in ("coord", "home")}
    with as_role("nrm_owner"):
        for case in cases["coord"] + cases["home"]:
            AlertLink.objects.create(alert=alert, case=case)
    return alert, cases


def reads(who, alert) -> bool:
    """Return whether row security and the list agree that this member reads the desk row, and that it is live."""
    with acting_as(who):
        walls = set(AlertDesk.objects.filter(alert=alert, agency=who.agency_id).values_list("live", flat=True))
        listed = set(AlertDesk.objects.of(who).filter(alert=alert).values_list("live", flat=True))
        assert walls == listed
        return walls == {True}


def own_alert(case):
    """Return the alert that a case was opened from."""
    with as_role("nrm_owner"):
        return AlertLink.objects.filter(case=case).earliest("at").alert


def test_an_alert_of_two_restricted_cases_is_for_members_assigned_to_both(p, shared):
    alert, cases = shared
    one, two = cases["home"]
    assert reads(p["home2"], alert)
    with acting_as(p["home"]):
        for case in (one, two):
            assign_member(p["home"], case.pk, p["home"])
            restrict_case(p["home"], case.pk)
        assign_member(p["home"], two.pk, p["home2"])
    assert reads(p["coord"], alert)  # kept inside the shelter alone
    assert [reads(p["home2"], own_alert(case)) for case in (one, two)] == [False, True]
    assert (reads(p["home"], alert), reads(p["home2"], alert)) == (True, False)  # kept out of the first case
    with acting_as(p["home"]):
        lift_restriction(p["home"], two.pk)
    assert (reads(p["home"], alert), reads(p["home2"], alert)) == (True, False)  # the first is restricted still
    third = f.own_case(p["home"])
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=alert, case=third)
    assert (reads(p["home"], alert), reads(p["home2"], alert)) == (True, False)
    with acting_as(p["home"]):
        lift_restriction(p["home"], one.pk)
    assert (reads(p["home"], alert), reads(p["home2"], alert)) == (True, True)


def test_a_unit_keeps_an_alert_until_its_last_case_has_moved(p, shared):
    """The former unit answers for the other person of the same alert: its desk row ends with the last of its cases."""
    alert, cases = shared
    far = f.coordination(territories=("13",))
    there = f.territory("13", "Bouches-du-Rhône")
    for case, keeps in zip(cases["coord"], (True, False), strict=True):
        with acting_as(p["coord"]):
            assert relocation.move_case(p["coord"], case.pk, there).unit == far
        assert reads(p["coord"], alert) == keeps
        assert not reads(p["coord"], own_alert(case))
        assert reads(p["coord"], own_alert(cases["coord"][1])) == keeps
    assert reads(p["home"], alert)


def test_who_transfers_one_case_of_an_alert_keeps_it_for_the_other(p, shared):
    alert, cases = shared
    for case, keeps in zip(cases["home"], (True, False), strict=True):
        asked = {"verb": "transfer", "level": Level.FILE, "state": "accepted"}
        f.orientation(p["home"], case, p["other"].agency, answerer=p["other"], **asked)
        assert reads(p["home"], alert) == keeps
    assert reads(p["coord"], alert)
