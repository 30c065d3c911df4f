"""The world of `expected/definers_breaches.csv`: breaches as they stand, and what an entry makes of them."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Event
from referral.alerts.operations import alerts
from referral.models import Breach, BreachEntry
from referral.models.breaches import CLOCK
from tests import factories as f
from tests.roles import as_role
from victims.access.access import grant

from .definers import Stage
from .definers_guards import added, guard

LOOKS = {
    "stands": "SELECT format('%s: %s%s%s%s%s%s%s', id, CASE WHEN ongoing THEN 'goes on ' END,"
    " CASE WHEN assessed THEN 'assessed ' END, cnil || CASE WHEN cnil_agreed THEN ' (by two)' ELSE '' END,"
    " CASE WHEN notified_at IS NOT NULL THEN ' on a day' END,"
    " ' ' || NULLIF(persons, '') || CASE WHEN persons_agreed THEN ' (by two)' ELSE '' END,"
    " ', closing asked by ~' || closing_by_id, ', closed by ~' || closed_by_id)"
    " FROM referral_breach",
    "counted": "SELECT format('%s cases, %s identities, %s alerts', cases, identities, alerts)"
    " FROM referral_breachentry WHERE sort = 'readings'"
    " AND id NOT IN (SELECT answered_id FROM referral_breachentry WHERE sort = 'told')",
    "told": "SELECT format('%s about %s to %s', kind, subject_id, audience) FROM notifications_event",
    "result": "SELECT format('%s told, %s nobody, %s elsewhere', cases, nobody, elsewhere) FROM referral_breachentry"
    " WHERE sort = 'told'",
}
ENTRY = {
    "id": "gen_random_uuid()",
    "breach_id": ":breach",
    "by_id": ":by",
    "at": "now()",
    "sort": ":sort",
    "data": "'\\x00'",
}
CALLS = {
    "breach_moved": guard(
        added(
            "referral_breachentry",
            happened_at="CASE WHEN %(sort)s IN ('notified', 'more', 'informed') THEN now() END",
            answered_id=":answers",
            **ENTRY,
        ),
        "stands",
        breach="@fresh",
        by="@admin.member",
        sort="assess",
        answers="@request",
    ),
    "breach_counted": guard(
        added(
            "referral_breachentry",
            account_id=":account",
            since="now() - %(from)s::interval",
            until="now() - %(to)s::interval",
            cases="7",
            identities="7",
            alerts="7",
            **ENTRY,
        ),
        "counted",
        breach="@fresh",
        by="@admin.member",
        sort="readings",
        account="@thief.member",
        **{"from": "3days", "to": "1hour"},
    ),
    "leads_told": guard(
        added("referral_breachentry", answered_id=":answers", **ENTRY),
        "told",
        "result",
        breach="@fresh",
        by="@admin.member",
        sort="told",
        answers="@counted",
    ),
}
DECIDED = {"assessed": True, "cnil": "no_risk", "persons": "informed"}


def breaches() -> Stage:
    home, national = f.shelter(), f.national()
    who = {
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "mate": f.member(home, Role.AGENCY_ADMIN),
        "above": f.member(national, Role.COORDINATOR),
        "other": f.member(f.shelter()),
        "works": f.member(home),
        "thief": f.member(home),
        "looks_on": f.member(home, Role.AUDITOR),
        "sole": f.member(f.shelter()),
        "lone": f.member(f.shelter()),
        "unit": f.member(f.coordination(), Role.COORDINATOR),
    }
    names = {f"{name}.member": member.pk for name, member in who.items()}
    at = timezone.now()
    said = {"agency": home, "by": who["admin"], "kind": "other", "known_at": at, "due_at": at, "data": {}}
    stands = {
        "fresh": {"ongoing": True},
        "decided": DECIDED,
        "notified": {"cnil": "notified", "notified_at": at, "persons": "not_informed"},
        "waits": {**DECIDED, "cnil_by": who["admin"], "persons_by": who["above"], "decided_id": True},
        "first": {
            **DECIDED,
            "cnil_by": who["admin"],
            "cnil_agreed": True,
            "persons_by": who["above"],
            "decided_id": True,
        },
        "second": {
            **DECIDED,
            "cnil_by": who["above"],
            "persons_by": who["admin"],
            "persons_agreed": True,
            "decided_id": True,
        },
        "alone": {"cnil": "no_risk", "cnil_by": who["admin"], "decided_id": True},
        "agreed": {**DECIDED, "cnil_by": who["admin"], "cnil_agreed": True, "persons_agreed": True},
        "asked": {**DECIDED, "closing_by": who["admin"]},
        "over": {
            **DECIDED,
            "closing_by": who["admin"],
            "closed_by": who["above"],
            "closed_at": at + timedelta(hours=1),
        },
    }
    with as_role("nrm_owner"):
        names["request"] = Breach().id
        for name, standing in stands.items():
            made = Breach.objects.create(**said)
            standing |= {"closing_id": names["request"]} if "closing_by" in standing else {}
            standing |= {"decided_id": names["request"]} if "decided_id" in standing else {}
            Breach.objects.filter(pk=made.pk).update(**standing)
            names[name] = made.pk
        _readings(who, names)
    names |= {"nothing": Breach().id}
    return Stage(names, {**who, "worker": None}, CALLS, LOOKS)


def _readings(who, names) -> None:
    """What an account did in its agency's cases and others in these days, before and after; and counts of it."""
    now = timezone.now()
    cases = {name: f.own_case(who["works"]) for name in ("one", "two", "old", "new", "shut")}
    cases |= {"led": f.own_case(who["other"]), "sole": f.own_case(who["sole"]), "lost": f.own_case(who["lone"])}
    unit = who["unit"].agency_id
    grant(cases["sole"], unit, level=2, ground="alert", ground_id=uuid4(), given_by=who["sole"])
    alert, joined = f.sent_alert(who["works"], recipients=[]), f.sent_alert(who["works"], recipients=[])
    with acting_as(who["works"]):
        cases["joined"] = alerts.open_case(who["works"], joined.pk)
    Entry.objects.all().delete()
    Event.objects.all().delete()
    for case, act, days, outcome, member, about in (
        ("one", "case.read", 1, "done", "thief", ""),
        ("one", "identity.read", 1, "done", "thief", ""),
        ("two", "contact.read", 2, "done", "thief", ""),
        ("old", "case.read", 9, "done", "thief", ""),
        ("new", "case.read", 0, "done", "thief", ""),
        ("shut", "case", 1, "refused", "thief", ""),
        ("shut", "case.read", 1, "done", "other", ""),
        ("led", "case.read", 1, "done", "thief", ""),
        ("sole", "case.read", 1, "done", "sole", ""),
        ("lost", "case.read", 1, "done", "lone", ""),
        ("lost", "case.read", 1, "done", "thief", ""),
        (None, "breach.list", 1, "done", "thief", ""),
        (None, "alert.read", 1, "done", "thief", alert.pk),
        (None, "alert.read", 1, "done", "thief", joined.pk),
        (None, "alert.read", 1, "done", "other", alert.pk),
        (None, "alert.read", 9, "done", "thief", uuid4()),
        (None, "alert.read", 0, "done", "thief", uuid4()),
        (None, "alert.close", 1, "done", "thief", joined.pk),
        (None, "alert.read", 1, "refused", "thief", uuid4()),
    ):
        made = Entry.objects.create(
            membership_id=who[member].pk, action=act, outcome=outcome, case_id=case and cases[case].pk, subject_id=about
        )
        Entry.objects.filter(pk=made.pk).update(at=now - timedelta(days=days))
    said = {"data": {}, "since": now - timedelta(days=3), "until": now - timedelta(hours=1), "sort": "readings"}
    for name, breach, by, account in (
        ("counted", "fresh", "admin", "thief"),
        ("counted_elsewhere", "decided", "admin", "thief"),
        ("counted_above", "fresh", "above", "other"),
        ("counted_sole", "fresh", "above", "sole"),
        ("counted_lone", "fresh", "above", "lone"),
        ("counted_told", "notified", "admin", "thief"),
    ):
        made = BreachEntry.objects.create(**said, by=who[by], breach_id=names[breach], account=who[account])
        names[name] = made.pk
    for name, breach, sort, answered in (
        ("telling", "notified", "told", "counted_told"),
        ("assessed", "fresh", "assess", "counted_lone"),
    ):
        made = BreachEntry.objects.create(
            breach_id=names[breach], by=who["admin"], sort=sort, answered_id=names[answered], data={}
        )
        names[name] = made.pk
    Membership.objects.filter(pk=who["lone"].pk).update(active=False)
    # told of the third breach, and before the first one was reported
    Event.objects.exclude(kind="breach_read").delete()
    Event.objects.update(at=now - timedelta(days=5))
    long_ago = now - timedelta(days=6)
    known = {"at": long_ago, "known_at": long_ago, "due_at": long_ago + CLOCK}
    Breach.objects.filter(pk=names["notified"]).update(**known)
    about = {"subject": "case", "subject_id": cases["one"].pk, "reference": cases["one"].reference, "audience": []}
    Event.objects.create(kind="case_closed", actor_id=who["thief"].pk, **about)
    Event.objects.create(kind="breach_read", actor_id=who["other"].pk, **about)
    Breach.objects.filter(pk=names["fresh"]).update(assessed=False)
    names |= {name: case.pk for name, case in cases.items()}
