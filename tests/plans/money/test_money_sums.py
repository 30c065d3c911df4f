"""Money never adds across units, stages, natures, years or overlapping scopes; where it does not, it says why."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.models import BudgetLine
from plans.money.rules.sums import WORDS, Amount, by_sort, total
from plans.money.selectors.figures import amounts_of

# how long a busy machine takes to draw an example says nothing of money
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ONE = Amount("a", "EUR", "voted", 2026, Decimal("100.10"), nature="AE", measure="m1", plan="plan4")
TWO = replace(ONE, envelope="b", measure="m2", amount=Decimal("200.20"))


def test_lines_of_one_sort_over_measures_of_their_own_add():
    found = total([ONE, TWO])
    assert (found.amount, found.why, found.lines) == (Decimal("300.30"), (), 2)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"unit": "FTE"}, "units"),
        ({"stage": "paid"}, "stages"),
        ({"stage": "unknown"}, "stage_unknown"),
        ({"nature": "CP"}, "natures"),
        ({"year": 2025}, "years"),
        ({"period": "18 mois"}, "periods"),
        ({"gathered": True}, "gathered"),
        ({"envelope": "a", "measure": "m1"}, "disputed"),
        ({"measure": None}, "no_measure"),
        ({"measure": "m1"}, "same_measure"),
        ({"plan": "plan3"}, "plans"),
        ({"overlaps": frozenset({"a"})}, "overlap"),
    ],
)
def test_each_obstacle_alone_forbids_the_sum(change, why):
    found = total([ONE, replace(TWO, **change)])
    assert found.amount is None
    assert why in found.why
    assert str(WORDS[why]).endswith(".")


def test_an_overlap_counts_whichever_side_says_it_and_with_those_present_alone():
    assert total([replace(ONE, overlaps=frozenset({"b"})), TWO]).why == ("overlap",)
    assert total([replace(ONE, overlaps=frozenset({"elsewhere"})), TWO]).amount == Decimal("300.30")


def test_what_cannot_be_isolated_is_told_and_an_estimate_too():
    hidden = replace(TWO, envelope="c", measure="m3", amount=None)
    found = total([ONE, replace(TWO, estimated=True), hidden])
    assert (found.amount, found.left_out, found.estimated) == (Decimal("300.30"), 1, 1)
    assert total([hidden]).why == ("not_isolable",)
    assert total([]).why == ("nothing",)


AMOUNTS = st.builds(
    Amount,
    envelope=st.sampled_from("abcd"),
    unit=st.sampled_from(["EUR", "FTE"]),
    stage=st.sampled_from(["voted", "paid", "unknown"]),
    year=st.sampled_from([2025, 2026]),
    amount=st.one_of(st.none(), st.decimals(0, 10**9, places=2)),
    nature=st.sampled_from(["AE", "CP"]),
    period=st.sampled_from(["", "", "trois ans"]),
    measure=st.sampled_from(["m1", "m2", "m3", None]),
    plan=st.sampled_from(["plan3", "plan4"]),
    gathered=st.booleans(),
    overlaps=st.frozensets(st.sampled_from("abcd"), max_size=1),
)


@patient
@given(st.lists(AMOUNTS, max_size=4), st.randoms())
def test_a_sum_is_only_ever_one_of_like_things(lines, chance):
    found = total(lines)
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert total(shuffled) == found
    assert (found.amount is None) == bool(found.why)
    if found.amount is None:
        return
    names = {line.envelope for line in lines}
    assert len(names) == len(lines)
    for part in ("unit", "stage", "nature", "year", "plan"):
        assert len({getattr(line, part) for line in lines}) == 1
    assert len({line.measure for line in lines if line.measure}) == len(lines)
    assert not any(line.gathered or line.period or line.stage == "unknown" for line in lines)
    assert not any(line.overlaps & (names - {line.envelope}) for line in lines)
    assert found.amount == sum(line.amount for line in lines if line.amount is not None)


@patient
@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_groups_keep_every_line_and_never_mix(lines):
    found = by_sort(lines)
    assert sum(one.lines for one in found.values()) == len(lines)
    assert {key[0] for key in found} == {line.year for line in lines}


@pytest.mark.django_db
def test_no_two_figures_of_the_pack_ever_add():
    lines = amounts_of(BudgetLine.objects.order_by("code"))
    assert len(lines) == 22
    everything = total(lines)
    assert everything.amount is None
    assert {"units", "years", "gathered", "stage_unknown", "disputed", "no_measure"} <= set(everything.why)
    for first in lines:
        for second in lines:
            assert total([first, second]).amount is None


@pytest.mark.django_db
def test_the_two_figures_of_2018_are_disputed_never_added_nor_chosen_from():
    lines = amounts_of(BudgetLine.objects.filter(envelope__series="acse", year=2018))
    assert {line.amount for line in lines} == {Decimal(234000), Decimal(220000)}
    assert "disputed" in total(lines).why
