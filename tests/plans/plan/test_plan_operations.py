"""The plan as work: who writes what and when; nothing of another body's, nothing while it is closed, nothing lost."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from agencies.models import Directory, Kind
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from plans.models import Axis, Measure, MeasureProgress, MetricValue, Plan, PlanVersion, YearStep
from plans.plan.operations import measures, moves, plans
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
METRIC = {"label_fr": "Places", "unit": "places", "target": 80, "target_on": date(2029, 12, 31)}


@pytest.fixture
def c(db):
    return people.coordination()


def body(code):
    return Directory.objects.get(pk=code)


def a_measure(c, **fields) -> Measure:
    values = {"title_fr": "Ouvrir des places", "lead": body("dgcs"), "end": date(2029, 12, 31), **fields}
    with acting_as(c):
        return measures.add_measure(c, "plan4", **values)


def ready(c, **fields) -> Measure:
    """A measure that passes the gate."""
    made = a_measure(c, not_funded=True, not_funded_reason="À négocier en 2027", **fields)
    with acting_as(c):
        measures.save_metric(c, made.code, **METRIC)
    return made


def publish(c):
    with acting_as(c):
        for action in ("consult", "arbitrate", "publish"):
            moves.move_plan(c, "plan4", action)
    return Plan.objects.get(code="plan4")


# -- writing -----------------------------------------------------------------------------------------------------------
def test_a_plan_is_made_by_the_coordination_alone(c):
    fields = {"kind": "related", "title_fr": "Plan voisin", "lead": body("sdfe")}
    with acting_as(c):
        assert plans.create_plan(c, **fields).code == "plan-voisin"
        assert plans.create_plan(c, **fields).code == "plan-voisin-2"
    for other in (people.ministry(), people.collective()):
        with acting_as(other), pytest.raises(NotAllowed):
            plans.create_plan(other, **fields)


def test_axes_are_ordered_and_one_with_measures_stays(c):
    with acting_as(c):
        first, second = (plans.add_axis(c, "plan4", title_fr=title) for title in ("Protéger", "Poursuivre"))
        plans.move_axis(c, "plan4", second.pk, up=True)
        plans.move_axis(c, "plan4", second.pk, up=True)  # already first: nothing moves
        assert [a.title_fr for a in Axis.objects.filter(plan__code="plan4")] == ["Poursuivre", "Protéger"]
        measures.add_measure(c, "plan4", title_fr="Essai", axis=first)
        with pytest.raises(WrongState):
            plans.remove_axis(c, "plan4", first.pk)
        plans.remove_axis(c, "plan4", second.pk)
        assert [(a.number, a.title_fr) for a in Axis.objects.filter(plan__code="plan4")] == [(1, "Protéger")]
        with pytest.raises(WrongState):
            plans.add_axis(c, "plan1", title_fr="Réécrit")
    ministry = people.ministry()
    with acting_as(ministry), pytest.raises(NotAllowed):
        plans.add_axis(ministry, "plan4", title_fr="Pris")


def test_a_ministry_writes_its_measures_and_never_who_leads_them(c):
    made = a_measure(c)
    own, other = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS), people.ministry("dpjj")
    with acting_as(own):
        done = measures.edit_measure(own, made.code, seen=made.edited_at, title_fr="Mieux dit", lead=body("dpjj"))
        assert (done.title_fr, done.lead_id) == ("Mieux dit", "dgcs")
        measures.save_step(own, made.code, year=2028, text="Appel", cost=1000)
        mine = measures.add_measure(own, "plan4", title_fr="La nôtre", lead=body("dpjj"))
        assert mine.lead_id == "dgcs"
    with acting_as(other):
        for act in (
            lambda: measures.edit_measure(other, made.code, seen=done.edited_at, title_fr="Pris"),
            lambda: measures.save_metric(other, made.code, **METRIC),
            lambda: measures.withdraw_measure(other, made.code, reason="x"),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert Measure.objects.get(pk=made.pk).title_fr == "Mieux dit"
    association = people.speaker()
    with acting_as(association), pytest.raises(NotAllowed):
        measures.add_measure(association, "plan4", title_fr="Non")
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="measure.edit", membership_id=own.pk).count() == 1


def test_the_walls_of_steps_and_values_hold_without_our_code(c):
    made = a_measure(c)
    with acting_as(c):
        metric = measures.save_metric(c, made.code, **METRIC)
    own, other = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS), people.ministry("dpjj")

    def step():
        YearStep.objects.bulk_create([YearStep(measure=made, year=2030, text="x")])

    def value(actor):
        return lambda: MetricValue.objects.bulk_create(
            [MetricValue(metric=metric, on=date(2026, 1, 1), value=3, evidence="x", agency=actor.agency, by=actor)]
        )

    with acting_as(own):
        step()
        value(own)()
    with acting_as(other):
        for act in (step, value(other), value(own)):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()
        assert YearStep.objects.filter(measure=made).update(text="pris") == 0
    with acting_as(c), pytest.raises(ProgrammingError), transaction.atomic():
        MetricValue.objects.update(value=0)
    assert not YearStep.objects.filter(measure=made).exists(), "a draft: not for the public"


def test_a_stale_form_writes_nothing(c):
    made = a_measure(c)
    with acting_as(c):
        measures.edit_measure(c, made.code, seen=made.edited_at, title_fr="Par l'un")
        with pytest.raises(plans.Stale):
            measures.edit_measure(c, made.code, seen=made.edited_at, title_fr="Par l'autre")
        assert Measure.objects.get(pk=made.pk).title_fr == "Par l'un"


def test_a_measure_taken_out_stays_and_comes_back(c):
    made = a_measure(c)
    with acting_as(c):
        measures.withdraw_measure(c, made.code, reason="Doublon")
        with pytest.raises(WrongState):
            measures.edit_measure(c, made.code, seen=None, title_fr="x")
        assert Measure.objects.get(pk=made.pk).withdrawn_reason == "Doublon"
        measures.take_back_measure(c, made.code)
        assert Measure.objects.standing().filter(pk=made.pk).exists()


def test_unfinished_measures_are_offered_once(c):
    """Of closed plans and of one that ends before: not what is done or abandoned, not what is carried already."""
    done, started = Measure.objects.filter(plan__code="plan2")[:2]
    with as_role("nrm_owner"):
        for measure, status in ((done, "done"), (started, "started")):
            MeasureProgress.objects.create(
                measure=measure, status=status, on=date(2021, 1, 1), agency=c.agency, by=c, text=""
            )

    with acting_as(c):
        plan = Plan.objects.get(code="plan4")
        offered = [m.code for m in measures.unfinished(c, plan)]
        assert started.code in offered and done.code not in offered
        assert any(code.startswith("plan3") for code in offered)
        carried = measures.carry_over(c, "plan4", [started.code])
        assert [(m.title_fr, m.carried_from_id) for m in carried] == [(started.title_fr, started.pk)]
        assert started.code not in [m.code for m in measures.unfinished(c, plan)]
        with pytest.raises(WrongState):
            measures.carry_over(c, "plan4", [started.code])


# -- moves -------------------------------------------------------------------------------------------------------------
def test_the_gate_refuses_says_why_and_is_satisfied(c):
    made = a_measure(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "consult")
        moves.move_plan(c, "plan4", "arbitrate")
        with pytest.raises(moves.GateRefused) as refused:
            moves.move_plan(c, "plan4", "publish")
        assert [(x.measure, x.lacks) for x in refused.value.lines] == [(made.code, ("metric", "envelope"))]
        assert Plan.objects.get(code="plan4").state == "arbitration"
        measures.save_metric(c, made.code, **METRIC)
        seen = Measure.objects.get(pk=made.pk).edited_at
        measures.edit_measure(c, made.code, seen=seen, not_funded=True, not_funded_reason="À négocier")
        moves.move_plan(c, "plan4", "publish")
    versions = PlanVersion.objects.filter(plan__code="plan4").order_by("number")
    assert [(v.number, v.kind, [g["measure"] for g in v.gate]) for v in versions] == [
        (1, "consultation", [made.code]),
        (2, "publication", []),
    ]
    assert len(versions[1].checksum) == 64 and versions[1].content["measures"][0]["code"] == made.code


def test_moves_are_the_coordinations_with_a_reason_where_it_matters(c):
    ready(c)
    ministry = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    with acting_as(ministry), pytest.raises(NotAllowed):
        moves.move_plan(ministry, "plan4", "consult")
    with acting_as(c):
        with pytest.raises(WrongState):
            moves.move_plan(c, "plan4", "publish")
        for inner in ("complete", "completed"):
            with pytest.raises(NotAllowed):
                moves.move_plan(c, "plan4", inner, reason="x")
    publish(c)
    with acting_as(c):
        for action in ("prepare", "close"):
            with pytest.raises(WrongState):
                moves.move_plan(c, "plan4", action, reason=" ")
        for action in ("amend", "abandon"):  # nothing is prepared
            with pytest.raises(WrongState):
                moves.move_plan(c, "plan4", action, reason="Essai")
    stranger = people.speaker()
    with acting_as(stranger), pytest.raises((NotAllowed, NotFound)):
        moves.move_plan(stranger, "plan4", "close", reason="x")


def test_a_published_plan_is_frozen_until_an_amendment_is_prepared(c):
    made = ready(c)
    publish(c)
    with acting_as(c):
        made.refresh_from_db()
        with pytest.raises(WrongState):
            measures.edit_measure(c, made.code, seen=made.edited_at, title_fr="Glissé")
        moves.move_plan(c, "plan4", "prepare", reason="Avis de la CNCDH")
        measures.edit_measure(c, made.code, seen=made.edited_at, title_fr="Ouvrir 80 places")
        last = PlanVersion.objects.filter(plan__code="plan4").order_by("-number").first()
        assert last.content["measures"][0]["title_fr"] == "Ouvrir des places", "the public still reads the last one"
        moves.move_plan(c, "plan4", "amend", reason="Avis de la CNCDH")
        plan = Plan.objects.get(code="plan4")
        assert (plan.state, plan.amending_since) == ("amended", None)
        last = plan.versions.order_by("-number").first()
        assert (last.kind, last.content["measures"][0]["title_fr"]) == ("amendment", "Ouvrir 80 places")


def test_what_is_abandoned_comes_back_to_the_last_version(c):
    with acting_as(c):
        axis = plans.add_axis(c, "plan4", title_fr="Protéger")
    made = ready(c, axis=axis)
    with acting_as(c):
        measures.save_step(c, made.code, year=2028, text="Appel", cost=1000)
    publish(c)
    before = PlanVersion.objects.filter(plan__code="plan4").order_by("-number").first()
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Essai")
        made.refresh_from_db()
        measures.edit_measure(
            c, made.code, seen=made.edited_at, title_fr="Autre", lead=body("dpjj"), partners=[body("dacg")]
        )
        measures.save_metric(c, made.code, label_fr="Autre", unit="x", target=1)
        measures.save_step(c, made.code, year=2028, text="Autre", cost=None)
        measures.withdraw_measure(c, made.code, reason="Essai")
        plans.add_axis(c, "plan4", title_fr="De trop")
        added = measures.add_measure(c, "plan4", title_fr="De trop")
        moves.move_plan(c, "plan4", "abandon", reason="Pas d'accord")
        plan = Plan.objects.get(code="plan4")
        from plans.plan.selectors.content import checksum, content_of

        assert checksum(content_of(plan)) == before.checksum
        assert plan.amending_since is None and plan.state == "published"
        assert Measure.objects.get(pk=added.pk).withdrawn_at is not None
        assert plan.versions.count() == 2, "consultation and publication: nothing was published"


def test_a_review_and_an_end_are_dated_versions(c):
    ready(c)
    publish(c)
    with acting_as(c):
        moves.move_plan(c, "plan4", "review", reason="Mi-parcours")
        moves.move_plan(c, "plan4", "close", reason="Fin du plan")
        with pytest.raises(WrongState):
            moves.move_plan(c, "plan4", "prepare", reason="Trop tard")
    kinds = PlanVersion.objects.filter(plan__code="plan4").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["consultation", "publication", "review", "closing"]


# -- what is said of a published measure -------------------------------------------------------------------------------
def test_progress_is_said_by_its_lead_or_the_coordination_of_a_published_measure(c):
    made = ready(c)
    own, other = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS), people.ministry("dpjj")
    say = {"status": "started", "on": date(2026, 3, 1), "text": "Appel lancé", "evidence": "JO"}
    with acting_as(own), pytest.raises(WrongState):
        measures.report_progress(own, made.code, **say)
    publish(c)
    with acting_as(own):
        measures.report_progress(own, made.code, **say)
        metric = Measure.objects.get(pk=made.pk).metrics.get()
        measures.add_metric_value(own, made.code, metric.pk, on=date(2026, 6, 1), value=12, evidence="Enquête")
    with acting_as(other):
        with pytest.raises(NotAllowed):
            measures.report_progress(other, made.code, **say)
        with pytest.raises(NotAllowed):
            measures.add_metric_value(other, made.code, metric.pk, on=date(2026, 6, 1), value=99, evidence="x")
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Essai")
        with pytest.raises(WrongState):
            measures.save_metric(c, made.code, metric.pk, label_fr="Tout autre chose", unit="places")
        with pytest.raises(WrongState):
            measures.remove_metric(c, made.code, metric.pk)
    assert MeasureProgress.objects.filter(measure=made).count() == 1, "the public reads it"
    assert MetricValue.objects.get().value == 12


def test_a_metric_that_the_mechanism_feeds_is_not_typed(c):
    made = ready(c)
    with acting_as(c):
        fed = measures.save_metric(
            c, made.code, label_fr="Délai", unit="heures", target=48, feed="hours_to_accepted", target_on=None
        )
    publish(c)
    with acting_as(c), pytest.raises(WrongState):
        measures.add_metric_value(c, made.code, fed.pk, on=date(2028, 6, 1), value=12, evidence="x")
