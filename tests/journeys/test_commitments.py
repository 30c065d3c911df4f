"""Commitments and questionnaires in a real browser: axe on each page in four forms, with texts that do not end; the way
of an answer from the keyboard, without script too."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agencies.models import Directory
from foundation.actor import acting_as
from plans.commitments.operations import commitments, questionnaires
from plans.models import EvidenceRequest
from tests.plans import people

from .test_every_page import LONG, every_side
from .walk import Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db):
    """Everybody has said something, at length; a questionnaire is open."""
    found = {"coordination": people.coordination(), "justice": people.ministry(), "cncdh": people.cncdh()}
    coordination, justice, cncdh = found.values()
    with acting_as(justice):
        made = commitments.state_progress(
            justice, "G3-02", status="partial", on=date(2026, 10, 1), text=LONG, evidence=LONG, next_step=LONG[:300]
        )
    with acting_as(cncdh):
        commitments.write_opinion(cncdh, "G3-02", stance="partly", text="Avant.", release=True)
        commitments.write_opinion(cncdh, "G3-02", stance="contests", text=LONG, evidence=LONG, release=True)
        commitments.write_opinion(cncdh, "G3-02", stance="contests", text=LONG)
    with acting_as(coordination):
        commitments.check_progress(coordination, made.pk, verdict="to_complete", text=LONG)
        sheet = questionnaires.start(
            coordination, body_id="greta", title_fr=LONG[:250], received_on=date(2026, 1, 1), due_on=date(2030, 1, 1)
        )
        questionnaires.add_questions(coordination, sheet.pk, [{"number": "1", "text_fr": LONG, "text_en": LONG}])
        question = sheet.questions.get()
        asked = [Directory.objects.get(pk=code) for code in ("dacg", "dgt")]
        late = timezone.localdate() - timedelta(days=1)
        questionnaires.ask(coordination, question.pk, asked, due_on=late, wanted=LONG)
        questionnaires.move(coordination, sheet.pk, "open")
        request = EvidenceRequest.objects.get(body="dacg")
    with acting_as(justice):
        questionnaires.send_answer(justice, request.pk, text_fr=LONG, text_en=LONG, as_of=date(2026, 10, 1))
        questionnaires.keep_draft(justice, request.pk, text_fr=LONG, text_en="", as_of=None)
    with acting_as(coordination):
        questionnaires.compose(coordination, question.pk, seen=0, text_fr=LONG, text_en="", as_of=date(2026, 10, 1))
    pages = {"sheet": sheet.pk, "question": question.pk, "request": request.pk}
    return {**found, **pages}


def test_axe_finds_nothing_on_the_pages_of_each(house, live_server, browser):
    sheet, question = f"/pilotage/questionnaires/{house['sheet']}/", f"/pilotage/questions/{house['question']}/"
    one = "/pilotage/engagements/G3-02/"
    addresses = {
        "coordination": [
            "/pilotage/engagements/", one, "/pilotage/engagements/ajouter/", "/pilotage/engagements/importer/",
            "/pilotage/questionnaires/", "/pilotage/questionnaires/nouveau/", sheet, f"{sheet}questions/",
            f"{sheet}modifier/", question,
            "/plan/engagements/", "/plan/engagements/?status=done&q=introuvable", "/plan/engagements/G3-02/",
            "/plan/engagements/rapport/?text=greta3", "/en/plan/engagements/G3-02/",
        ],
        "justice": [one, "/pilotage/questionnaires/", question, f"/pilotage/demandes/{house['request']}/"],
        "cncdh": [one, "/pilotage/engagements/G1-04/", question],
    }  # fmt: skip
    for who, wanted in addresses.items():
        walk = Walk(browser, live_server, house[who])
        for address in wanted:
            every_side(walk, address)
        assert not walk.faults


@pytest.mark.parametrize("script", [True, False])
def test_an_opinion_goes_out_from_the_keyboard(house, live_server, browser, script):
    walk = Walk(browser, live_server, house["cncdh"], script=script)
    with acting_as(house["justice"]):  # there is a position to agree with
        commitments.state_progress(house["justice"], "G1-09", status="partial", on=date(2026, 10, 1), text="Un pôle.")
    walk.open("/pilotage/engagements/G1-09/")
    summary = walk.page.get_by_text("Donner votre avis")
    summary.focus()
    walk.page.keyboard.press("Enter")
    walk.page.keyboard.press("Tab")
    walk.page.keyboard.press("Space")
    walk.page.keyboard.press("Tab")
    walk.page.keyboard.type("La protection reste rare.")
    walk.page.keyboard.press("Tab")
    walk.page.keyboard.press("Tab")
    expect(walk.page.locator(":focus")).to_have_text("Publier")
    walk.enter()
    expect(walk.page.get_by_role("status")).to_contain_text("à côté de la position officielle")
    walk.open("/plan/engagements/G1-09/")
    expect(walk.page.locator("main")).to_contain_text("La protection reste rare.")
    expect(walk.page.locator("main")).to_contain_text("D'accord avec la position officielle")
