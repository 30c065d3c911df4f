"""Who has an insider's account and the database password stays in no case of the archive by being quick."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from referral.archives.operations import end_openings
from referral.closing.operations import move_case
from tests.referral.archives.closed import archive, close, opened
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import Archive, Assignment, Case

pytestmark = pytest.mark.django_db(transaction=True)
ASSIGN = (
    "INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)"
    " VALUES (%s, %s, %s, '9999-12-31', %s)"
)


def run(sql, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def meanwhile(w, *, snapshot: bool = False) -> list[str]:
    """Assign a member for ever while the worker archives the case; say how it ended. `snapshot`: the statement sees the
    case as it was before."""
    mate, case, ends, ready, go = w["mate"], w["case"].pk, [], threading.Event(), threading.Event()

    def stay():
        try:
            if snapshot:
                run("SET default_transaction_isolation = 'repeatable read'")
            with acting_as(mate), transaction.atomic():
                run("SELECT count(*) FROM victims_caseaccess")
                ready.set()
                go.wait(30)
                run(ASSIGN, case, mate.agency_id, mate.pk, mate.pk)
            ends.append("done")
        except DatabaseError as error:
            ends.append(error.__cause__.pgcode)
        finally:
            ready.set()
            connection.close()

    other = threading.Thread(target=stay)
    with as_role("nrm_worker"), acting_as(SYSTEM), transaction.atomic():
        run("SELECT nrm.archive_case(%s)", case)
        other.start()
        assert ready.wait(30)
        if not snapshot:
            go.set()
            time.sleep(0.5)  # it waits for the end of this transaction
    go.set()
    other.join(30)
    return ends


@pytest.mark.parametrize("snapshot", [False, True])
def test_who_wins_a_race_with_what_archives_is_not_assigned_to_the_case_for_ever(w, snapshot):
    """The policy saw a case in the lists, the row was written once the case was in the archive: it had no end."""
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
    close(w)
    ends = meanwhile(w, snapshot=snapshot)
    with as_role("nrm_owner"):
        assert Archive.objects.filter(case=w["case"]).exists()
        assert not Assignment.objects.filter(case=w["case"]).exists(), ends
    assert ends in (["42501"], ["40001"])


def test_an_assignment_is_of_no_hour_to_come(w):
    """In the archive an assignment ends by its age: one of the year 9999 never did."""
    mate, case = w["mate"], w["case"].pk
    with acting_as(mate), transaction.atomic():
        run(ASSIGN, case, mate.agency_id, mate.pk, mate.pk)
    with as_role("nrm_owner"):
        assert Assignment.objects.get(case=case).at <= timezone.now()
    assert archive(w)


def test_an_opening_that_ends_does_not_meet_the_case_that_is_opened_again(w):
    """Each held what the other waited for, the assignment of who had it open and the case: one had to try again."""
    lead, case = w["lead"], w["case"].pk
    with acting_as(lead):
        assign_member(lead, case, lead)
        restrict_case(lead, case)
    archive(w)
    opened(w, "lead")
    with as_role("nrm_owner"):
        Assignment.objects.filter(case=case).update(at=timezone.now() - timedelta(days=8))
    ends, ready, go = [], threading.Event(), threading.Event()

    def reopen():
        try:
            with acting_as(lead), transaction.atomic():
                Case.objects.select_for_update(no_key=True).get(pk=case)
                ready.set()
                go.wait(30)
                move_case(lead, case, "reopen")
            ends.append("done")
        except DatabaseError as error:
            ends.append(error.__cause__.pgcode)
        finally:
            ready.set()
            connection.close()

    other = threading.Thread(target=reopen)
    other.start()
    assert ready.wait(30)
    threading.Timer(0.5, go.set).start()  # the worker has begun
    with as_role("nrm_worker"), acting_as(SYSTEM):
        end_openings()
    other.join(30)
    assert ends == ["done"]
    with as_role("nrm_owner"):
        assert Case.objects.get(pk=case).status == "open"
        assert Assignment.objects.filter(case=case, membership=lead).exists(), "kept to its members: it has one"
