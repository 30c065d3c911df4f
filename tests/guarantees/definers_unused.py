"""The world of `expected/definers_unused.csv`: accounts that nobody uses, and accounts that are off."""

import uuid
from datetime import timedelta

from django.utils import timezone

from agencies.models import DutyMember, MemberChange, Membership, Role, User
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Event, Notice, Preference
from referral.models import Alert, AlertDesk, SavedSearch
from tests import factories as f
from tests.roles import as_role
from tests.victims.requisitions.house import outlived
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import CaseAccess

from .definers import Call, Stage

LOOKS = {
    "members": "SELECT format('~%s %s%s', id, CASE WHEN active THEN 'works' ELSE 'is off' END, title)"
    " FROM agencies_membership",
    "changes": "SELECT format('~%s %s, %s: %s', membership_id, act, state, reason) FROM agencies_memberchange",
    "events": "SELECT format('~%s: %s to %s', c.membership_id, e.kind, e.audience) FROM notifications_event e"
    " JOIN agencies_memberchange c ON c.id = e.subject_id",
    "people": "SELECT format('%s%s %s %s %s%s', CASE WHEN email LIKE 'aaaa%%' THEN 'a digest@' END,"
    " split_part(email, '@', 2), full_name, phone, charter, CASE WHEN is_active THEN ' may sign in' END)"
    " FROM agencies_user",
    "rows": "SELECT format('~%s is on duty', membership_id) FROM agencies_dutymember"
    " UNION ALL SELECT format('~%s chose mails', membership_id) FROM notifications_preference"
    " UNION ALL SELECT format('~%s was told', membership_id) FROM notifications_notice"
    " UNION ALL SELECT format('~%s saved a search', membership_id) FROM referral_savedsearch"
    " UNION ALL SELECT format('%s has a session', u.full_name) FROM agencies_session s JOIN agencies_user u"
    " ON u.id = s.user_id"
    " UNION ALL SELECT format('%s has a factor', u.full_name) FROM mfa_authenticator s JOIN agencies_user u"
    " ON u.id = s.user_id"
    " UNION ALL SELECT format('%s has a password', full_name) FROM agencies_user WHERE password NOT LIKE '!%%'"
    " AND full_name IN ('gone', 'mate')"
    " UNION ALL SELECT format('%s is linked', u.full_name) FROM agencies_providerlink s JOIN agencies_user u"
    " ON u.id = s.user_id",
}
OF = "(SELECT user_id FROM agencies_membership WHERE id = %(target)s)"
WORKER = {"role": "nrm_worker", "words": {"target": "@away.member"}}
CALLS = {
    "is_needed": Call("SELECT nrm.is_needed(%(target)s)", **WORKER),
    "tell_unused": Call(
        "SELECT nrm.tell_unused(%(target)s, %(what)s)::text",
        ("changes", "events"),
        {"target": "@away.member", "what": "unused"},
        role="nrm_worker",
    ),
    "end_unused": Call("SELECT nrm.end_unused(%(target)s)::text", ("members", "changes", "rows"), **WORKER),
    "accounts_off": Call(
        "SELECT u.full_name, round(extract(epoch FROM now() - a.since) / 86400),"
        " CASE WHEN a.never THEN 'never came' END"
        " FROM nrm.accounts_off() a JOIN agencies_user u ON u.id = a.person",
        role="nrm_worker",
    ),
    "forget_account": Call(
        f"SELECT nrm.forget_account({OF}, %(digest)s)::text",
        ("members", "changes", "people", "rows"),
        words={"target": "@gone.member", "digest": "a" * 64},
        role="nrm_worker",
    ),
}
TWICE = ((40, "unused"), (10, "unused"))
# name: roles, days since the last sign-in (None: never), what was told and how many days ago
HERE = {
    "boss": (Role.AGENCY_ADMIN, 1, ()),
    "mate": (Role.CASE_WORKER, 1, ()),
    "away": (Role.CASE_WORKER, 500, TWICE),
    "fresh": (Role.CASE_WORKER, 58, TWICE),
    "once": (Role.CASE_WORKER, 500, ((40, "unused"),)),
    "near": (Role.CASE_WORKER, 500, ((40, "unused"), (6, "unused"))),
    "early": (Role.CASE_WORKER, 500, ((29, "unused"), (10, "unused"))),
    "stale": (Role.CASE_WORKER, 500, ((600, "unused"), (590, "unused"))),
    "old": (Role.CASE_WORKER, 500, ((70, "unused"), (65, "unused"))),
    "back": (Role.CASE_WORKER, 59.5, ((59.7, "unused"), (10, "unused"))),
    "followed": (Role.CASE_WORKER, 500, ((40, "unused"), (20, "unused"), (10, "stays"))),
    "again": (Role.CASE_WORKER, 500, ((50, "stays"), (40, "unused"), (10, "unused"))),
    "otherwise": (Role.CASE_WORKER, 500, ((40, "unused"), (10, "roles"))),
    "mixed": (Role.CASE_WORKER, 500, ((40, "unused"), (10, "stays"))),
    "stayed": (Role.CASE_WORKER, 500, ((3, "stays"),)),
    "looks_on": (Role.AUDITOR, 500, TWICE),
    "front": (Role.FRONTLINE, 500, TWICE),
    "counts": (Role.STATISTICIAN, 500, TWICE),
    "paper": (Role.POLICY, 500, TWICE),
    "never": (Role.POLICY, None, ()),
    "paper_off": (Role.POLICY, 1, ()),
    "paper_shut": (Role.POLICY, 1, ()),
    "keeps": (Role.CASE_WORKER, 500, TWICE),
    "on_duty": (Role.CASE_WORKER, 500, TWICE),
    "joined": (Role.CASE_WORKER, 500, TWICE),
    "arrived": (Role.CASE_WORKER, 500, TWICE),
    "coded": (Role.CASE_WORKER, 500, TWICE),
    "dated": (Role.CASE_WORKER, 500, TWICE),
    "staff": (Role.CASE_WORKER, 500, TWICE),
    "off": (Role.CASE_WORKER, 500, TWICE),
    "shut": (Role.CASE_WORKER, 500, TWICE),
}
OFF = {
    "gone": (1900, ((1900, "off"),)),
    "gone_late": (700, ()),
    "gone_moved": (1900, ((100, "off"),)),
    "gone_decided": (1900, ((1900, "roles"),)),
    "never_in": (None, ((200, "invite"),)),
    "never_late": (None, ((80, "invite"),)),
    "never_back": (None, ((200, "on"),)),
    "never_two": (None, ()),
    "never_wrote": (None, ((200, "invite"),)),
    "never_acted": (None, ((200, "invite"),)),
    "works_there": (1900, ()),
    "shut_there": (1900, ()),
    "shut_here": (1900, ()),
    "staff_old": (1900, ()),
    "forgotten": (1900, ()),
}


def unused() -> Stage:
    f.national()
    home, there, closed = f.shelter(), f.shelter(), f.shelter(active=False)
    who = {name: f.member(home, role) for name, (role, _days, _told) in HERE.items()}
    who |= {name: f.member(home, title=" at the door" if name == "gone" else "") for name in OFF}
    who["strange_paper"], who["ring_one"], who["ring_two"] = (
        f.member(there, Role.POLICY),
        f.member(there),
        f.member(there),
    )
    _of_some(who)
    f.own_case(who["mate"])  # that everybody there sees
    case = f.own_case(who["keeps"])
    with acting_as(who["keeps"]):
        assign_member(who["keeps"], case.pk, who["keeps"])
        restrict_case(who["keeps"], case.pk)
    others = {"never_two": f.member(there, user=who["never_two"].user, active=False)}
    others |= {"works_there": f.member(there, user=who["works_there"].user)}
    others |= {"shut_there": f.member(closed, user=who["shut_there"].user)}
    with as_role("nrm_owner"):
        for name, member in who.items():
            User.objects.filter(pk=member.user_id).update(full_name=name, email=f"{name}@exemple.invalid", charter="")
        for name, (_role, days, told) in HERE.items():
            _aged(who[name], days, 900, told)
        for name, (days, told) in OFF.items():
            _aged(who[name], days, days or told and told[0][0] or 200, told, who["boss"])
            if name != "shut_here":
                Membership.objects.filter(pk=who[name].pk).update(active=False)
        for member in others.values():
            Membership.objects.filter(pk=member.pk).update(created_at=_ago(1900 if member.active else 200))
        for name in ("strange_paper", "ring_one", "ring_two"):
            _aged(who[name], 1, 900, ())
        _differently(who)
        _belongings(who, home)
        _phones(who, there)
        systems = {m.agency_id: m for m in Membership.objects.filter(kind="system").select_related("agency")}
    who |= {"system": None, "here": systems[home.pk], "there": systems[there.pk]}
    names = {f"{name}.member": member.pk for name, member in who.items() if member}
    return Stage(names, who, CALLS, LOOKS)


def _of_some(who) -> None:
    """Agencies where one member alone is on the duty list, or sees the cases that came before the others."""
    demanded = ("owes", "owed", "owes_both", "owes_blind")
    seen = {"saw": None, "saw_for_a_time": _ago(1), "saw_for_now": _ago(-1), "blind": None, **dict.fromkeys(demanded)}
    cases = {}
    for name in ("called", "hears", *seen):
        who[name] = f.member(f.shelter())
        who[f"{name}_after"] = f.member(who[name].agency)
        for more in ("paper", "paper_two"):
            who[f"{name}_{more}"] = f.member(who[name].agency, Role.POLICY)
        cases[name] = f.own_case(who[name]).pk
    with as_role("nrm_owner"):
        _left_alert(who)
        for name in [name for name in who if name.startswith(("called", "hears", *seen))]:
            _aged(who[name], 1, 900, ())
        DutyMember.objects.create(desk=who["called"].agency.desk, membership=who["called"])
        late = [who[f"{name}_after"].pk for name in ("hears", *seen) if name != "owes_both"]
        late += [who[name].pk for name in ("blind", "owes_blind")]
        Membership.objects.filter(pk__in=late).update(cases_from=timezone.now())
        CaseAccess.objects.filter(case__in=cases.values()).update(received_at=_ago(100))
        CaseAccess.objects.filter(case=cases["hears"]).update(until=_ago(1))
        for name, until in seen.items():
            CaseAccess.objects.filter(case=cases[name]).update(until=until)
    for name in demanded:
        outlived(who[name], cases[name], over=name == "owed")


def _left_alert(who) -> None:
    """An alert left at a desk, without a time limit, that one member alone reads; one closed by the other desk."""
    place = {"territory": f.territory(), "age_side": "adult"}
    alert = Alert.objects.create(author=who["mate"], agency=who["mate"].agency, state="opened", **place)
    row = {"alert": alert, "state": "opened", "received_at": _ago(100), "urgency": "normal", "reference": "x", **place}
    for name, answer in (("hears", ""), ("called", "closed")):
        AlertDesk.objects.create(agency=who[name].agency, form="unknown", answer=answer, **row)


def _ago(days: int):
    return timezone.now() - timedelta(days=days)


def _aged(member, days: float | None, since: float, told, by=None) -> None:
    Membership.objects.filter(pk=member.pk).update(created_at=_ago(since))
    User.objects.filter(pk=member.user_id).update(date_joined=_ago(since), last_login=days and _ago(days))
    for at, act in told:
        of = {"agency": member.agency, "membership": member, "by": by or member, "state": "told"}
        MemberChange.objects.create(act=act, at=_ago(at), **of)


def _differently(who) -> None:
    """What each account has of its own, but its sign-ins."""
    people, members = User.objects, Membership.objects
    members.filter(pk=who["joined"].pk).update(created_at=_ago(50))
    members.filter(pk=who["arrived"].pk).update(arrived_at=_ago(50))
    members.filter(pk=who["coded"].pk).update(code_at=_ago(50))
    people.filter(pk=who["dated"].user_id).update(date_joined=_ago(50))
    people.filter(pk__in=[who[name].user_id for name in ("staff", "staff_old")]).update(is_staff=True)
    members.filter(pk__in=[who[name].pk for name in ("off", "paper_off")]).update(active=False)
    shut = [who[name].user_id for name in ("shut", "paper_shut", "shut_here")]
    people.filter(pk__in=shut).update(is_active=False)
    people.filter(pk=who["forgotten"].user_id).update(full_name="")
    of = {"agency": who["mate"].agency, "membership": who["mate"], "state": "refused", "at": _ago(1900)}
    MemberChange.objects.create(act="roles", by=who["never_wrote"], **of)
    Entry.objects.create(membership_id=who["never_acted"].pk, action="case.read")
    MemberChange.objects.filter(membership=who["gone_decided"]).update(decided_at=_ago(100), state="agreed")


def _phones(who, there) -> None:
    """Beside `mate`, who is on the duty list with a number, those whose phone does not ring: who only reports, who has
    no number, who is on the list of another desk. Elsewhere two phones ring."""
    alone = (("front", None, "07"), ("once", None, ""), ("fresh", there.desk, "07"))
    for name, desk, phone in (*alone, ("ring_one", None, "07"), ("ring_two", None, "07")):
        desk = desk or who[name].agency.desk
        DutyMember.objects.create(desk=desk, membership=who[name], phone=phone)


def _belongings(who, home) -> None:
    """What stands beside the account that is forgotten, and beside one that is not."""
    from allauth.mfa.models import Authenticator

    from agencies.models import ProviderLink, Session

    DutyMember.objects.create(desk=home.desk, membership=who["on_duty"])
    for name in ("gone", "mate"):
        member, at = who[name], _ago(1900)
        User.objects.filter(pk=member.user_id).update(phone="06", charter="1")
        DutyMember.objects.create(desk=home.desk, membership=member)
        Preference.objects.create(membership=member, kind="alert_sent", mail=False)
        SavedSearch.objects.create(membership=member, listed="cases", data={"name": "", "query": ""})
        about = {"kind": "access_ended", "subject": "none", "subject_id": uuid.uuid4(), "reference": "AAAA-AAAA"}
        Notice.objects.create(
            event=Event.objects.create(audience=[], **about), membership=member, channel="app", at=at, **about
        )
        MemberChange.objects.create(
            agency=home, membership=member, by=member, act="roles", state="refused", reason="said of them", at=at
        )
        Session.objects.create(session_key=name, session_data="", expire_date=at, user_id=member.user_id)
        Authenticator.objects.create(user_id=member.user_id, type="totp", data={})
        ProviderLink.objects.create(user_id=member.user_id, digest=name, made_at=at)
