"""Requisitions: the agency that received one reads and answers it, and nothing tells anybody else that it is there."""

import re
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Event, Notice
from referral.tasks import figures
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.api import DOCUMENT
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.models import CaseAccess, Requisition, Restriction
from victims.requisitions import operations as requisitions

pytestmark = pytest.mark.django_db
MARK = "MARQUEUR-REQUISITION"
SAID = {"authority": "prosecutor", "body": f"Parquet {MARK}", "ground": "preliminary", "text": MARK}
GIVEN = {"given": ["summary", "file"], "to": f"OPJ {MARK}", "text": MARK}


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
        "frontline": f.member(partner.agency, Role.FRONTLINE),
        "admin": f.member(partner.agency, Role.AGENCY_ADMIN),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "stranger": f.member(f.shelter()),
        "case": case,
    }


def today() -> date:
    return timezone.localdate()


def demand(member, case, **given) -> Requisition:
    with acting_as(member):
        return requisitions.add_requisition(member, case.pk, **(SAID | {"received_on": today()} | given))


def row(pk) -> Requisition:
    with as_role("nrm_owner"):
        return Requisition.objects.get(pk=pk)


def seen(actor) -> tuple[int, int]:
    """By bare SQL, where the database alone stands; and by the first wall."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victims_requisition")
        return cursor.fetchone()[0], Requisition.objects.visible_to(actor).count()


def told() -> set:
    with as_role("nrm_worker"):
        figures()
    fan_out()
    with as_role("nrm_owner"):
        found = Notice.objects.filter(event__subject="requisition", channel="app")
        return {(notice.event.kind, notice.membership_id) for notice in found.select_related("event")}


@pytest.mark.parametrize(
    ("who", "count", "status"),
    [
        ("partner", 1, 200), ("partner_mate", 1, 200),
        ("lead", 0, 404), ("mate", 0, 404), ("summary", 0, 404), ("stranger", 0, 404),
        ("auditor", 0, 403), ("admin", 0, 403), ("frontline", 0, 403),
    ],
)  # fmt: skip
def test_the_agency_that_received_it_reads_it_and_neither_the_lead_nor_anybody_else(world, who, count, status):
    made = demand(world["partner"], world["case"])
    assert seen(world[who]) == (count, count)
    hand = Hand(world[who])
    assert hand.get("requisition", made.pk).status_code == status
    for act, given in (("answer", GIVEN | {"on": today()}), ("refuse", {"reason": "secrecy", "text": "x"})):
        if not count:
            with pytest.raises(NotFound), acting_as(world[who]):
                getattr(requisitions, act)(world[who], made.pk, **given)


def test_the_lower_levels_have_no_such_page_and_record_nothing(world):
    for who, refused in (("summary", NotAllowed), ("stranger", NotFound)):
        assert Hand(world[who]).get("case-requisitions", world["case"].pk).status_code == 404
        assert Hand(world[who]).get("requisition-new", world["case"].pk).status_code == 404
        with pytest.raises(refused):
            demand(world[who], world["case"])
    for who in ("lead", "partner"):
        assert Hand(world[who]).get("case-requisitions", world["case"].pk).status_code == 200
        demand(world[who], world["case"])


def test_all_it_says_is_sealed(world):
    made = demand(world["partner"], world["case"])
    with acting_as(world["partner"]):
        requisitions.answer(world["partner"], made.pk, **GIVEN, on=today())
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(x)::text FROM victims_requisition x")
        stored = cursor.fetchone()[0]
    assert not [word for word in (MARK, "prosecutor", "preliminary", "summary") if word in stored]


PAGES = ["detail", "timeline", "requisitions", "history", "files", "life", "needs", "data-requests", "place"]


def said_by(hand, route, *args) -> str:
    """What a page says, without its tokens, which differ each time."""
    return re.sub(r'value="[^"]{20,}"', "", text(hand.get(route, *args)))


def test_no_other_reader_of_the_case_learns_of_it(world):
    """Each page of the case says the same before and after, and its journal nothing but that the case was read."""
    hand, partner, case = Hand(world["lead"]), Hand(world["partner"]), world["case"].pk
    before = {name: said_by(hand, f"case-{name}", case) for name in PAGES}
    of_partner = Entry.objects.filter(agency_id=world["partner"].agency_id, case_id=case)
    with acting_as(world["lead"]):
        acts = {entry.action for entry in of_partner.all()}
    made = demand(world["partner"], world["case"])
    for route, of in (("requisition", made.pk), ("case-requisitions", case), ("requisition-new", case)):
        assert partner.get(route, of).status_code == 200
    with acting_as(world["partner"]):
        requisitions.refuse(world["partner"], made.pk, reason="secrecy", text=MARK)
    assert {name: said_by(hand, f"case-{name}", case) for name in PAGES} == before
    assert "équisition enregistrée" not in said_by(hand, "case-access", case)
    with acting_as(world["lead"]):
        assert not Entry.objects.filter(action__startswith="requisition").exists()
        assert {entry.action for entry in of_partner.all()} - acts == {"case.read"}
    with as_role("nrm_owner"):
        found = Entry.objects.filter(action__startswith="requisition")
        assert {entry.action for entry in found} == {"requisition.add", "requisition.read", "requisition.refuse"}
        assert {(entry.case_id, entry.agency_id) for entry in found} == {(None, world["partner"].agency_id)}


def test_the_copy_made_for_the_person_does_not_change_with_it(world):
    hand, case = Hand(world["partner"]), world["case"]
    said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand", "received_on": today()}
    with acting_as(world["partner"]):
        asked = data_requests.add_request(world["partner"], case.pk, **said)
    copies = []
    for _ in range(2):
        page = hand.post("data-copy-print", asked.pk, act="reveal", given=[])
        assert page.status_code == 200 and case.reference in text(page)
        copies.append(re.sub(r'value="[^"]{20,}"', "", text(page)))
        made = demand(world["partner"], case)
        with acting_as(world["partner"]):
            requisitions.answer(world["partner"], made.pk, **GIVEN, on=today())
    assert copies[0] == copies[1] and "équisition" not in copies[1]


def test_a_case_kept_from_a_member_keeps_it_from_them_and_an_access_that_ended_shows_nothing(world):
    made = demand(world["partner"], world["case"])
    with as_role("nrm_owner"):
        kept = {"case": world["case"], "agency": world["partner"].agency, "by": world["partner"]}
        Restriction.objects.create(**kept)
    assert (seen(world["partner"]), seen(world["partner_mate"])) == ((1, 1), (0, 0))
    assert told() == set()
    with as_role("nrm_owner"):
        over = timezone.now() - timedelta(minutes=1)
        CaseAccess.objects.filter(case=world["case"], agency=world["partner"].agency).update(until=over)
    assert seen(world["partner"]) == (0, 0)
    with pytest.raises(NotFound), acting_as(world["partner"]):
        requisitions.refuse(world["partner"], made.pk, reason="other", text="x")


def test_a_program_of_the_agency_finds_no_way_to_it(world):
    """No operation of the API names it; the database shows a program what it shows its agency."""
    demand(world["partner"], world["case"])
    assert "requisition" not in str(DOCUMENT["paths"]).casefold()


def test_an_agency_hands_over_what_it_reads_and_nothing_else(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with as_role("nrm_owner"):
        mine = CaseAccess.objects.filter(case=world["case"], agency=partner.agency)
        mine.update(categories=int(Category.IDENTITY))
    page = text(Hand(partner).get("requisition", made.pk))
    assert "Identité" in page and "Séjour, jamais" not in page and "Santé" not in page
    for given in (["health"], ["identity", "residence"], [], ["all"]):
        with pytest.raises(NotAllowed), acting_as(partner):
            requisitions.answer(partner, made.pk, **(GIVEN | {"given": given}), on=today())
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(WrongState), acting_as(partner):
            requisitions.answer(partner, made.pk, **GIVEN, on=day)
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **(GIVEN | {"given": ["identity"]}), on=today())
    assert row(made.pk).outcome == {"given": ["identity"], "to": GIVEN["to"], "on": f"{today()}", "text": MARK}


def test_nothing_changes_once_it_was_answered(world):
    partner = world["partner"]
    answered, refused = demand(partner, world["case"]), demand(partner, world["case"])
    with acting_as(partner):
        requisitions.answer(partner, answered.pk, **GIVEN, on=today())
        requisitions.refuse(partner, refused.pk, reason="asylum", text=MARK)
        for made in (answered, refused):
            with pytest.raises(WrongState):
                requisitions.answer(partner, made.pk, **GIVEN, on=today())
            with pytest.raises(WrongState):
                requisitions.refuse(partner, made.pk, reason="other", text="x")
            assert Requisition.objects.filter(pk=made.pk).update(state="answered", ended_by=partner) == 0
    assert (row(answered.pk).state, row(refused.pk).outcome["reason"]) == ("answered", "asylum")


def test_the_database_holds_what_an_end_and_a_day_are(world):
    made = demand(world["partner"], world["case"])
    for fields in ({"state": "answered"}, {"due_on": today() - timedelta(days=1)}, {"ended_at": timezone.now()}):
        with pytest.raises(IntegrityError), as_role("nrm_owner"), transaction.atomic():
            Requisition.objects.filter(pk=made.pk).update(**fields)


def test_it_is_recorded_and_ended_by_the_pages(world):
    hand, pk = Hand(world["partner"]), world["case"].pk
    assert "Réquisitions" in text(hand.get("case-detail", pk))
    said = {**SAID, "received_on": f"{today()}", "due_on": f"{today() - timedelta(days=1)}"}
    assert "Ce jour précède celui de la réception." in text(hand.post("requisition-new", pk, **said))
    said["due_on"] = f"{today() + timedelta(days=3)}"
    assert "tribunal" in text(hand.post("requisition-new", pk, **{**said, "body": ""}))
    assert hand.post("requisition-new", pk, **said).status_code == 302
    with acting_as(world["partner"]):
        made = Requisition.objects.visible_to(world["partner"]).get()
    page = text(hand.get("requisition", made.pk))
    assert "Échéance proche" in page and "Procureur de la République" in page and "article 77-1-1" in page
    assert page.index("Avant de remettre") < page.index("Ce qui est demandé")
    assert "L'aide ne dépend jamais d'une plainte" in page
    given = {"answer-given": ["summary"], "answer-to": "OPJ", "answer-on": f"{today()}", "answer-text": MARK}
    assert "Vérifiez d'abord" in text(hand.post("requisition", made.pk, act="answer", **given))
    assert hand.post("requisition", made.pk, act="other").status_code == 403
    assert hand.post("requisition", made.pk, act="answer", **given, **{"answer-checked": "on"}).status_code == 302
    page = text(hand.get("requisition", made.pk))
    assert "Éléments remis" in page and "Résumé du dossier" in page and "Avant de remettre" not in page
    assert hand.post("requisition", made.pk, act="refuse", again="1").status_code == 409


def test_what_waits_stands_on_the_first_page_and_in_the_list_of_that_agency_alone(world):
    for received, due in ((2, None), (1, today()), (0, today() + timedelta(days=30))):
        demand(world["partner"], world["case"], received_on=today() - timedelta(days=received), due_on=due)
    for who, there in (("partner", True), ("partner_mate", True), ("lead", False), ("stranger", False)):
        hand = Hand(world[who])
        assert ("Réquisitions à traiter" in text(hand.client.get("/"))) is there, who
        assert ("Procureur" in text(hand.get("requisition-list"))) is there, who
        assert ("Aucune réquisition" in text(hand.get("requisition-list"))) is not there, who
    for who in ("auditor", "admin", "frontline"):
        assert Hand(world[who]).get("requisition-list").status_code == 403


def test_a_list_asks_as_much_of_two_as_of_twelve(world, django_assert_max_num_queries):
    hand, counts = Hand(world["partner"]), []
    for name, of in (("requisition-list", ()), ("case-requisitions", (world["case"].pk,))):
        hand.get(name, *of)
        for more in (2, 10):
            for _ in range(more):
                demand(world["partner"], world["case"])
            with django_assert_max_num_queries(60) as asked:
                assert hand.get(name, *of).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1] and counts[2] == counts[3]


def test_that_agency_is_told_before_the_day_and_after_and_no_text_names_it(world):
    partner = world["partner"]
    demand(partner, world["case"])
    demand(partner, world["case"], due_on=today() + timedelta(days=8))
    assert told() == set()
    demand(partner, world["case"], due_on=today() + timedelta(days=7))
    people = {partner.pk, world["partner_mate"].pk}
    assert told() == told() == {("answer_soon", pk) for pk in people}
    past = today() - timedelta(days=9)
    demand(partner, world["case"], received_on=past, due_on=past)
    both = {(kind, pk) for kind in ("answer_soon", "answer_late") for pk in people}
    assert told() == told() == both
    with as_role("nrm_owner"):
        assert {event.reference for event in Event.objects.filter(subject="requisition")} == {world["case"].reference}
    page = text(Hand(partner).client.get("/notifications/"))
    assert "Une réponse de votre organisme dans un dossier" in page and "équisition" not in page.replace(
        "Réquisitions à", ""
    )
