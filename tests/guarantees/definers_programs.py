"""The world and the calls of `expected/definers_programs.csv`: an administrator keeps an agency's programs and their
webhooks."""

import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from oauth2_provider.models import AccessToken

from agencies.models import ApiClient, MemberChange, Membership, Role
from notifications.models import Event, Hook, HookDelivery, Notice
from tests import factories as f
from tests.roles import as_role

from .definers import Call, Stage
from .definers_accounts import SAID

LOOKS = {
    "programs": "SELECT format('~%s%s %s%s%s%s%s%s%s', m.id, CASE WHEN m.active THEN ' works' ELSE ' is cut' END,"
    " c.scopes::text || m.roles::text, CASE WHEN c.client_secret = '!' THEN ', no secret'"
    " WHEN c.client_secret LIKE 'new$%' THEN ', new secret' END,"
    " CASE WHEN c.key IS NOT NULL THEN ', key ' || (c.key->>'kid') END,"
    " CASE WHEN c.former_key IS NOT NULL THEN ', former key ' || (c.former_key->>'kid') END,"
    " CASE WHEN c.former_key_until = now() + interval '24 hours' THEN ' for a day' END,"
    " CASE WHEN c.former_secret <> '' THEN ', former ' || left(c.former_secret, 3) END,"
    " CASE WHEN c.former_until = now() + interval '24 hours' THEN ' for a day' END)"
    " FROM agencies_apiclient c JOIN agencies_membership m ON m.id = c.membership_id"
    " WHERE c.client_id NOT LIKE 'made%'",
    "made": "SELECT format('%s is a program of #%s with %s%s', m.title, m.agency_id, m.roles, c.scopes)"
    " FROM agencies_apiclient c JOIN agencies_membership m ON m.id = c.membership_id"
    " WHERE c.client_id LIKE 'made%'",
    "changes": "SELECT format('%s %s: %s%s', act, state, asked, NULLIF(scopes, '{}')) FROM agencies_memberchange",
    "tokens": "SELECT format('token of ~%s', c.membership_id) FROM oauth2_provider_accesstoken t"
    " JOIN agencies_apiclient c ON c.id = t.application_id",
    "given": "SELECT format('~%s is given a token', membership_id) FROM agencies_apiclient WHERE last_used_at = now()",
    "secrets": "SELECT format('secret of ~%s by ~%s', id, code_by_id) FROM agencies_membership"
    " WHERE code_by_id IS NOT NULL",
    "events": "SELECT 'told ' || kind FROM notifications_event",
    "hooks": "SELECT format('%s of ~%s%s%s%s%s%s', url, membership_id, CASE WHEN agreed_at IS NULL THEN ' waits' END,"
    " ' paused ' || NULLIF(paused_why, ''), CASE WHEN failures > 0 THEN ' fails' END, CASE WHEN failing_since"
    " IS NOT NULL THEN ' since then' END, CASE WHEN due_at <= now() THEN ' now' END) FROM notifications_hook",
    "hook_secrets": "SELECT format('secret %s of %s%s', encode(s.value, 'escape'), h.url, ' for ' || (s.until - now()))"
    " FROM notifications_hooksecret s JOIN notifications_hook h ON h.id = s.hook_id",
    "spaces": "SELECT format('space of ~%s%s%s%s%s', membership_id, CASE WHEN secret = 'old' THEN ' with its secret'"
    " END, CASE WHEN made_at >= wanted_at THEN ' made' ELSE ' wanted' END, CASE WHEN ended THEN ' ended' END,"
    " CASE WHEN used_at = now() THEN ' used now' END) FROM agencies_sandbox",
    "calls": "SELECT format('call %s of %s %s, tried %s%s%s%s', d.position, h.url, d.state, d.attempts,"
    " CASE WHEN d.first_at IS NOT NULL THEN ' since then' END, CASE WHEN d.due_at <= now() THEN ' now' END,"
    " CASE WHEN d.notice_id IS NULL THEN ' test' END)"
    " FROM notifications_hookdelivery d JOIN notifications_hook h ON h.id = d.hook_id",
}
ALL = ("programs", "made", "changes", "tokens", "secrets", "events")
HOOKS = ("changes", "events", "hooks", "hook_secrets", "calls")
_BEFORE = """
    UPDATE agencies_apiclient SET client_secret = %(had)s, scopes = %(scopes)s::varchar[] WHERE membership_id = %(of)s;
    UPDATE agencies_membership SET roles = %(holds)s::varchar[] WHERE id = %(of)s"""
_STANDS = {"of": "@ours.member", "had": "old$xxxxxxxxxxxxxxxxxxxxxxxx", "scopes": "{read}", "holds": "{case_worker}"}
_TOKEN = "SELECT id FROM agencies_apiclient WHERE membership_id = {}"
_GIVEN = SAID.format("given", f"'given', ({_TOKEN.format('%(given)s')})")
_AGED = "UPDATE oauth2_provider_accesstoken SET expires = now() - %(age)s::int * interval '1 second'"
SPACES = ("spaces", "changes", "events")
_DIGEST = "new$xxxxxxxxxxxxxxxxxxxxxxxx"
# a space of `of`, made from a template that every server has, wanted two hours ago
_SPACE = {
    "of": "@ours.member", "had": "true", "made": "60", "used": "20", "over": "false", "database": "template1",
    "version": "default administrative connection database",
}  # fmt: skip
_WITH_SPACE = """
    INSERT INTO agencies_sandbox (membership_id, client_id, secret, database, made_of, wanted_at, made_at, used_at,
      ended)
    SELECT %(of)s, 'test_ours', 'old', %(database)s, %(version)s, now() - interval '2 hours',
      now() - %(made)s::int * interval '1 minute', now() - %(used)s::int * interval '1 second', %(over)s
    WHERE %(had)s;
    INSERT INTO agencies_sandbox (membership_id, client_id, secret, database, made_of, wanted_at, made_at, used_at,
      ended)
    SELECT id, 'test_theirs', 'old', 'template1', %(version)s, now() - interval '2 hours', now() - interval '1 hour',
      now() - interval '2 hours', false FROM agencies_membership WHERE title = 'theirs'"""
CALLS = {
    "keep_sandbox": Call(
        "SELECT nrm.keep_sandbox(%(target)s, %(client)s, %(digest)s)",
        looks=SPACES,
        words={
            **_SPACE,
            "had": "false",
            "target": "@ours.member",
            "client": "test_0123456789abcdef",
            "digest": _DIGEST,
            "most": "2",
        },
        before=f"""{_WITH_SPACE};
            CREATE OR REPLACE FUNCTION nrm.sandbox_most() RETURNS int LANGUAGE sql AS $$ SELECT %(most)s::int $$""",
    ),
    "token_given": Call(
        "INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, application_id, created,"
        f" updated, resource) VALUES ('', 'new', now(), 'read', ({_TOKEN.format('%(target)s')}), now(), now(), '[]')",
        looks=("tokens",),
        words={"target": "@ours.member", "given": "@no_program"},
        before=_GIVEN,
    ),
    "token_noted": Call(
        "UPDATE agencies_apiclient SET last_used_at = now() WHERE membership_id = %(target)s",
        looks=("given",),
        words={"target": "@ours.member", "given": "@no_program"},
        before=_GIVEN,
    ),
    "token_goes": Call(
        "DELETE FROM oauth2_provider_accesstoken",
        looks=("tokens",),
        words={"age": "0"},
        before=_AGED,
    ),
    "token_forgotten": Call(
        "DELETE FROM oauth2_provider_accesstoken",
        looks=("tokens",),
        words={"age": "0"},
        before=_AGED,
        role="nrm_worker",
    ),
    "reset_sandbox": Call(
        "SELECT nrm.reset_sandbox(%(target)s)",
        looks=SPACES,
        words={**_SPACE, "target": "@ours.member"},
        before=_WITH_SPACE,
    ),
    "end_sandbox": Call(
        "SELECT nrm.end_sandbox(%(target)s)",
        looks=SPACES,
        words={**_SPACE, "target": "@ours.member"},
        before=_WITH_SPACE,
    ),
    "sandbox_of": Call(
        "SELECT format('~%%s%%s%%s%%s', program, ' in ' || space, CASE WHEN ready THEN ' ready' END,"
        " CASE WHEN is_full THEN ' full' END) FROM nrm.sandbox_of(%(client)s, %(template)s)",
        looks=SPACES,
        words={
            **_SPACE,
            "client": "test_ours",
            "template": "postgres",
            "megabytes": "200",
            "gone": "nobody",
        },
        before=f"""{_WITH_SPACE};
            CREATE OR REPLACE FUNCTION nrm.sandbox_megabytes() RETURNS int LANGUAGE sql
              AS $$ SELECT %(megabytes)s::int $$;
            UPDATE agencies_membership SET active = false WHERE id = %(of)s AND %(gone)s = 'program';
            UPDATE agencies_agency SET active = false WHERE %(gone)s = 'agency' AND group_id =
              (SELECT agency_id FROM agencies_membership WHERE id = %(of)s)""",
    ),
    "make_program": Call(
        "SELECT nrm.make_program(%(label)s, %(scopes)s::text[], 'made') IS NOT NULL",
        looks=ALL,
        words={"label": "Logiciel", "scopes": "{read,alert}"},
    ),
    "renew_secret": Call(
        "SELECT nrm.renew_secret(%(target)s, %(digest)s, %(at_once)s) > now()",
        looks=ALL,
        words={"target": "@ours.member", "digest": "new$xxxxxxxxxxxxxxxxxxxxxxxx", "at_once": "false", **_STANDS},
        before=_BEFORE,
    ),
    "cut_program": Call("SELECT nrm.cut_program(%(target)s)", looks=ALL, words={"target": "@ours.member"}),
    "make_hook": Call(
        "SELECT nrm.make_hook(%(program)s, gen_random_uuid(), 'New', gen_random_uuid(), 'new')",
        looks=HOOKS,
        words={"program": "@other.member", "holds": "{case_worker}", "had": "1"},
        before="UPDATE agencies_membership SET roles = %(holds)s::varchar[] WHERE id = %(program)s;"
        " INSERT INTO notifications_hook (id, membership_id, url, asked_id, paused_why, created_at, last, failures,"
        " due_at) SELECT gen_random_uuid(), %(program)s, 'H' || n, asked_id, '', now(), 0, 0, now()"
        " FROM notifications_hook h, generate_series(1, %(had)s::int) n WHERE h.url = 'Agreed'",
    ),
    "pause_hook": Call(
        "SELECT nrm.pause_hook(%(hook)s, %(pausing)s)",
        looks=HOOKS,
        words={"hook": "@agreed", "pausing": "true", "why": "", "agreed": "true"},
        before="UPDATE notifications_hook SET paused_why = %(why)s, paused_at = CASE WHEN %(why)s <> '' THEN now() END,"
        " agreed_at = CASE WHEN %(agreed)s::boolean THEN now() END WHERE id = %(hook)s",
    ),
    "test_hook": Call(
        "SELECT nrm.test_hook(%(hook)s)",
        looks=HOOKS,
        words={"hook": "@agreed", "why": "", "agreed": "true", "had": "false"},
        before="UPDATE notifications_hook SET paused_why = %(why)s, paused_at = CASE WHEN %(why)s <> '' THEN now() END,"
        " agreed_at = CASE WHEN %(agreed)s::boolean THEN now() END WHERE id = %(hook)s;"
        " UPDATE notifications_hookdelivery SET notice_id = NULL WHERE position = 2"
        " OR (position = 1 AND (hook_id <> %(hook)s OR %(had)s::boolean))",
    ),
    "replay_hook": Call(
        "SELECT nrm.replay_hook(%(hook)s, %(first)s, now() - %(hours)s::int * interval '1 hour')",
        looks=HOOKS,
        words={"hook": "@agreed", "first": "100", "hours": "0", "test": "0", "agreed": "true"},
        before="UPDATE notifications_hookdelivery SET notice_id = NULL WHERE position = %(test)s::int;"
        " UPDATE notifications_hook SET agreed_at = CASE WHEN %(agreed)s::boolean THEN now() END WHERE id = %(hook)s",
    ),
    "renew_hook_secret": Call(
        "SELECT nrm.renew_hook_secret(%(hook)s, gen_random_uuid(), 'new', %(at_once)s) > now()",
        looks=HOOKS,
        words={"hook": "@agreed", "at_once": "false"},
    ),
    "delete_hook": Call("SELECT nrm.delete_hook(%(hook)s)", looks=HOOKS, words={"hook": "@agreed"}),
    "set_program_key": Call(
        "SELECT nrm.set_program_key(%(target)s, %(jwk)s::jsonb, %(at_once)s) > now()",
        looks=ALL,
        words={
            "target": "@ours.member",
            "at_once": "false",
            "jwk": '{"kid":"new","kty":"OKP"}',
            **_STANDS,
            "key": "old",
        },
        before=f"""{_BEFORE}; UPDATE agencies_apiclient SET key = CASE WHEN %(key)s <> 'none' THEN
            jsonb_build_object('kid', %(key)s) END WHERE membership_id = %(of)s""",
    ),
    "cut_program_key": Call(
        "SELECT nrm.cut_program_key(%(target)s)",
        looks=ALL,
        words={"target": "@ours.member", **_STANDS, "key": "old"},
        before=f"""{_BEFORE}; UPDATE agencies_apiclient SET former_key = '{{"kid":"older"}}', key = CASE WHEN
            %(key)s <> 'none' THEN jsonb_build_object('kid', %(key)s) END WHERE membership_id = %(of)s""",
    ),
    "set_program_scopes": Call(
        "SELECT nrm.set_program_scopes(%(target)s, %(wanted)s::text[])",
        looks=ALL,
        words={"target": "@ours.member", "wanted": "{read,work}", **_STANDS, "waits": "none"},
        before=f"""{_BEFORE};
            INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, by_id, at, state, reason, asked,
              scopes) SELECT gen_random_uuid(), agency_id, id, %(waits)s, id, now(), 'waiting', '', '{{}}',
              '{{read,alert}}' FROM agencies_membership WHERE id = %(of)s AND %(waits)s <> 'none'""",
    ),
}


def _hook(program, url, *, state="agreed", due_in=-1, **fields) -> Hook:
    """A webhook with a former and a present secret, and a call in each state: the first an hour older than the next."""
    with as_role("nrm_owner"):
        now = timezone.now()
        asked = MemberChange.objects.create(
            agency=program.agency, membership=program, act="hook", by=program, state=state
        )
        fields |= {"agreed_at": now if state == "agreed" else None, "due_at": now + timedelta(hours=due_in), "last": 4}
        hook = Hook.objects.create(membership=program, url=url, asked=asked, **fields)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO notifications_hooksecret (id, hook_id, value, until) VALUES (gen_random_uuid(), %(hook)s,"
                " 'former', now() + interval '1 hour'), (gen_random_uuid(), %(hook)s, 'present', NULL)",
                {"hook": hook.pk},
            )
        event = Event.objects.create(
            kind="alert_sent", subject="none", subject_id=uuid.uuid4(), reference="X", audience=[]
        )
        for position, of in enumerate(HookDelivery.State.values, 1):
            notice = Notice.objects.create(
                event=event, membership=program, channel=f"h{position}{url[0]}", kind="alert_sent", subject="none",
                subject_id=event.subject_id, reference="X", at=now,
            )  # fmt: skip
            HookDelivery.objects.create(
                hook=hook, notice=notice, position=position, state=of, attempts=3, first_at=now,
                due_at=now + timedelta(hours=1), at=now - timedelta(hours=5 - position, minutes=-1),
            )  # fmt: skip
        return hook


def programs() -> Stage:
    """An agency with two programs, one that was cut, and a person; another agency with its own program."""
    f.national()
    home, strange, small = f.shelter(), f.shelter(), f.agency(max_level=1)
    who = {
        "nobody": None,
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "strange_boss": f.member(strange, Role.AGENCY_ADMIN),
        "small_boss": f.member(small, Role.AGENCY_ADMIN),
        "ours": f.program(home),
        "other": f.program(home),
        "asking": f.program(home),
        "cut": f.program(home),
        "theirs": f.program(strange),
    }
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=who["cut"].pk).update(active=False)
        Membership.objects.filter(pk=who["theirs"].pk).update(title="theirs")
        decided = {"agency": home, "membership": who["other"], "by": who["boss"], "act": "program", "state": "agreed"}
        MemberChange.objects.create(**decided)
        for name, state in (("ours", "agreed"), ("theirs", "waiting")):
            of = {"agency": who[name].agency, "membership": who[name], "by": who[name], "act": "scopes", "state": state}
            MemberChange.objects.create(**of, scopes=["read"])
        ApiClient.objects.update(client_secret="old$xxxxxxxxxxxxxxxxxxxxxxxx")
        ApiClient.objects.filter(membership=who["theirs"]).update(key={"kid": "theirs"})
        for name in ("ours", "other"):
            until = timezone.now() + timedelta(hours=1)
            AccessToken.objects.create(token=name, application=who[name].api_client, expires=until, scope="referral")
    hooks = {
        "agreed": _hook(who["ours"], "Agreed", failures=3, failing_since=timezone.now(), due_in=1),
        "asked": _hook(who["asking"], "Asked", state="waiting"),
        "of_theirs": _hook(who["theirs"], "Theirs", paused_why="hand", paused_at=timezone.now()),
        "of_cut": _hook(who["cut"], "Cut"),
    }
    names = {"blank": " ", "home": home.pk, "strange": strange.pk, "small": small.pk} | {
        f"{name}.member": one.pk for name, one in who.items() if one
    }
    names |= {name: hook.pk for name, hook in hooks.items()} | {"nothing": uuid.uuid4(), "no_program": 0}
    return Stage(names, who, CALLS, LOOKS)
