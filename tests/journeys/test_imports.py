"""An association brings its own spreadsheet with its own words: six of six lines are loaded, by the screen."""

import pytest

from foundation.actor import acting_as
from referral.imports import operations as imports
from referral.models import CaseImport
from tests import factories as f
from tests.referral.imports.test_imports import MEANT, OWN_WORDS

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_lines_in_ordinary_words_load_after_one_page(transactional_db, live_server, browser):
    for code, name in (("93", "Seine-Saint-Denis"), ("94", "Val-de-Marne")):
        f.territory(code, name)
    f.national()
    f.coordination(territories=("75", "93", "94"))
    worker = f.member(f.shelter())
    walk = Walk(browser, live_server, worker, width=1280, forms=FORMS)
    walk.open("/imports/")
    table = {"name": "suivi.csv", "mimeType": "text/csv", "buffer": OWN_WORDS.encode()}
    walk.page.locator("input[type=file]").set_input_files(table)
    walk.go('form:has(input[type=file]) button[type="submit"]')
    walk.go('main form button[type="submit"]')
    expect(walk.page.get_by_text("Que veulent dire vos mots ?")).to_be_visible()
    walk.check("import-words")
    for word, code in {"Ivry": "94", **MEANT}.items():
        walk.page.get_by_label(f"« {word} »").select_option(code)
    walk.go('button:has-text("Vérifier de nouveau")')
    expect(walk.page.get_by_text("6 lignes peuvent être chargées")).to_be_visible()
    walk.go('button:has-text("Charger 6 lignes")')
    with acting_as(worker):
        assert imports.load_lines(worker, CaseImport.objects.get().pk) in (0, 6)
        assert CaseImport.objects.get().done == 6
    assert not walk.faults
