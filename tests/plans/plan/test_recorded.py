"""Until the coordination declares a list complete, what is not entered reads « non relevé » and nothing counts it."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from plans.commitments.operations import commitments
from plans.models import Measure, Plan
from plans.plan.documents import written
from plans.plan.operations import plans
from plans.plan.selectors.in_force import answers_are_recorded
from tests.plans import people
from tests.roles import as_role

from .test_plan_pages import Hand, text

pytestmark = pytest.mark.django_db
SHORTFALL = (
    "pas encore rattachées", "sans pilote", "sans moyens", "sans argent", "sans point d'avancement",
    "Sans mesure saisie ici", "n'a pas de moyens connus", "pas de pilote", "pas de date", "Informations manquantes",
)  # fmt: skip
PAGES = ("/plan/", "/plan/plan3/", "/plan/plan3/mesures/plan3-x03/", "/plan/engagements/", "/plan/engagements/G1-03/")


def said(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", unescape(plain))


def complete(code="plan3") -> None:
    """Make as many measures announced as entered."""
    with as_role("nrm_owner"):
        plan = Plan.objects.get(code=code)
        Plan.objects.filter(code=code).update(measures_announced=plan.measures.count())


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_counted_as_missing_of_a_list_that_is_not_complete(address):
    shown = said(address)
    assert [words for words in SHORTFALL if words in shown] == []
    assert re.search("non relevée?s?|n'est pas relevé", shown.lower())


def test_the_document_says_not_recorded():
    with translation.override("fr"):
        parts = written(Plan.objects.get(code="plan3").versions.first(), unvalidated=True)["parts"]
    lines = [line for part in parts for measure in part["measures"] for line in measure["lines"]]
    assert ["Pilote", "non relevé"] in lines and "personne n'est nommé" not in str(lines)


def test_measures_without_money_are_not_a_list_of_shortfall():
    shown = said("/plan/moyens/sans-financement/?plan=plan3")
    assert "13 mesures n'ont pas de moyens saisis ici" in shown, "14 known, one with a figure (dgcs-aap-2024)"
    assert "Déployer d'ici 2025" not in shown


def test_the_coordination_declares_it_once_all_announced_measures_are_entered():
    coordination, ministry = people.coordination(), people.ministry()
    for actor, refusal in ((ministry, NotAllowed), (coordination, WrongState)):
        with acting_as(actor), pytest.raises(refusal):
            plans.declare_recorded(actor, "plan3", recorded=True)
    complete()
    with acting_as(ministry), transaction.atomic():
        assert Plan.objects.filter(code="plan3").update(recorded_on=timezone.localdate()) == 0
    with acting_as(coordination):
        plans.declare_recorded(coordination, "plan3", recorded=True)
        with pytest.raises(WrongState):
            plans.declare_recorded(coordination, "plan3", recorded=True)
    assert answers_are_recorded()


def test_once_declared_what_is_missing_is_said_and_counted():
    coordination = people.coordination()
    with acting_as(coordination):
        commitments.link_measure(coordination, "G3-07", Measure.objects.public().get(code="plan3-x08"))
    complete()
    with acting_as(coordination):
        plans.declare_recorded(coordination, "plan3", recorded=True)
    home = said("/plan/")
    assert "114 pas encore rattachées à une mesure" in home and "sans pilote" in home
    assert "pas de pilote" in said("/plan/plan3/mesures/plan3-x03/")
    assert re.search("114 ?Sans mesure saisie ici", said("/plan/engagements/"))
    assert "Déployer d'ici 2025" in said("/plan/moyens/sans-financement/?plan=plan3")
    with acting_as(coordination):
        plans.declare_recorded(coordination, "plan3", recorded=False)
    assert "pas encore rattachées à une mesure" not in said("/plan/")


def test_it_is_declared_and_taken_back_on_the_page_of_the_plan():
    hand = Hand(people.coordination())
    page = text(hand.get("plans:plan-detail", "plan3"))
    assert "46 mesures annoncées restent à saisir avant de pouvoir la déclarer." in page
    assert hand.post("plans:plan-recorded", "plan3", recorded="yes").status_code == 409
    complete()
    assert "Déclarer la liste complète" in text(hand.get("plans:plan-detail", "plan3"))
    assert hand.post("plans:plan-recorded", "plan3", recorded="yes").status_code == 302
    assert "Retirer la déclaration" in text(hand.get("plans:plan-detail", "plan3"))
    assert hand.post("plans:plan-recorded", "plan3", recorded="no").status_code == 302
    assert Hand(people.ministry()).post("plans:plan-recorded", "plan3", recorded="yes").status_code == 403
    assert Client().get(reverse("plans:plan-recorded", args=["plan3"])).status_code in (302, 405)
