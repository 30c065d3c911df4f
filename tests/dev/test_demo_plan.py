"""The next plan of the demonstration: a builder with something in it, each measure lacking something else."""

import pytest

from agencies.models import Kind
from dev.demo import bodies, plan
from foundation.actor import acting_as
from plans.models import Measure, Plan
from plans.money.selectors import figures
from plans.plan.rules import gate
from plans.plan.selectors.content import content_of
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def known_as(member, name):
    with as_role("nrm_owner"):
        type(member.user).objects.filter(pk=member.user_id).update(email=f"{name}@demo.invalid")
    return member


@pytest.fixture
def coordination(db):
    with as_role("nrm_owner"):
        bodies.make(using="default")
    known_as(people.ministry(bodies.JUSTICE), "justice")
    known_as(people.ministry(bodies.SOCIAL, Kind.SOCIAL_AFFAIRS), "budget")
    return known_as(people.speaker(Kind.COORDINATION, body=bodies.COORDINATION), "nationale")


def test_a_newcomer_sees_measures_with_and_without_what_the_gate_asks(coordination):
    plan.tell()
    plan.tell()  # again, it leaves what is there
    with acting_as(coordination):
        content = content_of(Plan.objects.get(code="plan4"))
        assert [axis["number"] for axis in content["axes"]] == [1, 2, 3]
        lacks = {m["title_fr"].split(" ")[0]: gate.lacks(m, figures.costed()) for m in content["measures"]}
        assert Measure.objects.filter(plan__code="plan4").exclude(carried_from=None).get().plan.state == "draft"
    assert lacks == {
        "Ouvrir": (),
        "Proposer": ("lead", "date", "metric", "envelope"),
        "Former": ("date",),
        "Publier": ("metric", "envelope"),
        "Déployer": ("lead", "date", "metric", "envelope"),  # carried over from the plan in force
    }
    invented = [m for m in content["measures"] if m["carried_from"] is None]
    assert all("(démonstration)" in m["title_fr"] and "inventé" in m["text_fr"] for m in invented)


def test_a_plan_that_somebody_writes_is_left_alone(coordination):
    with acting_as(coordination):
        Measure.objects.bulk_create(
            [Measure(plan=Plan.objects.get(code="plan4"), code="p4-mine", title_fr="La mienne")]
        )
    plan.tell()
    with acting_as(coordination):
        assert [m.title_fr for m in Measure.objects.filter(plan__code="plan4")] == ["La mienne"]
