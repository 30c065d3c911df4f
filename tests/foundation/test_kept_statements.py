"""A statement whose text is kept asks word for word what its queryset asks, for each kind of reader."""

import re
import uuid
from datetime import UTC, datetime
from inspect import signature
from itertools import product
from threading import Thread

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone, translation

from agencies.models import Membership, Role, Territory
from foundation.actor import acting_as
from foundation.statements.kept import ASKED, KeptStatement, _Filled, counts
from notifications.models import Notice
from tests import factories as f
from tests.guarantees.conditions import WHOLE
from victims.models import CaseAccess

pytestmark = pytest.mark.django_db
CAME = datetime(2026, 3, 1, tzinfo=UTC)
SORTS = [
    *product(["person", "service"], [[role] for role in Role], [None, CAME]),
    ("system", [], None),
]
VALUES = {
    "user": 12,
    "key": "abc",
    "now": CAME,
    "since": CAME,
    "agencies": [3, 4],
    "alert": uuid.uuid4(),
    "alerts": [uuid.uuid4()],
    "places": ["75", "11"],
    "code": "cases",
    "digest": "abc",
    "case": uuid.uuid4(),
    "subject": str(uuid.uuid4()),
    "cases": [uuid.uuid4(), uuid.uuid4()],
}


def text(sql: str, params) -> bytes:
    sql = re.sub(r"([=<>] )\(%s\)", r"\1%s", sql)  # Django writes brackets around what is no plain value
    with connection.cursor() as cursor:
        return cursor.mogrify(sql, params)


def asked(statement: KeptStatement, actor, values: dict) -> bytes | None:
    """Return what the queryset of a statement asks for this member, made anew; None for nothing."""
    rows = statement.build(actor, **values)
    try:
        return text(*rows.query.get_compiler(rows.db).as_sql())
    except EmptyResultSet:
        return None


def kept(statement: KeptStatement, actor, values: dict) -> bytes | None:
    found = statement._compiled(actor, values)
    told = {"pk": actor.pk, "agency_id": actor.agency_id, "cases_from": actor.cases_from} | values
    return found and text(found.text, found.filled(told))


@pytest.mark.proof
def test_each_kept_statement_asks_what_its_queryset_asks_for_every_reader():
    assert get_resolver().url_patterns  # every module that has one is read
    assert len(ASKED) > 12
    members = [
        Membership(pk=1000 + n, agency_id=77 + n, kind=kind, roles=roles, cases_from=came)
        for n, (kind, roles, came) in enumerate(SORTS if WHOLE else [*SORTS[::5], SORTS[-1]])
    ]
    for statement in ASKED:
        given = {name: VALUES[name] for name in list(signature(statement.build).parameters)[1:] if name in VALUES}
        for language, actor in product(("fr", "en"), members):
            with translation.override(language):
                assert kept(statement, actor, given) == asked(statement, actor, given), statement.build


def test_moment_is_no_constant_of_a_kept_statement():
    statement = KeptStatement(lambda reader: Notice.objects.of(reader).filter(at__lt=timezone.now()))
    ASKED.remove(statement)
    with pytest.raises(ValueError, match="A moment stands in the text"):
        statement.rows(Membership(pk=1, agency_id=2))


def test_reader_has_nothing_that_does_not_choose_the_text():
    statement = KeptStatement(lambda reader: Notice.objects.filter(membership__title=reader.title))
    ASKED.remove(statement)
    with pytest.raises(AttributeError, match="title"):
        statement.rows(Membership(pk=1, agency_id=2))


def test_rows_and_counts_are_those_of_each_reader():
    statement = KeptStatement(lambda reader: CaseAccess.objects.of(reader).select_related("territory").order_by("case"))
    ASKED.remove(statement)
    f.national()
    leads = [f.member(f.shelter()) for _ in range(2)]
    cases = {lead.pk: {f.own_case(lead).pk for _ in range(n + 2)} for n, lead in enumerate(leads)}
    for lead in [*leads, *leads]:
        with acting_as(lead), CaptureQueriesContext(connection) as said:
            assert {row.case_id for row in statement.rows(lead)} == cases[lead.pk]
            assert all(row.territory.pk for row in statement.rows(lead))
            assert statement.count(lead, 100) == len(cases[lead.pk])
            assert counts([(statement, 1), (statement, 100)], lead) == [1, len(cases[lead.pk])]
        assert len([q for q in said if "victims_caseaccess" in q["sql"]]) == 4
    stranger = f.member(f.shelter(), Role.FRONTLINE)
    with acting_as(stranger), CaptureQueriesContext(connection) as said:
        assert statement.rows(stranger) == []
        assert statement.count(stranger, 100) == 0
    assert not [q for q in said if "victims_caseaccess" in q["sql"]]


def test_ids_told_as_text_are_found_and_no_ids_find_nothing():
    f.national()
    lead = f.member(f.shelter())
    case = f.own_case(lead)
    statement = KeptStatement(lambda reader, cases: CaseAccess.objects.of(reader).filter(case__any_of=cases))
    ASKED.remove(statement)
    with acting_as(lead):
        assert [row.case_id for row in statement.rows(lead, cases=[str(case.pk)])] == [case.pk]
        assert statement.rows(lead, cases=[]) == []


def test_each_thread_asks_its_own_connection():
    statement, seen = KeptStatement(lambda _: Territory.objects.all()), []
    ASKED.remove(statement)
    assert statement.rows(None) == list(Territory.objects.all())
    compiled = statement._compiled(None, {})

    def elsewhere():
        query = _Filled(compiled, {})
        seen.append(query.get_compiler("default").connection is connections["default"])

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [True]
