"""Who may do what in public policy: by role, by body, by mandate; the database says the same without the code."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction

from agencies.models import Kind, Role
from foundation.actor import acting_as
from plans import access
from plans.models import Mandate, Measure, Plan, PlanMove, PlanVersion
from plans.models.bodies import builds_policy, is_state
from plans.models.coordination import coordinates
from tests import factories as f
from tests.roles import as_role

from . import people

pytestmark = pytest.mark.django_db


def plan(code="plan4") -> Plan:
    return Plan.objects.get(code=code)


def refused(act, error=ProgrammingError) -> bool:
    try:
        with transaction.atomic():
            act()
    except error:
        return True
    return False


def test_what_each_is_by_role_and_body():
    expected = {
        "coordination": (True, True, True, True),
        "ministry": (True, False, True, False),
        "cncdh": (True, False, False, True),
        "collective": (True, False, False, True),
        "association": (True, False, False, False),
        "coordinator without the role": (False, False, False, False),
    }
    found = {
        "coordination": people.coordination(),
        "ministry": people.ministry(),
        "cncdh": people.cncdh(),
        "collective": people.collective(),
        "association": people.speaker(),
        "coordinator without the role": people.speaker(Kind.COORDINATION, Role.COORDINATOR, body="miprof"),
    }
    for name, actor in found.items():
        with acting_as(actor):
            said = (
                builds_policy(actor),
                coordinates(actor),
                is_state(actor),
                access.evaluates(actor),
            )
        assert said == expected[name], name


def test_a_mandate_passes_on_without_moving_any_data():
    former, coming = people.coordination(), people.speaker(Kind.COORDINATION, body="delegation")
    administrator = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)
    before = Measure.objects.count()
    with acting_as(administrator):
        Mandate.objects.live().update(end=date(2026, 1, 31))
        Mandate.objects.bulk_create([Mandate(body_id="delegation", start=date(2026, 2, 1), legal_basis_fr="Décret")])
    assert not coordinates(former)
    assert coordinates(coming)
    assert Measure.objects.count() == before


def test_only_the_administrator_gives_a_mandate_and_never_two_at_once():
    administrator = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)

    def second():
        Mandate.objects.bulk_create([Mandate(body_id="cncdh", start=date(2026, 2, 1), legal_basis_fr="Décret")])

    with acting_as(people.coordination()):
        assert refused(second)
    with acting_as(administrator):
        assert refused(second, IntegrityError)  # the first one still runs
        Mandate.objects.live().update(end=date(2026, 1, 31))
        second()


def test_a_draft_is_read_by_those_who_build_policy_alone():
    found = {
        "ministry": people.ministry(),
        "association": people.speaker(),
        "case worker": f.member(f.shelter(), Role.CASE_WORKER),
    }
    seen = {}
    for name, actor in found.items():
        with acting_as(actor):
            seen[name] = Plan.objects.filter(code="plan4").exists()  # no filter of ours: the policy alone
    assert seen == {"ministry": True, "association": True, "case worker": False}
    assert not Plan.objects.filter(code="plan4").exists(), "nor the public"
    assert set(Plan.objects.values_list("code", flat=True)) >= {"plan1", "plan2", "plan3"}


def test_a_body_writes_its_own_measures_and_the_coordination_all():
    def write(lead):
        Measure.objects.bulk_create([Measure(plan=plan(), code=f"essai-{lead}", title_fr="Essai", lead_id=lead)])

    with acting_as(people.ministry("dacg")):
        write("dacg")
        assert refused(lambda: write("dgt"))
        assert Measure.objects.filter(code="essai-dacg").update(title_fr="Autre") == 1
    with acting_as(people.ministry("dgt", Kind.LABOUR)):
        assert Measure.objects.filter(code="essai-dacg").update(title_fr="Pris") == 0
    with acting_as(people.speaker()):
        assert refused(lambda: write("ccem"))
    with acting_as(people.coordination()):
        write("dgt")
    with acting_as(people.ministry("miprof", Kind.COORDINATION)):
        closed = Measure.objects.filter(plan__code="plan1").first()
        assert refused(lambda: Measure.objects.filter(pk=closed.pk).update(title_fr="Réécrit")) or (
            Measure.objects.get(pk=closed.pk).title_fr == closed.title_fr
        ), "a plan that is closed is not rewritten"


def test_a_state_comes_from_a_move_and_a_version_never_changes():
    coordination = people.coordination()

    def move(action, before, after, actor=coordination):
        PlanMove.objects.bulk_create(
            [PlanMove(plan=plan(), action=action, before=before, after=after, agency=actor.agency, by=actor)]
        )

    with acting_as(coordination):
        assert refused(lambda: Plan.objects.filter(code="plan4").update(state="published"))
        assert refused(lambda: move("publish", "draft", "published"), DatabaseError)
        move("consult", "draft", "consultation")
        PlanVersion.objects.bulk_create(
            [PlanVersion(plan=plan(), number=1, content={"measures": [{}]}, kind="consultation", by=coordination)]
        )
        assert plan().state == "consultation"
        assert refused(lambda: PlanVersion.objects.update(content={}))
        assert refused(lambda: PlanVersion.objects.all()._raw_delete("default"))
    ministry = people.ministry()
    with acting_as(ministry):
        assert refused(lambda: move("arbitrate", "consultation", "arbitration", ministry))
    with as_role("nrm_owner"):
        assert PlanMove.objects.count() == 1
