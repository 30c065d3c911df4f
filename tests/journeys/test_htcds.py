"""An association brings an official table of the HTCDS as it is, and takes its cases out in the standard."""

import pytest

from foundation.actor import acting_as
from referral.imports import operations as imports
from referral.models import CaseImport, Export
from tests import factories as f
from tests.referral.htcds.test_official_templates import CHILD, PERSON, SHEETS, filled

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_official_table_comes_in_and_its_cases_leave_in_the_standard(transactional_db, live_server, browser):
    f.national()
    f.coordination(territories=("75",))
    worker = f.member(f.shelter())
    walk = Walk(browser, live_server, worker, width=1280, forms=FORMS)
    walk.open("/imports/")
    walk.check("htcds-import-list")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    table = {"name": SHEETS[0], "mimeType": kind, "buffer": filled(SHEETS[0], PERSON, CHILD)}
    walk.page.locator("input[type=file]").set_input_files(table)
    walk.go('form:has(input[type=file]) button[type="submit"]')
    expect(walk.page.get_by_text("Qui est la personne : cela s'écrit dans le dossier").first).to_be_visible()
    walk.check("htcds-import-columns")
    walk.go('main form button[type="submit"]')
    expect(walk.page.get_by_text("2 lignes peuvent être chargées")).to_be_visible()
    walk.check("htcds-import-report")
    walk.go('button:has-text("Charger 2 lignes")')
    with acting_as(worker):
        assert imports.load_lines(worker, CaseImport.objects.get().pk) in (0, 2)
    walk.open("/exports/nouveau/cases/")
    walk.check("htcds-export-new")
    walk.page.get_by_label("à la norme HTCDS, sans identité").check(force=True)
    walk.page.get_by_label("Pour un logiciel (JSON)").check(force=True)
    walk.page.get_by_label("Réunion de travail").check(force=True)
    walk.page.locator("textarea").first.fill("Reprise de nos dossiers dans notre propre logiciel")
    walk.go('main form button[type="submit"]')
    with acting_as(worker):
        export = Export.objects.get()
    assert (export.total, export.content, export.format) == (1, "htcds", "json"), "the adult who agreed, not the child"
    expect(walk.page.get_by_text("Les dossiers à la norme HTCDS, sans identité ni contact")).to_be_visible()
    walk.check("htcds-export-detail")
    assert not walk.faults
