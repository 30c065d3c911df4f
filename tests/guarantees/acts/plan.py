"""Acts on plans, axes and measures, on the mandate of coordination, on figures and contacts."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from plans.committee.operations import focal_points, mandate
from plans.models import FigureCode, FocalPoint, Mandate, Measure, Plan, SurveyQuestion, SurveyTotal
from plans.plan.operations import measures, moves, plans
from plans.plan.operations.official_list import import_list
from plans.publication.operations import figures
from plans.steering.rules import table_of
from tests.guarantees.acts import Done, act, prepared
from tests.plans.plan.test_plan_operations import METRIC
from tests.roles import as_role

from .house import do
from .policy import body

TO_PUBLISHED = ("consult", "arbitrate", "publish")
GIVEN = {"function_fr": "Délégation", "legal_basis_fr": "Décret d'essai"}
DAY = date(2026, 11, 2)


# -- the plan ---------------------------------------------------------------------------------------------------------
@act("plan.create")
def create(w):
    return Done(w.coord, do(w.coord, plans.create_plan, kind="related", title_fr="Voisin", lead=body("sdfe")))


@act("plan.edit")
def edit(w):
    with acting_as(w.coord):
        seen = Plan.objects.get(code="plan4").edited_at
    return Done(w.coord, do(w.coord, plans.edit_plan, "plan4", seen=seen, title_fr="Autre titre"))


@act("plan.recorded")
def recorded(w):
    return Done(w.coord, do(w.coord, plans.declare_recorded, "plan4", recorded=True))


@act("plan.unrecorded")
def unrecorded(w):
    do(w.coord, plans.declare_recorded, "plan4", recorded=True)
    prepared()
    return Done(w.coord, do(w.coord, plans.declare_recorded, "plan4", recorded=False))


def moves_plan(action: str, *before: str):
    def moved(w):
        for former in before:
            do(w.coord, moves.move_plan, "plan4", former, reason="Essai")
        prepared()
        return Done(w.coord, do(w.coord, moves.move_plan, "plan4", action, reason="Essai"))

    return moved


act("plan.consult")(moves_plan("consult"))
act("plan.arbitrate")(moves_plan("arbitrate", "consult"))
act("plan.publish")(moves_plan("publish", "consult", "arbitrate"))
act("plan.prepare")(moves_plan("prepare", *TO_PUBLISHED))
act("plan.abandon")(moves_plan("abandon", *TO_PUBLISHED, "prepare"))
act("plan.amend")(moves_plan("amend", *TO_PUBLISHED, "prepare"))
act("plan.review")(moves_plan("review", *TO_PUBLISHED))
act("plan.close")(moves_plan("close", *TO_PUBLISHED))


def brought(w):
    """A line completed and one added, in a plan that is closed: it is opened for them and closed again."""
    table = table_of(
        "N°;Intitulé;Axe;Pilote;Échéance\n1;Aller vers les victimes;1;;\n22;Former les magistrats;2;DACG;\n"
    )
    do(w.coord, import_list, "plan1", table, ["number", "title_fr", "axis", "lead", "end"], source="Essai")
    return Plan.objects.get(code="plan1")


@act("plan.complete")
def complete(w):
    return Done(w.coord, brought(w))


@act("plan.completed")
def completed(w):
    return Done(w.coord, brought(w))


@act("measure.import")
def import_measure(w):
    brought(w)
    return Done(w.coord, Measure.objects.get(plan__code="plan1", number=1))


# -- axes -------------------------------------------------------------------------------------------------------------
def axis(w, title="Protéger"):
    return do(w.coord, plans.add_axis, "plan4", title_fr=title)


@act("axis.add")
def add_axis(w):
    return Done(w.coord, axis(w))


@act("axis.edit")
def edit_axis(w):
    made = axis(w)
    prepared()
    return Done(w.coord, do(w.coord, plans.edit_axis, "plan4", made.pk, title_fr="Poursuivre"))


@act("axis.move")
def move_axis(w):
    first, second = axis(w), axis(w, "Poursuivre")
    prepared()
    do(w.coord, plans.move_axis, "plan4", second.pk, up=True)
    return [Done(w.coord, first), Done(w.coord, second)]


@act("axis.move")
def close_the_gap_of_an_axis(w):
    first, second = axis(w), axis(w, "Poursuivre")
    prepared()
    do(w.coord, plans.remove_axis, "plan4", first.pk)
    return Done(w.coord, second)


@act("axis.remove")
def remove_axis(w):
    made = axis(w)
    prepared()
    do(w.coord, plans.remove_axis, "plan4", made.pk)
    return Done(w.coord, made)


# -- measures ---------------------------------------------------------------------------------------------------------
@act("measure.add")
def add_measure(w):
    return Done(w.coord, do(w.coord, measures.add_measure, "plan4", title_fr="Former"))


@act("measure.edit")
def edit_measure(w):
    with acting_as(w.ministry):
        seen = Measure.objects.get(pk=w.measure.pk).edited_at
    return Done(w.ministry, do(w.ministry, measures.edit_measure, w.measure.code, seen=seen, title_fr="Ouvrir mieux"))


@act("measure.move")
def move_measure(w):
    other = do(w.coord, measures.add_measure, "plan4", title_fr="Former")
    prepared()
    do(w.coord, measures.move_measure, other.code, up=True)
    return [Done(w.coord, other), Done(w.coord, w.measure)]


@act("measure.withdraw")
def withdraw_measure(w):
    return Done(w.coord, do(w.coord, measures.withdraw_measure, w.measure.code, reason="Reprise ailleurs"))


@act("measure.take_back")
def take_back_measure(w):
    do(w.coord, measures.withdraw_measure, w.measure.code, reason="Reprise ailleurs")
    prepared()
    return Done(w.coord, do(w.coord, measures.take_back_measure, w.measure.code))


@act("metric.save")
def save_metric(w):
    do(w.ministry, measures.save_metric, w.measure.code, **{**METRIC, "label_fr": "Nuits"})
    return Done(w.ministry, w.measure)


@act("metric.remove")
def remove_metric(w):
    with acting_as(w.ministry):
        metric = w.measure.metrics.get()
    do(w.ministry, measures.remove_metric, w.measure.code, metric.pk)
    return Done(w.ministry, w.measure)


@act("step.save")
def save_step(w):
    do(w.ministry, measures.save_step, w.measure.code, year=2028, text="Appel", cost=1000)
    return Done(w.ministry, w.measure)


@act("step.remove")
def remove_step(w):
    made = do(w.ministry, measures.save_step, w.measure.code, year=2028, text="Appel", cost=1000)
    prepared()
    do(w.ministry, measures.remove_step, w.measure.code, made.pk)
    return Done(w.ministry, w.measure)


def published(w):
    for action in TO_PUBLISHED:
        do(w.coord, moves.move_plan, "plan4", action)


@act("measure.progress")
def report_progress(w):
    published(w)
    prepared()
    do(w.ministry, measures.report_progress, w.measure.code, status="started", on=DAY)
    return Done(w.ministry, w.measure)


@act("metric.value")
def add_metric_value(w):
    published(w)
    with acting_as(w.ministry):
        metric = w.measure.metrics.get()
    prepared()
    said = {"on": DAY, "value": Decimal(12), "evidence": "Enquête"}
    do(w.ministry, measures.add_metric_value, w.measure.code, metric.pk, **said)
    return Done(w.ministry, metric)


# -- figures, mandate, contacts ---------------------------------------------------------------------------------------
@act("figure.push")
def push_figures(w):
    counted = figures.Figure(FigureCode.ORIENTED, date(2026, 1, 1), date(2026, 3, 31), Decimal(12))
    with as_role("nrm_worker"), acting_as(SYSTEM):
        figures.push([counted])
    return Done(None)


@act("figure.survey")
def push_survey(w):
    total = figures.SurveyLine(SurveyQuestion.TOTAL, SurveyTotal.ORGANISATIONS, 4)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        figures.push_survey(timezone.localdate().year - 1, [total])
    return Done(None)


@act("mandate.give")
def give_mandate(w):
    today = timezone.localdate()
    return Done(w.admin, do(w.admin, mandate.give_mandate, body=body("delegation"), start=today, **GIVEN))


@act("mandate.end")
def end_mandate(w):
    running = Mandate.objects.get(body="miprof")
    do(w.admin, mandate.end_mandate, running.pk, end=timezone.localdate())
    return Done(w.admin, running)


@act("mandate.annul")
def annul_mandate(w):
    made = do(w.admin, mandate.give_mandate, body=body("delegation"), start=timezone.localdate(), **GIVEN)
    prepared()
    return Done(w.admin, do(w.admin, mandate.annul_mandate, made.pk, reason="Erreur"))


def contact(w) -> FocalPoint:
    start = timezone.localdate() - timedelta(days=10)
    do(w.ministry, focal_points.add_focal_points, territories=[None], function="Référente", start=start)
    return FocalPoint.objects.get(body="dgcs", territory=None)


@act("focal.add")
def add_contact(w):
    return Done(w.ministry, contact(w))


@act("focal.end")
def end_contact(w):
    made = contact(w)
    prepared()
    return Done(w.ministry, do(w.ministry, focal_points.end_focal_point, made.pk, end=timezone.localdate()))
