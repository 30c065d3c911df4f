"""The world and the calls of `expected/definers_accounts.csv`: passwords, codes, desks and hats."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from agencies.models import ActivationCode, Agency, Kind, Role, User
from agencies.models.accounts import COST
from tests import factories as f
from tests.roles import as_role

from .definers import Call, Stage

RIGHT, OTHER = "1" * 64, "2" * 64
# as the application signs, for this transaction: what is said, under the name of its setting
SAID = (
    "SELECT set_config('nrm.{0}', encode(sha256(outer_pad || sha256(inner_pad || convert_to(concat_ws(E'\\n',"
    " nrm.transaction(), {1}), 'UTF8'))), 'hex'), true) FROM nrm.signing_key"
)
SHOWN = SAID.format("oneself", "'oneself', %(shown)s::bigint")
LOOKS = {
    "accounts": "SELECT format('%s %s', email, CASE password WHEN 'new' THEN 'new' ELSE 'old' END) FROM agencies_user",
    "hashes": "SELECT email || CASE WHEN password LIKE '%%new' THEN ' new' ELSE ' weaker' END FROM agencies_user"
    " WHERE password LIKE '%%new' OR password = 'weaker'",
    "sign_ins": "SELECT email || ' signed in' FROM agencies_user WHERE last_login = now()",
    "codes": "SELECT 'code of ' || u.email FROM agencies_activationcode c JOIN agencies_user u ON u.id = c.user_id",
    "factors": "SELECT 'factor of ' || email FROM agencies_user WHERE factor_at IS NOT NULL",
    "links": "SELECT format('%s linked to %s%s', u.email, left(l.digest, 1), CASE WHEN l.used_at = now() THEN ', used'"
    " END) FROM agencies_providerlink l JOIN agencies_user u ON u.id = l.user_id",
    "phones": "SELECT email || ' ' || phone FROM agencies_user WHERE phone = '9'",
    "reopened": "SELECT 'reopened' FROM mfa_authenticator WHERE data ? 'last'",
    "sessions": "SELECT 'a session' FROM agencies_session WHERE session_key = 'x'",
    "places": "SELECT format('session of %s', u.email) FROM agencies_session s LEFT JOIN agencies_user u"
    " ON u.id = s.user_id WHERE place = 'y'",
    "refusals": "SELECT action FROM journal_entry WHERE subject_id = 'x'",
    "tries": "SELECT format('%s tries', level) FROM agencies_tries WHERE digest = 'x'",
    "desks": "SELECT format('#%s %s, %s places', agency_id, phone, places) FROM agencies_desk",
}
CALLS = {
    "use_code": Call(
        "SELECT nrm.use_code(%(address)s, %(given)s, 'new', current_setting('nrm.code') || %(mark)s) IS NOT NULL",
        looks=("accounts", "codes", "factors"),
        words={"address": "live@exemple.invalid", "given": RIGHT, "mark": ""},
        before=SAID.format("code", "'use code', %(address)s, %(given)s"),
    ),
    "strengthen": Call(
        "SELECT nrm.strengthen((SELECT user_id FROM agencies_membership WHERE id = %(target)s), %(former)s,"
        " %(secret)s, current_setting('test.signature') || %(mark)s)",
        looks=("hashes",),
        words={"target": "@live.member", "former": "weak", "secret": f"{COST}new", "mark": ""},
        before="UPDATE agencies_user SET password = 'weak' WHERE email LIKE 'live@%%' OR email LIKE 'twin@%%' OR email"
        f" LIKE 'barred@%%'; UPDATE agencies_user SET password = '{COST}strong' WHERE email LIKE 'over@%%';"
        # as the sign-in signs, which alone has the key beside the owner
        " SELECT set_config('test.signature', encode(sha256(outer_pad || sha256(inner_pad || convert_to(concat_ws("
        "E'\\n', 'strengthen', %(former)s, %(secret)s), 'UTF8'))), 'hex'), true) FROM nrm.signing_key",
    ),
    "note_sign_in": Call(
        "SELECT nrm.note_sign_in((SELECT user_id FROM agencies_membership WHERE id = %(target)s),"
        " current_setting('test.signature') || %(mark)s)::text",
        looks=("sign_ins",),
        words={"target": "@live.member", "mark": ""},
        # as the sign-in signs, for this transaction
        before="SELECT set_config('test.signature', encode(sha256(outer_pad || sha256(inner_pad || convert_to(concat_ws"
        "(E'\\n', nrm.transaction(), 'signed in', (SELECT user_id FROM agencies_membership WHERE id = %(target)s)),"
        " 'UTF8'))), 'hex'), true) FROM nrm.signing_key",
    ),
    "linked_person": Call(
        "SELECT (SELECT email FROM agencies_user WHERE id = nrm.linked_person(%(given)s::text[],"
        " current_setting('test.signature') || %(mark)s))",
        looks=("links",),
        words={"given": "{1}", "mark": ""},
        before="INSERT INTO agencies_providerlink (user_id, digest, made_at) SELECT id, d, now() FROM agencies_user"
        " JOIN (VALUES ('live', '1'), ('barred', '2'), ('gone', '3'), ('shut', '4')) v(who, d)"
        " ON email = who || '@exemple.invalid';"
        # as the sign-in signs, for this transaction
        " SELECT set_config('test.signature', encode(sha256(outer_pad || sha256(inner_pad || convert_to(concat_ws("
        "E'\\n', nrm.transaction(), 'linked person', array_to_string(%(given)s::text[], E'\\n')), 'UTF8'))), 'hex'),"
        " true) FROM nrm.signing_key",
    ),
    "link_provider": Call(
        "SELECT nrm.link_provider(%(given)s::text[])",
        looks=("links",),
        words={"given": f"{{{'a' * 64}}}"},
        before="INSERT INTO agencies_providerlink (user_id, digest, made_at) SELECT id, 'b', now() FROM agencies_user"
        " WHERE email LIKE 'twin@%%'",
    ),
    "account_kept": Call(
        "UPDATE agencies_user SET phone = '9'"
        " WHERE id = (SELECT user_id FROM agencies_membership WHERE id = %(target)s)",
        looks=("phones",),
        words={"target": "@live.member", "shown": "@nothing"},
        before=SHOWN,
    ),
    "factor_kept": Call(
        "UPDATE mfa_authenticator SET data = '{\"last\": 0}'"
        " WHERE user_id = (SELECT user_id FROM agencies_membership WHERE id = %(target)s)",
        looks=("reopened",),
        words={"target": "@factor_kept.member", "shown": "@nothing"},
        before=SHOWN,
    ),
    "tries_kept": Call(
        "DELETE FROM agencies_tries",
        looks=("tries",),
        words={"said": "tries"},
        before="INSERT INTO agencies_tries (digest, kind, level, at, until) VALUES ('x', 'account', 9, now(), now()); "
        + SAID.format("tries", "%(said)s"),
    ),
    "session_kept": Call(
        "INSERT INTO agencies_session (session_key, session_data, expire_date, device, place, mark)"
        " VALUES ('x', '', now(), '', '', '')",
        looks=("sessions",),
        words={"said": "session"},
        before=SAID.format("session", "%(said)s"),
    ),
    "session_used": Call(
        "UPDATE agencies_session SET place = 'y', user_id ="
        " (SELECT user_id FROM agencies_membership WHERE id = %(whose)s) WHERE session_key = 'x'",
        looks=("places",),
        words={"whose": "@live.member", "former": "@live.member", "rests": "1min"},
        before="INSERT INTO agencies_session (session_key, session_data, expire_date, device, place, mark, user_id)"
        " VALUES ('x', '', clock_timestamp() + %(rests)s::interval, '', '', '',"
        " (SELECT user_id FROM agencies_membership WHERE id = %(former)s))",
    ),
    "journal_of_nobody": Call(
        "WITH who AS (SELECT set_config('nrm.system', %(system)s, true))"
        " INSERT INTO journal_entry (id, at, action, outcome, subject, subject_id)"
        " SELECT gen_random_uuid(), now(), 'account.refused', 'done', 'user', 'x' FROM who",
        looks=("refusals",),
        words={"system": "", "said": "other"},
        before=SAID.format("nobody", "%(said)s"),
    ),
    "own_password": Call("SELECT nrm.own_password('new')", looks=("accounts", "codes")),
    "code_ends": Call(
        "UPDATE agencies_membership SET active = NOT active WHERE id = %(member)s",
        looks=("codes",),
        words={"member": "@live.member"},
        role="nrm_owner",
    ),
    "desk_kept_by_administrator": Call("UPDATE agencies_desk SET phone = '1'", looks=("desks",)),
    "desk_widened": Call(
        "UPDATE agencies_desk SET takes_adults = %(adults)s, takes_minors = %(minors)s, forms = %(forms)s::text[],"
        " second_id = %(second)s",
        words={"adults": "false", "minors": "false", "forms": "{a,b}", "second": "@nothing"},
        before="UPDATE agencies_desk SET takes_adults = false, takes_minors = false, forms = '{a,b}',"
        " second_id = (SELECT group_id FROM agencies_agency WHERE kind = 'interior' AND mandate = '')",
    ),
    "desk_of_directory": Call(
        "UPDATE agencies_desk SET phone = '1' WHERE agency_id = %(unit)s",
        looks=("desks",),
        words={"unit": "@home"},
        role="nrm_owner",
    ),
    "desk_places": Call("UPDATE agencies_desk SET places = 3", looks=("desks",)),
    "hats_apart": Call(
        "INSERT INTO agencies_membership (user_id, agency_id, kind, roles, title, active, created_at)"
        " VALUES (%(person)s, %(unit)s, 'person', '{frontline}', '', %(active)s, now())",
        words={"person": "@coordinator.person", "unit": "@police", "active": "true"},
        role="nrm_owner",
    ),
    "hat_changed": Call(
        "UPDATE agencies_membership SET title = 'x' WHERE id = %(member)s",
        words={"member": "@prefect.member"},
        role="nrm_owner",
    ),
    "no_context": Call("SELECT nrm.membership() IS NULL", role="nrm_worker"),
    "nobody": Call(
        "SELECT set_config('nrm.system', '', true), set_config('nrm.membership', '', true); SELECT nrm.membership()"
    ),
}


def _people() -> dict:
    """Accounts with a code, each with what is wrong about it; who keeps a desk; who coordinates, who polices."""
    home = f.agency(desk_fields={"phone": "0", "places": 1})
    shut = f.agency(active=False)
    who = {
        "live": f.member(home),
        "twin": f.member(home),
        "over": f.member(home),
        "barred": f.member(home),
        "gone": f.member(home, active=False),
        "shut": f.member(shut),
        "without_code": f.member(home),
        "factor_kept": f.member(home),
        "factor_lost": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "admin_left": f.member(home, Role.AGENCY_ADMIN, active=False),
        "platform": f.member(home, Role.PLATFORM_ADMIN),
        "program": f.program(home, Role.AGENCY_ADMIN),
    }
    police = f.agency(Kind.INTERIOR)
    unit = f.coordination()
    who |= {"coordinator": f.member(unit, Role.COORDINATOR), "officer": f.member(police)}
    who |= {"officer_left": f.member(police, active=False), "coordinator_left": f.member(unit, active=False)}
    with as_role("nrm_owner"):  # a unit that is both: odd, and its members have one hat
        both = Agency.objects.create(
            code="both", name="Both", kind=Kind.INTERIOR, mandate=Agency.Mandate.TERRITORIAL, max_level=2
        )
    who["prefect"] = f.member(both, Role.FRONTLINE)
    return who


def accounts() -> Stage:
    who = _people()
    with as_role("nrm_owner"):
        for name in ("live", "twin", "over", "barred", "gone", "shut", "without_code", "factor_kept", "factor_lost"):
            User.objects.filter(pk=who[name].user_id).update(
                email=f"{name}@exemple.invalid", is_active=name != "barred"
            )
            if name != "without_code":
                until = timezone.now() + timedelta(hours=-1 if name == "over" else 1)
                digest = RIGHT if name in ("live", "twin", "factor_kept", "factor_lost") else OTHER
                ActivationCode.objects.create(user_id=who[name].user_id, digest=digest, until=until)
        Authenticator.objects.create(user_id=who["factor_kept"].user_id, type="totp", data={})
        User.objects.filter(pk=who["factor_lost"].user_id).update(factor_at=timezone.now())
    names = {"home": who["live"].agency_id, "police": who["officer"].agency_id, "unit": who["coordinator"].agency_id}
    names |= {f"{name}.member": member.pk for name, member in who.items()}
    names |= {f"{name}.person": member.user_id for name, member in who.items()}
    return Stage({**names, "nothing": None, "strong": f"{COST}strong"}, {**who, "system": None}, CALLS, LOOKS)
