"""What a third attack tried: a case kept by an invented requisition, one account that decides unseen, a forger."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from notifications.models import Event, Notice
from referral.erasure import operations as erasure
from referral.models import LegalHold
from tests import factories as f
from tests.notifications.post import fan_out, one_pass
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations import emergency
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import CaseAccess, Requisition, Restriction
from victims.requisitions import operations as requisitions
from victims.requisitions.rules import ends_or_waits, reminders_so_far
from victims.requisitions.words import Reason

from .house import GIVEN, MARK, demand, end_access, moved, outlived, row, seen, today, told

pytestmark = pytest.mark.django_db
KEEP = {"ground": "law", "authority": "x", "reason": "x"}
RECORD = (
    "INSERT INTO victims_requisition (id, case_id, reference, agency_id, by_id, at, received_on, data, state)"
    " VALUES (gen_random_uuid(), %s, 'X', %s, %s, now(), current_date, '\\x00', 'open')"
)
HOLD = (
    "INSERT INTO referral_legalhold (id, case_id, agency_id, by_id, at, ground, data, state, review_on, changed_at)"
    " VALUES (gen_random_uuid(), %s, %s, %s, now(), 'law', '\\x00', 'asked', current_date + 9, now())"
)


def hold(member, case):
    with acting_as(member):
        return erasure.hold_case(member, case.pk, review_on=today() + timedelta(days=90), **KEEP)


def written(member, sql, case) -> bool:
    """By a bare statement, where the database alone stands."""
    try:
        with acting_as(member), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [case.pk, member.agency_id, member.pk])
    except DatabaseError as error:
        assert "row-level security" in str(error), error
        return False
    return True


def glass(member, case):
    with acting_as(member):
        emergency.break_glass(member, reference=case.reference, reason="Danger immédiat, appel de nuit")


# -- a case kept without end -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["stranger", "summary"])
def test_emergency_access_records_none(world, who):
    """One account, one hour, one invented paper would keep a case from outside. `summary` reads it in its own right,
    but its file by emergency alone; who holds the file, and takes emergency access too, records one."""
    member, case = world[who], world["case"]
    glass(member, case)
    with acting_as(member):
        assert CaseAccess.objects.of(member).get(case=case.pk).level == Level.FILE
    with pytest.raises(NotAllowed):
        demand(member, case)
    assert not written(member, RECORD, case)
    hand = Hand(member)
    page = text(hand.get("case-requisitions", case.pk))
    assert "requisitions/ajouter" not in page and "Avec un accès d'urgence" in page
    assert hand.get("requisition-new", case.pk).status_code == 403
    for other in (world["partner"], world["lead"]):
        glass(other, case)
        demand(other, case)
        assert written(other, RECORD, case)
        assert "requisitions/ajouter" in text(Hand(other).get("case-requisitions", case.pk))


def test_an_agency_without_access_keeps_a_case_once_and_not_again_after_it_was_ended(world):
    """Nobody else sees the demand that gives this right, or ends it: what two persons ended must stay ended."""
    partner, mate, case = world["partner"], world["partner_mate"], world["case"]
    demand(partner, case)
    demand(mate, case)
    end_access(world, partner)
    made = hold(partner, case)
    with as_role("nrm_owner"):
        LegalHold.objects.filter(pk=made.pk).update(
            state="ending", end_by=world["lead"], end_asked_at=timezone.now() - timedelta(days=125)
        )
    with acting_as(world["mate"]):
        erasure.confirm_end(world["mate"], made.pk)
    for member in (partner, mate):
        for _ in range(2):
            with pytest.raises((NotFound, NotAllowed)):
                hold(member, case)
        assert not written(member, HOLD, case)
    sent = Hand(partner).get("requisition-keeping", demand_of(partner))
    assert sent.status_code == 302 and f"{made.pk}" in sent.url
    with as_role("nrm_owner"):
        assert not LegalHold.objects.exclude(state="ended").exists()


def demand_of(member):
    with acting_as(member):
        return Requisition.objects.visible_to(member).first().pk


def test_while_it_stands_no_second_one_is_put_from_outside(world):
    partner, case = world["partner"], world["case"]
    demand(partner, case)
    end_access(world, partner)
    assert written(partner, HOLD, case)
    assert not written(partner, HOLD, case)


def test_nobody_of_the_case_sees_or_ends_the_requisition_of_another(world):
    made = outlived(world["stranger"], world["case"], ends=False)
    for who in ("lead", "mate", "partner"):
        with pytest.raises(NotFound), acting_as(world[who]):
            requisitions.refuse(world[who], made.pk, reason="other", text="x")
    assert row(made.pk).ended_at is None


# -- nothing is erased without recourse --------------------------------------------------------------------------------
def test_who_kept_the_case_for_justice_is_told_when_others_ask_its_end_which_waits(world):
    """Not two persons of the lead at once: as for any keeper, the coordination after 62 days, the lead after 124."""
    partner, case = world["partner"], world["case"]
    made = demand(partner, case)
    end_access(world, partner)
    held = hold(partner, case)
    with acting_as(world["lead"]):
        erasure.end_hold(world["lead"], held.pk)
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(kind="hold_end_asked", channel="app")
        assert {partner.pk, world["partner_mate"].pk} <= set(found.values_list("membership_id", flat=True))
    for days, ends in ((0, False), (123, False), (125, True)):
        with as_role("nrm_owner"):
            LegalHold.objects.filter(pk=held.pk).update(end_asked_at=timezone.now() - timedelta(days=days))
        with acting_as(world["mate"]):
            if ends:
                erasure.confirm_end(world["mate"], held.pk)
            else:
                with pytest.raises(NotAllowed):
                    erasure.confirm_end(world["mate"], held.pk)
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(kind="hold_ended", channel="app")
        assert {partner.pk, world["partner_mate"].pk} <= set(found.values_list("membership_id", flat=True))
    hand = Hand(world["partner_mate"])
    assert "a été conservé" in text(hand.get("requisition", made.pk))
    assert "que rien de ce qu'il a demandé ne conserve plus" in text(hand.get("hold-detail", held.pk))


def test_who_answered_is_a_keeper_of_the_case_no_more(world):
    """It neither waits for them nor tells them anything of a case that is closed to them."""
    partner, case = world["partner"], world["case"]
    made = demand(partner, case)
    end_access(world, partner)
    held = hold(partner, case)
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, reason="other", text="x")
        assert not LegalHold.objects.visible_to(partner).exists()
    with acting_as(world["lead"]):
        erasure.end_hold(world["lead"], held.pk)
    with acting_as(world["mate"]):
        erasure.confirm_end(world["mate"], held.pk)
    fan_out()
    with as_role("nrm_owner"):
        assert not Notice.objects.filter(kind__startswith="hold_", membership__agency=partner.agency).exists()


def test_from_outside_one_neither_refuses_nor_confirms_the_end(world):
    """Who may put a hold by a demand that nobody else sees would refuse its end for ever."""
    partner, mate, case = world["partner"], world["partner_mate"], world["case"]
    demand(partner, case)
    end_access(world, partner)
    held = hold(partner, case)
    with acting_as(world["lead"]):
        erasure.end_hold(world["lead"], held.pk)
    for act in (erasure.keep_hold, erasure.confirm_end, erasure.end_hold):
        with pytest.raises(NotAllowed), acting_as(mate):
            act(mate, held.pk)
    page = text(Hand(mate).get("hold-detail", held.pk))
    assert "62 jours" in page and 'name="act"' not in page


def test_the_page_says_that_its_own_agency_keeps_the_case(world):
    partner, case = world["partner"], world["case"]
    made = demand(partner, case)
    end_access(world, partner)
    hand = Hand(partner)
    before = text(hand.get("requisition", made.pk))
    held = hold(partner, case)
    after = text(hand.get("requisition", made.pk))
    assert "conservé" in after and "conservé" not in before
    assert f"{held.pk}" in after and f"/requisitions/{made.pk}/conservation/" not in after
    assert case.reference in text(hand.get("hold-detail", held.pk)) and case.reference in text(hand.get("hold-list"))
    assert Hand(world["stranger"]).get("hold-detail", held.pk).status_code == 404


# -- what others read names no enquiry ---------------------------------------------------------------------------------
def test_no_form_that_others_read_asks_for_the_court_and_the_number_of_the_procedure(world):
    partner, case = world["partner"], world["case"]
    made = demand(partner, case)
    end_access(world, partner)
    page = text(Hand(partner).get("requisition-keeping", made.pk))
    assert "ne nommez ni réquisition ni enquête" in page
    assert "juridiction" not in page and "numéro de procédure" not in page


def test_the_list_of_holds_does_not_say_to_write_a_requisition_on_the_page_that_all_read(world):
    page = text(Hand(world["lead"]).get("hold-list"))
    assert "Une réquisition" not in page


# -- nobody alone decides of it unseen ---------------------------------------------------------------------------------
def test_a_decision_is_told_although_its_author_first_kept_the_case_to_themselves(world):
    partner, mate, made = world["partner"], world["partner_mate"], demand(world["partner"], world["case"])
    assert ("answer_owed", mate.pk) in told() and seen(mate) == (1, 1)
    with acting_as(partner):
        assign_member(partner, world["case"].pk, partner)
        restrict_case(partner, world["case"].pk)
        requisitions.answer(partner, made.pk, **GIVEN)
    assert ("answer_decided", mate.pk) in told(), "two clicks, and nobody was told what was handed over"
    assert seen(mate) == (1, 1) and MARK in text(Hand(mate).get("requisition", made.pk))


def test_who_restricts_a_case_does_not_date_it_back(world):
    """The other side of it: what was received once the case was kept is of those who read it then."""
    partner, mate, case = world["partner"], world["partner_mate"], world["case"]
    first = demand(partner, case)
    with acting_as(partner):
        assign_member(partner, case.pk, partner)
    sql = "INSERT INTO victims_restriction (case_id, agency_id, by_id, at) VALUES (%s, %s, %s, '2001-01-01')"
    assert written(partner, sql, case)
    demand(partner, case)
    with as_role("nrm_owner"):
        assert not Restriction.objects.filter(at__year=2001).exists()
    assert (seen(partner), seen(mate)) == ((2, 2), (1, 1))
    assert Hand(mate).get("requisition", first.pk).status_code == 200
    assert told() == {("answer_owed", partner.pk), ("answer_owed", mate.pk)}


# -- its day, and its last word ----------------------------------------------------------------------------------------
def test_the_day_that_the_authority_gave_is_reminded_of(world):
    made = demand(world["partner"], world["case"], due_on=today() + timedelta(days=2))
    told()
    with as_role("nrm_owner"):  # three days later: late
        Requisition.objects.filter(pk=made.pk).update(
            received_on=today() - timedelta(days=3), due_on=today() - timedelta(days=1)
        )
    told()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="answer_owed", subject_id=made.pk).count() == 2


@pytest.mark.parametrize(
    ("due", "each_day"),
    [
        (None, [0, 0, 0, 0, 0, 0, 0, 1, 1]),
        (2, [0, 1, 1, 1, 1, 1, 1, 2, 2]),  # on the eve
        (0, [0, 0, 0, 0, 0, 0, 0, 1, 1]),  # of the day itself one is told at once
        (1, [0, 0, 0, 0, 0, 0, 0, 1, 1]),
        (8, [0, 0, 0, 0, 0, 0, 0, 1, 1]),  # the eve is a day of the week: told once
    ],
)
def test_a_reminder_comes_each_week_and_on_the_eve_of_its_day(due, each_day):
    first = today()
    day = None if due is None else first + timedelta(days=due)
    assert [reminders_so_far(first, day, first + timedelta(days=n)) for n in range(9)] == each_day


def test_what_was_wrongly_called_handed_over_is_corrected_and_added_to_and_nothing_is_taken_off(world):
    """A wrong click, a lie, or a second part handed over later, also once the access is gone."""
    partner, mate, made = world["partner"], world["partner_mate"], demand(world["partner"], world["case"])
    end_access(world, partner)
    own = {"given": ["own"], "to": "x", "text": "", "unchecked": []}
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **own)
    told()
    with acting_as(mate):
        requisitions.refuse(mate, made.pk, reason="mistake", text="Rien n'a été remis.")
    assert row(made.pk).state == "waiting" and row(made.pk).ended_at is None
    with acting_as(mate):
        requisitions.answer(mate, made.pk, **own)
        requisitions.answer(mate, made.pk, **(own | {"text": "Seconde partie."}))
    assert [state for state, _ in moved(made.pk)] == ["answered", "waiting", "answered", "answered"]
    assert row(made.pk).state == "answered" and ("answer_decided", partner.pk) in told()
    hand = Hand(partner)
    page = text(hand.get("requisition", made.pk))
    assert "Rien n'a été remis." in page and "Seconde partie." in page and "Enregistrement erroné" in page
    seen_last = page.split('name="seen" value="')[1].split('"')[0]
    given = {"refuse-reason": "other", "refuse-text": "CORRECTION", "seen": seen_last}
    assert hand.post("requisition", made.pk, act="refuse", **given).status_code == 302
    assert row(made.pk).state == "answered", "another reason takes nothing back of what was handed over"


# -- a forger ----------------------------------------------------------------------------------------------------------
def test_a_proved_forgery_has_its_reason_ends_and_says_to_warn(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    assert ends_or_waits(Reason.FORGED) == "refused" and "faux" in str(Reason.FORGED.label)
    hand = Hand(partner)
    page = text(hand.get("requisition", made.pk))
    assert "prévenez le procureur" in page and "réévaluez aussitôt le danger" in page
    assert "Un trafiquant a pu" not in page
    given = {"refuse-reason": "forged", "refuse-text": "Le parquet ne l'a pas écrite."}
    assert hand.post("requisition", made.pk, act="refuse", **given).status_code == 302
    assert row(made.pk).ended_at and "Un trafiquant a pu" in text(hand.get("requisition", made.pk))
    assert "Faux, ou origine non confirmée" in text(Hand(world["partner_mate"]).get("requisition-list"))
    told()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="answer_owed", subject_id=made.pk).count() == 0


def test_what_was_handed_over_before_anybody_called_back_may_be_said(world):
    """The worst that can happen, given to a forger: it is written without a false word, and told. Neither is said for
    the person: a question left open is asked again, and what was typed stays."""
    made = demand(world["partner"], world["case"])
    hand = Hand(world["partner"])
    given = {"answer-given": ["own"], "answer-to": "Brigade", "answer-text": "Remis avant tout rappel."}
    page = text(hand.post("requisition", made.pk, act="answer", **given))
    assert "Indiquez si l'origine était confirmée" in page and "Remis avant tout rappel." in page
    assert not moved(made.pk)
    given |= {"answer-origin": "no", "answer-secrecy": "no"}
    assert hand.post("requisition", made.pk, act="answer", **given).status_code == 302
    assert moved(made.pk)[0][1]["unchecked"] == ["origin", "secrecy"]
    assert ("answer_decided", world["partner_mate"].pk) in told()
    page = text(Hand(world["partner_mate"]).get("requisition", made.pk))
    assert "Remis sans origine confirmée" in page and "Un trafiquant a pu" in page


def test_what_is_found_out_to_be_forged_afterwards_was_handed_over_all_the_same(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **GIVEN)
        requisitions.refuse(partner, made.pk, reason="forged", text="x")
    assert row(made.pk).state == "answered"
    page = text(Hand(world["partner_mate"]).get("requisition", made.pk))
    assert "Un trafiquant a pu" in page and "Sans remise" not in page and "C'est un faux" in page
    assert "Constaté après la remise" in page and "Que faut-il corriger" in page and "Pourquoi rien n" not in page


@pytest.mark.parametrize(
    ("reason", "state", "alarms"),
    [
        ("secrecy", "answered", False), ("asylum", "answered", False), ("not_held", "answered", False),
        ("no_ground", "answered", False), ("too_broad", "answered", False), ("other", "answered", False),
        ("unconfirmed", "answered", True), ("forged", "answered", True), ("mistake", "waiting", False),
    ],
)  # fmt: skip
def test_what_was_handed_over_stays_so_whatever_reason_is_added_but_a_mistake(world, reason, state, alarms):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **GIVEN)
        requisitions.refuse(partner, made.pk, reason=reason, text="x")
    assert row(made.pk).state == state
    page = text(Hand(world["partner_mate"]).get("requisition", made.pk))
    assert ("Un trafiquant a pu" in page) is alarms and "Sans remise" not in page
    assert ("Constaté après la remise" in page) is (state == "answered")


def test_origin_that_is_not_confirmed_before_anything_was_handed_over_raises_no_alarm(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, reason="unconfirmed", text="x")
    assert "Un trafiquant a pu" not in text(Hand(partner).get("requisition", made.pk))


def test_what_no_key_opens_is_not_said_to_be_found_out_after_it_was_handed_over(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **GIVEN)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE victims_requisitionmove SET data = '\\x00' WHERE requisition_id = %s", [made.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    page = text(Hand(partner).get("requisition", made.pk))
    assert "Constaté après la remise" not in page and "Illisible" in page


@pytest.mark.parametrize("secrecy", ["yes", "no"])
def test_secrecy_alone_that_was_not_examined_is_written_and_is_no_forgery(world, secrecy):
    hand, made = Hand(world["partner"]), demand(world["partner"], world["case"])
    given = {"answer-given": ["own"], "answer-to": "Brigade", "answer-origin": "yes", "answer-secrecy": secrecy}
    assert hand.post("requisition", made.pk, act="answer", **given).status_code == 302
    page = text(hand.get("requisition", made.pk))
    assert ("sans examen du secret" in page) is (secrecy == "no")
    assert "Un trafiquant a pu" not in page


# -- the gendarme at the door ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["summary", "stranger", "frontline"])
def test_who_must_answer_finds_what_to_do_without_a_page_of_the_case(world, who):
    """The first requisition, of a case read at the summary or not at all, brought to a person who works on none."""
    demand(world["partner"], world["case"])
    hand = Hand(world[who])
    page = text(hand.get("requisition-list"))
    assert "Vérifiez d'abord l'origine" in page and "prenez-en une copie" in page and "répond par écrit" in page
    assert "non sur un témoignage" in page and "Avant de remettre quoi que ce soit" in page
    assert "Procureur" not in page and world["case"].reference not in page
    assert "/requisitions/" in text(hand.client.get("/")), "no link leads there as long as there is none"


def test_the_words_mislead_no_profession(world):
    page = text(Hand(world["summary"]).get("requisition-list"))
    assert "les autres professions que la loi désigne" not in page and "infirmier ou travailleur social" in page
    assert (
        "la loi n'exige pas ce consentement" in page
        and "sans l'avis d'un avocat" in page
        and "peut aussi être adressée à leur auteur" in page
    )


# -- what a bare statement and a count tell ----------------------------------------------------------------------------
def test_a_row_that_cannot_be_opened_does_not_close_the_list_to_the_agency(world):
    partner = world["partner"]
    demand(partner, world["case"])
    with acting_as(partner), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO victims_requisition (id, case_id, reference, agency_id, by_id, at, received_on, data, state)"
            " VALUES (gen_random_uuid(), %s, 'X', %s, %s, now(), current_date + 900, '\\x00', 'open')",
            [world["case"].pk, partner.agency_id, partner.pk],
        )
    hand = Hand(world["partner_mate"])
    hand.client.raise_request_exception = False
    page = hand.get("requisition-list")
    assert page.status_code == 200 and "Illisible" in text(page) and "Procureur" in text(page)
    with as_role("nrm_owner"):
        bad = Requisition.objects.get(received_on__gt=today())
    with acting_as(partner), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO victims_requisitionmove (id, requisition_id, state, at, by_id, data)"
            " VALUES (gen_random_uuid(), %s, 'waiting', now(), %s, '\\x00')",
            [bad.pk, partner.pk],
        )
    page = hand.get("requisition", bad.pk)
    assert page.status_code == 200 and text(page).count("Illisible") == 2
    assert hand.get("case-requisitions", world["case"].pk).status_code == 200


def test_the_administrator_of_an_agency_without_cases_learns_of_none(world):
    partner = world["partner"]
    boss = f.member(partner.agency, Role.AGENCY_ADMIN)
    with acting_as(partner):
        assign_member(partner, world["case"].pk, partner)
        restrict_case(partner, world["case"].pk)

    def load():
        with acting_as(boss), connection.cursor() as cursor:
            cursor.execute("SELECT cases, alone FROM nrm.member_load(%s)", [partner.pk])
            return cursor.fetchone()

    made = demand(partner, world["case"])
    end_access(world, partner)
    with_one = load()
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, reason="other", text="x")
    assert with_one == load()


# tried, and held
def test_programs_hold_no_case_by_a_requisition(world):
    partner = world["partner"]
    program = f.program(partner.agency, Role.CASE_WORKER, Role.COORDINATOR)
    demand(partner, world["case"])
    end_access(world, partner)
    for who in (program, world["stranger"], world["admin"], world["frontline"]):
        assert not written(who, HOLD, world["case"])
    assert written(world["partner_mate"], HOLD, world["case"])


def test_one_who_came_later_or_left_reads_none_also_once_the_access_is_over(world):
    partner = world["partner"]
    late = f.member(partner.agency, cases_from=timezone.now())
    demand(partner, world["case"])
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(agency=partner.agency).update(until=timezone.now() - timedelta(hours=1))
        type(partner).objects.filter(pk=partner.pk).update(active=False)
    assert seen(late) == (0, 0)
    assert told() == {("answer_owed", world["partner_mate"].pk)}


def test_nothing_of_it_stands_in_a_mail(world, mailoutbox):
    made = demand(world["partner"], world["case"])
    told()
    with acting_as(world["partner"]):
        requisitions.refuse(world["partner"], made.pk, reason="secrecy", text=MARK)
    one_pass()
    words = " ".join(f"{one.subject} {one.body}" for one in mailoutbox).lower()
    assert mailoutbox and not [w for w in ("quisition", MARK.lower(), "justice", "procureur") if w in words]
