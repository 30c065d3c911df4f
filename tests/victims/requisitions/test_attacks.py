"""What an insider, a forger or the end of an access tried with requisitions."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from journal.models import Entry
from notifications.models import Event
from referral.erasure import operations as erasure
from referral.models import LegalHold
from referral.organisations.operations import arrivals, members
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import CaseAccess, Requisition, RequisitionMove
from victims.reading.access import Spent
from victims.requisitions import operations as requisitions

from .house import GIVEN, MARK, demand, end_access, moved, row, seen, today, told

pytestmark = pytest.mark.django_db
REFUSED = {"reason": "secrecy", "text": MARK}


def asked(actor, sql, *values):
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


# -- it waits for somebody, whoever leaves -----------------------------------------------------------------------------
@pytest.fixture
def home(world):
    """The administrator of the agency that received it, and a member who is to come."""
    agency = world["partner"].agency
    return {"boss": f.member(agency, Role.AGENCY_ADMIN), "agency": agency}


def left(*gone) -> None:
    with as_role("nrm_owner"):
        for member in gone:
            type(member).objects.filter(pk=member.pk).update(active=False)


def taken_over(world, home, heir) -> None:
    with acting_as(home["boss"]):
        members.ask_files(home["boss"], heir.pk)
        change = heir.changes.get(state="waiting").pk
    with acting_as(world["admin"]):
        arrivals.decide(world["admin"], change, "agree")


@pytest.mark.parametrize("kept", [True, False])
def test_it_is_taken_over_once_all_who_read_it_left_although_the_access_has_ended(world, home, kept):
    partner, case = world["partner"], world["case"]
    if kept:
        with acting_as(partner):
            assign_member(partner, case.pk, partner)
            restrict_case(partner, case.pk)
    made = demand(partner, case)
    end_access(world, partner)
    assert asked(home["boss"], "SELECT nrm.unseen_cases()") == 0
    # the administrator counts no case that is closed to the agency: that one is left would tell that justice asked
    assert asked(home["boss"], "SELECT alone FROM nrm.member_load(%s)", partner.pk) == 0
    left(partner, *([] if kept else [world["partner_mate"]]))
    heir = world["partner_mate"] if kept else f.member(home["agency"], cases_from=timezone.now())
    assert (seen(heir), told()) == ((0, 0), set())
    assert asked(home["boss"], "SELECT nrm.unseen_cases()") == 1
    taken_over(world, home, heir)
    assert seen(heir) == (1, 1)
    with as_role("nrm_owner"):
        Requisition.objects.update(received_on=today() - timedelta(days=7))
    assert told() == {("answer_owed", heir.pk)}  # the week after: this one was told to nobody
    assert Hand(heir).get("requisition", made.pk).status_code == 200
    with as_role("nrm_owner"):
        # its readers would learn by it that justice asked
        assert not Entry.objects.filter(action="case.assign", case_id=case.pk, membership_id=world["admin"].pk).exists()
    with acting_as(heir):
        requisitions.refuse(heir, made.pk, **REFUSED)
    left(heir)
    assert asked(home["boss"], "SELECT nrm.unseen_cases()") == 0


def test_an_account_that_alone_reads_one_is_needed(world):
    partner, mate = world["partner"], world["partner_mate"]
    with as_role("nrm_owner"):
        type(partner.user).objects.update(last_login=timezone.now())
    with acting_as(partner):
        assign_member(partner, world["case"].pk, partner)
        restrict_case(partner, world["case"].pk)
    made = demand(partner, world["case"])
    end_access(world, partner)
    for member, there in ((partner, True), (mate, False)):
        with as_role("nrm_worker"), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.is_needed(%s)", [member.pk])
            assert cursor.fetchone()[0] is there
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, **REFUSED)
    with as_role("nrm_worker"), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.is_needed(%s)", [partner.pk])
        assert cursor.fetchone()[0] is False


# -- it is erased with its case, which whoever must answer may keep ----------------------------------------------------
KEEP = {"ground": "law", "authority": "Notre service", "reason": "À conserver."}


@pytest.mark.parametrize("level", [1, 0])
def test_who_must_answer_keeps_a_case_that_is_closed_to_them_and_nobody_else_does(world, level):
    partner, case = world["partner"], world["case"]
    made, day = demand(partner, case), today() + timedelta(days=90)
    if level:
        with as_role("nrm_owner"):
            CaseAccess.objects.filter(case=case, agency=partner.agency).update(level=1)
    else:
        end_access(world, partner)
    hand = Hand(world["partner_mate"])
    page = text(hand.get("requisition", made.pk))
    assert "ne repousse pas la date d'effacement" in page and f"/requisitions/{made.pk}/conservation/" in page
    form = text(hand.get("requisition-keeping", made.pk))
    assert 'value="law"' in form and 'value="requisition"' not in form and "Autre motif prévu par la loi" in form
    for who in ("stranger", "lead", "summary"):
        assert Hand(world[who]).get("requisition-keeping", made.pk).status_code == 404
    with pytest.raises((NotFound, NotAllowed)), acting_as(world["stranger"]):
        erasure.hold_case(world["stranger"], case.pk, review_on=day, **KEEP)
    asked_again = hand.post("requisition-keeping", made.pk, act="ask", review_on="", **KEEP)
    assert asked_again.status_code == 200 and "À conserver." in text(asked_again)
    assert hand.post("requisition-keeping", made.pk, act="ask", review_on=f"{day:%d/%m/%Y}", **KEEP).status_code == 302
    with as_role("nrm_owner"):
        assert [(hold.agency_id, hold.ground, hold.state) for hold in LegalHold.objects.all()] == [
            (partner.agency_id, "law", "asked")
        ]
    lead = text(Hand(world["lead"]).get("case-keeping", case.pk))
    assert "Autre motif prévu par la loi" in lead and "réquisition" not in lead.replace("aucune réquisition", "")
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, **REFUSED)
    assert hand.get("requisition-keeping", made.pk).status_code == 404  # it waits for nobody any more
    if not level:
        with pytest.raises(NotFound), acting_as(partner):
            erasure.hold_case(partner, case.pk, review_on=day, **KEEP)


def test_who_reads_the_case_keeps_it_on_its_own_page(world):
    made = demand(world["partner"], world["case"])
    sent = Hand(world["partner"]).get("requisition-keeping", made.pk)
    assert sent.status_code == 302 and sent.url.endswith(f"{world['case'].pk}/conservation/")


# -- in bare SQL -------------------------------------------------------------------------------------------------------
INSERT = (
    "INSERT INTO victims_requisition (id, case_id, reference, agency_id, by_id, at, received_on, data, state)"
    " VALUES (gen_random_uuid(), %s, 'ABCD-EFGH', %s, %s, '2001-01-01', '2026-01-01', '\\x00', 'open')"
)
MOVE = (
    "INSERT INTO victims_requisitionmove (id, requisition_id, state, at, by_id, data)"
    " VALUES (gen_random_uuid(), %s, %s, '2001-01-01', %s, '\\x00')"
)


def written(actor, sql, *values) -> bool:
    try:
        with acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        assert "row-level security" in str(error) or "permission denied" in str(error), error
        return False
    return True


def test_programs_write_none_and_answer_none(world):
    partner = world["partner"]
    program = f.program(partner.agency, Role.CASE_WORKER, Role.COORDINATOR)
    made = demand(partner, world["case"])
    for who, there in ((program, False), (world["lead"], False), (partner, True)):
        assert written(who, INSERT, world["case"].pk, partner.agency_id, who.pk) is there
        assert written(who, MOVE, made.pk, "answered", who.pk) is there


def test_a_member_neither_dates_a_decision_nor_hides_it_nor_names_another_case(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    other = f.own_case(world["lead"])
    assert written(partner, INSERT, world["case"].pk, partner.agency_id, partner.pk)
    assert not written(partner, INSERT, other.pk, partner.agency_id, partner.pk)
    with as_role("nrm_owner"):
        assert set(Requisition.objects.values_list("reference", flat=True)) == {world["case"].reference}
        assert not Requisition.objects.filter(at__year=2001).exists()
    assert written(partner, MOVE, made.pk, "refused", partner.pk)
    assert ("answer_decided", world["partner_mate"].pk) in told()
    assert row(made.pk).ended_at > timezone.now() - timedelta(minutes=5)
    with as_role("nrm_owner"):
        assert not RequisitionMove.objects.filter(at__year=2001).exists()
        assert Event.objects.filter(kind="answer_decided", reference=world["case"].reference).count() == 1
    for sql in (
        "UPDATE victims_requisition SET ended_at = '2001-01-01'",
        "UPDATE victims_requisition SET case_id = case_id",
        "UPDATE victims_requisitionmove SET at = '2001-01-01'",
        "DELETE FROM victims_requisitionmove",
        "DELETE FROM victims_requisition",
    ):
        assert not written(partner, sql), sql
    assert not written(partner, MOVE, made.pk, "answered", world["partner_mate"].pk), "in one's own name"


# -- what was decided --------------------------------------------------------------------------------------------------
def test_one_that_the_authority_will_narrow_or_that_may_be_forged_waits_and_is_reminded_of(world):
    partner, case = world["partner"], world["case"]
    for reason, state in (("too_broad", "waiting"), ("unconfirmed", "waiting"), ("secrecy", "refused")):
        made = demand(partner, case, received_on=today() - timedelta(days=10))
        with acting_as(partner):
            requisitions.refuse(partner, made.pk, reason=reason, text=MARK)
        assert (row(made.pk).state, row(made.pk).ended_at is None) == (state, state == "waiting")
        told()
        with as_role("nrm_owner"):
            owed = Event.objects.filter(kind="answer_owed", subject_id=made.pk)
            assert owed.exists() is (state == "waiting"), reason
    with as_role("nrm_owner"):
        made = Requisition.objects.filter(state="waiting").first()
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, reason="unconfirmed", text="x")
        requisitions.answer(partner, made.pk, **GIVEN)
    assert [state for state, _ in moved(made.pk)] == ["waiting", "waiting", "answered"]


def test_what_was_refused_may_be_handed_over_after_all_and_each_word_stays(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with acting_as(partner):
        requisitions.refuse(partner, made.pk, **REFUSED)
    page = text(Hand(partner).get("requisition", made.pk))
    assert "Une remise a finalement eu lieu" in page and "Rien n'a été remis" not in page
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **GIVEN)
    assert [(state, data.get("reason")) for state, data in moved(made.pk)] == [
        ("refused", "secrecy"),
        ("answered", None),
    ]
    page = text(Hand(partner).get("requisition", made.pk))
    assert "Secret professionnel, pour un motif légitime" in page and "Éléments remis" in page
    assert "Une remise a finalement" not in page and "Une autre partie a été remise" in page


def test_what_was_typed_while_a_colleague_decided_is_shown_again(world):
    partner, mate, made = world["partner"], world["partner_mate"], demand(world["partner"], world["case"])
    with acting_as(mate):
        requisitions.answer(mate, made.pk, **GIVEN)
    sent = {
        "refuse": {"refuse-reason": "secrecy", "refuse-text": "MOTIF-SAISI"},
        "answer": {"answer-given": ["own"], "answer-to": "SERVICE-SAISI", "answer-text": "DETAIL-SAISI"},
    }
    for act, given in sent.items():
        page = Hand(partner).post("requisition", made.pk, act=act, **given)
        assert page.status_code == 409 and "Un collègue a décidé entre-temps" in text(page)
        assert not [one for one in given.values() if isinstance(one, str) and "SAISI" in one and one not in text(page)]
    assert [state for state, _ in moved(made.pk)] == ["answered"]


# -- how many one reads ------------------------------------------------------------------------------------------------
def test_requisitions_count_in_the_budget_of_reading_each_once(world, settings):
    settings.READ_BUDGETS = {"person": dict.fromkeys(("file", "identity", "contact"), {"hour": 3, "week": 9})}
    partner, case = world["partner"], world["case"]
    first, second, third = (demand(partner, case).pk for _ in range(3))
    mate = world["partner_mate"]
    hand = Hand(mate)
    assert hand.get("case-detail", case.pk).status_code == 200
    for pk in (first, second, first, second):
        assert hand.get("requisition", pk).status_code == 200
    assert hand.get("requisition", third).status_code == 429
    with pytest.raises(Spent), acting_as(mate):
        requisitions.read_requisition(mate, third)
    assert hand.get("requisition", first).status_code == 200
    assert hand.get("case-detail", case.pk).status_code == 200
    sent = hand.post("requisition", first, act="refuse", **{"refuse-reason": "secrecy", "refuse-text": "x"})
    assert sent.status_code == 302, "what is sent to one that was read is never lost"


# -- what the law says -------------------------------------------------------------------------------------------------
def test_the_words_say_what_the_articles_say(world):
    hand, made = Hand(world["partner"]), demand(world["partner"], world["case"])
    page = text(hand.get("requisition", made.pk))
    assert "aucun motif légitime ne s'y oppose, ou l'accord requis est donné" in page
    assert "rien de ce qui est remis ne relève du secret" not in page
    form = text(hand.get("requisition-new", world["case"].pk))
    assert (
        "Officier de police ou de gendarmerie, ou agent sous son contrôle" in form and "sous leur direction" not in form
    )
    assert "l'officier ou l'agent doit y être autorisé par le procureur" in form
    said = text(hand.get("case-requisitions", world["case"].pk))
    assert "aucun message" not in said and "un message qui dit seulement" in said
    keeping = text(hand.get("case-keeping", world["case"].pk))
    assert "Pour une réquisition" not in keeping and "Réquisition d'un magistrat" not in keeping
    assert "Ne nommez ici aucune réquisition" in keeping.replace("\xa0", " ")
