"""Figures pushed to public policy: counted from real moves, protected, once a quarter has ended."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from plans.models import FigureCode, PushedFigure
from referral.models import Alert, Orientation, OrientationMove
from referral.survey.rules import ended_quarters, protected_counts, protected_measure
from referral.survey.selectors.period import children_received
from referral.tasks import policy_figures
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

IN_QUARTER = datetime(2026, 8, 10, 8, tzinfo=UTC)
AFTER = datetime(2026, 10, 5, 8, tzinfo=UTC)


# -- what may leave ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("counts", "leaves"),
    [
        ({None: 0, "R11": 0, "R93": 0}, {None: 0, "R11": 0, "R93": 0}),
        ({None: 40, "R11": 29, "R93": 11}, {None: 40, "R11": 29, "R93": 11}),
        ({None: 10, "R11": 10, "R93": 0}, {None: None, "R11": None, "R93": 0}),
        # one small place would be the country less the others: the smallest of the others goes with it
        ({None: 66, "R11": 40, "R53": 21, "R93": 5}, {None: 66, "R11": 40, "R53": None, "R93": None}),
        # two small places, but nine between them: too little still
        ({None: 60, "R11": 40, "R53": 11, "R84": 5, "R93": 4},
         {None: 60, "R11": 40, "R53": None, "R84": None, "R93": None}),
        ({None: 52, "R11": 40, "R84": 6, "R93": 6}, {None: 52, "R11": 40, "R84": None, "R93": None}),
        # nobody left to go with it: the country's own count is kept back
        ({None: 20, "R11": 12, "R93": 8}, {None: 20, "R11": None, "R93": None}),
    ],
)  # fmt: skip
def test_no_small_count_leaves_nor_can_be_computed(counts, leaves):
    assert protected_counts(counts) == leaves


def test_a_median_and_a_share_of_few_are_kept_back():
    median, share = FigureCode.HOURS_TO_ANSWER, FigureCode.CHILDREN_PROTECTED_SHARE

    def leaves(metric, counted, value):
        value = None if value is None else Decimal(str(value))
        return protected_measure(metric, counted, value)

    assert leaves(median, 0, None) == {}
    assert leaves(median, 10, 7.25) == {None: None}
    assert leaves(median, 11, 7.25) == {None: Decimal("7.2")}
    assert leaves(share, 40, 50) == {None: Decimal("50.0")}
    assert leaves(share, 40, 75) == {None: None}, "ten of forty were not protected: few, and easy to compute"
    assert leaves(share, 40, 10) == {None: None}
    assert leaves(share, 40, 100) == {None: Decimal("100.0")}


def test_a_quarter_is_pushed_when_it_has_ended_and_settled():
    assert ended_quarters(date(2026, 10, 5))[-1] == date(2026, 7, 1)
    assert ended_quarters(date(2026, 10, 2))[-1] == date(2026, 4, 1), "what came on the last day is not settled"
    assert ended_quarters(date(2026, 2, 1)) == [date(2025, n, 1) for n in (1, 4, 7, 10)]


# -- from real moves ---------------------------------------------------------------------------------------------------
@pytest.fixture
def twelve(db):
    """Twelve adults accepted four hours after their alert, two children, one of them the day after; one refusal."""
    f.territory("75", "Paris")
    f.national()
    coord = f.member(f.coordination(), Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    home = f.member(f.shelter())
    cases = []
    for n in range(14):
        case = f.case(coord, author=nurse, minor="no" if n < 12 else "yes")
        ground = {} if n < 12 else {"legal_ground": "child_in_danger", "legal_reason": "Enfant en danger, sans abri."}
        f.orientation(coord, case, home.agency, state="accepted", answerer=home, **ground)
        cases.append(case.pk)
    refused = f.case(coord, author=nurse)
    f.orientation(coord, refused, f.shelter(), state="declined")
    with as_role("nrm_owner"):
        Alert.objects.update(sent_at=IN_QUARTER)
        Case.objects.filter(pk__in=cases).update(status="open")
        Orientation.objects.update(sent_at=IN_QUARTER + timedelta(hours=1))
        OrientationMove.objects.filter(action__in=("accept", "decline")).update(at=IN_QUARTER + timedelta(hours=4))
        late = OrientationMove.objects.filter(action="accept", orientation__case=cases[-1])
        late.update(at=IN_QUARTER + timedelta(hours=30))
    return cases


def pushed():
    with as_role("nrm_worker"), acting_as(SYSTEM):
        return policy_figures()


def said(**what) -> dict:
    rows = PushedFigure.objects.filter(**what)
    return {(r.metric, r.territory_id): r.value for r in rows}


def test_the_figures_of_a_quarter(twelve):
    with time_machine.travel(AFTER, tick=False):
        assert pushed() > 0
        country = said(territory=None, period_start=date(2026, 7, 1))
        assert country["oriented", None] == 14
        assert country["refused_no_place", None] is None, "one refusal: masked"
        assert country["hours_to_accepted", None] == 4
        assert country["hours_to_answer", None] == 3
        assert said(metric="oriented", territory="R11", period_start=date(2026, 7, 1))["oriented", "R11"] == 14
        assert said(metric="oriented", territory="R93", period_start=date(2026, 7, 1))["oriented", "R93"] == 0
        assert PushedFigure.objects.filter(period_end=date(2026, 9, 30)).exists()
        assert not PushedFigure.objects.filter(period_start__gte=date(2026, 10, 1)).exists(), "the running one"


def test_what_a_prosecutor_received_protects_no_child(db):
    """A report « accepted » the same day: counted as protected, the child was with nobody."""
    f.territory("75", "Paris")
    coord = f.member(f.coordination(), Role.COORDINATOR)
    ground = {"legal_ground": "child_in_danger", "service": f.service("child_care")}
    offered = {"services": ("child_care",)}
    asked = [
        [f.agency(Kind.JUSTICE, profile_id="parquet", **offered)],
        [f.agency(Kind.JUSTICE, office="prosecutor", **offered)],
        # near misses: a home besides; no prosecutor's office, of the same kind, or by the line of the pack it holds
        [f.agency(Kind.JUSTICE, profile_id="parquet", **offered), f.shelter(**offered)],
        [f.agency(Kind.JUSTICE, **offered)],
        [f.agency(Kind.JUSTICE, profile_id="juge_enfants", **offered)],
        [f.agency(Kind.CHILD_PROTECTION, profile_id="crip", office="prosecutor", **offered)],
    ]
    protected = []
    for addressees in asked:
        child = f.case(coord, minor="yes", agreement="not_asked", recipients=[])
        for addressee in addressees:
            f.orientation(coord, child, addressee, state="accepted", **ground)
        now = datetime.now(UTC)
        with as_role("nrm_worker"), acting_as(SYSTEM):
            found = children_received(now - timedelta(days=1), now)
        protected.append(sum(in_time for _place, in_time in found))
    assert protected == [0, 0, 1, 2, 3, 4]


def test_no_row_below_eleven_and_a_quarter_is_said_once(twelve):
    with time_machine.travel(AFTER, tick=False):
        pushed()
        before = set(PushedFigure.objects.values_list("pk", "value", "pushed_at"))
        with as_role("nrm_owner"):
            OrientationMove.objects.filter(action="accept", orientation__case=twelve[0]).delete()
        assert pushed() == 0
        assert set(PushedFigure.objects.values_list("pk", "value", "pushed_at")) == before
        assert not PushedFigure.objects.filter(unit="situations", value__gt=0, value__lt=11).exists()
        assert not PushedFigure.objects.filter(masked=True, value__isnull=False).exists()


def test_what_is_pushed_names_no_case_and_leads_to_none(twelve):
    """The columns are these, none of them text of ours; their only key is a territory."""
    assert {x.name for x in PushedFigure._meta.fields} == {
        "id", "metric", "unit", "territory", "period_start", "period_end", "value", "masked", "pushed_at"
    }  # fmt: skip
    assert [x.name for x in PushedFigure._meta.fields if x.is_relation] == ["territory"]
    with time_machine.travel(AFTER, tick=False):
        pushed()
    kept = str(list(PushedFigure.objects.values()))
    assert not any(str(pk) in kept for pk in twelve)


def test_the_application_counts_nothing_it_does_not_see(twelve):
    """Counted for a member, figures hold what that member sees; and nobody but the worker writes what it says."""
    stranger = f.member(f.shelter())
    with acting_as(stranger):
        from referral.survey.operations.policy_figures import figures_of

        country = {x.metric: x.value for x in figures_of(date(2026, 7, 1)) if x.territory is None}
        assert country[FigureCode.ORIENTED] == 0
