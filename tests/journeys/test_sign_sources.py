"""How each sign is known, on a phone and at a desk: as its words say, changed by one tap, read the same afterwards."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
PAID, PAPERS = "ILO-AL-EX-04", "ILO-AL-CD-01"


@pytest.fixture
def nurse(transactional_db):
    f.national()
    f.coordination()
    return f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)


@pytest.mark.parametrize("width", [390, 1280])
def test_one_tap_says_otherwise_and_the_check_page_reads_as_ticked(nurse, live_server, browser, width):
    walk = Walk(browser, live_server, nurse, width=width, forms=((width, "light"), (width, "dark")))
    page = walk.page
    walk.open("/signaler/")
    for answer in ("when_0", "minor_1", "danger_1"):
        walk.click(f'label[for="id_{answer}"]')
    walk.click("main details > summary")
    page.select_option("select[name=form]", "labour_exploitation")
    walk.go('button[value="next"]')
    walk.click(f'label[for="s-{PAID}"]')
    assert page.is_checked(f"input[name=by_{PAID}][value=reported]"), "« n'est pas payée » is told, not seen"
    walk.click(f'label[for="s-{PAPERS}"]')
    assert page.is_checked(f"input[name=by_{PAPERS}][value=observed]")
    taps = walk.clicks
    walk.click(f"label:has(input[name=by_{PAPERS}][value=document])")
    assert walk.clicks == taps + 1 and page.is_checked(f"input[name=by_{PAPERS}][value=document]")
    page.locator("output strong").wait_for()
    walk.check("signes-source")
    walk.go('button[value="next"]')
    walk.click('label[for="id_agreement_3"]')
    walk.go('button[value="next"]')
    text = page.locator("main").inner_text().replace("\xa0", " ")
    assert "La personne n'est pas payée, ou presque pas" in text and "Dit par la personne" in text
    assert "Quelqu'un d'autre garde ses papiers" in text and "Lu dans un document" in text
    assert "Dès le premier signe fort, proposez" in text and "aucune dimension" not in text
    walk.check("verifier-source")
    assert not walk.faults
