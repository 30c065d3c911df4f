"""How a sign is known follows its wording, one tap changes it; the same by page, by API, for an event."""

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from indicators.catalogue import selectors as catalogue_selectors
from referral.models import AlertContent
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.api import Caller

from .alert_pages import STEP1, Browser, make_people

pytestmark = pytest.mark.django_db

PAID = "ILO-AL-EX-04"  # « Vous dit-on que la personne n'est pas payée, ou presque pas ? »
LABOUR = {**STEP1, "form": "labour_exploitation"}


@pytest.fixture
def nurse(client):
    return Browser(client, make_people()["nurse"])


def noted(nurse, draft) -> dict:
    with acting_as(nurse.member):
        return AlertContent.objects.get(alert=draft).data["observations"]


def test_a_tick_alone_is_known_as_the_question_says(nurse):
    draft = nurse.start()
    nurse.fill(draft, LABOUR, {"sign": [PAID, "ILO-AL-EX-01"]})
    assert noted(nurse, draft) == {PAID: "reported", "ILO-AL-EX-01": "observed"}


def test_the_page_offers_each_way_with_that_of_the_question_chosen(nurse):
    draft = nurse.start()
    nurse.fill(draft, LABOUR)
    page = nurse.get("alert-step", draft, 2).content.decode()
    assert f'name="by_{PAID}" value="reported" checked' in page
    for way in ("observed", "third_party", "document"):
        assert f'name="by_{PAID}" value="{way}">' in page
    nurse.post("alert-step", draft, 2, **{"sign": [PAID], f"by_{PAID}": "document"})
    assert noted(nurse, draft) == {PAID: "document"}
    nurse.post("alert-step", draft, 3, agreement="not_asked")
    assert "Lu dans un document" in nurse.get("alert-step", draft, 4).content.decode()


def test_the_same_sign_is_known_as_each_grid_words_it():
    """« Sert la famille jour et nuit » is told, « Journées sans fin » is seen; both are ILO-AL-EX-01."""
    ways = {
        form: {item.indicator: item.known_by for item in catalogue_selectors.short_grid(form, "adult").items}
        for form in ("domestic_servitude", "labour_exploitation")
    }
    assert ways["domestic_servitude"]["ILO-AL-EX-01"] == "reported"
    assert ways["labour_exploitation"]["ILO-AL-EX-01"] == "observed"
    declared = catalogue_selectors.current().indicators.values()
    assert {sign.known_by for sign in declared} == {"observed", "reported", "third_party", "document"}


def test_the_signs_of_an_event_are_known_by_their_wording_too():
    actor = f.member(f.coordination(), Role.COORDINATOR)
    said = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory()}
    with acting_as(actor):
        event = situations.start_situation(actor, form="labour_exploitation", **said)
        situations.set_signs(actor, event.pk, [PAID, "ILO-AL-EX-01"], {"ILO-AL-EX-01": "third_party"})
        event = situations.visible_situation(actor, event.pk)
    assert event.data["observations"] == {PAID: "reported", "ILO-AL-EX-01": "third_party"}


def test_a_program_gives_the_source_or_leaves_it_to_the_wording():
    f.national()
    f.coordination()
    sender = Caller(f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    said = {PAID: "", "ILO-AL-EX-01": None, "ILO-AL-CD-01": "document"}
    body = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "agreement": "not_asked"}
    sent = sender.post("alerts/", {**body, "observations": said})
    assert sent.status_code == 201, sent.content
    shown = sent.json()["answers"]["observations"]
    assert shown == {PAID: "reported", "ILO-AL-EX-01": "observed", "ILO-AL-CD-01": "document"}
