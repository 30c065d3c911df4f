"""The world of `expected/definers_breaches.csv`: breaches as they stand, and what an entry makes of them."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Role
from referral.models import Breach
from tests import factories as f
from tests.roles import as_role

from .definers import Stage
from .definers_guards import added, guard

LOOKS = {
    "stands": "SELECT format('%s: %s%s%s%s%s%s%s', id, CASE WHEN ongoing THEN 'goes on ' END,"
    " CASE WHEN assessed THEN 'assessed ' END, cnil, CASE WHEN notified_at IS NOT NULL THEN ' on a day' END,"
    " ' ' || NULLIF(persons, ''), ', closing asked by ~' || closing_by_id, ', closed by ~' || closed_by_id)"
    " FROM referral_breach",
}
CALLS = {
    "breach_moved": guard(
        added(
            "referral_breachentry",
            id="gen_random_uuid()",
            breach_id=":breach",
            by_id=":by",
            at="now()",
            sort=":sort",
            happened_at="CASE WHEN %(sort)s IN ('notified', 'more', 'informed') THEN now() END",
            answered_id=":answers",
            data="'\\x00'",
        ),
        "stands",
        breach="@fresh",
        by="@admin.member",
        sort="assess",
        answers="@request",
    ),
}
DECIDED = {"assessed": True, "cnil": "no_risk", "persons": "informed"}


def breaches() -> Stage:
    home, national = f.shelter(), f.national()
    who = {
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "mate": f.member(home, Role.AGENCY_ADMIN),
        "above": f.member(national, Role.COORDINATOR),
    }
    names = {f"{name}.member": member.pk for name, member in who.items()}
    at = timezone.now()
    said = {"agency": home, "by": who["admin"], "kind": "other", "known_at": at, "due_at": at, "data": {}}
    stands = {
        "fresh": {"ongoing": True},
        "decided": DECIDED,
        "notified": {"cnil": "notified", "notified_at": at, "persons": "not_informed"},
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
            Breach.objects.filter(pk=made.pk).update(**standing)
            names[name] = made.pk
    names |= {"nothing": Breach().id}
    return Stage(names, {**who, "worker": None}, CALLS, LOOKS)
