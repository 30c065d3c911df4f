"""Requisitions: the agency that received one reads and answers it, and nothing tells anybody else that it is there."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from journal.models import Entry
from notifications.models import Event, Notice
from tests import factories as f
from tests.notifications.listener import hook_of
from tests.referral.api import DOCUMENT
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.models import CaseAccess, Requisition, Restriction
from victims.requisitions import operations as requisitions

from .house import GIVEN, MARK, SAID, demand, end_access, moved, row, seen, today, told

pytestmark = pytest.mark.django_db


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
    for act, given in (("answer", GIVEN), ("refuse", {"reason": "secrecy", "text": "x"})):
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
        requisitions.answer(world["partner"], made.pk, **GIVEN)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(x)::text FROM victims_requisition x"
            " UNION ALL SELECT row_to_json(m)::text FROM victims_requisitionmove m"
        )
        stored = " ".join(line for (line,) in cursor.fetchall())
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
        # of the lead itself: it opened its own page, where nothing is
        seen_acts = Entry.objects.filter(action__startswith="requisition").values_list("agency_id", "action").distinct()
        assert set(seen_acts) == {(world["lead"].agency_id, "requisition.list")}
        assert {entry.action for entry in of_partner.all()} - acts == {"case.read"}
    with as_role("nrm_owner"):
        of = {"agency_id": world["partner"].agency_id}
        found = Entry.objects.filter(action__startswith="requisition", **of)
        assert {entry.action for entry in found} == {
            "requisition.add", "requisition.list", "requisition.read", "requisition.refuse",
        }  # fmt: skip
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
            requisitions.answer(world["partner"], made.pk, **GIVEN)
    assert copies[0] == copies[1] and "équisition" not in copies[1]


def test_a_case_kept_from_a_member_keeps_it_from_them(world):
    with as_role("nrm_owner"):
        kept = {"case": world["case"], "agency": world["partner"].agency, "by": world["partner"]}
        Restriction.objects.create(**kept)
    demand(world["partner"], world["case"])
    assert (seen(world["partner"]), seen(world["partner_mate"])) == ((1, 1), (0, 0))
    assert told() == {("answer_owed", world["partner"].pk)}


@pytest.mark.parametrize("left", ["status", "nothing"])
def test_what_was_received_waits_for_the_same_persons_once_the_access_has_gone(world, left):
    """There is no state in which justice waits for nobody; of the case itself the agency reads nothing more."""
    partner, made = world["partner"], demand(world["partner"], world["case"])
    if left == "nothing":
        end_access(world, partner)
    else:
        with as_role("nrm_owner"):
            CaseAccess.objects.filter(case=world["case"], agency=partner.agency).update(level=1)
    assert (seen(partner), seen(world["partner_mate"]), seen(world["lead"])) == ((1, 1), (1, 1), (0, 0))
    assert told() == {("answer_owed", partner.pk), ("answer_owed", world["partner_mate"].pk)}
    hand = Hand(world["partner_mate"])
    assert "Procureur" in text(hand.get("requisition-list"))
    page = text(hand.get("requisition", made.pk))
    assert "Vous ne lisez pas, ou plus, ce dossier" in page and "hors de Repère" in page
    assert "Résumé du dossier" not in page and "Toutes les réquisitions" not in page
    assert hand.get("case-requisitions", world["case"].pk).status_code == 404
    with acting_as(partner):
        with pytest.raises((NotAllowed, NotFound)):
            demand(partner, world["case"])
        with pytest.raises(NotAllowed):
            requisitions.answer(partner, made.pk, **GIVEN)
        requisitions.answer(partner, made.pk, **(GIVEN | {"given": ["own"]}))
    assert moved(made.pk) == [("answered", GIVEN | {"given": ["own"], "held": []})]


def test_programs_of_the_agency_learn_nothing_of_it(world):
    """Neither by a notice, nor by a webhook, nor by the API's document, nor by the database itself."""
    partner = world["partner"]
    program = f.program(partner.agency, Role.CASE_WORKER, Role.COORDINATOR)
    hook_of(program, "https://programme.exemple.invalid/")
    made = demand(partner, world["case"])
    with acting_as(world["partner_mate"]):
        requisitions.refuse(world["partner_mate"], demand(partner, world["case"]).pk, reason="other", text="x")
    assert ("answer_owed", partner.pk) in told() and ("answer_decided", partner.pk) in told()
    with as_role("nrm_owner"):
        of_program = Notice.objects.filter(membership=program)
        assert not of_program.filter(event__subject="requisition").exists()
        assert not of_program.filter(channel="hook", kind__startswith="answer").exists()
    assert seen(program) == (0, 0) and seen(partner) == (2, 2)
    with pytest.raises(NotFound), acting_as(program):
        requisitions.read_requisition(program, made.pk)
    words = str(DOCUMENT).casefold()
    assert "requisition" not in str(DOCUMENT["paths"]).casefold()
    assert "answer_owed" not in words and "answer_decided" not in words and "clock_soon" in words


def test_each_reading_of_a_list_is_journalled_and_names_no_case(world):
    demand(world["partner"], world["case"])
    for name, of in (("requisition-list", ()), ("case-requisitions", (world["case"].pk,))):
        assert Hand(world["partner_mate"]).get(name, *of).status_code == 200
    with as_role("nrm_owner"):
        found = Entry.objects.filter(action="requisition.list", membership_id=world["partner_mate"].pk)
        assert [(entry.case_id, entry.agency_id) for entry in found] == [(None, world["partner"].agency_id)] * 2


@pytest.mark.parametrize(
    ("act", "given", "words"),
    [
        ("answer", GIVEN, "Éléments remis"),
        ("answer", GIVEN | {"given": ["own"]}, "Éléments remis"),  # nothing, perhaps: who says so is seen
        ("refuse", {"reason": "secrecy", "text": MARK}, "Sans remise"),
        ("refuse", {"reason": "too_broad", "text": MARK}, "En attente de l'autorité"),
    ],
)
def test_nobody_alone_decides_of_it_unseen(world, act, given, words):
    """The others of the agency are told at once and see who, and what, for two months; nobody else is."""
    partner, mate, made = world["partner"], world["partner_mate"], demand(world["partner"], world["case"])
    told()
    with acting_as(partner):
        getattr(requisitions, act)(partner, made.pk, **given)
    assert {one for one in told() if one[0] == "answer_decided"} == {("answer_decided", mate.pk)}
    hand = Hand(mate)
    assert "Réquisitions à traiter ou à relire" in text(hand.client.get("/"))
    page = text(hand.get("requisition-list"))
    assert words in page and partner.called in page
    assert MARK in text(hand.get("requisition", made.pk))
    for days, there in ((61, True), (63, not row(made.pk).ended_at)):
        with as_role("nrm_owner"):
            Requisition.objects.exclude(ended_at=None).update(ended_at=timezone.now() - timedelta(days=days))
        assert (words in text(hand.get("requisition-list"))) is there, days


def test_an_agency_hands_over_what_it_reads_and_nothing_else(world):
    partner, made = world["partner"], demand(world["partner"], world["case"])
    with as_role("nrm_owner"):
        mine = CaseAccess.objects.filter(case=world["case"], agency=partner.agency)
        mine.update(categories=int(Category.IDENTITY))
    page = text(Hand(partner).get("requisition", made.pk))
    assert "Identité" in page and "Séjour, jamais" not in page and "Santé" not in page
    for given in (["health"], ["identity", "residence"], [], ["all"]):
        with pytest.raises(NotAllowed), acting_as(partner):
            requisitions.answer(partner, made.pk, **(GIVEN | {"given": given}))
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **(GIVEN | {"given": ["identity"]}))
    # what it reads at the moment of the answer, which no later loss or gain of access changes
    held = ["summary", "file", "documents", "identity"]
    assert moved(made.pk) == [("answered", GIVEN | {"given": ["identity"], "held": held})]
    end_access(world, partner)
    page = text(Hand(partner).get("requisition", made.pk))
    assert "lisait du dossier le" in page and "Suivi : fil" in page


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
    told = ("Vérifiez d'abord l'origine", "Ce qui est demandé", "Avant de remettre", "Indiquer ce qui a été remis")
    assert [page.index(one) for one in told] == sorted(page.index(one) for one in told)
    form = text(hand.get("requisition-new", pk))
    assert form.index("rappelez le tribunal") < form.index("Quelle autorité requiert")
    assert "ne repousse pas la date d'effacement du dossier" in form
    assert "L'aide ne dépend jamais d'une plainte" in page
    given = {"answer-given": ["summary"], "answer-to": "OPJ", "answer-text": MARK}
    ticked = {"answer-secrecy": "yes", "answer-origin": "yes"}
    for name, fault in (("answer-secrecy", "ne se reprend pas"), ("answer-origin", "peut être un faux")):
        less = {key: value for key, value in ticked.items() if key != name}
        assert fault in text(hand.post("requisition", made.pk, act="answer", **given, **less))
    assert hand.post("requisition", made.pk, act="other").status_code == 403
    assert hand.post("requisition", made.pk, act="answer", **given, **ticked).status_code == 302
    page = text(hand.get("requisition", made.pk))
    assert "Éléments remis" in page and "Résumé du dossier" in page and "Un trafiquant a pu" not in page


def test_what_waits_stands_on_the_first_page_and_in_the_list_of_that_agency_alone(world):
    for received, due in ((2, None), (1, today()), (0, today() + timedelta(days=30))):
        demand(world["partner"], world["case"], received_on=today() - timedelta(days=received), due_on=due)
    for who, there in (("partner", True), ("partner_mate", True), ("lead", False), ("stranger", False)):
        hand = Hand(world[who])
        assert ("Réquisitions à traiter ou à relire" in text(hand.client.get("/"))) is there, who
        assert ("Procureur" in text(hand.get("requisition-list"))) is there, who
        assert ("Aucune réquisition" in text(hand.get("requisition-list"))) is not there, who
    for who in ("auditor", "admin"):
        assert Hand(world[who]).get("requisition-list").status_code == 403
    page = text(Hand(world["frontline"]).get("requisition-list"))  # what to do, and nothing of what there is
    assert "Quand une réquisition arrive" in page and "Procureur" not in page and "à traiter" not in page


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


def test_it_is_reminded_of_at_once_and_each_week_until_it_is_over_and_no_text_names_it(world):
    """Whatever its day: one written far away, by error or on purpose, would silence it."""
    partner, people = world["partner"], {world["partner"].pk, world["partner_mate"].pk}
    made = demand(partner, world["case"], due_on=today() + timedelta(days=365 * 70))
    for days, times in ((0, 1), (6, 1), (7, 2), (15, 3)):
        with as_role("nrm_owner"):
            Requisition.objects.filter(pk=made.pk).update(received_on=today() - timedelta(days=days))
        assert told() == told() == {("answer_owed", pk) for pk in people}
        with as_role("nrm_owner"):
            assert Event.objects.filter(kind="answer_owed").count() == times, days
    with as_role("nrm_owner"):
        assert {event.reference for event in Event.objects.filter(subject="requisition")} == {world["case"].reference}
    page = text(Hand(partner).client.get("/notifications/"))
    assert "Une réponse de votre organisme dans un dossier" in page
    assert "équisition" not in page.replace("Réquisitions à", "")
    with acting_as(partner):
        requisitions.answer(partner, made.pk, **GIVEN)
    with as_role("nrm_owner"):
        Requisition.objects.filter(pk=made.pk).update(received_on=today() - timedelta(days=30))
    told()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="answer_owed").count() == 3
