"""Figures pushed to public policy: everybody reads, the worker's system mode alone writes, no small count passes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed
from plans.models import FigureCode, PushedFigure
from plans.publication.operations.figures import Figure, SmallFigure, push
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
START, END = date(2026, 1, 1), date(2026, 3, 31)


def figure(value, metric=FigureCode.ORIENTED, territory=None, end=END):
    return Figure(metric, START, end, None if value is None else Decimal(value), territory)


def row(**fields):
    values = {"metric": "oriented", "unit": "situations", "period_start": START, "period_end": END, "value": 12}
    return PushedFigure(**{**values, **fields})


def test_a_figure_pushed_again_is_replaced():
    with as_role("nrm_worker"), acting_as(SYSTEM):
        push([figure(12), figure(None, territory="R11")])
        push([figure(20), figure(11, territory="R11")])
    assert set(PushedFigure.objects.values_list("territory", "value", "masked")) == {
        (None, Decimal("20.0"), False),
        ("R11", Decimal("11.0"), False),
    }


def test_everybody_reads_and_the_worker_alone_writes():
    with as_role("nrm_worker"), acting_as(SYSTEM):
        push([figure(12)])
    assert PushedFigure.objects.count() == 1, "the public"
    for actor in (people.coordination(), people.ministry()):
        with acting_as(actor):
            assert PushedFigure.objects.count() == 1
            with pytest.raises(NotAllowed):
                push([figure(13)])
            for act in (
                lambda: PushedFigure.objects.bulk_create([row(metric="refused_no_place")]),
                lambda: PushedFigure.objects.update(value=99),
                lambda: PushedFigure.objects.all()._raw_delete("default"),
            ):
                with pytest.raises(ProgrammingError), transaction.atomic():
                    act()
    with as_role("nrm_worker"), acting_as(people.coordination()), pytest.raises(ProgrammingError), transaction.atomic():
        PushedFigure.objects.bulk_create([row(metric="refused_no_place")])  # the worker, for somebody: not system mode


@pytest.mark.parametrize("value", [1, 10])
def test_a_small_count_is_refused_at_the_door_and_by_the_table(value):
    with as_role("nrm_worker"), acting_as(SYSTEM):
        with pytest.raises(SmallFigure):
            push([figure(value)])
        with pytest.raises(IntegrityError), transaction.atomic():
            PushedFigure.objects.bulk_create([row(value=value)])
        push([figure(0), figure(11, territory="R11"), figure(3, FigureCode.HOURS_TO_ANSWER)])
    assert PushedFigure.objects.count() == 3


def test_masked_means_without_value_and_a_running_period_is_refused():
    with as_role("nrm_worker"), acting_as(SYSTEM):
        for wrong in (row(masked=True), row(value=None)):
            with pytest.raises(IntegrityError), transaction.atomic():
                PushedFigure.objects.bulk_create([wrong])
        with pytest.raises(ValueError, match="wait for its end"):
            push([figure(12, end=timezone.localdate())])
        push([figure(12, end=timezone.localdate() - timedelta(days=1))])


def test_public_policy_has_no_way_to_a_case():
    """No key of any table of `plans` leads to a table of the mechanism, at any depth, but for units and members."""
    ours = list(apps.get_app_config("plans").get_models(include_auto_created=True))
    assert PushedFigure in ours
    reached, waiting = set(), list(ours)
    while waiting:
        model = waiting.pop()
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model and field.related_model not in reached:
                reached.add(field.related_model)
                waiting.append(field.related_model)
    assert {model._meta.app_label for model in reached} <= {"agencies", "auth", "contenttypes", "plans"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'plans\\_%'"
            " AND (confrelid::regclass::text LIKE 'victims\\_%' OR confrelid::regclass::text LIKE 'referral\\_%')"
        )
        assert cursor.fetchone()[0] == 0
