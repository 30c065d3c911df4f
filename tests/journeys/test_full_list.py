"""The coordination brings a plan of sixty measures by one table, reads what each line would do, then writes it."""

from time import monotonic

import pytest

from foundation.actor import acting_as
from foundation.tables.writing import WRITERS
from plans.models import Measure
from tests.plans import people
from tests.plans.plan.full_list import HEADERS, MEASURES, rows

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_sixty_measures_are_brought_in_minutes(browser, live_server):
    member = people.coordination()
    walk = Walk(browser, live_server, member, forms=FORMS)
    walk.open("/pilotage/plans/plan4/liste/")
    walk.check("full-list-form")
    wrong = rows()
    wrong[4][HEADERS.index("Demandes")] = "G9-99"
    began = monotonic()

    def choose(lines):
        made = {"name": "plan.xlsx", "mimeType": XLSX, "buffer": WRITERS["xlsx"](HEADERS, lines)}
        walk.page.locator("input[type=file]").set_input_files(made)
        walk.page.locator("input[name=source]").fill("Plan fictif, Journal officiel fictif du 2 novembre 2026")
        walk.page.get_by_label("Mon organisme garantit").check(force=True)
        walk.go("text=Lire le tableau")

    choose(wrong)
    expect(walk.page.locator("text=n'est pas un code d'engagement ou de recommandation")).to_be_visible()
    expect(walk.page.locator("text=Enregistrer ces mesures")).to_have_count(0)
    walk.check("full-list-fault")
    walk.go("text=Un autre tableau")
    choose(rows())
    expect(walk.page.locator("text=60 à ajouter")).to_be_visible()
    walk.check("full-list-read")
    walk.go("text=Enregistrer ces mesures")
    expect(walk.page.locator("text=Mesure fictive 60")).to_be_visible()
    spent = monotonic() - began
    assert spent < 180, f"{spent:.0f} s, pictures included"
    walk.check("full-list-written")
    with acting_as(member):
        assert Measure.objects.filter(plan__code="plan4", provenance="official").count() == MEASURES
    assert not walk.faults
