"""Programs that copy lists lose nothing, whatever is written at that moment, and are told what is gone."""

import threading
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from agencies.models import Kind, Level, Membership, Role
from foundation import positions
from foundation.actor import acting_as
from foundation.tables.reading import read
from referral.api import selectors
from referral.exports import operations as exports
from referral.imports import operations as imports
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.models import AlertDesk, Clock
from referral.orientations.operations import orientations
from referral.procedures.operations import checklists, clocks
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.referral.api.copies import PROCEDURE, TABLE, World, written_together
from tests.roles import as_role
from victims.access.access import grant
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.models import Case, CaseAccess, Departure, Grant

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = ["alerts/", "alerts/received/", "cases/", "orientations/", "orientations/sent/", "notices/", "clocks/",
         "legal-shares/", "situations/", "exports/"]  # fmt: skip


@contextmanager
def paused(member, act):
    """Run this in a transaction of its own, and stop before it ends; it commits when the block ends."""
    written, go, failed = threading.Event(), threading.Event(), []

    def run():
        try:
            with acting_as(member):
                act()
                written.set()
                assert go.wait(30)
        except BaseException as error:
            failed.append(error)
            written.set()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(30)
    try:
        yield
    finally:
        go.set()
        thread.join(30)
        assert not failed, failed


def copied(caller, path, **query) -> tuple[dict, list, str]:
    """Read a list whole, as a program does: rows by id, what is gone, and from where to ask next.

    With `since`, leave out what the program holds already, word for word, and what is gone that it does not hold: a
    transaction that another database of the same server holds open makes an answer repeat.
    """
    known = caller.__dict__.setdefault("copies", {}).setdefault(path, {})
    found, rows = caller.get(path, limit=2, **query).json(), {}
    since, gone, cases = found["since"], found.get("gone", []), found.get("gone_cases", [])
    while True:
        rows |= {row["id"]: row for row in found["results"]}
        assert found["since"] == since
        if not found["next"]:
            break
        found = caller.client.get(found["next"], headers=caller._headers()).json()
    if "since" in query:
        gone += [
            key for key, row in known.items() if row.get("case") in cases and key not in {**rows, **dict.fromkeys(gone)}
        ]
        rows = {key: row for key, row in rows.items() if known.get(key, {}) != row}
        gone = [key for key in gone if known.get(key)]
    else:
        known.clear()
    known |= rows | dict.fromkeys(gone, {})
    return rows, gone, since


@pytest.fixture
def p(transactional_db):
    f.national()
    unit, home, school = f.coordination(), f.shelter(), f.agency(Kind.EDUCATION, desk=False)
    coord, worker = f.member(unit, Role.COORDINATOR), f.member(home)
    nurse = f.member(school, Role.FRONTLINE)
    return {
        "coord": coord,
        "worker": worker,
        "nurse": nurse,
        "unit": Caller(f.program(unit, Role.COORDINATOR)),
        "home": Caller(f.program(home)),
        "school": Caller(f.program(school, Role.CASE_WORKER)),
    }


def _case(p):
    """A request sent; the act accepts it, and the home sees the case."""
    case = f.case(p["coord"])
    asked = f.orientation(p["coord"], case, p["worker"].agency)
    with acting_as(p["worker"]):
        orientations.open_orientation(p["worker"], asked.pk)
    return p["home"], str(case.pk), p["worker"], lambda: orientations.accept_orientation(p["worker"], asked.pk)


def _request(p, caller="home"):
    case = f.case(p["coord"])
    asked = f.orientation(p["coord"], case, p["worker"].agency, state="draft")
    return (
        p[caller],
        str(asked.pk),
        p["coord"],
        lambda: orientations.send_orientation(p["coord"], asked.pk),
    )


def _received(p):
    alert = f.sent_alert(p["nurse"])
    return p["unit"], str(alert.pk), p["coord"], lambda: open_alert(p["coord"], alert.pk)


def _sent(p):
    return p["school"], *_received(p)[1:]


def _limit(p, lead="worker"):
    lead = p[lead]
    case = f.own_case(lead)
    with acting_as(lead):
        sheet = checklists.start_procedure(lead, case.pk, PROCEDURE)
        made = clocks.start_clock(lead, sheet.pk, 2, counted_on=timezone.localdate())
    moved = {"ends_on": timezone.localdate() + timedelta(days=9), "reason": "other", "words": "Essai de la date"}
    return p["home"], str(made.pk), lead, lambda: clocks.extend_clock(lead, made.pk, **moved)


def _share(p):
    case = f.case(p["coord"])
    made = f.orientation(p["coord"], case, p["worker"].agency, state="draft", legal_ground="vital_danger")
    return p["unit"], str(made.pk), p["coord"], lambda: orientations.send_orientation(p["coord"], made.pk)


def _event(p):
    said = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory()}
    with acting_as(p["coord"]):
        made = situations.start_situation(p["coord"], **said)
    return p["unit"], str(made.pk), p["coord"], lambda: situations.set_signs(p["coord"], made.pk, [])


def _table(p):
    with acting_as(p["worker"]):
        made = imports.start_import(p["worker"], read(TABLE))
    return p["home"], str(made.pk), p["worker"], lambda: imports.discard_import(p["worker"], made.pk)


def _export(p):
    f.own_case(p["worker"])
    asker = p["home"].member
    said = {"purpose": "meeting", "reason": "Réunion de l'essai", "file_format": "csv"}
    with acting_as(asker):
        made = exports.ask_export(asker, "cases", "", **said)
    return p["home"], str(made.pk), asker, lambda: exports.cancel_export(asker, made.pk)


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("cases/", _case),
        ("orientations/", _request),
        ("orientations/sent/", lambda p: _request(p, "unit")),
        ("alerts/received/", _received),
        ("alerts/", _sent),
        ("clocks/", _limit),
        ("legal-shares/", _share),
        ("situations/", _event),
        ("imports/", _table),
        ("exports/", _export),
    ],
)
def test_what_is_written_while_a_program_asks_is_in_its_next_answer(p, path, start):
    """The writer is paused between its write and its commit; a later one ends before it; the program asks between."""
    caller, thing, member, act = start(p)
    before, _, since = copied(caller, path)
    old = before.get(thing)
    with paused(member, act):
        with connections["owner"].cursor() as cursor:  # takes a higher number, and ends before
            cursor.execute("SELECT pg_current_xact_id()")
        rows, gone, since = copied(caller, path, since=since)
        assert rows.get(thing, old) == old and not gone
    rows, gone, since = copied(caller, path, since=since)
    assert thing in rows and rows[thing] != old
    assert rows[thing]["updated_at"] > (old or {"updated_at": ""})["updated_at"]
    assert copied(caller, path, since=since)[:2] == ({}, [])


def test_access_that_ends_is_told(p):
    case = f.case(p["coord"])
    asked = f.orientation(p["coord"], case, p["worker"].agency, state="in_progress", answerer=p["worker"])
    other = Caller(f.program(f.shelter(code="foyer-ailleurs")))
    rows, gone, since = copied(p["home"], "cases/")
    _, _, elsewhere = copied(other, "cases/")
    assert str(case.pk) in rows and not gone
    with acting_as(p["worker"]):
        orientations.complete_orientation(p["worker"], asked.pk, outcome="services")
    rows, gone, later = copied(p["home"], "cases/", since=since)
    assert (rows, gone) == ({}, [str(case.pk)])
    assert copied(p["home"], "cases/", since=later)[1] == []
    assert copied(other, "cases/", since=elsewhere)[:2] == ({}, [])  # nothing of what others saw


def test_a_time_limit_that_was_met_is_told(p):
    caller, limit, member, _ = _limit(p)
    rows, _, since = copied(caller, "clocks/")
    assert limit in rows
    with acting_as(member):
        clocks.end_clock(member, limit, met=True)
    rows, gone, since = copied(caller, "clocks/", since=since)
    assert (rows, gone) == ({}, [limit])
    assert copied(caller, "clocks/", since=since)[:2] == ({}, [])


def _given(p, case, level) -> None:
    with acting_as(p["aid"]):
        given = {"level": level, "ground": "legal", "ground_id": uuid.uuid4(), "given_by": p["aid"]}
        grant(case, p["worker"].agency_id, **given)


def test_rows_of_a_case_come_with_the_access_to_its_file_and_go_with_it(p):
    """Written before the access was given, and unchanged since: their own position says nothing of it."""
    p["aid"] = f.member(f.shelter(code="foyer-ailleurs"))
    _, limit, aid, _ = _limit(p, "aid")
    with acting_as(aid):
        case = Clock.objects.get(pk=limit).case
    share = f.orientation(aid, case, f.shelter(code="foyer-plus-loin"), legal_ground="vital_danger")
    paths = {"clocks/": limit, "legal-shares/": str(share.pk)}
    since = {path: copied(p["home"], path)[2] for path in paths}
    _given(p, case, Level.SUMMARY)
    for path in paths:
        rows, gone, since[path] = copied(p["home"], path, since=since[path])
        assert (rows, gone) == ({}, []), "the summary tells of no time limit and no ground"
    _given(p, case, Level.FILE)
    for path, thing in paths.items():
        rows, gone, since[path] = copied(p["home"], path, since=since[path])
        assert (list(rows), gone) == ([thing], []), path
    with acting_as(aid):
        Grant.rows.filter(content_object=case, ground="legal", permission__codename="file_case").delete()
    for path, thing in paths.items():
        rows, gone, since[path] = copied(p["home"], path, since=since[path])
        assert (rows, gone) == ({}, [thing]), path
        assert copied(p["home"], path, since=since[path])[:2] == ({}, [])


def test_a_share_stays_with_its_sender_whose_access_ended_and_goes_when_the_case_is_kept(p):
    case = f.case(p["coord"])
    f.orientation(p["coord"], case, p["worker"].agency, state="in_progress", answerer=p["worker"])
    share = f.orientation(p["coord"], case, f.shelter(code="foyer-ailleurs"), legal_ground="vital_danger")
    rows, _, since = copied(p["unit"], "legal-shares/")
    assert list(rows) == [str(share.pk)] and rows[str(share.pk)]["reason"]
    with acting_as(p["coord"]):
        assign_member(p["coord"], case.pk, p["coord"])
        restrict_case(p["coord"], case.pk)
    rows, gone, since = copied(p["unit"], "legal-shares/", since=since)
    assert (rows, gone) == ({}, [str(share.pk)])
    with acting_as(p["coord"]):
        lift_restriction(p["coord"], case.pk)
    rows, gone, _ = copied(p["unit"], "legal-shares/", since=since)
    assert (list(rows), gone) == ([str(share.pk)], [])


def test_alert_that_waits_no_more_is_told_once(p):
    alert = f.sent_alert(p["nurse"])
    rows, _, since = copied(p["unit"], "alerts/received/")
    assert str(alert.pk) in rows
    with acting_as(p["coord"]):
        open_alert(p["coord"], alert.pk)
        close_alert(p["coord"], alert.pk, reason="other")
    rows, gone, since = copied(p["unit"], "alerts/received/", since=since)
    assert gone == [str(alert.pk)]
    assert str(alert.pk) not in rows
    with as_role("nrm_owner"):  # what becomes of it afterwards is not told to its former desk
        AlertDesk.objects.filter(alert=alert).update(state="redirected")
    assert copied(p["unit"], "alerts/received/", since=since)[:2] == ({}, [])


def test_restriction_takes_away_and_gives_back(p):
    case = f.case(p["coord"])
    asked = f.orientation(p["coord"], case, p["worker"].agency, state="in_progress", answerer=p["worker"])
    alert = f.sent_alert(p["nurse"])
    linked = f.case(p["coord"], alert=alert)
    wanted = {"cases/": {str(case.pk), str(linked.pk)}, "orientations/sent/": {str(asked.pk)}}
    start = {path: copied(p["unit"], path) for path in [*wanted, "alerts/received/"]}
    assert str(alert.pk) in start["alerts/received/"][0]
    for one in (case, linked):
        with acting_as(p["coord"]):
            assign_member(p["coord"], one.pk, p["coord"])
            restrict_case(p["coord"], one.pk)
    wanted["alerts/received/"] = set(start["alerts/received/"][0])
    since = {}
    for path, things in wanted.items():
        rows, gone, since[path] = copied(p["unit"], path, since=start[path][2])
        assert (rows, set(gone)) == ({}, things), path
    for one in (case, linked):
        with acting_as(p["coord"]):
            lift_restriction(p["coord"], one.pk)
    for path, things in wanted.items():
        rows, gone, _ = copied(p["unit"], path, since=since[path])
        assert (set(rows), gone) == (things, []), path
    with as_role("nrm_owner"):
        assert set(Departure.objects.values_list("noun", flat=True)) == {"case", "alert", "sent"}


def test_end_of_a_case_kept_to_the_assigned_is_told_to_nobody(p):
    case = f.case(p["coord"])
    asked = f.orientation(p["coord"], case, p["worker"].agency, state="in_progress", answerer=p["worker"])
    with acting_as(p["worker"]):
        assign_member(p["worker"], case.pk, p["worker"])
        restrict_case(p["worker"], case.pk)
    _, _, since = copied(p["home"], "cases/")
    before = p["home"].get("cases/", since=since).json()["gone"]
    with acting_as(p["worker"]):
        orientations.complete_orientation(p["worker"], asked.pk, outcome="services")
    found = p["home"].get("cases/", since=since).json()
    assert set(found["gone"]) <= set(before) and not found["results"]


@pytest.mark.parametrize("path", LISTS)
def test_position_of_another_database_is_refused_with_what_to_do(p, path, monkeypatch):
    since = p["unit"].get(path).json()["since"]
    assert p["unit"].get(path, since=since).status_code == 200
    now = positions.settled()
    restored = positions.Settled(now.position, now.database + "1")
    monkeypatch.setattr("referral.api.views.pages.settled", lambda: restored)
    said = refused(p["unit"].get(path, since=since), 410, "start-again", parameter="since")
    assert "sans `since`" in said["detail"]
    anew = p["unit"].get(path).json()["since"]
    monkeypatch.setattr("referral.api.views.pages.settled", lambda: positions.Settled(1, restored.database))
    refused(p["unit"].get(path, since=anew), 410, "start-again")  # a copy of the files of an earlier day


def test_each_database_counts_by_itself(p):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
        assert positions.settled().database.endswith("." + cursor.fetchone()[0])
    system, line, _ = positions.settled().database.split(".")
    assert int(system) > 10**15 and int(line) >= 1


def test_position_is_bound_to_list_member_rights_and_time(p, monkeypatch):
    since = p["unit"].get("cases/").json()["since"]
    refused(p["unit"].get("orientations/", since=since), 410, "start-again")
    refused(p["home"].get("cases/", since=since), 410, "start-again")
    monkeypatch.setattr(selectors, "today", lambda: selectors.timezone.now().toordinal() + selectors.LIFE)
    assert p["unit"].get("cases/", since=since).status_code == 200
    monkeypatch.setattr(selectors, "today", lambda: selectors.timezone.now().toordinal() + selectors.LIFE + 1)
    refused(p["unit"].get("cases/", since=since), 410, "start-again")
    monkeypatch.undo()
    own = p["school"].get("alerts/").json()["since"]
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=p["school"].member.pk).update(roles=[Role.FRONTLINE])
    refused(p["school"].get("alerts/", since=own), 410, "start-again")


@pytest.mark.parametrize("wrong", ["x", "-1", "", "12-3", "A" * 70, "A" * 72, "é" * 71, "\x00" * 71, "/" * 71])
def test_text_that_no_answer_gave_is_refused(p, wrong):
    refused(p["unit"].get("cases/", since=wrong), 400, "invalid", parameter="since")
    refused(p["unit"].get("cases/", cursor=f"abc.{wrong}"), 400, "invalid", parameter="cursor")


def test_position_says_nothing_of_how_much_was_written(p):
    """Two answers of a quiet list while others write: of one length, and alike in nothing that counts."""
    one = p["home"].get("cases/").json()["since"]
    f.case(p["coord"])
    two = p["home"].get("cases/").json()["since"]
    assert len(one) == len(two) == 71
    key = 16  # the id of the key, which is no secret
    assert one[:key] == two[:key] and one[key:40] != two[key:40] != p["home"].get("cases/").json()["since"][key:40]
    assert str(positions.settled().position) not in two


def test_filter_beside_a_position_is_refused(p):
    since = p["unit"].get("cases/").json()["since"]
    refused(p["unit"].get("cases/", since=since, status="open"), 400, "invalid", parameter="status")


def test_rows_of_a_restored_dump_do_not_come_for_ever(p):
    case = f.case(p["coord"])
    since = p["unit"].get("cases/").json()["since"]
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE victims_caseaccess DISABLE TRIGGER nrm_positioned_again")
        CaseAccess.objects.filter(case=case).update(position=2**60)
        cursor.execute("ALTER TABLE victims_caseaccess ENABLE TRIGGER nrm_positioned_again")
    assert copied(p["unit"], "cases/", since=since)[0] == {}
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(urgency="high")
    assert set(copied(p["unit"], "cases/", since=since)[0]) == {str(case.pk)}


@pytest.mark.long
def test_copies_kept_while_eight_write_and_the_worker_pauses_are_whole(transactional_db):
    """A sample of bench/copied_lists.py."""
    world = World(8)
    done = written_together(world, writers=8, seconds=6, seed=1)
    assert not [name for name in done if name.startswith(("copy", "database"))], done
    assert sum(count for name, count in done.items() if name != "refused") > 20 and done["told"] > 5, done
    assert {path: copy.wrong()[0] for path, copy in world.copies.items()} == dict.fromkeys(world.copies, [])
