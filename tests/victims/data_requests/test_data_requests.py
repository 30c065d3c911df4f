"""Requests of the person about their data: the day, who records and answers, what ends them, who is told."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Event, Notice
from referral.tasks import figures
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.data_requests.rules import due_day, may_prolong
from victims.models import Case, CaseAccess, DataRequest, Restriction

pytestmark = pytest.mark.django_db
MARK = "MARQUEUR-DEMANDE"
SAID = {"kind": "rectification", "asked_by": "person", "identity": "known", "way": "hand", "text": MARK}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner, summary = f.member(f.shelter()), f.member(f.shelter()), f.member(f.shelter())
    case = f.own_case(lead)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    f.orientation(lead, case, summary.agency, state="accepted", answerer=summary, level=2)
    return {
        "lead": lead,
        "mate": f.member(lead.agency),
        "partner": partner,
        "partner_mate": f.member(partner.agency),
        "summary": summary,
        "frontline": f.member(lead.agency, Role.FRONTLINE),
        "admin": f.member(lead.agency, Role.AGENCY_ADMIN),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "stranger": f.member(f.shelter()),
        "case": case,
    }


def today() -> date:
    return timezone.localdate()


def ask(member, case, *, days=0, **given) -> DataRequest:
    with acting_as(member):
        said = SAID | {"received_on": today() - timedelta(days=days)} | given
        return data_requests.add_request(member, case.pk, **said)


def row(pk) -> DataRequest:
    with as_role("nrm_owner"):
        return DataRequest.objects.get(pk=pk)


def seen(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_datarequest")
        return cursor.fetchone()[0], DataRequest.objects.visible_to(actor).count()


def told() -> set:
    with as_role("nrm_worker"):
        figures()
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(event__subject="datarequest", channel="app")
        return {(notice.event.kind, notice.membership_id) for notice in found.select_related("event")}


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)), (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 28), 1, date(2027, 2, 28)), (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2027, 2, 28), 1, date(2027, 3, 28)),
        (date(2027, 3, 31), 1, date(2027, 4, 30)), (date(2026, 11, 29), 3, date(2027, 2, 28)),
    ],
)  # fmt: skip
def test_the_day_is_a_month_later_or_three_as_the_database_counts(world, received, months, due):
    assert due_day(received, months) == due
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::date + make_interval(months => %s))::date", [received, months])
        assert cursor.fetchone()[0] == due


def test_it_is_prolonged_within_the_first_month_its_last_day_included():
    assert may_prolong(date(2027, 1, 31), date(2027, 2, 28))
    assert not may_prolong(date(2027, 1, 31), date(2027, 3, 1))


def test_it_is_recorded_with_its_day_sealed_and_journalled(world):
    made = ask(world["lead"], world["case"], days=3)
    assert (made.state, made.due_on) == ("open", due_day(today() - timedelta(days=3)))
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(x)::text FROM victims_datarequest x")
        assert MARK not in cursor.fetchone()[0]
        assert Entry.objects.get(action="data_request.add").case_id == world["case"].pk


@pytest.mark.parametrize(
    ("who", "count", "writes"),
    [
        ("mate", 1, None), ("partner", 1, None), ("summary", 0, NotAllowed), ("stranger", 0, NotFound),
        ("auditor", 0, NotFound), ("admin", 0, NotFound), ("frontline", 0, NotFound),
    ],
)  # fmt: skip
def test_who_reads_the_file_reads_and_records(world, who, count, writes):
    made = ask(world["lead"], world["case"])
    assert seen(world[who]) == (count, count)
    hand = Hand(world[who])
    refused = 200 if count else 403 if who in ("auditor", "admin", "frontline") else 404
    assert hand.get("data-request", made.pk).status_code == refused
    assert hand.get("case-data-requests", world["case"].pk).status_code == refused
    if writes:
        with pytest.raises(writes):
            ask(world[who], world["case"])
    else:
        ask(world[who], world["case"])


def test_an_access_that_ended_or_a_case_kept_to_others_shows_nothing(world):
    made = ask(world["lead"], world["case"])
    with as_role("nrm_owner"):
        kept = {"case": world["case"], "agency": world["partner"].agency, "by": world["partner"]}
        Restriction.objects.create(**kept)
    assert (seen(world["partner"]), seen(world["partner_mate"])) == ((1, 1), (0, 0))
    with as_role("nrm_owner"):
        over = timezone.now() - timedelta(hours=1)
        CaseAccess.objects.filter(case=world["case"], agency=world["partner"].agency).update(until=over)
    assert seen(world["partner"]) == (0, 0)
    with pytest.raises(NotFound), acting_as(world["partner"]):
        data_requests.answer(world["partner"], made.pk, text="x")


def test_it_is_prolonged_once_with_its_reason(world):
    made = ask(world["lead"], world["case"], days=2)
    with acting_as(world["partner"]):
        data_requests.prolong(world["partner"], made.pk, reason=MARK)
    with acting_as(world["lead"]), pytest.raises(WrongState):
        data_requests.prolong(world["lead"], made.pk, reason="encore")
    now = row(made.pk)
    assert (now.state, now.due_on, now.prolonged_on) == ("prolonged", due_day(made.received_on, 3), today())
    assert (now.reason, now.prolonged_by_id) == ({"text": MARK}, world["partner"].pk)


def test_it_is_not_prolonged_after_its_day_and_still_answered(world):
    made = ask(world["lead"], world["case"], days=40)
    with acting_as(world["lead"]), pytest.raises(WrongState):
        data_requests.prolong(world["lead"], made.pk, reason="trop tard")
    page = Hand(world["lead"]).get("data-request", made.pk)
    assert "En retard" in text(page) and "Prolonger" not in text(page)
    with acting_as(world["lead"]):
        data_requests.answer(world["lead"], made.pk, text=MARK)
    assert row(made.pk).state == "answered"


def test_the_database_holds_the_day_whatever_the_application_says(world):
    made = ask(world["lead"], world["case"])
    for fields in ({"due_on": today() + timedelta(days=300)}, {"state": "answered"}):
        with pytest.raises(IntegrityError), as_role("nrm_owner"), transaction.atomic():
            DataRequest.objects.filter(pk=made.pk).update(**fields)


def test_nothing_changes_after_an_answer_or_a_refusal(world):
    answered, refused = ask(world["lead"], world["case"]), ask(world["lead"], world["case"])
    with acting_as(world["lead"]):
        data_requests.answer(world["lead"], answered.pk, text="Remise en main propre.")
        data_requests.refuse(world["lead"], refused.pk, text="Données d'un tiers.")
        for made in (answered, refused):
            for act, given in (("answer", "text"), ("refuse", "text"), ("prolong", "reason")):
                with pytest.raises(WrongState):
                    getattr(data_requests, act)(world["lead"], made.pk, **{given: "encore"})
            assert DataRequest.objects.filter(pk=made.pk).update(state="answered", ended_by=world["lead"]) == 0
    assert (row(answered.pk).outcome, row(refused.pk).state) == ({"text": "Remise en main propre."}, "refused")


def test_nothing_is_answered_before_the_identity_is_checked(world):
    made = ask(world["lead"], world["case"], identity="pending")
    with acting_as(world["lead"]), pytest.raises(NotAllowed):
        data_requests.answer(world["lead"], made.pk, text="x")
    hand = Hand(world["lead"])
    page = hand.post("data-request", made.pk, act="answer", **{"answer-text": MARK})
    assert page.status_code == 200 and "Indiquez comment l'identité a été vérifiée." in text(page)
    said = {"answer-text": MARK, "answer-identity": "paper"}
    assert hand.post("data-request", made.pk, act="answer", **said).status_code == 302
    assert (row(made.pk).state, row(made.pk).identity) == ("answered", "paper")


def test_a_request_is_recorded_prolonged_and_refused_by_the_pages(world):
    hand, pk = Hand(world["lead"]), world["case"].pk
    assert "Droits de la personne sur ses données" in text(hand.get("case-detail", pk))
    tomorrow = {**SAID, "received_on": f"{today() + timedelta(days=1)}"}
    assert "Choisissez aujourd'hui ou un jour passé." in text(hand.post("data-request-new", pk, **tomorrow))
    silent = {**SAID, "text": "", "received_on": f"{today()}"}
    assert "Écrivez ce qui doit être corrigé" in text(hand.post("data-request-new", pk, **silent))
    assert hand.post("data-request-new", pk, **{**silent, "kind": "access"}).status_code == 302
    with acting_as(world["lead"]):
        made = DataRequest.objects.visible_to(world["lead"]).get()
    assert hand.post("data-request", made.pk, act="other").status_code == 403
    untold = hand.post("data-request", made.pk, act="prolong", **{"prolong-reason": MARK})
    assert "Informez d'abord la personne" in text(untold) and MARK in text(untold)
    told_ = {"prolong-reason": MARK, "prolong-told": "on"}
    assert hand.post("data-request", made.pk, act="prolong", **told_).status_code == 302
    assert hand.post("data-request", made.pk, act="prolong", **told_, again="1").status_code == 409
    page = text(hand.get("case-data-requests", pk))
    assert "délai prolongé" in page and "au plus tard le" in page
    refusal = {"refuse-text": MARK, "refuse-told": "on"}
    assert hand.post("data-request", made.pk, act="refuse", **refusal).status_code == 302
    assert "Refusée" in text(hand.get("data-request", made.pk))


def test_a_list_asks_as_much_of_two_requests_as_of_twelve(world, django_assert_max_num_queries):
    hand, case = Hand(world["lead"]), world["case"]
    counts = []
    hand.get("case-data-requests", case.pk)
    for more in (2, 10):
        for _ in range(more):
            ask(world["lead"], case)
        with django_assert_max_num_queries(60) as asked:
            assert hand.get("case-data-requests", case.pk).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_answers_is_told_once_before_the_day_and_once_after(world):
    partner, lead = world["partner"], world["lead"]
    far, answered = ask(partner, world["case"], days=1), ask(partner, world["case"], days=27)
    with acting_as(partner):
        data_requests.answer(partner, answered.pk, text="x")
    assert told() == set()
    near = ask(partner, world["case"], days=27)
    people = {lead.pk, world["mate"].pk, partner.pk, world["partner_mate"].pk}
    assert told() == {("data_request_soon", pk) for pk in people}
    assert told() == {("data_request_soon", pk) for pk in people}
    late = ask(lead, world["case"], days=35)
    both = {("data_request_soon", pk) for pk in people}
    both |= {("data_request_late", pk) for pk in (lead.pk, world["mate"].pk)}
    assert told() == told() == both
    with as_role("nrm_owner"):
        events = Event.objects.filter(subject="datarequest")
        assert {event.subject_id for event in events} == {near.pk, late.pk} and far.pk
        assert {event.reference for event in events} == {world["case"].reference}


def test_a_request_recorded_long_after_its_day_is_told_and_so_is_who_comes_to_lead(world):
    """Found in the notes two months later; then the case passes to another lead, who would know nothing of it."""
    asked = ask(world["partner"], world["case"], days=95)
    first = {("data_request_late", pk) for pk in (world["lead"].pk, world["mate"].pk)}
    first |= {("data_request_late", pk) for pk in (world["partner"].pk, world["partner_mate"].pk)}
    assert told() == told() == first
    heir = f.member(f.shelter())
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=world["case"], agency=world["lead"].agency).update(lead=False)
        made = CaseAccess.objects.get(case=world["case"], agency=world["lead"].agency)
        made.agency, made.lead, made.level = heir.agency, True, 3
        made.save(force_insert=True)
        Case.objects.filter(pk=world["case"].pk).update(lead=heir.agency)
    assert told() == first | {("data_request_late", heir.pk)}
    assert "Demandes de personnes sur leurs données" in text(Hand(heir).get("agenda"))
    assert asked.reference in text(Hand(heir).get("agenda"))


def test_what_waits_stands_on_the_first_page_and_in_the_agenda_of_who_may_answer(world):
    words = "Demandes de personnes sur leurs données"
    ask(world["partner"], world["case"], days=3)
    for who, seen in (("lead", True), ("mate", True), ("partner", True), ("stranger", False)):
        hand = Hand(world[who])
        assert (words in text(hand.client.get("/"))) is seen, who
        assert (words in text(hand.get("agenda"))) is seen, who
    with acting_as(world["lead"]):
        data_requests.answer(world["lead"], DataRequest.objects.visible_to(world["lead"]).get().pk, text="x")
    assert words not in text(Hand(world["lead"]).get("agenda"))


def test_a_year_that_is_a_slip_is_asked_again(world):
    page = Hand(world["lead"]).post(
        "data-request-new", world["case"].pk, kind="access", received_on="2025-01-15", asked_by="person",
        identity="known", way="hand",
    )  # fmt: skip
    assert "vérifiez l'année" in text(page)
    with as_role("nrm_owner"):
        assert not DataRequest.objects.exists()
    said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand", "received_on": "2025-01-15"}
    true = Hand(world["lead"]).post("data-request-new", world["case"].pk, year_is_right="on", **said)
    assert true.status_code == 302, "a letter found in a paper file is recorded, with its true day"
    with as_role("nrm_owner"):
        assert DataRequest.objects.get().received_on == date(2025, 1, 15)


def test_a_member_the_case_is_kept_from_is_not_told(world):
    ask(world["partner"], world["case"], days=27)
    with as_role("nrm_owner"):
        kept = {"case": world["case"], "agency": world["partner"].agency, "by": world["partner"]}
        Restriction.objects.create(**kept)
    told_ = {pk for _, pk in told()}
    assert world["partner"].pk in told_ and world["partner_mate"].pk not in told_


def test_the_agenda_says_how_many_more_wait_and_leads_to_the_whole_list(world, monkeypatch):
    monkeypatch.setattr("referral.procedures.views.clocks.MOST", 2)
    hand = Hand(world["lead"])
    assert "Aucune demande n'attend" in text(hand.get("data-request-list"))
    made = [ask(world["partner"], world["case"], days=days) for days in (3, 2)]
    assert "Voir toutes ces demandes" in text(hand.get("agenda"))
    made += [ask(world["partner"], world["case"], days=days) for days in (1, 0)]
    assert "Et 2 autres : voir toutes les demandes" in text(hand.get("agenda"))
    listed = hand.get("data-request-list").content.decode()
    places = [listed.index(f"/{one.pk}/") for one in made]
    assert places == sorted(places), "the soonest day first"
    assert "/demandes-de-la-personne/" in hand.get("agenda").content.decode()
    stranger = text(Hand(world["stranger"]).get("data-request-list"))
    assert "Aucune demande n'attend" in stranger
    with acting_as(world["partner"]):
        data_requests.answer(world["partner"], made[0].pk, text="x")
    assert f"/{made[0].pk}/" not in hand.get("data-request-list").content.decode()


def test_the_list_asks_as_much_of_two_requests_as_of_twelve(world, django_assert_max_num_queries):
    hand, counts = Hand(world["lead"]), []
    hand.get("data-request-list")
    for more in (2, 10):
        for _ in range(more):
            ask(world["lead"], world["case"])
        with django_assert_max_num_queries(60) as asked:
            assert hand.get("data-request-list").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
