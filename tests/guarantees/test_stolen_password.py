"""With the application's database password and nothing else, nobody acts and nothing is taken.

The statements are those that worked when they were tried by hand as nrm_app: the context of anybody set with
`set_config`, a password, an access in an emergency, entries of the journal, a token, a table that shadows another one.
"""

import hashlib
import secrets
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from agencies.accounts.operations import digest, make_code, use_code
from agencies.models import Kind, Role, User
from agencies.models.accounts import COST
from foundation import walls
from foundation.actor import SYSTEM, acting_as, context_of
from foundation.statements.signing import sign, signature_of
from journal.models import Entry
from notifications.models import Event, Notice
from referral.api.middleware.tokens import token_for
from tests import factories as f
from tests import roles
from tests.roles import SETTINGS, as_role

pytestmark = pytest.mark.django_db
REFUSED = "the context is not signed"
# entrances that write and ask for no signed context: what they ask instead
OTHERWISE = {
    "use_code": "a signature of its own, of the address, the code and the transaction: who has a code acts as nobody",
    "strengthen": "a signature of its own: nobody acts at a sign-in",
    "note_sign_in": "a signature of its own, of the person and the transaction: nobody acts at a sign-in",
    "linked_person": "a signature of its own, of the question and the transaction: nobody acts at a sign-in",
    "tell_locked": "a signature of its own, of the person and the transaction: nobody acts at a wrong password",
}


@pytest.fixture
def who(db):
    f.national()
    f.coordination()
    home = f.shelter()
    police = f.member(f.agency(Kind.INTERIOR))
    return {
        "lead": f.member(home),
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "police": police,
        "auditor": f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR),
        "case": f.own_case(f.member(home)),
    }


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def pretend(member, signature: str = "") -> None:
    """Set the context of somebody, as anybody with the password can."""
    for name, value in zip(SETTINGS, [*context_of(member), signature], strict=True):
        ask("SELECT set_config(%s, %s, true)", f"nrm.{name}", value)


def refused(
    words: str, sql: str, *values, as_: object = None, signature: str = "", role: roles.Role = "nrm_app"
) -> None:
    """Run a statement as this role under a pretended context: it must raise, and say these words."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), as_role(role):
        if as_ is not None:
            pretend(as_, signature)
        ask(sql, *values)


def test_a_password_of_somebody_else_is_not_set(who):
    before = User.objects.get(pk=who["lead"].user_id).password
    refused(REFUSED, "SELECT nrm.own_password(%s)", make_password("le mot de passe du voleur"), as_=who["lead"])
    refused(REFUSED, "SELECT nrm.make_code(%s, 'digest')", who["lead"].pk, as_=who["boss"])
    refused("permission denied", "UPDATE agencies_user SET password = 'x' WHERE id = %s", who["lead"].user_id)
    assert User.objects.get(pk=who["lead"].user_id).password == before


def test_a_hash_is_made_stronger_by_the_sign_in_alone(who):
    person, weak, secret = who["lead"].user_id, "argon2$another-cost", f"{COST}$le-mot-de-passe-du-voleur"
    with as_role("nrm_owner"):
        User.objects.filter(pk=person).update(password=weak)
    call = "SELECT nrm.strengthen(%s, %s, %s, %s)"
    for given in ("", sign("strengthen", weak, f"{COST}$le-bon")):
        refused("not signed", call, person, weak, secret, given)
    with as_role("nrm_app"):
        assert ask(call, person, weak, secret, sign("strengthen", weak, secret)) == [(True,)]


def test_a_code_read_in_the_database_opens_no_account(who):
    """Other sessions of the role see the statements of an administrator who gives a code, with the digest that is kept;
    and the thief may have the code itself, of another lock that the pages keep closed."""
    lead, thief = who["lead"], make_password("le mot de passe du voleur")
    email, before = lead.user.email, User.objects.get(pk=lead.user_id).password
    with acting_as(who["boss"]):
        code, _ = make_code(lead.pk)
    seen, call = digest(email, code), "SELECT nrm.use_code(%s, %s, %s, %s)"
    said = ["use code", email, seen]
    with as_role("nrm_app"):
        another = signature_of(["use code", who["boss"].user.email, seen])
        elsewhere = signature_of(said, "4242@1700000000.000001")
    for given in (None, "", another, elsewhere, sign(*said)):
        for member in (None, lead, who["boss"]):
            refused("not signed", call, email, seen, thief, given, as_=member)
    refused("does not exist", "SELECT nrm.use_code(%s, %s, %s)", email, seen, thief)
    assert User.objects.get(pk=lead.user_id).password == before
    with as_role("nrm_app"):  # the near miss: what the application does
        assert use_code(email, code, "trois girafes sous la pluie") == lead.user
    assert User.objects.get(pk=lead.user_id).password != before


def test_when_somebody_signed_in_is_noted_by_the_sign_in_alone(who):
    """Written by a thief, no sign-in or an old one would switch accounts off, and have names erased."""
    person = who["lead"].user_id
    for value in ("NULL", "now() - interval '2 years'", "now()"):
        refused("permission denied", f"UPDATE agencies_user SET last_login = {value} WHERE id = %s", person)
    call = "SELECT nrm.note_sign_in(%s, %s)"
    with as_role("nrm_app"):
        elsewhere = signature_of(["signed in", str(person)], "4242@1700000000.000001")
        another = signature_of(["signed in", str(who["boss"].user_id)])
    for given in ("", elsewhere, another, sign("signed in", str(person))):
        refused("not signed", call, person, given)
    assert User.objects.get(pk=person).last_login is None
    with as_role("nrm_app"):  # the near miss: what the application does
        ask(call, person, signature_of(["signed in", str(person)]))
    assert User.objects.get(pk=person).last_login > timezone.now() - timedelta(hours=1)


def test_a_passkey_of_the_thief_is_not_added_to_somebody(who):
    line = "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())"
    person = who["lead"].user_id
    refused(REFUSED, line, person, as_=who["lead"])
    refused("no actor context", line, person)
    with acting_as(who["lead"]):  # the near miss: one's own, told by the application
        ask(line, person)


def test_the_journal_is_not_written_in_a_name(who):
    entry = (
        "INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)"
        " VALUES (gen_random_uuid(), now() - interval '9 days', %s, %s, 'case.read', 'done', 'case', '', NULL)"
    )
    lead = who["lead"]
    refused(REFUSED, entry, lead.pk, lead.agency_id, as_=lead)
    with acting_as(lead):  # the near miss: the same line, told by the application, dated by the database
        ask(entry, lead.pk, lead.agency_id)
    with as_role("nrm_owner"):
        assert Entry.objects.get(membership_id=lead.pk, action="case.read").at > timezone.now() - timedelta(hours=1)


def test_a_signature_is_of_one_member_and_one_transaction(who):
    change = "UPDATE agencies_desk SET phone = '0102030405' WHERE agency_id = %s"
    lead, police = who["boss"], who["police"]
    with as_role("nrm_app"):
        mine, theirs = (signature_of(context_of(member)) for member in (lead, police))
        elsewhere = signature_of(context_of(lead), "4242@1700000000.000001")
    for given in ("", theirs, elsewhere, mine[:-1], mine.upper()):
        refused(REFUSED, change, lead.agency_id, as_=lead, signature=given)
    with as_role("nrm_app"), transaction.atomic():
        pretend(lead, mine)  # the control: what the application does
        ask(change, lead.agency_id)


def test_each_write_behind_a_wall_asks_for_the_signature(who):
    found = ask(
        "SELECT tablename, cmd, COALESCE(with_check, qual), roles::text FROM pg_policies"
        " WHERE permissive = 'RESTRICTIVE'"
    )
    walled = [table for (table,) in ask("SELECT relname FROM pg_class WHERE relrowsecurity")]
    both = "{nrm_app,nrm_worker}"
    wanted = {
        (table, verb, "nrm.signed_context()", both) for table in walled for verb in ("INSERT", "UPDATE", "DELETE")
    }
    assert set(found) == wanted and len(walled) > 100


def test_no_row_behind_a_wall_is_locked_in_a_name(who):
    """Seen to hold a notice under the context of its member: the worker passes over it, and nobody is told."""
    lead = who["lead"]
    with as_role("nrm_owner"):
        event = Event.objects.create(kind="alert_vital", subject="none", subject_id=uuid.uuid4(), audience=[])
        about = {"kind": event.kind, "subject": event.subject, "subject_id": event.subject_id, "at": event.at}
        Notice.objects.create(event=event, membership=lead, channel="app", **about)
    found = ask(
        "SELECT c.relname, min(quote_ident(a.attname)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relrowsecurity AND a.attnum > 0 AND has_column_privilege('nrm_app', c.oid, a.attnum, 'SELECT')"
        " AND has_any_column_privilege('nrm_app', c.oid, 'UPDATE') GROUP BY c.relname"
    )
    asked = {table: f"SELECT {column} FROM {table} FOR SHARE" for table, column in found}
    for table in ("notifications_notice", "victims_case"):
        refused(REFUSED, asked[table], as_=lead)
        with acting_as(lead):  # the near miss: told by the application
            assert ask(asked[table]), table
    named = "SELECT tablename FROM pg_policies WHERE policyname = 'signed_update_' AND qual LIKE %s"
    assert {*asked} <= {table for (table,) in ask(named, "%SELECT nrm.signed_context()%")}


def test_each_entrance_that_writes_asks_for_the_signature(who):
    """Every function above the walls that the application may call and that is not said to only read."""
    found = ask(
        "SELECT p.proname, p.pronargs FROM pg_proc p WHERE p.pronamespace = 'nrm'::regnamespace AND p.prosecdef"
        " AND p.provolatile = 'v' AND has_function_privilege('nrm_app', p.oid, 'EXECUTE')"
        " AND p.prorettype <> 'trigger'::regtype"
    )
    assert {name for name, _ in found} > OTHERWISE.keys() and len(found) >= 30
    for name, arguments in found:
        call = f"SELECT nrm.{name}({', '.join(['NULL'] * arguments)})"
        if name not in OTHERWISE:
            refused(REFUSED, call, as_=who["boss"])
        elif OTHERWISE[name].startswith("a signature"):
            refused("not signed", call, as_=who["boss"])
            refused("not signed", call)


def test_each_entrance_of_the_worker_that_writes_asks_for_the_signature(who):
    """The mode of due work is a setting, as a member is: whoever has the worker's password sets it."""
    found = ask(
        "SELECT p.proname, p.pronargs FROM pg_proc p WHERE p.pronamespace = 'nrm'::regnamespace AND p.prosecdef"
        " AND p.provolatile = 'v' AND has_function_privilege('nrm_worker', p.oid, 'EXECUTE')"
        " AND NOT has_function_privilege('nrm_app', p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype"
    )
    assert {name for name, _ in found} >= {"forget_entries", "alert_waits_again", "erase_case", "end_unused"}
    for name, arguments in found:
        call = f"SELECT nrm.{name}({', '.join(['NULL'] * arguments)})"
        refused(REFUSED, call, as_=SYSTEM, role="nrm_worker")
        with pytest.raises(DatabaseError) as raised, transaction.atomic(), as_role("nrm_worker"):
            ask(call)  # nor when nobody is told
        assert raised.value.__cause__.pgcode in ("42501", "P0002", "NRM01"), name


def test_the_key_is_read_by_no_role_of_the_application(who):
    for role in walls.ROLES:
        for sql in ("SELECT * FROM nrm.signing_key", "DELETE FROM nrm.signing_key", "SELECT nrm.signed('a', 'b')"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_role(role):
                ask(sql)


def test_a_token_written_into_the_table_opens_nothing(who):
    """Nor one's own, given to another program there; nor one that is over, prolonged there."""
    theirs, own = f.program(who["lead"].agency), f.program(f.shelter())
    line = (
        "INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, application_id, created,"
        " updated, resource) VALUES ('', %s, now() + interval '10 years', 'read', %s, now(), now(), '[]')"
    )
    client = theirs.api_client
    given = {
        "drawn": secrets.token_urlsafe(32),
        "another program's": token_for(own.api_client.client_id, 3600),
        "over": token_for(client.client_id, -1),
        "right": token_for(client.client_id, 3600),
    }
    answers = {}
    for name, token in given.items():
        with as_role("nrm_owner"):  # the application's role puts no row there (test_unwalled_writes.py)
            ask(line, hashlib.sha256(token.encode()).hexdigest(), client.pk)
        answer = Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {token}"})
        answers[name] = answer.status_code
    assert answers == {"drawn": 401, "another program's": 401, "over": 401, "right": 200}
    refused("permission denied", "UPDATE oauth2_provider_accesstoken SET expires = now()")


def test_tables_of_libraries_are_closed_unless_they_are_used(who):
    ours = ("agencies", "journal", "notifications", "indicators", "plans", "victims", "referral")
    open_ = ask(
        "SELECT DISTINCT c.relname, v FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) v,"
        " unnest(ARRAY['nrm_app', 'nrm_worker']) r WHERE c.relkind IN ('r', 'p')"
        " AND c.relnamespace = 'public'::regnamespace"
        " AND has_any_column_privilege(r, c.oid, CASE WHEN v = 'DELETE' THEN 'SELECT' ELSE v END)"
        " AND (v <> 'DELETE' OR has_table_privilege(r, c.oid, v))"
    )
    found = {(table, verb) for table, verb in open_ if table.split("_")[0] not in ours}
    assert found == {
        ("auth_group", "SELECT"),
        ("auth_permission", "SELECT"),
        ("auth_group_permissions", "SELECT"),
        ("django_content_type", "SELECT"),
        ("django_migrations", "SELECT"),
        # above the walls by policies of its own (agencies/policies.py)
        *(("mfa_authenticator", verb) for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")),
        *(("oauth2_provider_accesstoken", verb) for verb in ("SELECT", "INSERT", "DELETE")),
    }


def test_a_temporary_table_is_nobodys(who):
    for role in walls.ROLES:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_role(role):
            ask("CREATE TEMPORARY TABLE agencies_membership (id int)")
