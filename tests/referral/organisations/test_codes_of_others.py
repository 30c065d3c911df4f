"""Whoever made a code for an account may hold it: it is no second person for it, nor for another that it may hold."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from agencies.models import SETTLED, Agency, DeskChange, Kind, Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from plans.models import Admission
from tests import factories as f
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.models import ReadingAlarm
from victims.reading.operations import lift

from .test_accounts import NEW, activate, can_sign_in
from .test_members import REFUSED, code_on, refusal

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


def test_two_accounts_opened_with_codes_of_one_administrator_are_not_two_persons():
    """The attack: a code for each of two colleagues, then one of them asks and the other agrees."""
    unit = f.national()
    boss, honest = f.member(unit, Role.AGENCY_ADMIN), f.member(unit, Role.COORDINATOR)
    taken = [f.member(unit, Role.COORDINATOR) for _ in range(2)]
    for member in taken:
        code = code_on(Hand(boss).post("member-code", member.pk))
        assert activate(email=member.user.email, code=code).status_code == 302
    school = f.agency(Kind.EDUCATION, max_level=1)
    one, other = (Membership.objects.get(pk=member.pk) for member in taken)
    assert Hand(one).post("powers", school.pk, level="3").status_code == 302
    with acting_as(one):
        batch = DeskChange.objects.get(state="waiting").batch
    agree = "SELECT nrm.decide_desk(%s, 'agree', '')"
    for who in (other, boss):
        assert refusal(who, agree, batch) == REFUSED
    assert refusal(honest, agree, batch) is None
    with as_role("nrm_owner"):  # a month later nobody has complained
        Membership.objects.filter(pk=other.pk).update(code_at=timezone.now() - 2 * SETTLED)
    assert refusal(other, agree, batch) is None


def test_who_has_the_secret_of_a_program_lifts_no_limit_of_what_it_reads():
    """The attack: an administrator renews the secret of a colleague's program, reads as it, and lifts its limit."""
    f.national()
    home = f.shelter()
    maker, boss, worker = f.member(home, Role.AGENCY_ADMIN), f.member(home, Role.AGENCY_ADMIN), f.member(home)
    program = f.program(home)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=program.pk).update(invited_by=maker, arrived_at=timezone.now())
        alarm = ReadingAlarm.objects.create(membership=program, agency=home, kind="file", window="hour", most=3)
    assert Hand(boss).post("program-secret", program.pk).status_code == 200
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=program.pk).update(code_at=timezone.now() - 2 * SETTLED)
    for who in (maker, boss):
        with acting_as(who), pytest.raises(NotAllowed):
            lift(who, alarm.pk, "Motif d'essai")
    with acting_as(worker):
        assert lift(worker, alarm.pk, "Motif d'essai").lifted_by == worker
