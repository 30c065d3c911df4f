"""A nurse keeps an alert that the person agreed to: told until when, she finds it at home and sends it on."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_nurse_sends_on_what_only_her_school_had(transactional_db, live_server, browser, width):
    f.national()
    f.coordination(name="Coordination d'essai")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    draft = f.draft(nurse, recipients=[], desks=[])
    walk = Walk(browser, live_server, nurse, width=width)
    walk.forms = ((width, "light"), (width, "dark"))
    page = walk.page
    walk.open(f"/signaler/{draft.pk}/4/")
    assert "Personne ne lira cette alerte pour l'instant" in page.locator("main").inner_text().replace("’", "'")
    walk.check("gardee-verifier")
    walk.go('button[value="send"]')
    assert "Alerte gardée" in page.locator("main").inner_text()
    walk.check("gardee-recue")
    walk.open("/")
    walk.check("gardee-accueil")
    walk.go("main a[href$='/mes-signalements/?a-traiter=1']")
    walk.check("gardee-liste")
    walk.go("main a[href$='#a-traiter']")
    page.locator("summary", has_text="Plus rien à transmettre").click()
    walk.check("gardee-alerte")
    walk.go("main button:has-text('envoyer maintenant à la coordination')")
    assert "Coordination d'essai" in page.locator("main").inner_text()
    assert page.locator("#a-traiter").count() == 0
    assert not walk.faults
