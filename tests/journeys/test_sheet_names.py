"""Names on the sheet of a request are asked for: read on a phone by its service, at a desk before it is sent."""

import pytest

from agencies.models import Category
from foundation.actor import acting_as
from tests import factories as f
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import Contact

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "Elle préfère qu'on lui écrive."


@pytest.fixture
def people(transactional_db):
    f.national()
    f.coordination()
    lead, reader = f.member(f.shelter()), f.member(f.shelter())
    case, both = f.own_case(lead), int(Category.IDENTITY | Category.CONTACT)
    agreed = f.consent(lead, case, categories=both)
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=agreed, data={"family_name": "NOM-FICTIF"})
    with as_role("nrm_owner"), acting_as(lead):
        Contact.objects.create(case=case, data={"channel": "sms", "value": "CONTACT-FICTIF"})
    of = {"level": 3, "categories": both}
    asked = f.orientation(lead, case, reader.agency, **of)
    return {
        "lead": lead,
        "reader": reader,
        "asked": asked,
        "draft": f.orientation(lead, case, f.shelter(), state="draft", **of),
    }


def test_names_on_a_sheet_are_asked_for_and_hidden_again(people, live_server, browser):
    phone = Walk(browser, live_server, people["reader"], forms=FORMS)
    phone.open(f"/orientations/{people['asked'].pk}/")
    expect(phone.page.get_by_text("NOM-FICTIF")).to_have_count(0)
    phone.check("sheet-hidden")
    phone.go('button:text-is("Afficher")')
    expect(phone.page.get_by_text("NOM-FICTIF").first).to_be_visible()
    expect(phone.page.get_by_text("CONTACT-FICTIF").first).to_be_visible()
    phone.check("sheet-shown")
    phone.go('a:text-is("Masquer")')
    expect(phone.page.get_by_text("NOM-FICTIF")).to_have_count(0)
    desk = Walk(browser, live_server, people["lead"], width=1280, forms=FORMS)
    desk.open(f"/orientations/{people['draft'].pk}/apercu/")
    desk.page.locator("details summary").first.click()
    desk.page.locator('[name="note"]').fill(WORD)
    desk.check("preview-hidden")
    desk.go('button:text-is("Afficher")')
    expect(desk.page.get_by_text("NOM-FICTIF").first).to_be_visible()
    expect(desk.page.locator('[name="note"]')).to_have_value(WORD)
    expect(desk.page.get_by_text("Votre brouillon portait")).to_have_count(0)
    desk.check("preview-shown")
    assert not phone.faults and not desk.faults
