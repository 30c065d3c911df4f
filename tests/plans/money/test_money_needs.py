"""Need against supply: refusals for lack of place and places declared, pushed masked, shown, never subtracted."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Capacity, Desk
from foundation.actor import SYSTEM, acting_as
from plans.models import FigureCode, PushedFigure
from plans.publication.operations.figures import Figure, SmallFigure, push
from referral.tasks import policy_figures
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db
QUARTER = (date(2026, 7, 1), date(2026, 9, 30))
AFTER = datetime(2026, 10, 5, 8, tzinfo=UTC)
NEEDED, SUPPLIED = FigureCode.REFUSED_NO_PLACE, FigureCode.PLACES_DECLARED


def page() -> str:
    answer = Client().get(reverse("policy:money-needs"))
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def pushed(*figures):
    with as_role("nrm_worker"), acting_as(SYSTEM):
        return push([Figure(metric, *QUARTER, value, place) for metric, value, place in figures])


def test_need_and_places_stand_beside_each_other_masked_where_few():
    assert "Rien de compté" in page()
    f.territory("75", "Paris")
    pushed((NEEDED, 41, None), (SUPPLIED, 1160, None), (NEEDED, None, "R11"), (SUPPLIED, 14, "R11"))
    said = page()
    for words in ("41", "1 160", "masqué", "14", "ne se soustraient pas", "Île-de-France"):
        assert words in said


def test_a_small_number_of_places_never_comes_in():
    with pytest.raises(SmallFigure):
        pushed((SUPPLIED, 4, None))


def declared(desk, places, at):
    with as_role("nrm_owner"):
        Capacity.objects.create(desk=Desk.objects.get(agency=desk), places=places, at=at)


def test_the_last_declaration_of_the_quarter_counts_and_an_old_one_does_not():
    f.territory("75", "Paris")
    houses = [f.shelter(), f.shelter(), f.shelter()]
    declared(houses[0], 30, datetime(2026, 7, 2, tzinfo=UTC))
    declared(houses[0], 8, datetime(2026, 9, 2, tzinfo=UTC))
    declared(houses[1], 12, datetime(2026, 8, 2, tzinfo=UTC))
    declared(houses[2], 50, datetime(2026, 2, 2, tzinfo=UTC))
    declared(houses[2], 70, datetime(2026, 10, 2, tzinfo=UTC))
    with time_machine.travel(AFTER, tick=False), as_role("nrm_worker"), acting_as(SYSTEM):
        policy_figures()
    found = dict(
        PushedFigure.objects.filter(metric=SUPPLIED, period_start=QUARTER[0]).values_list("territory", "value")
    )
    assert (found[None], found["R11"]) == (20, 20)
    earlier = PushedFigure.objects.get(metric=SUPPLIED, period_start=date(2026, 1, 1), territory=None)
    assert earlier.value == 50


def test_the_data_set_says_what_the_page_says():
    from plans.money.datasets import rows

    found = list(rows())
    assert len(found) == 22
    disputed = [row for row in found if row["envelope"] == "acse-2018"]
    assert sorted((int(row["amount"]), row["disputed"]) for row in disputed) == [(220000, True), (234000, True)]
    assert {row["stage"] for row in found} == {"unknown"}
