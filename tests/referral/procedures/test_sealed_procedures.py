"""A dump of the database does not tell which procedures a case follows, but for the two that the database reads."""

import base64
import os
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Category, Level, Role
from foundation.actor import acting_as
from foundation.encryption import first_key
from foundation.workflow import NotAllowed
from indicators.procedures.selectors import book
from referral.models import Checklist, Clock
from referral.models.procedures import NAMED, checklist_columns
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.pages import Hand
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TABLES = ("referral_checklist", "referral_stepact", "referral_clock", "referral_clockmove")
FOLLOWED = {"asile": 3, "soins": None, "indemnisation_civi": 2, "titre_sejour": None}  # code -> step of a time limit


@pytest.fixture
def unit():
    """A coordination unit that leads two cases of adults, each with every procedure."""
    lead = f.member(f.coordination(), Role.COORDINATOR)
    cases = [f.case(lead) for _ in range(2)]
    with acting_as(lead):
        for case in cases:
            for code, step in FOLLOWED.items():
                made = checklists.start_procedure(lead, case.pk, code)
                checklists.settle_step(lead, made.pk, 1, "done", on=date(2026, 11, 2))
                if step:
                    clocks.start_clock(lead, made.pk, step, counted_on=date(2026, 11, 2))
            checklists.start_procedure(lead, case.pk, "delai_reflexion")
    return lead, cases


def raw(table: str, **wanted) -> list[dict]:
    """Return the rows of a table as a dump shows them."""
    where = " AND ".join(f"{column} = %s" for column in wanted) or "true"
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}", [*wanted.values()])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def new_key(settings) -> None:
    settings.FIELD_KEYS = f"{base64.b64encode(os.urandom(32)).decode()},{settings.FIELD_KEYS}"


def test_a_dump_names_no_procedure_and_no_kind_of_time_limit(unit):
    told = {*book().procedures, *Clock.Kind.values} - {*NAMED, Clock.Kind.STEP}
    for table in TABLES:
        values = [value for row in raw(table) for value in row.values()]
        said = b" ".join(bytes(v) if isinstance(v, memoryview) else str(v).encode() for v in values)
        assert values and [word for word in told if word.encode() in said] == []
    lead, cases = unit
    with acting_as(lead):  # and it is read all the same
        for case in cases:
            assert {row.code for row in case.checklists.all()} == {*FOLLOWED, "delai_reflexion"}
            kinds = {clock.checklist.code: clock.kind for clock in Clock.objects.filter(case=case)}
            assert kinds == {"asile": "asylum", "indemnisation_civi": "compensation"}


def test_the_same_procedure_of_two_cases_has_no_value_that_tells_it(unit):
    """But what any two procedures of its kind may have alike: the version, the author, whether it is sealed."""
    alike = {"version", "by_id", "sealed"}
    lead, cases = unit
    with acting_as(lead):
        one, other = (Checklist.objects.of(case.pk, "soins").get().pk for case in cases)
    (one,), (other,) = raw("referral_checklist", id=one), raw("referral_checklist", id=other)
    assert {name for name in one if one[name] == other[name]} == alike
    lengths = {len(row["data"]) for row in raw("referral_checklist") if row["data"]}
    assert len(lengths) == 1, "the length of a code would tell which one it is"


def test_found_and_begun_once_while_the_key_changes(unit, settings):
    lead, cases = unit
    with acting_as(lead):
        known = checklists.start_procedure(lead, cases[0].pk, "asile")
        former, stored = first_key(), known.procedure
        new_key(settings)
        assert first_key() != former
        assert Checklist.objects.of(cases[0].pk, "asile").get() == known
        assert checklists.start_procedure(lead, cases[0].pk, "asile") == known
        assert not Checklist.objects.of(cases[0].pk, "asile_mineur").exists()
        columns = checklist_columns(known)
    assert columns["procedure"] != stored  # what reencrypt writes
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    with as_role("nrm_owner"):
        Checklist.objects.filter(pk=known.pk).update(**columns)
    with acting_as(lead):
        assert Checklist.objects.of(cases[0].pk, "asile").values_list("pk", flat=True).get() == known.pk


@pytest.mark.parametrize(
    "written",
    [
        {"procedure": "asile"},
        {"procedure": "soins", "sealed": True},
        {"procedure": "asile", "data": {"procedure": "asile"}},
        {"procedure": "delai_reflexion", "sealed": True},
        {"procedure": "0" * 64},
    ],
)
def test_no_other_code_is_stored_in_clear(written):
    lead = f.member(f.coordination(), Role.COORDINATOR)
    case = f.case(lead)
    with (
        acting_as(lead),
        pytest.raises(IntegrityError, match="procedure_in_clear_is_named") as refused,
        transaction.atomic(),
    ):
        Checklist.objects.create(case=case, version="x", by=lead, **written)
    assert refused.value.__cause__.pgcode == "23514"
    with acting_as(lead):
        assert not Checklist.objects.exists()


def test_no_form_begins_a_residence_procedure_that_everybody_reads():
    """Whether it is sealed is said by the pack: what is posted beside the code is not read."""
    lead = f.member(f.coordination(), Role.COORDINATOR)
    case, house = f.case(lead), f.shelter(may_hold=Category.RESIDENCE)
    reader = f.member(house)
    f.orientation(lead, case, house, state="accepted", answerer=reader, level=Level.FILE)
    for code in ("titre_sejour", "asile"):
        said = {"procedure": code, "sealed": "false", "data": "", "kind": "care"}
        assert Hand(reader).post("procedure-start", case.pk, **said).status_code == 403
        with acting_as(reader), pytest.raises(NotAllowed):
            checklists.start_procedure(reader, case.pk, code)
        assert Hand(lead).post("procedure-start", case.pk, **said).status_code == 302
    assert [row["sealed"] for row in raw("referral_checklist")] == [True, True]
    with acting_as(reader):
        assert not Checklist.objects.exists()


def test_a_code_that_cannot_be_opened_hides_no_other_time_limit_and_keeps_none_from_being_told(unit, settings):
    """Its key is lost, or the row was garbled: one page of errors hid every time limit of the agency."""
    lead, cases = unit
    wanted = Clock.objects.filter(case=cases[0])
    with as_role("nrm_owner"), acting_as(lead):
        garbled, sound = wanted.select_related("checklist").order_by("id")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE referral_checklist SET data = %s WHERE id = %s", [b"x\0y", garbled.checklist_id])
            cursor.execute(
                "UPDATE referral_clock SET remind_at = now() - interval '1 minute' WHERE case_id = %s", [cases[0].pk]
            )
    hand = Hand(lead)
    for query in ("", f"?kind={sound.kind}"):
        page = hand.get("agenda", query=query)
        assert page.status_code == 200
        assert str(sound.pk) in page.content.decode()
    assert hand.get("case-procedures", cases[0].pk).status_code == 200
    with acting_as(lead):
        assert clocks.remind(lead, garbled.pk) and clocks.remind(lead, sound.pk)
