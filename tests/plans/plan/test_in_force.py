"""The plan in force is told by its dates; a text put to consultation has a lead that may hold it, and a measure."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from agencies.models import Directory
from foundation.actor import acting_as
from foundation.workflow import WrongState
from plans.models import Axis, Measure, Plan, PlanVersion
from plans.plan.forms.measures import MeasureForm
from plans.plan.forms.plans import NewPlanForm
from plans.plan.operations import moves, plans
from plans.plan.selectors.in_force import plan_in_force
from plans.publication.display import home
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(db):
    return people.coordination()


def published_in_advance(number=5, start=date(2029, 1, 1), end=date(2032, 12, 31)) -> Plan:
    with as_role("nrm_owner"):
        return Plan.objects.create(
            code=f"plan{number}", number=number, title_fr="Plan à venir", lead_id="miprof", start=start, end=end,
            state="published", published_on=date(2026, 11, 2),
        )  # fmt: skip


def test_a_plan_published_in_advance_does_not_hide_the_one_that_runs():
    published_in_advance()
    assert plan_in_force().code == "plan3"
    assert home.current_plan().code == "plan3"
    html = Client().get("/plan/").content.decode()
    assert html.index("2024-2027") < html.index("Plan à venir")


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (date(2026, 1, 1), date(2030, 12, 31), "plan5"),  # both run: the one begun last
        (date(2026, 1, 1), None, "plan5"),  # without an end
        (date(2020, 1, 1), date(2020, 12, 31), "plan3"),  # over, whatever its number
    ],
)
def test_dates_decide_not_numbers(start, end, wanted):
    published_in_advance(start=start, end=end)
    assert plan_in_force().code == wanted


def test_between_two_plans_the_last_one_begun_stays():
    published_in_advance()
    with as_role("nrm_owner"):
        Plan.objects.filter(code="plan3").update(end=date(2025, 12, 31))
    assert plan_in_force().code == "plan3"


def test_nothing_is_put_to_consultation_without_a_measure(c):
    with acting_as(c), pytest.raises(moves.GateRefused):
        moves.move_plan(c, "plan4", "consult")
    with acting_as(c), pytest.raises(DatabaseError, match="the gate is closed"), transaction.atomic():
        PlanVersion.objects.create(
            plan=Plan.objects.get(code="plan4"), number=1, kind="consultation", content={"measures": []}, checksum="x"
        )
    assert Client().get("/plan/plan4/").status_code == 404


def test_nor_with_a_lead_that_may_not_hold_it(c):
    with as_role("nrm_owner"):
        plan = Plan.objects.get(code="plan4")
        Plan.objects.filter(pk=plan.pk).update(lead="greta")
        axis = Axis.objects.create(plan=plan, code="plan4-a1", number=1, title_fr="Axe")
        Measure.objects.create(plan=plan, axis=axis, code="plan4-m01", title_fr="Mesure")
    with acting_as(c), pytest.raises(WrongState, match="body"):
        moves.move_plan(c, "plan4", "consult")
    with acting_as(c), pytest.raises(WrongState):
        plans.create_plan(c, kind="related", title_fr="Voisin", lead=Directory.objects.get(pk="greta"))


def test_only_bodies_that_can_lead_are_offered(c):
    with acting_as(c):
        plan_leads = {body.pk for body in NewPlanForm().fields["lead"].queryset}
        measure_leads = {body.pk for body in MeasureForm.base_fields["lead"].queryset}
        partners = {body.pk for body in MeasureForm.base_fields["partners"].queryset}
    assert {"miprof", "dgcs"} <= plan_leads and "cncdh" not in plan_leads
    assert {"miprof", "dacg", "cncdh"} <= measure_leads
    companies = set(Directory.objects.filter(kind__in=["employer", "international"]).values_list("pk", flat=True))
    assert companies and not companies & (plan_leads | measure_leads) and companies <= partners
