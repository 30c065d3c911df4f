"""Who told the first code of an admitted organisation may be its administrator: no second person for what it asks."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from agencies.models import Agency, Membership, Role
from foundation.actor import acting_as
from plans.models import Admission
from tests import factories as f
from tests.referral.pages import Hand

from .test_accounts import NEW, activate, can_sign_in
from .test_members import code_on

pytestmark = pytest.mark.django_db
PROPOSED = {
    "kind": "ngo", "name": "Association des essais (fictive)", "services": ["detection"],
    "territory": "75", "first_name": "Première Démo", "first_email": "premiere@exemple.invalid",
}  # fmt: skip


def test_who_made_the_first_code_does_not_agree_to_whom_its_account_invites():
    cache.clear()
    unit = f.national(profile_id="miprof")
    one, other = (f.member(unit, Role.COORDINATOR, Role.POLICY) for _ in range(2))
    f.territory(), f.service("detection")
    hand = Hand(one)
    hand.client.post(reverse("plans:admission-new"), {"_membership": one.pk, **PROPOSED})
    with acting_as(other):
        address = reverse("plans:admission", args=[Admission.objects.get().pk])
    Hand(other).client.post(address, {"_membership": other.pk, "act": "admit"})
    code = code_on(hand.client.post(f"{address}code/", {"_membership": one.pk}))
    boss = Membership.objects.get(agency=Agency.objects.get(name=PROPOSED["name"]), kind="person")
    assert activate(email=boss.user.email, code=code).status_code == 302 and can_sign_in(boss, NEW)

    invented = {"full_name": "Eden Démo", "email": "eden@exemple.invalid", "title": "", "roles": ["agency_admin"]}
    assert Hand(Membership.objects.get(pk=boss.pk)).post("member-invite", **invented).status_code == 302
    with acting_as(boss):
        change = Membership.objects.get(user__email="eden@exemple.invalid").changes.get(state="waiting")
    assert Hand(one).post("arrival", change.pk, act="agree").status_code == 404
    assert Hand(other).post("arrival", change.pk, act="agree").status_code == 302
    with acting_as(boss):
        assert Membership.objects.get(user__email="eden@exemple.invalid").roles == ["agency_admin"]
