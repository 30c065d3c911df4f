"""A hotel writes of a child in a nameless signal: numbers first, then the alert with all that was typed."""

import pytest
from django.utils import timezone

from agencies.models import Agency, Kind, Role
from tests import factories as f

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/pilotage/espace/secteurs/hotels/signaler/"
NOTE = "Mineure de 15 ans environ dans une chambre"


@pytest.fixture
def hotel(transactional_db):
    f.agency(Kind.COORDINATION, mandate=Agency.Mandate.NATIONAL)
    f.agency(Kind.CHILD_PROTECTION, services=("child_care",), desk_fields={"takes_minors": True})
    return f.member(f.agency(Kind.EMPLOYER, desk=False), Role.POLICY, Role.FRONTLINE)


def write(walk):
    page = walk.page
    page.check("input[name=signs][value=FR-SEX-01]", force=True)
    page.select_option("select[name=territory]", "75")
    page.select_option("select[name=month]", timezone.localdate().replace(day=1).isoformat())
    page.check("input[name=persons][value='1']", force=True)
    page.check("input[name=done][value=internal]", force=True)
    page.fill("textarea[name=note]", NOTE)
    walk.go("main form[method=post] button[type=submit]")


@pytest.mark.parametrize(("width", "script"), [(390, True), (1280, True), (390, False)])
def test_a_child_in_a_signal_is_an_alert_with_all_that_was_typed(hotel, live_server, browser, width, script):
    walk = Walk(browser, live_server, hotel, width=width, script=script)
    walk.forms = ((width, "light"), (width, "dark"))
    page = walk.page
    walk.open(FORM)
    write(walk)
    main = page.locator("main")
    text = main.inner_text().replace("\xa0", " ").replace("\u202f", " ")
    assert "Un enfant ? Appelez, puis envoyez une alerte" in text
    assert main.locator("a[href='tel:119']").is_visible() and main.locator("a[href='tel:17']").is_visible()
    assert "« Mineure »" in text and "« 15 ans »" in text
    if script:  # axe is a script
        walk.check("enfant-signal")
    walk.go("main button:has-text('Envoyer une alerte avec votre saisie')")
    assert page.is_checked("input[name=minor][value=yes]") and page.input_value("select[name=territory]") == "75"
    page.check("input[name=when][value=today]", force=True)
    page.check("input[name=danger][value=no]", force=True)
    walk.go('button[value="next"]')
    assert page.is_checked("#s-FR-SEX-01") and NOTE in page.input_value("textarea[name=note]")
    assert "procédure d'alerte" in page.input_value("textarea[name=note]").replace("’", "'")
    walk.go('button[value="next"]')
    page.check("input[name=agreement][value=not_asked]", force=True)
    walk.go('button[value="next"]')
    if script:
        walk.check("enfant-verifier")
    walk.go('button[value="send"]')
    assert "Alerte envoyée" in page.locator("main").inner_text()
    assert not walk.faults


def test_a_member_who_sends_no_alert_has_it_sent_in_one_press(hotel, live_server, browser):
    walk = Walk(browser, live_server, f.member(hotel.agency, Role.POLICY), forms=((390, "light"), (1280, "dark")))
    walk.open(FORM)
    write(walk)
    walk.check("enfant-sans-signaler")
    walk.go("main button:has-text('Faire envoyer l')")
    walk.check("enfant-transmis")
    assert "Transmis comme alerte" in walk.page.locator("main").inner_text()
    assert not walk.faults
