"""The world of `expected/definers_breaches.csv`: breaches as they stand, and what an entry makes of them."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Role
from journal.models import Entry
from notifications.models import Event
from referral.models import Breach, BreachEntry
from tests import factories as f
from tests.roles import as_role

from .definers import Stage
from .definers_guards import added, guard

LOOKS = {
    "stands": "SELECT format('%s: %s%s%s%s%s%s%s', id, CASE WHEN ongoing THEN 'goes on ' END,"
    " CASE WHEN assessed THEN 'assessed ' END, cnil || CASE WHEN cnil_agreed THEN ' (by two)' ELSE '' END,"
    " CASE WHEN notified_at IS NOT NULL THEN ' on a day' END,"
    " ' ' || NULLIF(persons, '') || CASE WHEN persons_agreed THEN ' (by two)' ELSE '' END,"
    " ', closing asked by ~' || closing_by_id, ', closed by ~' || closed_by_id)"
    " FROM referral_breach",
    "counted": "SELECT format('%s cases, %s identities', cases, identities) FROM referral_breachentry"
    " WHERE sort = 'readings' AND id NOT IN (SELECT answered_id FROM referral_breachentry WHERE sort = 'told')",
    "told": "SELECT format('%s about %s to %s', kind, subject_id, audience) FROM notifications_event",
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
            **ENTRY,
        ),
        "counted",
        breach="@fresh",
        by="@admin.member",
        sort="readings",
        account="@mate.member",
        **{"from": "3days", "to": "1hour"},
    ),
    "leads_told": guard(
        added("referral_breachentry", answered_id=":answers", **ENTRY),
        "told",
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
    }
    names = {f"{name}.member": member.pk for name, member in who.items()}
    at = timezone.now()
    said = {"agency": home, "by": who["admin"], "kind": "other", "known_at": at, "due_at": at, "data": {}}
    stands = {
        "fresh": {"ongoing": True},
        "decided": DECIDED,
        "notified": {"cnil": "notified", "notified_at": at, "persons": "not_informed"},
        "waits": {**DECIDED, "cnil_by": who["admin"], "persons_by": who["above"], "decided_id": True},
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
    """What the colleague did in two cases in these days, before and after; and three counts of it."""
    now = timezone.now()
    cases = {name: f.own_case(who["other"]) for name in ("one", "two", "old", "new", "shut")}
    Entry.objects.all().delete()
    Event.objects.all().delete()
    for case, act, days, outcome, member in (
        ("one", "case.read", 1, "done", "mate"),
        ("one", "identity.read", 1, "done", "mate"),
        ("two", "case.read", 2, "done", "mate"),
        ("old", "case.read", 9, "done", "mate"),
        ("new", "case.read", 0, "done", "mate"),
        ("shut", "case", 1, "refused", "mate"),
        ("shut", "case.read", 1, "done", "other"),
        (None, "breach.list", 1, "done", "mate"),
    ):
        made = Entry.objects.create(
            membership_id=who[member].pk, action=act, outcome=outcome, case_id=case and cases[case].pk
        )
        Entry.objects.filter(pk=made.pk).update(at=now - timedelta(days=days))
    said = {"by": who["admin"], "data": {}, "since": now - timedelta(days=3), "until": now - timedelta(hours=1)}
    for name, breach, sort, account in (
        ("counted", "fresh", "readings", "mate"),
        ("counted_elsewhere", "decided", "readings", "mate"),
        ("counted_above", "fresh", "readings", "other"),
        ("counted_told", "fresh", "readings", "mate"),
    ):
        by = "above" if account == "other" else "admin"
        made = BreachEntry.objects.create(
            **(said | {"by": who[by]}), breach_id=names[breach], sort=sort, account=who[account]
        )
        names[name] = made.pk
    for name, sort, answered in (("telling", "told", "counted_told"), ("assessed", "assess", "counted")):
        made = BreachEntry.objects.create(
            breach_id=names["fresh"], by=who["admin"], sort=sort, answered_id=names[answered], data={}
        )
        names[name] = made.pk
    Event.objects.all().delete()
    Breach.objects.filter(pk=names["fresh"]).update(assessed=False)
    names |= {name: case.pk for name, case in cases.items()}
