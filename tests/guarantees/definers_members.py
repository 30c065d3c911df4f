"""The world of `expected/definers_members.csv` and what its calls run: an administrator keeps an agency's members."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from agencies.models import (
    ActivationCode,
    Agency,
    ApiClient,
    DutyMember,
    Kind,
    Level,
    MemberChange,
    Membership,
    Role,
    User,
)
from foundation.actor import acting_as
from notifications.models import Hook
from referral.closing import operations as closing
from referral.models import AlertDesk, OrientationDesk
from tests import factories as f
from tests.roles import as_role
from tests.victims.requisitions.house import outlived
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import Archive, Assignment, Case, CaseAccess, Restriction

from .definers import Call, Stage
from .definers_accounts import SAID

LOOKS = {
    "shown": "SELECT format('%s has a second factor', u.email) FROM mfa_authenticator f JOIN agencies_user u"
    " ON u.id = f.user_id",
    "linked": "SELECT format('%s is linked', u.email) FROM agencies_providerlink l JOIN agencies_user u"
    " ON u.id = l.user_id UNION SELECT format('%s has a session', u.email) FROM agencies_session s JOIN agencies_user u"
    " ON u.id = s.user_id",
    "factors": "SELECT format('%s is asked for a second factor', email) FROM agencies_user WHERE factor_at IS NOT NULL",
    "members": "SELECT format('~%s %s with %s%s', id, CASE WHEN active THEN 'works' ELSE 'is off' END, roles, title)"
    " FROM agencies_membership"
    " UNION SELECT format('~%s was brought by ~%s', id, invited_by_id) FROM agencies_membership"
    " WHERE invited_by_id IS NOT NULL"
    " UNION SELECT format('~%s has a code of ~%s', id, code_by_id) FROM agencies_membership"
    " WHERE code_by_id IS NOT NULL"
    " UNION SELECT format('~%s works on cases from now', id) FROM agencies_membership WHERE cases_from = now()"
    " UNION SELECT rtrim(format('~%s %s %s: %s %s', membership_id, act, state, asked, reason))"
    " FROM agencies_memberchange",
    "events": "SELECT format('~%s: %s to %s', c.membership_id, e.kind, e.audience) FROM notifications_event e"
    " JOIN agencies_memberchange c ON c.id = e.subject_id",
    "programs": "SELECT format('~%s may %s', membership_id, scopes) FROM agencies_apiclient"
    " UNION SELECT format('~%s is posted to at %s', membership_id, url) FROM notifications_hook"
    " WHERE agreed_at = now()",
    "accounts": "SELECT format('%s opens by a password', email) FROM agencies_user WHERE password NOT LIKE '!%'",
    "codes": "SELECT format('code for %s', u.email) FROM agencies_activationcode c"
    " JOIN agencies_user u ON u.id = c.user_id",
    "noted": "SELECT format('noted that %s is given', COALESCE(case_id::text, 'a case without its name'))"
    " FROM journal_entry WHERE action = 'case.assign'",
    "work": "SELECT format('~%s is assigned to %s', membership_id, case_id) FROM victims_assignment"
    " UNION SELECT format('~%s is on duty', membership_id) FROM agencies_dutymember"
    " UNION SELECT format('~%s has %s in charge', in_charge_id, alert_id) FROM referral_alertdesk"
    " WHERE in_charge_id IS NOT NULL UNION SELECT format('~%s has %s in charge', in_charge_id, orientation_id)"
    " FROM referral_orientationdesk WHERE in_charge_id IS NOT NULL",
}
ALL = ("members", "accounts", "codes", "work", "programs")
CALLS = {
    "administers": Call("SELECT '#' || nrm.administers()", role="nrm_owner"),
    "invite_member": Call(
        "SELECT nrm.invite_member(%(address)s, 'Recrue', '', %(roles)s::text[]) IS NOT NULL",
        looks=(*ALL, "linked"),
        words={"address": "Recrue@exemple.invalid", "roles": "{case_worker}"},
        before="INSERT INTO agencies_providerlink (user_id, digest, made_at) SELECT id, id::text, now()"
        " FROM agencies_user WHERE email LIKE 'gone@%%' OR email LIKE 'stranger@%%'",
    ),
    "set_member": Call(
        "SELECT nrm.set_member(%(target)s, ' at the door', %(roles)s::text[])",
        looks=ALL,
        words={"target": "@worker.member", "roles": "{frontline}"},
    ),
    "switch_off_member": Call(
        "SELECT nrm.switch_off_member(%(target)s, %(heir)s)",
        looks=ALL,
        words={"target": "@worker.member", "heir": "@nobody"},
    ),
    "switch_on_member": Call("SELECT nrm.switch_on_member(%(target)s)", looks=ALL, words={"target": "@off.member"}),
    "make_code": Call(
        "SELECT nrm.make_code(%(target)s, %(told)s) > now() + interval '71 hours'",
        looks=ALL,
        words={"target": "@worker.member", "told": "a" * 64},
    ),
    "decide_member": Call(
        "SELECT nrm.decide_member(%(target)s, %(said)s, %(why)s)",
        looks=(*ALL, "shown", "linked", "noted"),
        words={"target": "@change", "said": "agree", "why": "", "act": "", "other": "@mate.member", "state": ""},
        before="UPDATE agencies_memberchange SET state = 'refused' WHERE id <> %(target)s AND %(state)s <> ''"
        " AND membership_id = (SELECT membership_id FROM agencies_memberchange WHERE id = %(target)s);"
        " UPDATE agencies_memberchange SET state = %(state)s WHERE id = %(target)s AND %(state)s <> '';"
        " UPDATE agencies_memberchange SET act = %(act)s WHERE id = %(target)s AND %(act)s <> '';"
        " INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
        " SELECT m.user_id, 'totp', '{}', now() FROM agencies_membership m WHERE %(act)s = 'factor'"
        " AND (m.id = %(other)s OR m.id IN (SELECT c.membership_id FROM agencies_memberchange c"
        " WHERE c.id = %(target)s));"
        " INSERT INTO agencies_providerlink (user_id, digest, made_at) SELECT user_id, user_id::text, now()"
        " FROM mfa_authenticator;"
        " INSERT INTO agencies_session (session_key, session_data, expire_date, user_id, device, place, mark)"
        " SELECT user_id::text, '', now(), user_id, '', '', '' FROM mfa_authenticator",
    ),
    "tell_locked": Call(
        "SELECT nrm.tell_locked((SELECT user_id FROM agencies_membership WHERE id = %(target)s),"
        " current_setting('nrm.locked') || %(mark)s)",
        looks=("members", "events"),
        words={"target": "@worker.member", "told": "@nobody", "act": "locked", "ago": "0 hours", "mark": ""},
        before="INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, by_id, at, state, reason, asked,"
        " scopes) SELECT gen_random_uuid(), agency_id, id, %(act)s, id, now() - %(ago)s::interval, 'told', '',"
        " '{}', '{}' FROM agencies_membership WHERE id = %(told)s; "
        + SAID.format("locked", "'locked', (SELECT user_id FROM agencies_membership WHERE id = %(target)s)"),
    ),
    "unseen_cases": Call("SELECT nrm.unseen_cases()"),
    "ask_files": Call("SELECT nrm.ask_files(%(target)s)", looks=ALL, words={"target": "@new_b.member"}),
    "ask_factor": Call(
        "SELECT nrm.ask_factor(%(target)s)",
        looks=(*ALL, "events"),
        words={"target": "@worker.member", "factor": "@worker.member", "linked": "@nobody", "told": "@nobody"},
        before="INSERT INTO agencies_providerlink (user_id, digest, made_at)"
        " SELECT user_id, 'x', now() FROM agencies_membership WHERE id = %(linked)s;"
        " INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
        " SELECT user_id, 'totp', '{}', now() FROM agencies_membership WHERE id = %(factor)s;"
        " INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, by_id, at, state, reason, asked,"
        " scopes) SELECT gen_random_uuid(), agency_id, id, 'code', id, now(), 'told', '', '{}', '{}'"
        " FROM agencies_membership WHERE id = %(told)s",
    ),
    "factor_changed": Call(
        "DELETE FROM mfa_authenticator WHERE type = 'totp'"
        " AND user_id = (SELECT user_id FROM agencies_membership WHERE id = %(target)s)",
        looks=("factors",),
        words={"target": "@worker.member", "others": "recovery_codes", "mate": "@mate.member"},
        before="INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
        " SELECT user_id, what, '{}', now() FROM agencies_membership, unnest(ARRAY['totp', %(others)s]) what"
        " WHERE id IN (%(target)s, %(mate)s)",
        role="nrm_owner",
    ),
    "factor_stays": Call(
        "UPDATE mfa_authenticator SET type = %(type)s, data = %(data)s::jsonb,"
        " user_id = (SELECT user_id FROM agencies_membership WHERE id = %(to)s)",
        words={
            "was": "totp",
            "type": "totp",
            "data": '{"last": 1}',
            "to": "@worker.member",
            "worker": "@worker.member",
        },
        before="INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT user_id, %(was)s, '{}', now()"
        " FROM agencies_membership WHERE id = %(worker)s",
        role="nrm_owner",
    ),
    "may_inherit": Call(
        "SELECT nrm.may_inherit(%(leaving)s, %(heir)s)",
        words={"leaving": "@worker.member", "heir": "@mate.member"},
    ),
    "member_load": Call(
        "SELECT cases, left_to_nobody, alone, received, code_until IS NOT NULL, elsewhere, linked"
        " FROM nrm.member_load(%(target)s)",
        words={"target": "@worker.member", "linked": "@nobody"},
        before="INSERT INTO agencies_providerlink (user_id, digest, made_at)"
        " SELECT user_id, 'x', now() FROM agencies_membership WHERE id = %(linked)s",
    ),
}


class Organisation:
    """`home` and its members; `strange`, another organisation; organisations whose administrator may give less."""

    def __init__(self):
        f.national()
        self.who, self.names = {}, {"nobody": None, "unknown": uuid.UUID(int=7)}
        home, strange = f.shelter(), f.shelter()
        for name, of, roles in (
            ("boss", home, (Role.AGENCY_ADMIN,)),
            ("second_boss", home, (Role.AGENCY_ADMIN,)),
            ("worker", home, (Role.CASE_WORKER,)),
            ("mate", home, (Role.CASE_WORKER,)),
            ("paper", home, (Role.POLICY,)),
            ("looks_on", home, (Role.AUDITOR,)),
            ("stranger", strange, (Role.CASE_WORKER,)),
            ("strange_boss", strange, (Role.AGENCY_ADMIN,)),
            ("unit_boss", f.coordination(), (Role.AGENCY_ADMIN,)),
            ("other_unit_boss", f.agency(Kind.COORDINATION), (Role.AGENCY_ADMIN,)),
            ("mandated_boss", f.agency(Kind.SOCIAL_AFFAIRS, mandate=Agency.Mandate.TERRITORIAL), (Role.AGENCY_ADMIN,)),
            ("body_boss", f.agency(profile_id="miprof"), (Role.AGENCY_ADMIN,)),
            ("state_boss", f.agency(max_level=Level.STATUS), (Role.AGENCY_ADMIN,)),
            ("company_boss", f.agency(Kind.EMPLOYER), (Role.AGENCY_ADMIN,)),
            ("shut_boss", f.agency(active=False), (Role.AGENCY_ADMIN,)),
            ("barred_boss", home, (Role.AGENCY_ADMIN,)),
            ("barred", home, (Role.CASE_WORKER,)),
        ):
            self.who[name] = f.member(of, *roles)
        self.home = home
        self.who["left_boss"] = f.member(home, Role.AGENCY_ADMIN, active=False)
        self.who["off"] = f.member(home)
        self.who["off_looks_on"] = f.member(home, Role.AUDITOR, active=False)
        self.who["twice"] = f.member(home, user=f.member(strange).user)
        self.who["came_over"] = f.member(home, user=f.member(strange, active=False).user)
        self.who["off_shut"] = f.member(home, active=False)
        self.who["off_twice"] = f.member(home, user=f.member(strange).user, active=False)
        self.who["gone"] = f.member(strange, active=False)
        self.who["staff"], self.who["shut_account"] = f.member(strange, active=False), f.member(strange, active=False)
        lone = f.shelter()
        self.who["lone_boss"], self.who["lone_new"] = f.member(lone, Role.AGENCY_ADMIN), f.member(lone, Role.POLICY)
        self.who["unit"] = f.member(self.who["unit_boss"].agency, Role.COORDINATOR)
        self.who["late"] = f.member(home, arrived_at=timezone.now())
        self.who["brought"] = f.member(home, invited_by=self.who["boss"])
        self.who["program"] = f.program(home, Role.AGENCY_ADMIN)
        self.who["reports"], self.who["only_reads"] = f.program(home, Role.FRONTLINE), f.program(home)
        self.who["made"] = f.program(home)
        # a context no page tells: the administrator of one agency, for another
        boss = self.who["boss"]
        told = {"agency_id": strange.pk, "pk": boss.pk, "sight": "none", "arrival": "-infinity", "kind": "person"}
        self.who["boss_elsewhere"] = SimpleNamespace(**told)
        self.received: dict = {}
        self._carried()
        self._left_to_nobody()
        with as_role("nrm_owner"):
            self._above_the_walls()

    def _carried(self):
        """Cases of the worker: one of his alone, one that is closed to the others, one shared; things in charge."""
        worker, mate = self.who["worker"], self.who["mate"]
        demanded = ("kept_demanded", "kept_answered")
        mine = ("alone", "kept", "kept_for_a_time", "kept_before", "shared", "kept_shared", "closed", *demanded)
        self.cases = {name: f.own_case(worker) for name in (*mine, "of_mate", "loose")}
        with acting_as(worker):
            for name in mine:
                assign_member(worker, self.cases[name].pk, worker)
            for name in ("shared", "kept_shared"):
                assign_member(worker, self.cases[name].pk, mate)
            assign_member(worker, self.cases["kept"].pk, self.who["off"])  # who leaves below
            for name in ("kept", "kept_for_a_time", "kept_before", "kept_shared", *demanded):
                restrict_case(worker, self.cases[name].pk)
            closing.move_case(worker, self.cases["closed"].pk, "close", reason="autonomy", outcome={})
        for name in demanded:
            self._outlives(worker, name)
        with acting_as(mate):
            assign_member(mate, self.cases["of_mate"].pk, mate)
        stranger = self.who["stranger"]
        for name in ("", ":over", ":of_mate"):
            self.received[f"alert{name}"] = f.sent_alert(stranger, desks=[self.home.pk])
            asking = f.own_case(stranger)
            self.received[f"request{name}"] = f.orientation(stranger, asking, self.home)

    def _left_to_nobody(self):
        """An agency whose only member who saw its cases left; three arrived after most of them."""
        past, who = f.shelter(), self.who
        for name, roles in (("past", ()), ("past_barred", ()), ("past_boss", (Role.AGENCY_ADMIN,))):
            who[name] = f.member(past, *roles)
        who["past_paper"] = f.member(past, Role.POLICY)
        for name in ("", "_kept", "_soon", "_over", "_given", "_since"):
            self.cases[f"orphan{name}"] = f.own_case(who["past"])
        for name in ("_demanded", "_answered"):
            self.cases[f"orphan{name}"] = f.own_case(who["past"])
            self._outlives(who["past"], f"orphan{name}")
        for name in ("new_a", "new_b", "new_c"):
            who[name] = f.member(past, cases_from=timezone.now())
        who["new_home"] = f.member(self.home, cases_from=timezone.now())
        with acting_as(who["past"]) as leaving:
            assign_member(leaving, self.cases["orphan"].pk, leaving)
            assign_member(leaving, self.cases["orphan_given"].pk, who["new_a"])
            assign_member(leaving, self.cases["orphan_kept"].pk, leaving)
            restrict_case(leaving, self.cases["orphan_kept"].pk)
        with as_role("nrm_owner"):
            now = timezone.now()
            for name, change in (
                ("_kept", {"since": now}),
                ("_since", {"since": now}),
                ("_soon", {"until": now + timedelta(hours=1)}),
                ("_over", {"until": now - timedelta(hours=1)}),
            ):
                CaseAccess.objects.filter(case=self.cases[f"orphan{name}"]).update(**change)
            Membership.objects.filter(pk=who["past"].pk).update(active=False)
            User.objects.filter(pk=who["past_barred"].user_id).update(is_active=False)
            of = {"agency": past, "by": who["past_boss"], "act": "files", "cases": 3}
            for name, member, state in (
                ("files", "new_c", "waiting"),
                ("files:paper", "past_paper", "waiting"),
                ("files:before", "new_b", "refused"),
            ):
                self.names[name] = MemberChange.objects.create(membership=who[member], state=state, **of).pk

    def _outlives(self, member, name):
        """A requisition of an agency to which the case is closed, and one of another, to which it is open."""
        stranger, case = self.who["stranger"], self.cases[name]
        with as_role("nrm_owner"), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.give(%s, %s, 2, 0, 'legal', %s, NULL)", [case.pk, stranger.agency_id, case.pk])
        outlived(member, case, over="answered" in name)
        outlived(stranger, case, ends=False)

    def _above_the_walls(self):
        who, now = self.who, timezone.now()
        ApiClient.objects.filter(membership__in=[who["reports"], who["made"]]).update(scopes=["alert"])
        Membership.objects.filter(pk=who["made"].pk).update(roles=[])
        asked = {"agency": self.home, "by": who["boss"], "act": "scopes", "state": "waiting"}
        both = ["frontline", "case_worker"]
        of = {**asked, "membership": who["reports"], "asked": both, "scopes": ["read", "alert"]}
        self.names["widens"] = MemberChange.objects.create(**of).pk
        of = {**of, "state": "refused", "scopes": ["read"], "asked": ["case_worker"]}
        self.names["swaps"] = MemberChange.objects.create(**of).pk
        of = {**asked, "act": "program", "membership": who["made"], "asked": both}
        self.names["makes"] = MemberChange.objects.create(**of, scopes=["read", "alert"]).pk
        for name, state in (("posts", "waiting"), ("posted", "refused")):
            of = {**asked, "act": "hook", "state": state}
            self.names[name] = MemberChange.objects.create(membership=who["only_reads"], **of).pk
            Hook.objects.create(membership=who["only_reads"], url=name, asked_id=self.names[name])
        soon, over = now + timedelta(hours=1), now - timedelta(hours=1)
        User.objects.filter(pk__in=[who["barred_boss"].user_id, who["barred"].user_id]).update(is_active=False)
        shut = [who[name].user_id for name in ("shut_account", "off_shut")]
        User.objects.filter(pk__in=shut).update(is_active=False)
        User.objects.filter(pk=who["staff"].user_id).update(is_staff=True)
        Membership.objects.filter(pk=who["off"].pk).update(active=False)
        for name in ("worker", "mate", "gone"):
            ActivationCode.objects.create(user=who[name].user, digest="0" * 64, until=soon, by=who["boss"])
        for name in ("worker", "mate"):
            DutyMember.objects.create(desk=self.home.desk, membership=who[name])
        ActivationCode.objects.create(user=who["paper"].user, digest="1" * 64, until=over, by=who["boss"])
        for name, row in self.received.items():
            of = {"alert": row} if name.startswith("alert") else {"orientation": row}
            rows = (AlertDesk if "alert" in of else OrientationDesk).objects.filter(agency=self.home, **of)
            rows.update(in_charge=who["mate" if "mate" in name else "worker"], live="over" not in name)
        for name, until in (("kept_for_a_time", soon), ("kept_before", over)):
            CaseAccess.objects.filter(case=self.cases[name]).update(until=until)
        elsewhere = {"agency": who["stranger"].agency, "membership": who["stranger"], "by": who["stranger"]}
        for name in ("kept", "alone"):
            Assignment.objects.create(case=self.cases[name], **elsewhere)
            case, of = self.cases[name].pk, who["stranger"].agency_id
            with connection.cursor() as cursor:
                cursor.execute("SELECT nrm.give(%s, %s, 2, 0, 'legal', %s, NULL)", [case, of, case])
        Restriction.objects.create(case=self.cases["alone"], agency=who["stranger"].agency, by=who["stranger"])
        self._archived()
        self._changes()
        for name, member in who.items():
            if isinstance(member, Membership) and member.user_id:
                User.objects.filter(pk=member.user_id).update(email=f"{name}@exemple.invalid")

    def _archived(self):
        """Cases of the archive: opened by the worker alone, and by nobody; a kept one is in the archive of others."""
        worker, now = self.who["worker"], timezone.now()
        row = {"at": now, "reference": "x", "closed_at": now, "erased_on": now.date()}
        for assigned in (True, False):
            case = f.bare_case(worker)
            Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="autonomy")
            Archive.objects.create(case=case, agency=self.home, **row)
            Restriction.objects.create(case=case, agency=self.home, archived_at=now)
            if assigned:
                Assignment.objects.create(case=case, agency=self.home, membership=worker, by=worker)
        Archive.objects.create(case=self.cases["kept"], agency=self.who["stranger"].agency, **row)

    def _changes(self):
        """Roles that wait: here, where no second person is, of one who is off, not given here; and decided."""
        for name, member, by, state, role in (
            ("change", "paper", "boss", "waiting", Role.CASE_WORKER),
            ("change:done", "mate", "boss", "refused", Role.COORDINATOR),
            ("change:before", "twice", "boss", "refused", Role.FRONTLINE),
            ("change:off", "off_looks_on", "boss", "waiting", Role.CASE_WORKER),
            ("change:high", "twice", "boss", "waiting", Role.COORDINATOR),
            ("change:admin", "looks_on", "boss", "waiting", Role.AGENCY_ADMIN),
            ("change:again", "mate", "boss", "waiting", Role.CASE_WORKER),
            ("change:lone", "lone_new", "lone_boss", "waiting", Role.CASE_WORKER),
        ):
            of = {"agency": self.who[by].agency, "membership": self.who[member], "by": self.who[by]}
            self.names[name] = MemberChange.objects.create(act="roles", state=state, asked=[role], **of).pk


def members() -> Stage:
    made = Organisation()
    names = dict(made.names) | {"home": made.home.pk, **{name: row.pk for name, row in made.received.items()}}
    names |= {name: case.pk for name, case in made.cases.items()}
    names |= {f"{name}.member": member.pk for name, member in made.who.items() if isinstance(member, Membership)}
    return Stage(names, {**made.who, "system": None}, CALLS, LOOKS)
