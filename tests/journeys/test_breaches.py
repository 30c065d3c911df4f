"""A telephone was lost: reported on a phone, judged and notified at a desk, closed by a second person, printed."""

import pytest

from agencies.models import Role
from tests import factories as f

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Un téléphone du service a été oublié dans un train."


@pytest.fixture
def people(transactional_db):
    above = f.member(f.national(), Role.COORDINATOR)
    worker = f.member(f.shelter())
    return {"worker": worker, "admin": f.member(worker.agency, Role.AGENCY_ADMIN), "above": above}


def fill(walk, act, **said) -> None:
    """Open the form of an act of the register, fill it and send it."""
    form = walk.page.locator(f'details:has(input[name="act"][value="{act}"])')
    form.locator("summary").click()
    for name, value in said.items():
        form.locator(f'[name="{act}-{name}"]').fill(value)


def send(walk, act) -> None:
    walk.go(f'details:has(input[name="act"][value="{act}"]) button[type=submit]')


def test_breach_is_reported_decided_closed_by_two_and_printed(people, live_server, browser):
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open("/violations/signaler/")
    phone.go('button:text-is("Signaler cette violation")')
    expect(phone.page.get_by_text("Indiquez ce qui s'est passé.").first).to_be_visible()
    phone.check("breach-faults")
    phone.page.locator('input[name="kind"][value="device"]').check(force=True)
    phone.page.locator('input[name="ongoing"][value="no"]').check(force=True)
    phone.page.locator('[name="text"]').fill(WORDS)
    phone.go('button:text-is("Signaler cette violation")')
    expect(phone.page.get_by_text("Les personnes qui peuvent lire ce signalement sont prévenues").first).to_be_visible()
    phone.check("breach-reported")
    phone.go('a:text-is("Violations déjà signalées")')
    phone.check("breaches-own")

    desk = Walk(browser, live_server, people["admin"], width=1280, forms=FORMS)
    desk.open("/violations/")
    desk.check("breaches")
    desk.go("a.rp-reference")
    desk.check("breach")
    fill(desk, "assess", nature="Téléphone chiffré.", effects="Aucun connu.", measures="Sessions fermées.")
    send(desk, "assess")
    expect(desk.page.get_by_text("Choisissez au moins une catégorie.").first).to_be_visible()
    desk.check("breach-assess-faults")
    desk.page.locator('[name="assess-categories"][value="reference"]').check(force=True)
    send(desk, "assess")
    fill(desk, "notified", number="N-2026-1")
    send(desk, "notified")
    fill(desk, "not_informed", text="Téléphone chiffré, effacé à distance.")
    desk.page.locator('[name="not_informed-reason"][value="protected"]').check(force=True)
    send(desk, "not_informed")
    fill(desk, "close")
    send(desk, "close")
    expect(desk.page.get_by_text("Clôture à confirmer par une seconde personne").first).to_be_visible()
    desk.check("breach-closing")

    above = Walk(browser, live_server, people["above"], forms=FORMS)
    above.open("/violations/")
    above.go("a.rp-reference")
    fill(above, "confirm")
    send(above, "confirm")
    expect(above.page.get_by_text("Clôturée").first).to_be_visible()
    above.check("breach-closed")
    above.page.emulate_media(media="print")
    paper = above.page.locator("body").inner_text()
    assert "N-2026-1" in paper and "Téléphone chiffré, effacé à distance." in paper and WORDS in paper
    assert "Rouvrir" not in paper
    assert not phone.faults and not desk.faults and not above.faults
