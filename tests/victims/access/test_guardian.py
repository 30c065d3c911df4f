"""What guardian says of who sees a case is what the database derives, whatever was given, ended or handed over."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agencies.models import Agency, Category, Level
from foundation.actor import acting_as
from tests import factories as f
from tests.roles import as_role
from victims.access import access
from victims.access.access import Held
from victims.models import Assignment, Case, CaseAccess, Grant, Restriction, live

pytestmark = pytest.mark.django_db
GROUND = UUID(int=7)
DAY = timedelta(days=1)


@pytest.fixture
def base(db):
    """Two cases of a shelter, and three services that may hold everything."""
    f.national()
    lead = f.member(f.agency(max_level=Level.FILE, may_hold=31, supports_people=True))
    services = [f.agency(max_level=Level.FILE, may_hold=31, supports_people=True) for _ in range(3)]
    return {"cases": [f.own_case(lead), f.own_case(lead)], "agencies": [lead.agency, *services], "lead": lead}


# -- a random base --------------------------------------------------------------
case, agency, number = st.integers(0, 1), st.integers(0, 3), st.integers(1, 4)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("give"),
            case,
            agency,
            number,
            st.integers(0, 3),
            st.integers(0, 31),
            st.sampled_from([None, -1, 1, 3]),
        ),
        st.tuples(st.just("end"), number),
        st.tuples(st.just("keep"), case, agency),
        st.tuples(st.just("hand over"), case, agency),
        st.tuples(st.just("a day passes")),
        st.tuples(st.just("the worker ends")),
    ),
    max_size=14,
)


def play(base, step) -> None:
    """One event in the life of the base, written by the owner: triggers and constraints hold, row security does not."""
    match step:
        case ("give", n, who, ground, level, categories, days):
            access.grant(
                base["cases"][n],
                base["agencies"][who].pk,
                level=level,
                categories=categories,
                ground=Grant.Ground.LEGAL,
                ground_id=UUID(int=ground),
                given_by=None,
                until=timezone.now() + days * DAY if days else None,
            )
        case ("end", ground):
            Grant.rows.filter(ground_id=UUID(int=ground)).delete()
        case ("keep", n, who):
            here = {"case": base["cases"][n], "agency": base["agencies"][who], "by": base["lead"]}
            mate = f.member(base["agencies"][who])
            Assignment.objects.create(**here, membership=mate)
            Restriction.objects.get_or_create(case=here["case"], agency=here["agency"], defaults={"by": base["lead"]})
        case ("hand over", n, who):
            found, to = base["cases"][n], base["agencies"][who].pk
            former = Grant.rows.filter(content_object=found, ground=Grant.Ground.LEAD)
            access.grant(found, to, level=3, categories=31, ground="lead", ground_id=GROUND, given_by=None)
            Case.objects.filter(pk=found.pk).update(lead=to)
            former.exclude(group=to).delete()
        case ("a day passes",):
            day_passes()
        case ("the worker ends",):
            Grant.rows.filter(until__lte=timezone.now()).delete()


def day_passes() -> None:
    """The clock alone: every end is a day nearer, and no trigger computes anything."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("victims_grant", "victims_caseaccess"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET until = until - interval '1 day'")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def by_hand() -> dict:
    """The grants read row by row, by neither guardian nor the database's functions."""
    order = ["identity_case", "contact_case", "health_case", "offence_case", "residence_case"]
    found: dict = {}
    for grant in Grant.rows.select_related("permission"):
        if grant.until is None or grant.until > timezone.now():
            level, bits = found.get((grant.content_object_id, grant.group_id), (0, 0))
            name = grant.permission.codename
            if name in order:
                bits |= 2 ** order.index(name)
            else:
                level = max(level, 1 + ["status_case", "summary_case", "file_case"].index(name))
            found[grant.content_object_id, grant.group_id] = Held(level, bits)
    return {pair: held for pair, held in found.items() if held.level}


def derived() -> dict:
    rows = CaseAccess.objects.filter(live()).values_list("case", "agency", "level", "categories")
    return {(case, agency): Held(level, bits) for case, agency, level, bits in rows}


def of_cases() -> dict:
    found = {
        (each.pk, unit): held for each in Case.objects.all() for unit, held in access.held_by_agencies(each).items()
    }
    return {pair: held for pair, held in found.items() if held.level}


def of_agencies() -> dict:
    units = Agency.objects.values_list("pk", flat=True)
    found = {(each, unit): held for unit in units for each, held in access.held_on_cases(unit).items()}
    return {pair: held for pair, held in found.items() if held.level}


@pytest.mark.long
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=steps)
@example(life=[("give", 0, 1, 1, 3, 1, 1), ("give", 0, 1, 2, 2, 2, None), ("a day passes",), ("a day passes",)])
@example(life=[("give", 0, 1, 1, 3, 1, None), ("give", 0, 1, 2, 1, 2, None), ("give", 0, 1, 3, 2, 1, None)])
@example(life=[("give", 0, 1, 1, 3, 0, None), ("give", 0, 1, 2, 3, 4, None), ("end", 1), ("keep", 0, 1)])
@example(life=[("give", 1, 2, 1, 0, 31, 3), ("hand over", 1, 2), ("hand over", 1, 3), ("give", 1, 2, 2, 1, 0, -1)])
def test_guardian_says_what_is_derived_for_every_agency_and_case(base, life):
    with as_role("nrm_owner"):
        here = transaction.savepoint_create()
        for step in life:
            play(base, step)
        said = of_cases()
        assert said == of_agencies() == by_hand()
        for pair, (level, bits) in derived().items():  # before the worker comes: never more than what is held
            assert level <= said[pair].level and bits & ~said[pair].categories == 0
        play(base, ("the worker ends",))
        assert derived() == of_cases() == of_agencies() == by_hand()
        assert list(access.access_differences()) == []
        transaction.savepoint_rollback(here)


# -- what it says, one by one ---------------------------------------------------
def test_a_second_ground_changes_nothing_and_keeps_it_when_the_first_ends(base):
    case, unit = base["cases"][0], base["agencies"][1].pk
    with as_role("nrm_owner"):
        play(base, ("give", 0, 1, 1, 2, 1, None))
        once = access.held_by_agencies(case)[unit]
        play(base, ("give", 0, 1, 2, 2, 1, None))
        assert access.held_by_agencies(case)[unit] == once == (Level.SUMMARY, Category.IDENTITY)
        play(base, ("end", 1))
        assert access.held_by_agencies(case)[unit] == once
        play(base, ("end", 2))
        assert unit not in access.held_by_agencies(case)


def test_what_has_ended_by_the_clock_no_longer_counts_and_stays_a_row(base):
    case, unit = base["cases"][0], base["agencies"][1].pk
    with as_role("nrm_owner"):
        play(base, ("give", 0, 1, 1, 3, 1, 1))
        assert access.held_by_agencies(case)[unit] == access.held_on_cases(unit)[case.pk] == (3, 1)
        day_passes()
        day_passes()
        assert unit not in access.held_by_agencies(case) and access.held_on_cases(unit) == {}
        assert Grant.rows.filter(group=unit).count() == 2
        assert unit not in access.agencies_that_see(case)


def test_row_security_holds_for_what_guardian_reads(base):
    """Asked as the application's role: the lead reads every grant, a partner its own, another service none."""
    case, partner, other = base["cases"][0], f.member(base["agencies"][1]), f.member(base["agencies"][2])
    with as_role("nrm_owner"):
        play(base, ("give", 0, 1, 1, 2, 0, None))
        everybody = access.held_by_agencies(case)
    assert set(everybody) == {base["lead"].agency_id, partner.agency_id}
    for reader, seen in ((base["lead"], set(everybody)), (partner, {partner.agency_id}), (other, set())):
        with acting_as(reader):
            assert set(access.held_by_agencies(case)) == seen
            assert {row["agency"].pk for row in access.who_sees(reader, case)} == seen
            mine = {case.pk} if reader is partner else {each.pk for each in base["cases"]} if seen else set()
            assert set(access.held_on_cases(reader.agency_id)) == mine
    with acting_as(partner):
        assert access.held_on_cases(base["lead"].agency_id) == {}


def test_the_answer_costs_the_same_for_two_agencies_and_for_nine(base):
    case, costs = base["cases"][0], []
    for more in (1, 7):
        for _ in range(more):
            unit = f.agency(max_level=Level.FILE, may_hold=31)
            with as_role("nrm_owner"):
                for ground in (1, 2):
                    access.grant(
                        case, unit.pk, level=2, categories=3, ground="legal", ground_id=UUID(int=ground), given_by=None
                    )
        with acting_as(base["lead"]), CaptureQueriesContext(connection) as asked:
            rows = access.who_sees(base["lead"], case)
        costs.append(len([each for each in asked if "SELECT" in each["sql"] and "set_config" not in each["sql"]]))
        assert Counter(len(row["grounds"]) for row in rows)[2] == len(rows) - 1
    assert costs == [2, 2]


# -- access_check asks guardian too ---------------------------------------------
@pytest.mark.parametrize(
    ("damage", "said", "derived_says"),
    [
        ("DELETE FROM victims_caseaccess WHERE agency_id = %s", (2, 1), None),
        ("UPDATE victims_caseaccess SET categories = 31 WHERE agency_id = %s", (2, 1), (2, 31)),
        ("UPDATE victims_caseaccess SET until = now() WHERE agency_id = %s", (2, 1), None),
    ],
)
def test_a_difference_is_told_whichever_side_says_more(base, damage, said, derived_says):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        play(base, ("give", 0, 1, 1, 2, 1, None))
        cursor.execute(damage, [base["agencies"][1].pk])
        here = (base["cases"][0].pk, base["agencies"][1].pk)
        assert list(access.access_differences()) == [(*here, said, derived_says)]


def test_a_derived_row_without_a_grant_is_told(base):
    with as_role("nrm_owner"):
        row = CaseAccess.objects.filter(case=base["cases"][0]).get()
        row.agency_id, row.lead = base["agencies"][1].pk, False
        CaseAccess.objects.bulk_create([row])
        here = (base["cases"][0].pk, base["agencies"][1].pk)
        assert list(access.access_differences()) == [(*here, None, (row.level, row.categories))]


def test_access_check_names_what_guardian_says_beside_what_is_derived(base, capsys):
    with as_role("nrm_owner"):
        play(base, ("give", 0, 1, 1, 2, 1, None))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE victims_caseaccess SET level = 3 WHERE agency_id = %s", [base["agencies"][1].pk])
        with pytest.raises(CommandError, match="1 differences"):
            call_command("access_check", "--database", "default")
        told = capsys.readouterr().out
        assert "guardian says level 2, categories 0b00001; derived: level 3, categories 0b00001" in told
        call_command("access_check", "--database", "default", "--repair")
        assert list(access.access_differences()) == []
