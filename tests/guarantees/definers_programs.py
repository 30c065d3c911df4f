"""The world and the calls of `expected/definers_programs.csv`: an administrator keeps the programs of an agency."""

from datetime import timedelta

from django.utils import timezone
from oauth2_provider.models import AccessToken

from agencies.models import ApiClient, Membership, Role
from tests import factories as f
from tests.roles import as_role

from .definers import Call, Stage

LOOKS = {
    "programs": "SELECT format('~%s%s%s%s%s%s', m.id, CASE WHEN m.active THEN ' works' ELSE ' is cut' END, CASE WHEN"
    " c.acts THEN ', writes' END, CASE WHEN c.client_secret = '!' THEN ', no secret' WHEN c.client_secret LIKE 'new$%'"
    " THEN ', new secret' END, CASE WHEN c.former_secret <> '' THEN ', former ' || left(c.former_secret, 3) END,"
    " CASE WHEN c.former_until = now() + interval '24 hours' THEN ' for a day' END)"
    " FROM agencies_apiclient c JOIN agencies_membership m ON m.id = c.membership_id"
    " WHERE c.client_id NOT LIKE 'made%'",
    "made": "SELECT format('%s is a program of #%s with %s%s', m.title, m.agency_id, m.roles, CASE WHEN c.acts THEN"
    " ', writes' END) FROM agencies_apiclient c JOIN agencies_membership m ON m.id = c.membership_id"
    " WHERE c.client_id LIKE 'made%'",
    "changes": "SELECT format('%s %s: %s', act, state, asked) FROM agencies_memberchange",
    "tokens": "SELECT format('token of ~%s', c.membership_id) FROM oauth2_provider_accesstoken t"
    " JOIN agencies_apiclient c ON c.id = t.application_id",
    "secrets": "SELECT format('secret of ~%s by ~%s', id, code_by_id) FROM agencies_membership"
    " WHERE code_by_id IS NOT NULL",
    "events": "SELECT 'told ' || kind FROM notifications_event",
}
ALL = tuple(LOOKS)
_BEFORE = """
    UPDATE agencies_apiclient SET client_secret = %(had)s, acts = %(acts)s WHERE membership_id = %(of)s;
    UPDATE agencies_membership SET roles = %(holds)s::varchar[] WHERE id = %(of)s"""
_STANDS = {"of": "@ours.member", "had": "old$xxxxxxxxxxxxxxxxxxxxxxxx", "acts": "false", "holds": "{case_worker}"}
CALLS = {
    "make_program": Call(
        "SELECT nrm.make_program(%(label)s, %(roles)s::text[], %(acting)s, 'made') IS NOT NULL",
        looks=ALL,
        words={"label": "Logiciel", "roles": "{frontline,case_worker}", "acting": "false"},
    ),
    "renew_secret": Call(
        "SELECT nrm.renew_secret(%(target)s, %(digest)s, %(at_once)s) > now()",
        looks=ALL,
        words={"target": "@ours.member", "digest": "new$xxxxxxxxxxxxxxxxxxxxxxxx", "at_once": "false", **_STANDS},
        before=_BEFORE,
    ),
    "cut_program": Call("SELECT nrm.cut_program(%(target)s)", looks=ALL, words={"target": "@ours.member"}),
    "set_program_acts": Call(
        "SELECT nrm.set_program_acts(%(target)s, %(acting)s)",
        looks=ALL,
        words={"target": "@ours.member", "acting": "true", **_STANDS},
        before=_BEFORE,
    ),
}


def programs() -> Stage:
    """An agency with two programs, one that was cut, and a person; another agency with its own program."""
    f.national()
    home, strange = f.shelter(), f.shelter()
    who = {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "strange_boss": f.member(strange, Role.AGENCY_ADMIN),
        "small_boss": f.member(f.agency(max_level=1), Role.AGENCY_ADMIN),
        "ours": f.program(home),
        "other": f.program(home),
        "cut": f.program(home),
        "theirs": f.program(strange),
    }
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=who["cut"].pk).update(active=False)
        ApiClient.objects.update(client_secret="old$xxxxxxxxxxxxxxxxxxxxxxxx")
        for name in ("ours", "other"):
            until = timezone.now() + timedelta(hours=1)
            AccessToken.objects.create(token=name, application=who[name].api_client, expires=until, scope="referral")
    names = {"blank": " ", "home": home.pk, "strange": strange.pk} | {
        f"{name}.member": one.pk for name, one in who.items()
    }
    return Stage(names, who, CALLS, LOOKS)
