"""A model says once who reads its rows (`foundation/sight.py`): the filter of its queryset, asked above the walls, and
its policy, asked without a filter, find the same rows for everybody of `expected/readers.csv`, and of public policy for
everybody of `test_policy_rows.py`."""

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection

from foundation import walls
from foundation.actor import acting_as, set_actor
from foundation.sight import By, Follows, Is, IsNot, Nobody, Own, Rule, SightIs, SightQuerySet, Sql
from referral.models import Alert, AlertMove, SituationAlert
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseLink, Grant, Need, TimelineEntry

from .conditions import WHOLE, sample
from .policy_world import ROW, PolicyWorld
from .reach import reaching
from .rows_world import House
from .test_policy_rows import READERS as POLICY_READERS
from .test_rows import READERS

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if isinstance(getattr(model, "sight", None), Rule)]
POLICY = [model for model in MODELS if model._meta.app_label == "plans"]
READ = [model for model in MODELS if model not in POLICY and not isinstance(model.sight, Nobody)]
# a policy keeps a restricted case from due work where the filter does not ask: the worker's readings are in rows.csv
MEMBERS = [name for name in READERS if not name.startswith("worker")]
# members whom no request lets act: the policies refuse them all the same, as policy_rows.csv says
GONE = {"left", "closed", "left_auditor", "closed_auditor"}
# tables that hide rows by a condition of their own, written in their policy
BY_HAND = {
    "journal_entry": "the journal stands below the cases whose level it asks",
    "journal_unsealed": "as all entries; the sealer alone has the right to ask",
    "journal_checkpoint": "who audits, as all entries",
    "notifications_notice": "hidden as soon as its subject is: nrm.i_still_see asks for every sort of subject",
    "notifications_hook": "as what was asked about it, which the second person reads too",
    "notifications_hookdelivery": "the administrators of the agency of its program, two tables away",
    "agencies_dutymember": "one's own agency, whatever its members see of cases; no queryset asks",
    "agencies_capacity": "as the duty list",
    "agencies_deskchange": "who asks, who decides and who would stand in, whatever its members see of cases",
    "agencies_programcall": "the administrators of the agency of the program, whatever they see of cases",
    "agencies_sandbox": "as the calls of a program",
    "agencies_providerlink": "its person, and nobody by the password of the application alone",
    "agencies_memberchange": "nrm.second_or_auditor asks who may decide",
    "victims_caseaccess": "what the other rules ask: due work reads it by a policy of its own",
    "referral_alertcontent": "by the author of the alert, or a live desk even where a member restricts the case",
    "referral_alertcontact": "by the author of the alert alone",
    "referral_alertaddition": "as the content, and by who sees the case at level 3",
    "referral_alertoffence": "by the author of the alert, and only while it is a draft",
    "referral_alertdesk": "one's own desk, unless a member keeps the case from the others",
    "referral_orientationdesk": "as the desk of an alert",
    "referral_orientationsheet": "part by part, by what the grants of the desk allow",
    "referral_deskcall": "one of two agencies",
    "referral_export": "nrm.approves asks who may approve it",
    "referral_exportorder": "one's own agency, whatever its members see of cases",
    "referral_answertime": "any member; no queryset asks",
    "referral_unmetneed": "agencies with a mandate of coordination of cases; no queryset asks",
    "referral_nationalfigure": "the national unit",
    "referral_matchalarm": "the journal's readers and the national unit",
    "plans_measure": "nrm.measure_public looks the measure up in the last version of its plan",
    "plans_measure_partners": "many to many, without a class; as its measure",
    "plans_envelope": "as its measure and its plan; the filter asks the state of the plan alone, for the cost",
    "plans_envelope_overlaps": "many to many, without a class; as both its envelopes",
    "plans_consultation": "public from a day on",
    "plans_contributionmove": "its author and the unit that did it; the coordination as the contribution",
    "plans_withdrawnpassage": "the author of the contribution, two tables away",
    "plans_finalanswer": "once its questionnaire is closed, two tables away",
    "plans_agendaitem": "once the agenda of its meeting is published",
    "plans_decision": "once the minutes of its meeting are published",
    "plans_decisionfollowup": "as its decision",
    "plans_focalcontact": "the body of its point",
}


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


def compared(models, actor) -> tuple[dict, list[str]]:
    """Return what the policy of each model lets the acting member read, and a sentence where its filter differs."""
    read = found("nrm_app", [model._base_manager.all() for model in models])
    filtered = found("nrm_owner", [filter_of(model, actor) for model in models])
    return dict(zip(models, read, strict=True)), [
        f"`sight` of {model.__name__} lets the policy read {by_policy} and the filter {by_filter}:"
        " one of its rules says one thing in `q` and another in `sql`, or its `visible_to` does not ask it"
        for model, by_policy, by_filter in zip(models, read, filtered, strict=True)
        if by_policy != by_filter
    ]


@pytest.mark.proof
def test_filter_and_policy_of_each_declaration_find_the_same_rows():
    house, different, empty = House(), [], set(READ)
    for name in sample(MEMBERS):
        with acting_as(house.who[name]) as actor:
            read, wrong = compared(READ, actor)
        empty -= {model for model, keys in read.items() if keys != "{}"}
        different += [f"{name}: {sentence}" for sentence in wrong]
    assert not different, "\n".join(different)
    unread = {model._meta.db_table for model in empty} & set(reaching())
    assert not (WHOLE and unread), f"tests/guarantees/rows_world.py has no row of {unread} that a member reads"


def test_filter_and_policy_of_public_policy_find_the_same_rows():
    world, different, empty = PolicyWorld(), [], set(POLICY)
    for name in set(POLICY_READERS) - GONE:
        set_actor(world.who[name])
        read, wrong = compared(POLICY, world.who[name])
        empty -= {model for model, keys in read.items() if keys != "{}"}
        different += [f"{name}: {sentence}" for sentence in wrong]
    assert not different, "\n".join(different)
    assert not empty, f"{[model._meta.db_table for model in empty]}: {ROW}"


def test_policy_of_model_is_its_declaration_or_has_a_reason():
    tables = {model._meta.db_table: model for model in MODELS}
    walled = walls.declared()[0]
    doubled = [
        wall.table
        for wall in walled
        if wall.table in tables and wall.select != tables[wall.table].sight.sql(tables[wall.table])
    ]
    assert doubled == [], "take `select` out of Wall.of: the model's `sight` says it"
    by_hand = {wall.table for wall in walled if wall.select != "true" and wall.table not in tables}
    assert by_hand == set(BY_HAND), (
        f"{sorted(by_hand ^ set(BY_HAND))}: declare `sight` on the model, with rules of foundation/sight.py,"
        " victims/models/sight.py or plans/models/sight.py; a condition of its own has its reason in BY_HAND"
    )


def test_rules_say_columns_and_brackets():
    rule = By("author_id") & (Is("state", "draft") | IsNot("sent_at", None)) | SightIs("own", "case") & Own()
    assert rule.sql(Alert) == (
        "(author_id = nrm.membership() AND (state = 'draft' OR sent_at IS NOT NULL))"
        " OR (nrm.sight() IN ('own', 'case') AND agency_id = nrm.desk())"
    )
    assert Own("group_id").sql(Grant) == "group_id = nrm.desk()"
    assert (Is("bit", 16) | IsNot("bit", 16)).sql(Need) == "bit = 16 OR bit <> 16"
    assert "victims_grant.case_id AND" in Grant.sight.sql(Grant)
    assert "x.id = referral_alertmove.alert_id" in Follows("alert_id", Alert).sql(AlertMove)
    assert Sql("a OR {table}.b").sql(CaseLink) == "(a OR victims_caselink.b)"
    assert SituationAlert.sight.sql(SituationAlert).startswith("agency_id = nrm.desk() AND EXISTS")


def test_column_that_does_not_exist_and_filter_of_sql_are_refused():
    with pytest.raises(FieldDoesNotExist):
        Own("owner_id").sql(TimelineEntry)
    with pytest.raises(NotImplementedError, match="Sql is a rule of policies alone"):
        (By() | Sql("true")).q(f.member(f.shelter()))
