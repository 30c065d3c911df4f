"""A closed case leaves the lists for the archive, opens with a reason for a time, and never comes back by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from notifications.operations.events import enqueue
from referral.alerts.operations.additions import add_to_alert
from referral.closing.operations import move_case
from referral.erasure import operations as erasure
from referral.models import AlertDesk, Match
from referral.tasks import forget
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.archives.closed import archive, back, close, in_archive, listed, opened, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.data_requests import operations as data_requests
from victims.models import (
    Archive,
    ArchiveOpening,
    Assignment,
    Case,
    DataRequest,
    Requisition,
    Restriction,
)
from victims.requisitions import operations as requisitions

pytestmark = pytest.mark.django_db
REASON = "Une autre raison, écrite en une phrase"


# -- it leaves the lists ----------------------------------------------------------------------------------------------
def test_six_months_after_its_closing_a_case_leaves_the_lists_of_both_walls_and_is_in_the_archive(w):
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
    close(w, days=170)
    assert not archive(w) and listed(w["lead"]) and listed(w["mate"])
    back(w, 200)
    assert archive(w)
    for who in ("lead", "mate"):
        assert not listed(w[who]) and in_archive(w[who])
        hand = Hand(w[who])
        assert w["case"].reference not in text(hand.get("case-list"))
        assert hand.get("case-detail", w["case"].pk).status_code == 404
        assert reverse("referral:archive-list") in text(hand.get("case-list"))
    for who in ("new", "front", "stranger", "national"):
        assert not in_archive(w[who]), who
    with as_role("nrm_owner"):
        assert not Assignment.objects.filter(case=w["case"]).exists()
        assert Entry.objects.filter(action="case.archive", case_id=w["case"].pk).exists()


def test_the_page_shows_a_reference_and_two_days_and_nothing_of_the_person(w):
    archive(w)
    page = text(Hand(w["mate"]).get("archive-list"))
    assert w["case"].reference in page and "Archives" in page
    main = page.split("<main")[1].split("</main")[0]
    assert "Paris" not in main and "Exploitation" not in main and "adulte" not in main.lower()
    assert w["case"].reference not in text(Hand(w["mate"]).get("archive-list", query="?reference=ZZZZ"))


def test_the_list_costs_as_much_for_many_cases_as_for_one(w):
    archive(w)
    hand, counts = Hand(w["mate"]), []
    for more in (0, 1, 30):
        with as_role("nrm_owner"):
            row = Archive.objects.first()
            for case in f.bare_cases(w["lead"], more):
                Archive.objects.create(
                    case=case, agency=row.agency, at=row.at, reference=case.reference, closed_at=row.closed_at,
                    erased_on=row.erased_on,
                )  # fmt: skip
        hand.get("archive-list")
        with CaptureQueriesContext(connection) as found:
            page = hand.get("archive-list")
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2]
    assert "cursor=" in text(page)


# -- what goes on keeps it --------------------------------------------------------------------------------------------
def test_a_case_that_is_held_is_not_archived(w):
    close(w)
    with acting_as(w["lead"]):
        erasure.hold_case(
            w["lead"], w["case"].pk, ground="claim", authority="la personne", reason="essai",
            review_on=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip
    assert not archive(w)


def asks(w, who="lead", **said) -> DataRequest:
    given = {"kind": "access", "received_on": timezone.localdate(), "asked_by": "person", "identity": "known"}
    with acting_as(w[who]):
        return data_requests.add_request(w[who], w["case"].pk, **{**given, "way": "hand", **said})


def test_a_case_of_which_the_person_asks_something_is_not_archived(w):
    close(w)
    asks(w)
    assert not archive(w)


def test_a_case_whose_alert_waits_is_not_archived(told_by):
    w = told_by
    close(w)
    with as_role("nrm_owner"):
        rows = AlertDesk.objects.filter(alert=w["alert"].pk)
        assert rows.update(due_at=timezone.now() + timedelta(days=1), live=True)
    assert not archive(w)
    with as_role("nrm_owner"):
        rows.update(due_at=None)
    assert archive(w)


def test_a_possible_duplicate_of_an_open_case_is_archived_as_any_other(w):
    """A day that passed told its lead that a person alike stands elsewhere."""
    other = f.own_case(w["stranger"])
    close(w)
    pair = sorted([w["case"].pk, other.pk])
    with as_role("nrm_owner"):
        Match.objects.create(first_id=pair[0], second_id=pair[1], strength="likely", digest="x")
    assert archive(w)


def test_what_justice_demands_changes_nothing_that_others_read(w):
    """A case that stays in the lists would tell that justice asked."""
    close(w)
    demand(w, "lead")
    assert archive(w)
    assert sees_demand(w["mate"]), "and it waits for the same persons as before"
    assert not sees_demand(w["stranger"])


def demand(w, who):
    with acting_as(w[who]):
        return requisitions.add_requisition(
            w[who], w["case"].pk, received_on=timezone.localdate(), authority="Parquet d'essai", body="prosecutor",
            ground="60-1", text="essai",
        )  # fmt: skip


def sees_demand(member) -> bool:
    with acting_as(member), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_requisition")
        seen = bool(cursor.fetchone()[0])
        assert seen is Requisition.objects.visible_to(member).exists()
        return seen


# -- opening ----------------------------------------------------------------------------------------------------------
def test_it_opens_with_a_reason_for_one_member_and_seven_days(w):
    archive(w)
    opened(w)
    assert listed(w["mate"]) and not listed(w["lead"])
    with as_role("nrm_owner"):
        entry = Entry.objects.get(action="case.reading.archive")
        row = ArchiveOpening.objects.get()
        assert (entry.pk, entry.case_id, entry.membership_id) == (row.pk, w["case"].pk, w["mate"].pk)
        assert row.until - row.at == timedelta(days=7)
        Assignment.objects.filter(case=w["case"]).update(at=timezone.now() - timedelta(days=6, hours=23))
    assert archive(w) and listed(w["mate"])
    with as_role("nrm_owner"):
        Assignment.objects.filter(case=w["case"]).update(at=timezone.now() - timedelta(days=7, seconds=1))
    assert archive(w) and not listed(w["mate"]) and in_archive(w["mate"])


@pytest.mark.parametrize(
    "said", [{"why": ""}, {"why": "curiosity"}, {"why": "other"}, {"why": "other", "reason": "court"}]
)
def test_no_case_opens_without_a_reason(w, said):
    archive(w)
    with pytest.raises((NotAllowed, DatabaseError)):
        opened(w, **said)
    assert not listed(w["mate"])
    with as_role("nrm_owner"):
        found = Archive.objects.get(agency=w["mate"].agency)
    Hand(w["mate"]).post("archive-open", found.pk, **said)
    assert not listed(w["mate"])


@pytest.mark.parametrize("who", ["new", "front", "stranger", "boss", "unit", "national"])
def test_nobody_else_opens_it(w, who):
    archive(w)
    with pytest.raises((NotFound, NotAllowed, DatabaseError)):
        opened(w, who)
    with as_role("nrm_owner"):
        found = Archive.objects.get(agency=w["lead"].agency)
    with acting_as(w[who]), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.open_archive(%s, %s, 'rights', '', 'x')", [uuid4(), found.case_id])
    with as_role("nrm_owner"):
        assert not ArchiveOpening.objects.exists()


def test_administrators_are_told_and_where_there_is_none_those_who_may_open_it(w):
    archive(w)
    opened(w)
    said = ("archive_opened", "archive", w["case"].reference)
    assert said in told(w["boss"]) and said not in told(w["mate"]) and said not in told(w["stranger"])
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=w["boss"].pk).update(active=False)
    opened(w)
    assert said in told(w["lead"]) and said not in told(w["new"])


def test_by_its_pages(w):
    archive(w)
    hand = Hand(w["mate"])
    with as_role("nrm_owner"):
        found = Archive.objects.get(agency=w["mate"].agency)
    assert "sept jours" in text(hand.get("archive-open", found.pk))
    assert Hand(w["stranger"]).get("archive-open", found.pk).status_code == 404
    assert Hand(w["new"]).get("archive-open", found.pk).status_code == 404
    answer = hand.post("archive-open", found.pk, why="other", reason=REASON)
    assert answer.url == reverse("referral:case-detail", args=[w["case"].pk])
    assert hand.get("archive-open", found.pk).status_code == 302
    page = text(hand.get("case-access", w["case"].pk))
    assert REASON in page and "Ouvertures des archives" in page and "Affecter un collègue" not in page
    assert "archives depuis" in text(hand.get("case-life", w["case"].pk))


def test_an_emergency_leads_its_own_agency_to_the_archive(w):
    archive(w)
    said = {"reference": w["case"].reference, "reason": "Appel de la personne, en danger ce soir"}
    assert "/archives/" in Hand(w["mate"]).post("emergency-access", **said).url
    answer = Hand(w["stranger"]).post("emergency-access", **said)
    assert answer.url == reverse("referral:case-detail", args=[w["case"].pk]), "as any case of that level"


# -- attacks ----------------------------------------------------------------------------------------------------------
def run(member, sql, *values, role="nrm_app") -> int:
    with as_role(role), acting_as(member), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def test_who_has_it_open_neither_extends_it_nor_brings_a_colleague(w):
    archive(w)
    opened(w)
    mate, case = w["mate"], w["case"].pk
    with pytest.raises(DatabaseError):
        run(mate, "UPDATE victims_assignment SET at = now() + interval '1 year'")
    for whom in (mate, w["lead"]):
        with pytest.raises(DatabaseError):
            run(
                mate,
                "INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)"
                " VALUES (%s, %s, %s, now() + interval '1 year', %s)",
                case, mate.agency_id, whom.pk, mate.pk,
            )  # fmt: skip
    assert run(mate, "DELETE FROM victims_restriction WHERE case_id = %s", case) == 0
    for statement in (
        "UPDATE victims_archiveopening SET until = now() + interval '1 year'",
        "UPDATE victims_archive SET team = NULL",
        "DELETE FROM victims_archive",
        "UPDATE referral_caseterm SET archived_at = NULL",
        "UPDATE victims_restriction SET archived_at = NULL",
    ):
        with pytest.raises(DatabaseError):
            run(mate, statement)
    with acting_as(mate), pytest.raises(NotAllowed):
        assign_member(mate, case, w["lead"])


def test_nobody_but_the_worker_archives(w):
    close(w)
    for who in ("lead", "boss", "unit"):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(w[who], "SELECT nrm.archive_case(%s)", w["case"].pk)
    with pytest.raises(DatabaseError, match="not archived"):
        run(w["lead"], "SELECT nrm.archive_case(%s)", w["case"].pk, role="nrm_worker")
    assert listed(w["lead"])


def test_the_database_archives_no_case_that_moved_of_late(w):
    close(w, days=29)
    with pytest.raises(DatabaseError, match="not archived"):
        run(SYSTEM, "SELECT nrm.archive_case(%s)", w["case"].pk, role="nrm_worker")
    back(w, 31)
    run(SYSTEM, "SELECT nrm.archive_case(%s)", w["case"].pk, role="nrm_worker")
    assert not listed(w["lead"])


# -- it comes back ----------------------------------------------------------------------------------------------------
def reopen(w, who):
    with acting_as(w[who]):
        move_case(w[who], w["case"].pk, "reopen", reason="")


def test_opened_again_it_is_in_the_lists_of_all(w):
    archive(w)
    opened(w)
    reopen(w, "mate")
    assert listed(w["lead"]) and listed(w["mate"]) and not in_archive(w["mate"])
    with as_role("nrm_owner"):
        assert not Restriction.objects.exists()


def test_what_a_person_had_restricted_stays_so_with_those_it_was_kept_to(w):
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
        restrict_case(w["lead"], w["case"].pk)
    archive(w)
    assert in_archive(w["lead"]) and not in_archive(w["mate"]) and not listed(w["lead"])
    with pytest.raises(NotFound):
        opened(w, "mate")
    opened(w, "lead")
    with acting_as(w["lead"]), pytest.raises(WrongState):
        lift_restriction(w["lead"], w["case"].pk)
    reopen(w, "lead")
    assert listed(w["lead"]) and not listed(w["mate"])
    with as_role("nrm_owner"):
        row = Restriction.objects.get()
        assert (row.by_id, row.archived_at) == (w["lead"].pk, None)
        assert list(Assignment.objects.values_list("membership", flat=True)) == [w["lead"].pk]


# -- nobody waits for nobody ------------------------------------------------------------------------------------------
WAITS = ("archive_waits", "archive")


def waits(member) -> list[str]:
    return [reference for kind, subject, reference in told(member) if (kind, subject) == WAITS]


def seven_days_pass(w) -> None:
    """Have the time of what stands open in this case be over."""
    with as_role("nrm_owner"):
        Assignment.objects.filter(case=w["case"]).update(at=timezone.now() - timedelta(days=8))


def test_a_request_that_outlives_the_opening_is_told_each_week_to_who_may_open_it(w):
    archive(w)
    opened(w)
    asks(w, "mate")
    assert archive(w) and not waits(w["lead"]), "somebody has it open"
    seven_days_pass(w)
    archive(w)
    assert waits(w["lead"]) == [w["case"].reference] and waits(w["mate"]) == [w["case"].reference]
    assert not waits(w["new"]) and not waits(w["stranger"]) and not waits(w["boss"])
    with as_role("nrm_owner"):
        Archive.objects.update(at=timezone.now() - timedelta(days=7))
    archive(w)
    assert len(waits(w["lead"])) == 2


def test_where_nobody_may_open_it_the_administrators_are_told_and_led_to_their_organisation(w):
    """Those who followed it have left: what the person asked waited for nobody."""
    archive(w)
    opened(w)
    asks(w, "mate")
    seven_days_pass(w)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk__in=[w["lead"].pk, w["mate"].pk]).update(active=False)
    archive(w)
    said = ("archive_left", "archive", w["case"].reference)
    assert told(w["boss"]).count(said) == 1 and not waits(w["boss"])
    assert said not in told(w["new"]) and not waits(w["new"]), "who came since"
    client = Hand(w["boss"]).client
    assert "aucun membre de votre organisme ne peut" in text(client.get("/notifications/"))
    with as_role("nrm_owner"):
        notice = Notice.objects.get(kind="archive_left", channel="app", membership=w["boss"])
    assert client.get(reverse("notifications:notice-open", args=[notice.pk])).url == reverse("referral:organisation")


def test_a_demand_of_justice_recorded_while_it_was_open_waits_for_all_who_may_open_it(w):
    archive(w)
    opened(w)
    demand(w, "mate")
    seven_days_pass(w)
    archive(w)
    assert sees_demand(w["lead"]) and sees_demand(w["mate"]) and not sees_demand(w["new"])


def test_what_is_told_about_an_archived_case_reaches_who_may_open_it_and_names_it_alone(w):
    close(w)
    fan_out()
    archive(w)
    with acting_as(w["stranger"]), transaction.atomic():
        with as_role("nrm_owner"):
            case = Case.objects.get(pk=w["case"].pk)
        enqueue("case_addition", case, to=["lead"])
    assert waits(w["lead"]) == [w["case"].reference] and waits(w["mate"]) == [w["case"].reference]
    assert not waits(w["new"]) and not waits(w["stranger"])
    assert "case_addition" not in [kind for kind, _subject, _reference in told(w["lead"])]


def test_what_the_author_adds_to_its_alert_reaches_who_may_open_the_case(told_by):
    w = told_by
    archive(w)
    fan_out()
    before = len(waits(w["mate"]))
    with acting_as(w["nurse"]):
        add_to_alert(w["nurse"], w["alert"].pk, "Elle est revenue ce matin")
    assert waits(w["mate"])[before:] and set(waits(w["mate"])) == {w["case"].reference}
    assert not listed(w["mate"]), "nothing brings the case back by itself"


@pytest.mark.parametrize("kept", [False, True])
def test_a_possible_duplicate_of_an_archived_case_reaches_its_unit_as_before(told_by, kept):
    """Kept to one of its members before, it reaches that one alone."""
    w = told_by
    other = f.own_case(w["stranger"])
    if kept:
        with acting_as(w["lead"]):
            assign_member(w["lead"], w["case"].pk, w["lead"])
            restrict_case(w["lead"], w["case"].pk)
    archive(w)
    pair = sorted([w["case"].pk, other.pk])
    with as_role("nrm_worker"), acting_as(SYSTEM):
        made = Match.objects.create(first_id=pair[0], second_id=pair[1], strength="likely", digest="x")
        enqueue("match_found", made, to=["coordination"])
    for who, reads in (("lead", True), ("mate", not kept)):
        with acting_as(w[who]), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM referral_match")
            assert bool(cursor.fetchone()[0]) is reads
            assert Match.objects.visible_to(w[who]).exists() is reads
        assert ("match_found" in [kind for kind, _subject, _reference in told(w[who])]) is reads
        assert not listed(w[who]), "nothing brings the case back by itself"


def test_a_hold_of_an_archived_case_is_not_let_go_by_others_alone(w):
    """Its agency is still one of the two that agree to its end, though nobody there has the case open."""
    archive(w)
    opened(w)
    with acting_as(w["mate"]):
        held = erasure.hold_case(
            w["mate"], w["case"].pk, ground="claim", authority="la personne", reason="essai",
            review_on=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip
    seven_days_pass(w)
    archive(w)
    assert w["case"].reference in waits(w["lead"]), "a second person is asked to confirm it"
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT array(SELECT nrm.hold_keepers(h)) FROM referral_legalhold h WHERE id = %s", [held.pk])
        assert cursor.fetchone()[0] == [w["mate"].agency_id]


def test_cases_of_the_archive_are_not_told_as_seen_by_nobody(w):
    archive(w)
    with acting_as(w["boss"]), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.unseen_cases()")
        assert cursor.fetchone()[0] == 0
    seven_days_pass(w)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk__in=[w["lead"].pk, w["mate"].pk]).update(active=False)
    with acting_as(w["boss"]), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.unseen_cases()")
        assert cursor.fetchone()[0] == 1, "those who stay arrived after it: two persons have one take it over"


# -- its end ----------------------------------------------------------------------------------------------------------
def test_it_is_erased_on_its_day_from_the_archive_too(w):
    archive(w)
    opened(w, why="other", reason=REASON)
    back(w, 800)
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        assert not Case.objects.filter(pk=w["case"].pk).exists()
        assert not Archive.objects.exists() and not ArchiveOpening.objects.exists()
