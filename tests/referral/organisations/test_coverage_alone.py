"""A coordination without a second person waits for nobody: the national one decides, then an auditor."""

from copy import deepcopy

import pytest
from django.utils import timezone

from agencies.models import DeskChange, Kind, Membership, Role
from notifications.models import Notice
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .test_coverage import edited
from .test_members import REFUSED, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """Two coordinations whose coordinator came by the administrator who asks; an auditor of another body."""
    f.territory("92", "Hauts-de-Seine")
    national, unit = f.national(), f.coordination()
    people = {"national": f.member(national, Role.AGENCY_ADMIN), "unit": f.member(unit, Role.AGENCY_ADMIN)}
    for place, agency in (("national", national), ("unit", unit)):
        people[f"{place} brought"] = _brought(f.member(agency, Role.COORDINATOR), people[place])
    people["auditor"] = f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR)
    home = f.shelter(services=("strategic_coordination",))
    people |= {"worker": f.member(home), "shelter": f.member(home, Role.AGENCY_ADMIN)}
    return people


def _brought(member, by) -> Membership:
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(invited_by=by, arrived_at=timezone.now())
    return member


def asks(admin) -> str:
    """The administrator asks to take minors, or adults, at its own desk; returns the batch."""
    with as_role("nrm_owner"):
        desk = admin.agency.desk
        desk.takes_minors = False
        desk.save(update_fields=["takes_minors"])
    stands = {"services": ["strategic_coordination"], "territories": [t.pk for t in desk.territories.all()]}
    assert Hand(admin).post("organisation-edit", **edited(takes_minors="on", **stands)).status_code == 302
    with as_role("nrm_owner"):
        return DeskChange.objects.get(desk=admin.agency_id, state="waiting").batch


def refused(w, batch, *who) -> bool:
    """Whether the database refuses the agreement of each of these members."""
    said = [refusal(w[one], "SELECT nrm.decide_desk(%s, 'agree', '')", batch) for one in who]
    return all(code in (REFUSED, "P0002") for code in said) and state(batch) == "waiting"


def told() -> set[int]:
    fan_out()
    with as_role("nrm_owner"):
        return set(Notice.objects.filter(kind="desk_asked", channel="app").values_list("membership_id", flat=True))


def state(batch) -> str:
    with as_role("nrm_owner"):
        return DeskChange.objects.get(batch=batch).state


def test_national_coordination_without_a_second_person_is_decided_by_an_auditor(w):
    batch = asks(w["national"])
    assert told() == {w["auditor"].pk}
    assert refused(w, batch, "national", "national brought", "worker", "unit brought")
    hand = Hand(w["auditor"])
    assert "/organisation/demandes/" in hand.client.get("/").content.decode()
    assert 'value="agree"' in text(hand.get("desk-change", batch))
    assert hand.post("desk-change", batch, act="agree").status_code == 302
    assert state(batch) == "agreed"


def test_place_without_a_second_person_is_decided_by_the_national_coordination(w):
    settled = f.member(w["national"].agency, Role.COORDINATOR)
    batch = asks(w["shelter"])
    assert told() == {settled.pk}
    assert refused(w, batch, "auditor", "unit brought", "shelter")
    assert Hand(settled).post("desk-change", batch, act="agree").status_code == 302
    assert state(batch) == "agreed"


def test_place_with_a_second_person_decides_itself_and_nobody_above(w):
    w["settled"] = f.member(w["national"].agency, Role.COORDINATOR)
    mate = f.member(w["unit"].agency, Role.COORDINATOR)
    batch = asks(w["shelter"])
    assert told() == {mate.pk}
    assert refused(w, batch, "auditor", "settled", "unit brought")
