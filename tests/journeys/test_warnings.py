"""The embassy: a warning given once by the author is read by each who could do the harm, on a phone and at a desk."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import Orientation
from tests import factories as f

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)
EMBASSY = "N'appelez jamais l'ambassade ou le consulat"
SECRECY = "Ne dites rien de cette personne à la police"


def warned(walk, name):
    for words in (EMBASSY, SECRECY):
        walk.page.get_by_text(words).first.wait_for()
    walk.check(name)


def test_from_the_alert_to_the_shelter(transactional_db, live_server, browser):
    f.national()
    unit = f.coordination()
    home = f.shelter(name="Foyer Horizon (fictif)", services=("safe_housing",), desk_fields={"places": 4})
    f.agency(Kind.FOREIGN_AFFAIRS, name="Consulat d'essai", services=("safe_housing", "consular_protection"))
    officer = f.member(f.agency(Kind.ASYLUM, desk=False, name="Office d'essai"), Role.FRONTLINE)
    sent = f.sent_alert(officer, employer_immunity=True, form="domestic_servitude")
    coordinator = f.member(unit, Role.COORDINATOR)
    coord = Walk(browser, live_server, coordinator, width=1280, forms=FORMS)
    coord.open(f"/boite/{sent.pk}/")
    warned(coord, "alert")
    coord.go('button[name="need"][value="safe_housing"]')
    coord.page.get_by_text("L'employeur peut avoir une immunité").wait_for()  # the consulate, greyed with the reason
    coord.go('button[name="addressee"]:not([disabled])')
    coord.page.get_by_text("Rien d'autre.").wait_for()
    warned(coord, "preview")
    coord.go('button:has-text("Envoyer à")')
    with acting_as(coordinator):
        made = Orientation.objects.get()
    worker = Walk(browser, live_server, f.member(home), forms=FORMS)
    worker.open(f"/orientations/{made.pk}/")
    warned(worker, "request")
    worker.go('button:text-is("Accepter")')
    worker.open(f"/dossiers/{made.case_id}/")
    warned(worker, "case")
    worker.open(f"/dossiers/{made.case_id}/besoins/")
    warned(worker, "needs")
    assert not coord.faults and not worker.faults
