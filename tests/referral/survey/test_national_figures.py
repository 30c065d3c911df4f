"""What the national coordination reads of all cases: counted once by the worker, protected, and read by nobody else.

The attackers here know the rule, all that the page ever said, and some situations of their own.
"""

import re
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed
from referral.dashboard import selectors
from referral.models import NationalFigure
from referral.models.figures import STEP
from referral.survey.operations.national_figures import keep_national
from referral.survey.rules import protected_counts, protected_division, rounded
from referral.tasks import policy_figures
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

QUARTER = date(2026, 7, 1)
IN_QUARTER = datetime(2026, 8, 10, 8, tzinfo=UTC)
AFTER = datetime(2026, 10, 5, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


# -- the rule, attacked ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("counts", "leaves"),
    [
        ({}, {}),
        ({"75": 42, "13": 15}, {"75": 40, "13": 15}),
        ({"75": 42, "13": 18, "31": 17}, {"75": 40, "13": 20, "31": 15}),
        # one small place would be the country less the others: the two smallest of the others go with it
        ({"75": 90, "13": 25, "31": 60, "93": 5}, {"75": 90, "13": None, "31": None, "93": None}),
        # who knows one of two masked counts whole computes the other: three, or nothing
        ({"75": 90, "93": 5}, None),
        ({"75": 90, "13": 4, "93": 5}, {"75": None, "13": None, "93": None}),
        # none is masked as well: else eleven masked counts that make eleven would be one each
        ({"75": 90, "13": 0, "31": 0, "93": 0}, {"75": 90, "13": None, "31": None, "93": None}),
        ({"75": 90, **{str(n): 1 for n in range(11)}}, {"75": 90, **{str(n): None for n in range(11)}}),
    ],
)
def test_what_is_left_of_a_division(counts, leaves):
    assert protected_division(counts) == leaves


@pytest.mark.parametrize(("number", "said"), [(0, None), (14, None), (15, 15), (17, 15), (18, 20), (103, 105)])
def test_a_number_is_said_in_steps_and_never_below_fifteen(number, said):
    assert rounded(number) == said


def divisions(places: int, most: int, numbers=()):
    """Yield each way in which at most so many situations are divided."""
    if len(numbers) == places:
        yield numbers
        return
    for number in range(most - sum(numbers) + 1):
        yield from divisions(places, most, (*numbers, number))


def page_of(numbers) -> tuple:
    """What the page says: the number of all, and each part."""
    division = protected_division(dict(enumerate(numbers)))
    return rounded(sum(numbers)), division and tuple(division.values())


@pytest.mark.parametrize(("places", "most"), [(2, 60), (3, 48), (4, 34)])
def test_who_knows_the_rule_and_one_count_whole_recovers_no_small_one(places, most):
    """Each division that gives the same page is possible. A small count is recovered when all of them agree on it."""
    said = defaultdict(list)
    for numbers in divisions(places, most):
        said[page_of(numbers)].append(numbers)
    checked = 0
    for page, possible in said.items():
        if page[0] and page[0] > most - STEP:
            continue  # divisions of more situations would give it as well
        for place in range(places):
            values = {numbers[place] for numbers in possible}
            if values.isdisjoint(range(1, 11)):
                continue
            checked += 1
            assert len(values) >= 3, (page, place, values)
            for known in set(range(places)) - {place}:
                told = defaultdict(set)
                for numbers in possible:
                    told[numbers[known]].add(numbers[place])
                lost = {count: left for count, left in told.items() if len(left) == 1 and left <= set(range(1, 11))}
                assert not lost, (page, place, known, lost)
    assert checked > 10


def test_the_attack_finds_a_rule_that_masks_too_little(monkeypatch):
    """Two masked counts are not enough against who knows one of them; nor is an exact number of all."""

    def recovered(rule) -> bool:
        said = defaultdict(set)
        for numbers in divisions(3, 40):
            said[rule(numbers), numbers[0]].add(numbers[2])
        return any(len(left) == 1 and left <= set(range(1, 11)) for left in said.values())

    def two_masked(numbers):
        left = protected_counts({None: sum(numbers), **dict(enumerate(numbers))})
        return tuple(left.values())

    assert recovered(two_masked)
    assert not recovered(page_of)


def test_public_figures_do_not_say_that_each_of_eleven_places_has_one():
    places = {f"R{n}": 1 for n in range(11)}
    assert protected_counts({None: 11, **places}) == dict.fromkeys((None, *places))
    left = protected_counts({None: 51, "R99": 40, **places})
    assert left == {None: 51, "R99": None, **dict.fromkeys(places)}


# -- counted by the worker ---------------------------------------------------------------------------------------------
@pytest.fixture
def people(db):
    for code, label in (("75", "Paris"), ("13", "Bouches-du-Rhône"), ("31", "Haute-Garonne")):
        f.territory(code, label)
    unit = f.coordination()
    return {
        "national": f.member(f.national(), Role.COORDINATOR),
        "territorial": f.member(unit, Role.COORDINATOR),
        "lead": f.member(f.shelter()),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        "policy": f.member(f.agency(Kind.COORDINATION, desk=False), Role.POLICY),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def received(people, at=IN_QUARTER, **by_place: int) -> list[int]:
    """Receive so many adults in each place, led by an agency that the national coordination does not share with."""
    return [
        f.bare_case(people["lead"], territory=f.territory(place[1:]), received_at=at).pk
        for place, number in by_place.items()
        for _ in range(number)
    ]


def counted(now=AFTER) -> int:
    with time_machine.travel(now, tick=False), as_role("nrm_worker"), acting_as(SYSTEM):
        return policy_figures()


def kept(start=QUARTER) -> dict:
    with as_role("nrm_owner"):
        return {(row.part, row.code): row.value for row in NationalFigure.objects.filter(period_start=start)}


def test_all_cases_are_counted_once_the_quarter_is_over_and_never_again(people):
    made = received(people, p75=17, p13=16, p31=3)
    received(people, at=AFTER, p75=20)
    counted()
    found = kept()
    assert found["all", ""] == 35
    assert {code: n for (part, code), n in found.items() if part == "territory" and n} == {"75": 15, "13": 15}
    assert found["territory", "31"] is None and found["territory", "2A"] is None, "three, and none: the same"
    assert {code: n for (part, code), n in found.items() if part == "form" and n} == {"unknown": 35}
    sides = {code: n for (part, code), n in found.items() if part == "age"}
    assert sides == {"adult": None, "minor": None, "doubt": None}, "no child, and none in doubt: a third goes with them"
    with as_role("nrm_owner"):
        rows = set(NationalFigure.objects.values_list("pk", "kept_at"))
        Case.objects.filter(pk=made[0]).update(territory="31")
    received(people, p75=30)  # an import of a case of that time
    assert counted() == 0
    with as_role("nrm_owner"):
        assert set(NationalFigure.objects.values_list("pk", "kept_at")) == rows
    assert kept() == found and not kept(date(2026, 10, 1)), "nor the quarter that runs"


def test_nothing_is_said_of_few(people):
    received(people, p75=14)
    counted()
    assert set(kept().values()) == {None}
    assert not [n for n in kept(date(2026, 4, 1)).values() if n is not None], "nor of none"


def test_the_table_refuses_a_number_that_could_be_a_few(people):
    for value in (1, 10, 14, 16, 0):
        row = NationalFigure(period_start=QUARTER, part="territory", code="75", value=value)
        with as_role("nrm_worker"), acting_as(SYSTEM), pytest.raises(IntegrityError), transaction.atomic():
            NationalFigure.objects.bulk_create([row])


# -- who reads ---------------------------------------------------------------------------------------------------------
def test_only_the_national_coordination_reads_and_nobody_writes(people):
    received(people, p75=17, p13=16, p31=3)
    counted()
    hand = Hand(people["national"])
    said = text(hand.get("dashboard-national"))
    assert "Situations reçues, par département" in said and "Paris" in said and "3e trimestre 2026" in said
    assert "Haute-Garonne" not in said, "three situations there: not a word"
    assert 'href="/tableau-de-bord/national/"' in text(hand.get("dashboard"))
    for who in ("territorial", "lead", "auditor", "policy", "nurse"):
        other = Hand(people[who])
        assert other.get("dashboard-national").status_code == 403, who
        assert "tableau-de-bord/national" not in text(other.client.get("/tableau-de-bord/")), who
        with acting_as(people[who]):
            assert NationalFigure.objects.count() == 0, f"{who}, past the page"
            assert NationalFigure.objects.visible_to(people[who]).count() == 0
            with pytest.raises(NotAllowed):
                selectors.national(people[who], QUARTER)
    for who in ("national", "territorial"):
        with acting_as(people[who]):
            for act in (
                lambda: NationalFigure.objects.bulk_create(
                    [NationalFigure(period_start=QUARTER, part="all", value=20)]
                ),
                lambda: NationalFigure.objects.update(value=20),
                lambda: NationalFigure.objects.all()._raw_delete("default"),
            ):
                with pytest.raises(ProgrammingError), transaction.atomic():
                    act()
            with pytest.raises(NotAllowed):
                keep_national()


def test_no_address_of_the_page_says_more_than_what_is_kept(people):
    """Whatever is asked: other days, filters of the dashboard, quarters that run. And no file of it is offered."""
    received(people, p75=17, p13=16, p31=3)
    counted()
    hand = Hand(people["national"])
    alone = hand.get("dashboard-national").content
    for query in ("?territory=31", "?form=unknown&territory=75", "?trimestre=2026-10-01", "?trimestre=2026-08-10"):
        assert _figures(hand.get("dashboard-national", query=query)) == _figures_of(alone), query
    assert b".csv" not in alone and b".ods" not in alone
    with CaptureQueriesContext(connection) as asked:
        hand.get("dashboard-national")
    assert not [one["sql"] for one in asked.captured_queries if "victims_case" in one["sql"]], "no case is read"
    shared = hand.client.get("/tableau-de-bord/a-transmettre.csv?trimestre=2026-07-01").content.decode()
    assert "35" not in shared, "what leaves as a file is what the unit itself received"


def _figures(response) -> str:
    return _figures_of(response.content)


def _figures_of(content: bytes) -> str:
    return re.sub(
        r'name="_?(?:csrf\w+|membership)" value="[^"]+"', "", content.decode().split("<h2>", 1)[1].split("</main>")[0]
    )
