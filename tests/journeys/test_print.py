"""What comes out of the printer: a sheet on one page, a request and a case without the forms of the screen, with the
words that tell to destroy the paper; nothing of that on the paper that a person carries (decision 30)."""

import re

import pytest
from django.urls import reverse

from agencies.models import Kind, Role
from indicators.sheets.selectors import sheet_book
from tests import factories as f

from .walk import Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
WARNING = "Cette feuille peut mettre une personne en danger : ne la laissez pas traîner"
CONTROLS = "main :is(button, select, textarea, [type=radio], [type=checkbox]):visible"


@pytest.fixture
def people(transactional_db):
    f.national()
    people = {
        "coord": f.member(f.coordination(), Role.COORDINATOR),
        "home": f.member(f.shelter(name="Foyer Horizon (fictif)")),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }
    people["case"] = f.case(people["coord"], author=people["nurse"])
    people["consent"] = f.consent(people["coord"], people["case"], agencies=[people["home"].agency_id])
    people["asked"] = f.orientation(people["coord"], people["case"], people["home"].agency, consent=people["consent"])
    return people


def printed(walk, path) -> int:
    """Show the page as a printer gets it; return its number of pages."""
    walk.page.emulate_media(media="null")
    walk.open(path)
    pages = len(re.findall(rb"/Type\s*/Page\b", walk.page.pdf(format="A4")))
    walk.page.emulate_media(media="print")
    return pages


def test_each_practical_sheet_is_one_page(people, live_server, browser):
    walk = Walk(browser, live_server, people["nurse"], width=1280)
    found = {code: printed(walk, reverse("sheets:detail", args=[code])) for code in sheet_book().sheets}
    assert len(found) == 12
    assert set(found.values()) == {1}, found
    expect(walk.page.get_by_text(WARNING)).to_be_hidden()  # a sheet is made to be handed out


def test_a_request_and_a_case_are_printed_without_forms_and_with_their_warning(people, live_server, browser):
    case = f"/dossiers/{people['case'].pk}/"
    for who, path in (("home", f"/orientations/{people['asked'].pk}/"), ("coord", case), ("coord", case + "accords/")):
        walk = Walk(browser, live_server, people[who], width=1280)
        walk.open(path)
        expect(walk.page.get_by_text(WARNING)).to_be_hidden()
        printed(walk, path)
        expect(walk.page.get_by_text(WARNING)).to_be_visible()
        expect(walk.page.get_by_text(people[who].agency.name).last).to_be_visible()
        assert walk.page.locator(CONTROLS).count() == 0, path


def test_the_paper_of_the_person_says_nothing_of_the_site(people, live_server, browser):
    walk = Walk(browser, live_server, people["coord"], width=1280)
    printed(walk, reverse("referral:consent-print", args=[people["consent"].pk]))
    expect(walk.page.locator(".rp-paper").first).to_be_visible()
    expect(walk.page.get_by_text(WARNING)).to_be_hidden()
    assert "Repère" not in walk.page.locator("body").inner_text()
