"""Who the person is and how to reach them, on the sheet of a request: shown once asked for, after a factor shown just
now, as on the page of the identity. A session left open at a desk shows the request and no name."""

import csv
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from agencies.models import Category, Desk
from foundation.actor import acting_as
from journal import words
from journal.models import Entry
from referral.factors.rules import STEP_UP
from referral.models import Orientation
from referral.orientations.operations.sheet_reading import shown as shown_of
from referral.orientations.selectors.sheets import HIDDEN
from tests import factories as f
from tests.guarantees.test_routes import LEDGER, SAMPLE, routes
from tests.plans.pdf_text import Pdf
from tests.referral.api import Caller
from tests.referral.factors.set_up import STEP, give_app
from tests.referral.factors.test_step_up import FRESH, OLD, shown
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import Contact

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
NAME, REACHED, STORY = "NOM-DE-LA-FICHE", "CONTACT-DE-LA-FICHE", "MARQUEUR-RECIT"
NAMED = ("identity.read", "contact.read")
BOTH = Category.IDENTITY | Category.CONTACT


@pytest.fixture
def w(db):
    f.national()
    f.coordination()
    lead, reader = f.member(f.shelter()), f.member(f.shelter())
    case = f.own_case(lead)
    agreed = f.consent(lead, case, categories=int(BOTH))
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=agreed, data={"family_name": NAME})
    with as_role("nrm_owner"), acting_as(lead):
        Contact.objects.create(case=case, data={"channel": "sms", "value": REACHED})
    of = {"level": 3, "categories": int(BOTH)}
    asked = f.orientation(lead, case, reader.agency, **of)
    draft = f.orientation(lead, case, f.shelter(), state="draft", **of)
    return {"lead": lead, "reader": reader, "case": case, "asked": asked, "draft": draft}


def readings(member) -> list[str]:
    with as_role("nrm_owner"):
        found = Entry.objects.filter(membership_id=member.pk).order_by("at", "id").values_list("action", flat=True)
        return [action for action in found if action.startswith(NAMED)]


def state_of(made) -> str:
    with as_role("nrm_owner"):
        return Orientation.objects.get(pk=made.pk).state


def words_of(answer) -> str:
    return Pdf(answer.content).text if answer["Content-Type"] == "application/pdf" else text(answer)


@pytest.mark.parametrize("who", ["reader", "lead"])
def test_a_sheet_shows_names_and_contact_once_they_are_asked_for(w, who):
    member, page, pk = w[who], "orientation-detail", w["asked"].pk
    hand = Hand(member)
    before = text(hand.get(page, pk))
    assert NAME not in before and REACHED not in before and STORY in before
    assert "Chaque consultation est inscrite au journal" in before and not readings(member)
    after = text(hand.post("orientation-detail", pk, act="reveal"))
    assert NAME in after and REACHED in after and STORY in after
    assert readings(member) == ["identity.read.sheet", "contact.read.sheet"]
    assert NAME not in text(hand.get(page, pk)), "hidden again with the next page"
    assert hand.post(page, pk, act="other").status_code == 403


def test_health_authors_and_the_right_to_stay_wait_too_until_they_are_asked_for(w):
    """A session left open at a desk showed them, with the story."""
    protected = dict.fromkeys(("health", "offence", "residence"), {"text": "ECRIT-PROTEGE"})
    parts, reader, asked = {"file": {"text": STORY}, **protected}, w["reader"], w["asked"]
    with acting_as(reader):
        assert shown_of(reader, asked, parts, names=False) == {
            "file": {"text": STORY},
            **dict.fromkeys(protected, HIDDEN),
        }
        assert len(read_sheets(reader)) == 1, "the story was read, and they were not"
        assert shown_of(reader, asked, parts, names=True) == parts and len(read_sheets(reader)) == 2
        assert shown_of(reader, asked, protected, names=False) == dict.fromkeys(protected, HIDDEN)
        assert len(read_sheets(reader)) == 2, "nothing was read"


def read_sheets(member) -> list[str]:
    with as_role("nrm_owner"):
        return list(Entry.objects.filter(membership_id=member.pk, action="case.read.sheet"))


def test_the_preview_shows_them_once_they_are_asked_for_and_loses_nothing_that_was_typed(w):
    hand, draft = Hand(w["lead"]), w["draft"]
    before = text(hand.get("orientation-preview", draft.pk))
    assert NAME not in before and REACHED not in before and 'value="reveal"' in before
    after = text(hand.post("orientation-preview", draft.pk, act="reveal", note="Un mot du service.", sex="female"))
    assert NAME in after and REACHED in after and "Un mot du service." in after
    assert state_of(draft) == "draft", "shown, and not sent"
    assert readings(w["lead"]) == ["identity.read.sheet", "contact.read.sheet"]
    assert hand.post("orientation-preview", draft.pk, note="Un mot du service.").status_code == 302
    assert state_of(draft) == "sent"


@pytest.mark.parametrize(("page", "who", "of"), [("detail", "reader", "asked"), ("preview", "lead", "draft")])
def test_a_factor_shown_too_long_ago_is_asked_for_again_and_the_request_is_read_without(w, page, who, of):
    member = w[who]
    give_app(member)
    address = reverse(f"referral:orientation-{page}", args=[w[of].pk])
    sent = {"_membership": member.pk, "act": "reveal"}
    old = shown(member, OLD)
    assert old.get(address).status_code == 200
    led = old.post(address, sent)
    assert led.status_code == 302 and led.url.startswith(STEP) and not readings(member)
    assert NAME in text(shown(member, FRESH).post(address, sent))


def test_a_request_is_answered_without_a_name_being_shown(w):
    member = w["reader"]
    give_app(member)
    old = shown(member, OLD)
    asked_wrongly = old.post(reverse("referral:orientation-decline", args=[w["asked"].pk]), {"_membership": member.pk})
    assert asked_wrongly.status_code == 200 and NAME not in text(asked_wrongly) and not readings(member)
    answer = old.post(reverse("referral:orientation-accept", args=[w["asked"].pk]), {"_membership": member.pk})
    assert answer.status_code == 302 and not answer.url.startswith(STEP)


def test_in_danger_to_life_the_service_asked_reads_at_once_whom_it_must_reach(w):
    """The telephone of the factor is without power, and the desk that asked has no number of its own."""
    lead = w["lead"]
    with as_role("nrm_owner"):
        Desk.objects.update_or_create(agency=lead.agency, defaults={"phone": ""})
    desk = f.shelter()
    vital = f.orientation(lead, w["case"], desk, level=3, categories=int(BOTH), urgency="vital")
    reader = f.member(desk)
    give_app(reader)
    old, address = shown(reader, OLD), reverse("referral:orientation-detail", args=[vital.pk])
    page = text(old.get(address))
    assert all(said in page for said in (NAME, REACHED, "Danger immédiat", "Besoin", STORY, "Accepter"))
    assert readings(reader) == ["identity.read.sheet", "contact.read.sheet"], "read, and said so"
    answer = old.post(reverse("referral:orientation-accept", args=[vital.pk]), {"_membership": reader.pk})
    assert answer.status_code == 302 and not answer.url.startswith(STEP) and state_of(vital) == "accepted"
    assert NAME in text(old.get(address)), "while it is with the person"
    assert NAME not in text(Hand(lead).get("orientation-detail", vital.pk)), "whoever asked knows, and asks to see"


def test_once_a_vital_request_has_ended_its_names_are_asked_for_again(w):
    desk = f.shelter()
    reader = f.member(desk)
    ended = f.orientation(w["lead"], w["case"], desk, level=3, categories=int(BOTH), urgency="vital", state="completed",
                          answerer=reader)  # fmt: skip
    page = text(Hand(reader).get("orientation-detail", ended.pk))
    assert NAME not in page and REACHED not in page and not readings(reader)


def test_the_number_of_whoever_asks_stands_on_a_request_that_waits(w):
    with as_role("nrm_owner"):
        Desk.objects.update_or_create(agency=w["lead"].agency, defaults={"phone": "01 99 00 12 34"})
    assert 'href="tel:0199001234"' in text(Hand(w["reader"]).get("orientation-detail", w["asked"].pk))
    assert "tel:0199001234" not in text(Hand(w["lead"]).get("orientation-detail", w["asked"].pk)), "its own number"


def test_a_factor_shown_just_now_asks_nothing(w):
    member = w["reader"]
    give_app(member)
    fresh = shown(member, FRESH)
    answer = fresh.post(
        reverse("referral:orientation-detail", args=[w["asked"].pk]), {"_membership": member.pk, "act": "reveal"}
    )
    assert answer.status_code == 200 and NAME in text(answer) and REACHED in text(answer)


def test_programs_read_them_as_before(w):
    sheet = Caller(f.program(w["reader"].agency)).post(f"orientations/{w['asked'].pk}/open/").json()["sheet"]
    assert sheet["identity"]["family_name"] == NAME and REACHED in str(sheet["contact"])


# -- no page shows them without asking ---------------------------------------------------------------------------------
def test_each_page_that_journals_a_reading_of_names_asks_for_a_factor():
    """By the ledger of acts, written by hand."""
    rows = csv.DictReader((ROOT / "tests/guarantees/expected/surfaces.csv").open(encoding="utf-8"))
    pages = {row["act"]: row["page"] for row in rows if row["act"].startswith(NAMED)}
    assert set(pages) == {act for act in words.acts() if act.startswith(NAMED)} and len(pages) > 8
    by_the_worker = {act for act, page in pages.items() if not page}  # in a file that a page asks for, and fetches
    assert by_the_worker == {"identity.read.export", "contact.read.export"}
    assert {"referral:export-new", "referral:export-file"} <= set(STEP_UP)
    assert not {act: page for act, page in pages.items() if page and page not in STEP_UP}


def keys(w) -> list:
    return [w["case"].pk, w["asked"].pk, w["draft"].pk]


@pytest.mark.long
@pytest.mark.parametrize("who", ["lead", "reader"])
def test_no_page_reads_a_name_at_a_session_left_open(w, who):
    """Each page of the casework, opened and asked to show, with a factor shown more than five minutes ago."""
    member, read = w[who], 0
    give_app(member)
    old = shown(member, OLD)
    for route, row in LEDGER.items():
        converters = routes()[route].pattern.converters
        if row["access"] not in ("cases", "shares", "keeps") or "pk" not in converters:
            continue
        for pk in keys(w):
            given = {key: pk if key == "pk" else SAMPLE[key] for key in converters}
            if "int:pk" in str(routes()[route].pattern):
                continue
            address = reverse(route, kwargs=given)
            for method in row["methods"].split():
                before = transaction.savepoint_create()
                sent = {"_membership": member.pk, "act": "reveal"} if method == "POST" else {}
                answer = getattr(old, method.lower())(address, sent)
                read += answer.status_code == 200
                assert not readings(member), (route, method)
                said = "" if answer.streaming else words_of(answer)
                assert NAME not in said and REACHED not in said, (route, method)
                transaction.savepoint_rollback(before)
    assert read > {"lead": 20, "reader": 5}[who]
