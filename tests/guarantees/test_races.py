"""Two people at the same moment, on two real connections of the application's role: one serial order, no access left
behind, no deadlock. A few rounds of each in the suite, starting together behind a barrier."""

import random
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Kind, Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.desk.filters import unassigned_cases
from referral.inbox.operations.alerts import declare, escalate_alert
from referral.models import AlertDesk, AlertLink, AlertMove, Orientation, OrientationDesk, OrientationMove
from referral.organisations.operations import members
from referral.orientations.operations import orientations, overdue
from referral.tasks import due
from tests import factories as f
from tests.roles import as_role
from victims.access.access import grant
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case, unassign_member
from victims.access.tasks import end_due_grants
from victims.consents import operations as consents
from victims.models import Case, CaseAccess, Grant

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


def together(*acts, spread=0.004) -> list[str]:
    """Run these at once, each (actor, function) in a thread and transaction of its own; says how each ended."""
    barrier, ends = threading.Barrier(len(acts)), ["?"] * len(acts)

    def run(place, actor, act, delay):
        try:
            connection.ensure_connection()
            barrier.wait(60)
            time.sleep(delay)
            if actor == SYSTEM:
                with as_role("nrm_worker"), acting_as(SYSTEM):
                    act()
            elif actor.kind == "system":
                with as_role("nrm_worker"), acting_as(actor):
                    act()
            else:
                with acting_as(actor):
                    act()
            ends[place] = "done"
        except WrongState:
            ends[place] = "wrong_state"
        except (NotAllowed, NotFound) as error:
            ends[place] = type(error).__name__
        except DatabaseError as error:  # a deadlock would be 40P01
            ends[place] = f"database {error.__cause__.pgcode}"
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(place, actor, act, random.uniform(0, spread)))
        for place, (actor, act) in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return ends


@pytest.fixture
def p(transactional_db):
    f.national()
    unit, home = f.coordination(), f.shelter()
    people = {
        "coord": f.member(unit, Role.COORDINATOR),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        "home": f.member(home),
        "home2": f.member(home),
        "other": f.member(f.shelter()),
        "third": f.member(f.shelter()),
    }
    people["case"] = f.case(people["coord"], author=people["nurse"])
    return people


def state(orientation) -> str:
    with as_role("nrm_owner"):
        return Orientation.objects.get(pk=orientation.pk).state


def differences() -> list:
    """Derived access rows against what the grants say, for all cases; must be empty after any race."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nrm.access_differences()")
        return cursor.fetchall()


@pytest.mark.long
def test_two_colleagues_accept_at_once(p):
    for _ in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency)
        acts = [
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
            (p["home2"], lambda: orientations.accept_orientation(p["home2"], made.pk)),  # noqa: B023
        ]
        ends = together(*acts)
        assert sorted(ends) == ["done", "wrong_state"]
        with as_role("nrm_owner"):
            assert OrientationMove.objects.filter(orientation=made, after="accepted").count() == 1
            assert Grant.objects.filter(ground_id=made.pk).count() == 1


@pytest.mark.long
@pytest.mark.parametrize("started", [False, True])
def test_acceptance_against_withdrawal_of_the_agreement(p, started):
    """Whichever comes first, nothing is left of what the agreement carried."""
    seen = set()
    for turn in range(ROUNDS):
        consent = f.consent(p["coord"], p["case"], agencies=[p["home"].agency_id])
        state_ = "in_progress" if started else "sent"
        made = f.orientation(p["coord"], p["case"], p["home"].agency, state=state_, answerer=p["home"], consent=consent)
        answer = orientations.complete_orientation if started else orientations.accept_orientation
        more = {"outcome": "services"} if started else {}
        acts = [
            (p["home"], lambda: answer(p["home"], made.pk, **more)),  # noqa: B023
            (p["coord"], lambda: consents.withdraw_consent(p["coord"], consent.pk)),  # noqa: B023
        ]
        ends = together(*(acts if turn % 2 else acts[::-1]))
        answered, withdrawn = ends if turn % 2 else ends[::-1]
        assert withdrawn == "done"
        assert answered in ("done", "wrong_state", "NotAllowed")  # the last: its desk row had already ended
        seen.add(answered)
        with as_role("nrm_owner"):
            assert not CaseAccess.objects.filter(agency=p["home"].agency).exists()
            assert not Grant.objects.filter(ground_id__in=[made.pk, consent.pk]).exists()
        assert state(made) in ({"completed", "consent_withdrawn"} if started else {"consent_withdrawn"})
    assert differences() == []


def test_acceptance_against_silence(p):
    """The clock runs out while the desk answers: accepted or expired, never both."""
    with as_role("nrm_owner"):
        system = Membership.objects.get(agency=p["home"].agency, kind="system")
    for turn in range(ROUNDS):
        made = f.orientation(p["coord"], p["case"], p["home"].agency)
        with as_role("nrm_worker"), acting_as(system):
            overdue.overdue_orientation(system, made.pk)  # escalated once: the next one expires
        acts = [
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
            (system, lambda: overdue.overdue_orientation(system, made.pk)),  # noqa: B023
        ]
        ends = together(*(acts if turn % 2 else acts[::-1]))
        accepted, expired = ends if turn % 2 else ends[::-1]
        assert sorted([accepted == "done", expired == "done"]) == [False, True], ends
        assert {accepted, expired} == {"done", "wrong_state"} or "NotAllowed" in ends, ends
        with as_role("nrm_owner"):
            given = Grant.objects.filter(ground_id=made.pk).exists()
            live = OrientationDesk.objects.get(orientation=made, agency=p["home"].agency).live
        assert (state(made), given, live) == (
            ("accepted", True, True) if accepted == "done" else ("expired", False, False)
        )
    assert differences() == []


@pytest.mark.parametrize("noun", ["alert", "orientation"])
def test_two_workers_find_the_same_silence(p, noun):
    """A message of due work came twice: each overdue row is handled once. A request would be escalated, then expire."""
    if noun == "alert":
        row, moves, table = AlertDesk, AlertMove, "referral_alert"
        thing = f.sent_alert(p["nurse"])
    else:
        row, moves, table = OrientationDesk, OrientationMove, "referral_orientation"
        thing = f.orientation(p["coord"], p["case"], p["home"].agency)
    with as_role("nrm_owner"):
        row.objects.filter(**{noun: thing.pk}).update(due_at=timezone.now() - timedelta(minutes=1))
    pids: list[int] = []
    workers = [threading.Thread(target=_pass_of_due_work, args=(pids,)) for _ in range(2)]
    with transaction.atomic(), as_role("nrm_owner"), connection.cursor() as cursor:
        # somebody holds it, so that neither finishes before the other has looked
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [thing.pk])
        for worker in workers:
            worker.start()
        _until(lambda: _waiting(cursor, pids) + sum(not worker.is_alive() for worker in workers) == 2)
    for worker in workers:
        worker.join(60)
    with as_role("nrm_owner"):
        found = moves.objects.filter(**{noun: thing.pk}).exclude(action="send")
        assert [move.action for move in found] == ["escalate"]


def test_a_desk_that_has_just_answered_is_not_silent(p):
    """Its time limit had passed when due work looked, and it declared that it acts before due work wrote."""
    alert = f.sent_alert(p["nurse"])
    with as_role("nrm_owner"):
        system = Membership.objects.get(agency=p["coord"].agency, kind="system")
    with acting_as(p["coord"]):
        declare(p["coord"], alert.pk, what="acting", words="Une équipe part.")
    with as_role("nrm_worker"), acting_as(system), pytest.raises(WrongState):
        escalate_alert(system, alert.pk)
    with as_role("nrm_owner"):
        assert [row.due_at for row in AlertDesk.objects.filter(alert=alert)] == [None]


def _pass_of_due_work(pids: list[int]) -> None:
    connection.ensure_connection()
    pids.append(connection.connection.info.backend_pid)
    try:
        with as_role("nrm_worker"):
            due()
    finally:
        connection.close()


def _waiting(cursor, pids: list[int]) -> int:
    """Return how many of these sessions wait for a lock."""
    cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)", [pids])
    return cursor.fetchone()[0]


def _until(true, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_grants_of_different_level_leave_the_higher(p):
    """Overlapping grants to one agency: the derived row says the higher level, in both orders."""
    case = f.case(p["coord"], author=p["nurse"])
    f.orientation(p["coord"], case, p["other"].agency, state="accepted", answerer=p["other"], verb="transfer", level=3)
    second = f.member(p["other"].agency)
    for turn in range(ROUNDS):
        agency = p["third"].agency

        def give(member, level, number):
            grant(case, agency.pk, level=level, ground=Grant.Ground.LEGAL, ground_id=number, given_by=member)  # noqa: B023

        numbers = [uuid.uuid4(), uuid.uuid4()]
        acts = [
            (p["other"], lambda: give(p["other"], 2, numbers[0])),  # noqa: B023
            (second, lambda: give(second, 3, numbers[1])),  # noqa: B023
        ]
        assert together(*(acts if turn % 2 else acts[::-1])) == ["done", "done"]
        with as_role("nrm_owner"):
            assert CaseAccess.objects.get(case=case, agency=agency).level == 3
            Grant.objects.filter(ground_id__in=numbers).delete()
            assert not CaseAccess.objects.filter(case=case, agency=agency).exists()


def test_two_open_transfers_make_one_lead(p):
    for turn in range(ROUNDS // 2):
        case = f.case(p["coord"], author=p["nurse"])
        first, second = (
            f.orientation(p["coord"], case, p[name].agency, verb="transfer", level=3) for name in ("home", "other")
        )
        acts = [
            (p["home"], lambda: orientations.accept_orientation(p["home"], first.pk)),  # noqa: B023
            (p["other"], lambda: orientations.accept_orientation(p["other"], second.pk)),  # noqa: B023
        ]
        ends = together(*(acts if turn % 2 else acts[::-1]))
        assert ends.count("done") == 1, ends
        assert sorted([state(first), state(second)]) == ["accepted", "withdrawn"]
        with as_role("nrm_owner"):
            lead = Case.objects.get(pk=case.pk).lead_id
            assert list(CaseAccess.objects.filter(case=case, level=3).values_list("agency", flat=True)) == [lead]
            assert CaseAccess.objects.get(case=case, lead=True).agency_id == lead
    assert differences() == []


@pytest.mark.long
def test_the_sweep_against_a_withdrawal(p):
    """Both delete the same grants: the case is locked first by each, so neither waits for the other for ever."""
    for turn in range(ROUNDS):
        until = timezone.now() + timedelta(days=1)
        consent = f.consent(p["coord"], p["case"], agencies=[p["home"].agency_id], until=until)
        f.orientation(p["coord"], p["case"], p["home"].agency, state="accepted", answerer=p["home"], consent=consent)
        with as_role("nrm_owner"):
            Grant.objects.filter(group=p["home"].agency_id).update(until=timezone.now() - timedelta(minutes=1))
        acts = [
            (SYSTEM, end_due_grants),
            (p["coord"], lambda: consents.withdraw_consent(p["coord"], consent.pk)),  # noqa: B023
        ]
        assert together(*(acts if turn % 2 else acts[::-1])) == ["done", "done"]
        with as_role("nrm_owner"):
            assert not Grant.rows.filter(group=p["home"].agency_id).exists()
    assert differences() == []


def test_two_cases_of_one_alert_are_restricted_at_once(p):
    """Neither restriction is lost on the desk row of the alert, nor lifted with the other."""
    cases = [f.own_case(p["home"]) for _ in range(2)]
    with acting_as(p["home"]):
        for case in cases:
            assign_member(p["home"], case.pk, p["home"])
    alert = f.sent_alert(p["nurse"], desks=[p["home"].agency_id])
    with as_role("nrm_owner"):
        for case in cases:
            AlertLink.objects.create(alert=alert, case=case)
    for change, left in [(restrict_case, {case.pk for case in cases}), (lift_restriction, set())] * ROUNDS:
        acts = [(p["home"], lambda case=case: change(p["home"], case.pk)) for case in cases]  # noqa: B023
        assert together(*acts) == ["done", "done"]
        with as_role("nrm_owner"):
            row = AlertDesk.objects.get(alert=alert, agency=p["home"].agency)
            assert set(row.kept_cases or ()) == left


def unassigned(member, case) -> bool:
    with acting_as(member):
        return unassigned_cases(member).filter(case=case).exists()


def test_two_colleagues_leave_a_case_at_once(p):
    """The list of cases with nobody holds it, whoever was first."""
    case = f.own_case(p["home"])
    for _ in range(ROUNDS):
        for member in (p["home"], p["home2"]):
            with acting_as(member):
                assign_member(member, case.pk, member)
        assert not unassigned(p["home"], case)
        ends = together(*((m, lambda m=m: unassign_member(m, case.pk, m)) for m in (p["home"], p["home2"])))
        assert ends == ["done", "done"]
        assert unassigned(p["home"], case)
        assert differences() == []


def test_a_case_is_given_to_who_is_switched_off_meanwhile(p):
    """It stays in the list of cases with nobody, whether the colleague was refused or left with it."""
    boss, seen = f.member(p["home"].agency, Role.AGENCY_ADMIN), set()
    case = f.own_case(p["home"])
    for _ in range(ROUNDS):
        leaving = f.member(p["home"].agency)
        ends = together(
            (p["home"], lambda: assign_member(p["home"], case.pk, leaving)),  # noqa: B023
            (boss, lambda: members.switch_off(boss, leaving.pk)),  # noqa: B023
        )
        seen.add(ends[0])
        assert ends[1] == "done"
        assert unassigned(p["home"], case)
        assert differences() == []
    assert seen <= {"done", "NotAllowed", "database 23514", "wrong_state"}
