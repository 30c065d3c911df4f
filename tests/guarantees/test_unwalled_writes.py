"""The database password of the application, stolen: what it writes where no policy asks who acts.

Each refusal has its near miss: the same statement as the application makes it, which signs for the transaction.
"""

import hashlib
import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.accounts.operations import tell_oneself
from agencies.models import ApiClient, Role, Session, User
from foundation.actor import SYSTEM, acting_as
from foundation.sessions import digest, mark_of
from foundation.statements.signing import sign, signature_of, tell
from journal.models import Entry
from journal.operations import record
from notifications.models import Event
from referral.api.middleware.tokens import token_for
from referral.sessions.operations.sessions import close_of_member
from tests import factories as f
from tests.referral.api import token_of
from tests.roles import as_role

from .test_stolen_password import REFUSED, ask, refused

pytestmark = pytest.mark.django_db
NOT_ONESELF = "by nobody but its person"
OWN_COLUMNS = ("language = 'en'", "phone = '0600000000'", "charter = ''", "charter_at = NULL")
# each table without policies that the application or the worker may write: verb, columns (* for all), and the function
# of a trigger that guards it, or why there is none
GUARDED = {
    ("agencies_user", "UPDATE", "charter charter_at language phone"): "kept_by_oneself",
    ("agencies_apiclient", "UPDATE", "last_used_at"): "token_given",
    ("agencies_tries", "INSERT", "*"): "tries_signed",
    ("agencies_tries", "UPDATE", "*"): "tries_signed",
    ("agencies_tries", "DELETE", "*"): "tries_signed",
    ("oauth2_provider_accesstoken", "INSERT", "*"): "token_given",
    ("oauth2_provider_accesstoken", "DELETE", "*"): "token_stays",
    ("agencies_session", "INSERT", "*"): "session_begun",
    # the data say nothing under another key, nor when they name another person; nor an end without its signature
    ("agencies_session", "UPDATE", "began_at device expire_date mark place session_data user_id"): "session_stays",
    ("agencies_session", "DELETE", "*"): "no guard: a thief may close sessions (docs/decisions/0069)",
}
# writes behind a wall whose policy does not ask who acts: what does
OTHERWISE = {
    ("journal_entry", "INSERT"): "nobody_told",  # written as nobody too: a wrong password
    ("mfa_authenticator", "UPDATE"): "kept_by_oneself",  # a code is used up before anybody acts
}
WHO_ACTS = (
    r"nrm\.(membership|agency|person|desk|sight|policy_agency|policy_body|policy_state|state_body|coordinates|enters_for"
    r"|enters_in)\(|= \(NULLIF\(current_setting\('nrm\.membership'"
)


@pytest.fixture
def who(db):
    f.national()
    f.coordination()
    home = f.shelter()
    return {"lead": f.member(home), "boss": f.member(home, Role.AGENCY_ADMIN), "program": f.program(home)}


@pytest.mark.parametrize("told", ["nobody", "its own member"])
def test_an_account_and_its_factors_are_changed_by_their_person_alone(who, told):
    """A telephone is where a code is told; emptied or reopened factors shut a person out, or let one in."""
    lead, boss = who["lead"], who["boss"]
    with as_role("nrm_owner"):
        for member in (lead, boss):
            Authenticator.objects.create(user_id=member.user_id, type="totp", data={"secret": "x", "last": 9})
    changes = [
        *(f"UPDATE agencies_user SET {said} WHERE id = %s" for said in OWN_COLUMNS),
        "UPDATE mfa_authenticator SET data = '{}' WHERE user_id = %s",
        """UPDATE mfa_authenticator SET data = data || '{"last": 0}' WHERE user_id = %s""",
        "UPDATE mfa_authenticator SET last_used_at = now() WHERE user_id = %s",
    ]
    for change in changes:
        pretended = None if told == "nobody" else lead
        refused(f"{REFUSED}|{NOT_ONESELF}", change, lead.user_id, as_=pretended)
        with pytest.raises(DatabaseError, match=NOT_ONESELF), acting_as(lead):
            ask(change, boss.user_id)  # a fault in a page writes nobody else's either
    with acting_as(lead):  # the near miss: one's own, told by the application
        for change in changes:
            ask(change, lead.user_id)
    with as_role("nrm_owner"):
        assert Authenticator.objects.get(user_id=boss.user_id).data == {"secret": "x", "last": 9}


def test_before_anybody_acts_the_sign_in_says_whose_factor_is_used(who):
    lead, boss = str(who["lead"].user_id), str(who["boss"].user_id)
    with as_role("nrm_owner"):
        for person in (lead, boss):
            Authenticator.objects.create(user_id=person, type="totp", data={})
    change = "UPDATE mfa_authenticator SET last_used_at = now() WHERE user_id = %s"
    with as_role("nrm_app"):
        theirs, elsewhere = signature_of(["oneself", boss]), signature_of(["oneself", lead], "4242@1700000000.000001")
        another = signature_of(["signed in", lead])
    for given in ("", theirs, elsewhere, another, sign("oneself", lead)):
        with pytest.raises(DatabaseError, match=NOT_ONESELF), transaction.atomic(), as_role("nrm_app"):
            ask("SELECT set_config('nrm.oneself', %s, true)", given)
            ask(change, lead)
    with as_role("nrm_app"):  # the near miss: what the application does
        tell_oneself(User.objects.get(pk=lead))
        ask(change, lead)
    with pytest.raises(DatabaseError, match=NOT_ONESELF), transaction.atomic(), as_role("nrm_app"):
        ask(change, boss)


def test_tries_are_counted_by_the_application_alone(who):
    """Counts that are deleted let a password be guessed; counts that are written shut everybody out."""
    counts = [
        "INSERT INTO agencies_tries (digest, kind, level, at, until) VALUES ('a', 'account', 99, now(), now())",
        "UPDATE agencies_tries SET level = 0",
        "DELETE FROM agencies_tries",
    ]
    for change in counts:
        for member in (None, who["lead"]):
            refused("tries are not signed", change, as_=member)
        with pytest.raises(DatabaseError, match="tries are not signed"), acting_as(who["lead"]):
            ask(change)
    with as_role("nrm_app"):  # the near miss: what the application does
        tell("tries")
        for change in counts:
            ask(change)


def test_a_session_that_was_closed_is_not_put_back(who):
    """Whoever took the cookie from a browser would go on after its person closed the session."""
    client = Client()
    client.force_login(who["lead"].user)
    assert client.get(reverse("profile")).status_code == 200
    row = Session.objects.get(user=who["lead"].user)
    Session.objects.filter(pk=row.pk).delete()  # a thief may close it too
    ask("SELECT set_config('nrm.session', '', true)")  # what the sign-in said ended with its transaction
    for member in (None, who["boss"]):
        refused("no session begins", "INSERT INTO agencies_session (session_key) VALUES ('x')", as_=member)
    with pytest.raises(DatabaseError, match="no session begins"), transaction.atomic():
        row.save(force_insert=True)
    assert client.get(reverse("profile")).status_code == 302
    client.force_login(who["lead"].user)  # nor in the place of one that is open: its key stays
    refused("permission denied", "UPDATE agencies_session SET session_key = %s", row.pk)
    assert client.get(reverse("profile")).status_code == 200


def _opened(who) -> tuple[Client, Client, str]:
    """Return two sessions of the lead, and the row of the first, whose cookie a thief has."""
    stolen, own = Client(), Client()
    for client in (stolen, own):
        client.force_login(who["lead"].user)
        assert client.get(reverse("profile")).status_code == 200
    return stolen, own, digest(stolen.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.mark.parametrize("closed", ["by its person", "by the administrator", "by nobody"])
def test_a_session_hidden_as_over_does_not_come_back(who, closed):
    """Whoever took the cookie and has the password takes it from among those that its person sees and closes."""
    stolen, own, key = _opened(who)
    end = "UPDATE agencies_session SET expire_date = clock_timestamp() + %s::interval WHERE session_key = %s"
    with as_role("nrm_app"):
        ask(end, "-1 second", key)
    if closed == "by its person":
        assert (
            own.post(reverse("referral:sessions"), {"act": "others", "_membership": who["lead"].pk}).status_code == 302
        )
    elif closed == "by the administrator":
        with acting_as(who["boss"]):
            close_of_member(who["boss"], who["lead"].pk)
    assert Session.objects.filter(pk=key).exists() is (closed == "by nobody")
    with as_role("nrm_app"):
        ask(end, "1 hour", key)
    assert stolen.get(reverse("profile")).status_code == 302


def test_a_session_that_rests_is_not_kept_open_by_hand(who):
    """Whoever took the cookie from a browser would wait until its person is asleep, and go on."""
    stolen, own, key = _opened(who)
    raw = stolen.cookies[settings.SESSION_COOKIE_NAME].value
    row, another = Session.objects.get(pk=key), Session.objects.exclude(pk=key).get()
    later = timezone.now() + timedelta(hours=11)
    write = "UPDATE agencies_session SET expire_date = %s, mark = %s WHERE session_key = %s"
    for end, mark in ((later, row.mark), (later, ""), (another.expire_date, another.mark), (row.expire_date, "")):
        with as_role("nrm_app"):
            ask(write, end, mark, key)
        assert stolen.get(reverse("profile")).status_code == 302
        stolen.cookies[settings.SESSION_COOKIE_NAME] = raw
    own.post(reverse("referral:sessions"), {"act": "others", "_membership": who["lead"].pk})
    assert not Session.objects.filter(pk=key).exists(), "nor does it hide: its person closes it"


@pytest.mark.parametrize("other", ["nobody", "another"])
def test_a_session_is_not_hidden_under_somebody_else(who, other):
    stolen, _, key = _opened(who)
    person = None if other == "nobody" else who["boss"].user_id
    for member in (None, who["lead"]):
        change = "UPDATE agencies_session SET user_id = %s WHERE session_key = %s"
        refused("stays its person's", change, person, key, as_=member)
    with acting_as(who["boss"]):
        close_of_member(who["boss"], who["lead"].pk)
    assert stolen.get(reverse("profile")).status_code == 302


def test_a_session_that_is_used_lasts_and_is_its_persons_from_the_sign_in(who):
    """The near miss: what the application writes."""
    client = Client()
    client.force_login(who["lead"].user)
    key = digest(client.cookies[settings.SESSION_COOKIE_NAME].value)
    with as_role("nrm_app"):
        later, raw = timezone.now() + timedelta(minutes=16), client.cookies[settings.SESSION_COOKIE_NAME].value
        renewed = "UPDATE agencies_session SET expire_date = %s, mark = %s WHERE session_key = %s"
        ask(renewed, later, mark_of(raw, later), key)
        ask("UPDATE agencies_session SET user_id = user_id, device = 'x' WHERE session_key = %s", key)
    with as_role("nrm_owner"):
        Session.objects.filter(pk=key).update(user=None)
    with as_role("nrm_app"):
        ask("UPDATE agencies_session SET user_id = %s WHERE session_key = %s", who["lead"].user_id, key)
    assert client.get(reverse("profile")).status_code == 200


def test_a_token_is_given_by_the_application_alone(who):
    """Whoever kept a token that was ended with its secret would put its row back; one with less would widen it."""
    client = who["program"].api_client
    token = token_for(client.client_id, 3600)
    line = (
        "INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, application_id, created,"
        " updated, resource) VALUES ('', %s, now() + interval '1 hour', 'read', %s, now(), now(), '[]')"
    )
    values = hashlib.sha256(token.encode()).hexdigest(), client.pk
    another = f.program(who["lead"].agency).api_client
    for member in (None, who["boss"]):
        refused("no token is given", line, *values, as_=member)
    with pytest.raises(DatabaseError, match="no token is given"), transaction.atomic(), as_role("nrm_app"):
        tell("given", str(another.pk))
        ask(line, *values)
    with as_role("nrm_app"):  # the near miss: what the application does
        tell("given", str(client.pk))
        ask(line, *values)


def test_a_token_goes_when_it_is_over_or_by_who_keeps_the_program(who):
    """Each program would have to take a new one, at once; an alert that waits for one comes late."""
    token_of(who["program"])
    end = "UPDATE oauth2_provider_accesstoken SET expires = now() - interval '1 second'"
    delete = "DELETE FROM oauth2_provider_accesstoken"
    left = "SELECT count(*) FROM oauth2_provider_accesstoken"
    for member in (None, who["boss"]):
        refused("goes when it is over", delete, as_=member)
    for role in ("nrm_app", "nrm_worker"):
        with pytest.raises(DatabaseError, match="goes when it is over"), transaction.atomic(), as_role(role):
            ask(delete)
    with acting_as(who["boss"]):
        ask("SELECT nrm.cut_program(%s)", who["program"].pk)
    assert ask(left) == [(0,)]
    token_of(f.program(who["lead"].agency))
    with as_role("nrm_owner"):
        ask(end)
    refused("goes when it is over", delete)
    with as_role("nrm_worker"):  # the near miss: what it forgets each hour
        ask(delete)
    assert ask(left) == [(0,)]


def test_when_a_program_was_given_a_token_is_noted_with_it(who):
    client = who["program"].api_client
    change = "UPDATE agencies_apiclient SET last_used_at = now() - interval '1 year' WHERE id = %s"
    for member in (None, who["boss"]):
        refused("no token is given", change, client.pk, as_=member)
    assert ApiClient.objects.get(pk=client.pk).last_used_at is None
    with as_role("nrm_app"):  # the near miss: with the token
        tell("given", str(client.pk))
        ask(change, client.pk)


def test_an_entry_of_nobody_is_written_by_the_application_alone(who):
    """A journal that anybody with the password lengthens says what they like: « somebody tried your password »."""
    line = (
        "INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id)"
        " VALUES (gen_random_uuid(), now(), 'account.refused', 'done', 'user', 'x')"
    )
    refused("nobody writes this", line)
    refused(f"{REFUSED}|nobody writes this", line, as_=SYSTEM)
    with as_role("nrm_app"):
        elsewhere = signature_of(["nobody"], "4242@1700000000.000001")
    with pytest.raises(DatabaseError, match="nobody writes this"), transaction.atomic(), as_role("nrm_app"):
        ask("SELECT set_config('nrm.nobody', %s, true)", elsewhere)
        ask(line)
    with as_role("nrm_owner"):
        assert not Entry.objects.exists()
    with as_role("nrm_app"):  # the near miss: what the application does at a wrong password
        record("account.refused", who["lead"].user)
    with as_role("nrm_owner"):
        assert Entry.objects.get().membership_id is None


def test_nobody_is_told_anything_by_nobody(who):
    """The worker would mail it to everybody of a service: a danger to life that there is not."""
    line = (
        "INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at,"
        " actor_id) VALUES (%s, 'access_ended', 'none', %s, 'X', '{}', %s, now(), %s)"
    )
    values = uuid.uuid4(), uuid.uuid4(), [who["lead"].agency_id]
    refused("no actor context", line, *values, None)
    refused(REFUSED, line, *values, None, as_=SYSTEM)
    refused(REFUSED, line, *values, who["boss"].pk, as_=who["boss"])
    with as_role("nrm_owner"):
        assert not Event.objects.exists()
    with as_role("nrm_worker"), acting_as(SYSTEM):  # the near miss: due work of the system
        ask(line, *values, None)


@pytest.mark.django_db(transaction=True)
def test_what_is_told_outside_a_transaction_is_refused_at_once():
    """Its signature would be of a transaction that is over, and be refused where the thread writes next."""
    with pytest.raises(RuntimeError, match="inside a transaction"):
        tell("tries")
    with pytest.raises(RuntimeError, match="inside a transaction"):
        record("account.refused")
    with transaction.atomic(), as_role("nrm_app"):  # the near miss, after it
        record("account.refused")
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="account.refused").count() == 1


def _granted() -> set[tuple[str, str, str]]:
    """Return each table, verb and columns, where there are no policies, that a role of the application may write."""
    return set(
        ask(
            "SELECT c.relname, v, CASE WHEN bool_or(has_table_privilege(r, c.oid, v)) THEN '*' ELSE"
            " string_agg(DISTINCT a.attname, ' ' ORDER BY a.attname) END"
            " FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) v,"
            " unnest(ARRAY['nrm_app', 'nrm_worker']) r, pg_attribute a"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relrowsecurity AND a.attrelid = c.oid"
            " AND a.attnum > 0 AND NOT a.attisdropped"
            " AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
            " AND CASE WHEN v IN ('DELETE', 'TRUNCATE') THEN has_table_privilege(r, c.oid, v)"
            "     ELSE has_column_privilege(r, c.oid, a.attnum, v) END"
            " GROUP BY c.relname, v"
        )
    )


def _guards() -> dict[tuple[str, str], set[str]]:
    """Return the functions of the triggers that run before a verb of a table, for both roles of the application."""
    found: dict[tuple[str, str], set[str]] = {}
    for table, function, kind, text in ask(
        "SELECT c.relname, p.proname, t.tgtype, pg_get_triggerdef(t.oid) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgname LIKE 'nrm\\_%%' AND t.tgenabled = 'O' AND t.tgtype & 2 = 2"
    ):
        if "nrm_app" in text and "nrm_worker" in text:
            for verb, bit in (("INSERT", 4), ("DELETE", 8), ("UPDATE", 16)):
                if kind & bit:
                    found.setdefault((table, verb), set()).add(function)
    return found


def test_each_table_without_policies_that_may_be_written_is_guarded_as_said_here(who):
    assert _granted() == set(GUARDED)
    guards = _guards()
    for (table, verb, _), said in GUARDED.items():
        assert said.startswith("no guard") or said in guards[table, verb], (table, verb)


def test_each_policy_of_a_write_asks_who_acts(who):
    """Nobody's context needs no signature: a policy that does not ask who acts lets the thief write."""
    found = ask(
        "SELECT c.relname, v FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid,"
        " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) v WHERE p.polpermissive AND p.polname <> 'system_'"
        " AND p.polcmd IN ('*', CASE v WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' ELSE 'd' END::\"char\")"
        " AND COALESCE(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) !~ %s",
        WHO_ACTS,
    )
    assert set(found) == set(OTHERWISE)
    guards = _guards()
    assert not [one for one, function in OTHERWISE.items() if function not in guards[one]]
