"""A model says once who reads its rows (`foundation/sight.py`): the filter of its queryset, asked above the walls, and
its policy, asked without a filter, find the same rows for everybody of `expected/readers.csv`."""

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection

from foundation import walls
from foundation.actor import acting_as
from foundation.sight import By, Follows, Is, IsNot, Nobody, Own, Rule, SightIs, SightQuerySet, Sql
from referral.models import Alert, AlertMove, SituationAlert
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseLink, Grant, Need, TimelineEntry

from .reach import reaching
from .rows_world import House
from .test_rows import READERS

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if isinstance(getattr(model, "sight", None), Rule)]
READ = [model for model in MODELS if not isinstance(model.sight, Nobody)]
# a policy keeps a restricted case from due work where the filter does not ask: the worker's readings are in rows.csv
MEMBERS = [name for name in READERS if not name.startswith("worker")]


def found(role: str, querysets) -> list[str]:
    """Return the keys of the rows of each queryset, read by this role in one statement."""
    texts, values = [], []
    for rows in querysets:
        try:
            sql, params = rows.order_by("pk").values("pk").query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT NULL WHERE false", ()
        texts.append(f"ARRAY({sql})::text")
        values += params
    with as_role(role), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", values)
        return cursor.fetchone()


def filter_of(model, actor):
    """Return the rows of a model that its own `visible_to` keeps, if it has one, else its `sight`."""
    if isinstance(model._default_manager.all(), SightQuerySet):
        return model._default_manager.visible_to(actor)
    return model._base_manager.filter(model.sight.q(actor))


def test_filter_and_policy_of_each_declaration_find_the_same_rows():
    house, different, empty = House(), [], set(READ)
    for name in MEMBERS:
        with acting_as(house.who[name]) as actor:
            read = found("nrm_app", [model._base_manager.all() for model in READ])
            filtered = found("nrm_owner", [filter_of(model, actor) for model in READ])
        for model, by_policy, by_filter in zip(READ, read, filtered, strict=True):
            if by_policy != "{}":
                empty.discard(model)
            if by_policy != by_filter:
                different.append(
                    f"{name}: `sight` of {model.__name__} lets the policy read {by_policy} and the filter {by_filter}:"
                    " one of its rules says one thing in `q` and another in `sql`, or its `visible_to` does not ask it"
                )
    assert not different, "\n".join(different)
    unread = {model._meta.db_table for model in empty} & set(reaching())
    assert not unread, f"tests/guarantees/rows_world.py has no row of {unread} that a member reads"


def test_policy_of_model_is_its_declaration():
    declared = {wall.table: wall for wall in walls.declared()[0]}
    by_hand = [model for model in MODELS if declared[model._meta.db_table].select != model.sight.sql(model)]
    assert by_hand == [], "take `select` out of Wall.of: the model's `sight` says it"


def test_rules_say_columns_and_brackets():
    rule = By("author_id") & (Is("state", "draft") | IsNot("sent_at", None)) | SightIs("own", "case") & Own()
    assert rule.sql(Alert) == (
        "(author_id = nrm.membership() AND (state = 'draft' OR sent_at IS NOT NULL))"
        " OR (nrm.sight() IN ('own', 'case') AND agency_id = nrm.desk())"
    )
    assert Own("group_id").sql(Grant) == "group_id = nrm.desk()"
    assert (Is("asylum", False) & Is("asylum", True) & Is("bit", 16)).sql(Need) == "NOT asylum AND asylum AND bit = 16"
    assert "victims_grant.case_id AND" in Grant.sight.sql(Grant)
    assert "x.id = referral_alertmove.alert_id" in Follows("alert_id", Alert).sql(AlertMove)
    assert Sql("a OR {table}.b").sql(CaseLink) == "(a OR victims_caselink.b)"
    assert SituationAlert.sight.sql(SituationAlert).startswith("agency_id = nrm.desk() AND EXISTS")


def test_column_that_does_not_exist_and_filter_of_sql_are_refused():
    with pytest.raises(FieldDoesNotExist):
        Own("owner_id").sql(TimelineEntry)
    with pytest.raises(NotImplementedError, match="Sql is a rule of policies alone"):
        (By() | Sql("true")).q(f.member(f.shelter()))
