"""An administrator invites an invented person and plays both: the two are never two persons."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from notifications.models import Notice
from plans.participation.operations import admissions
from referral.exports import operations as exports
from referral.models import ExportMove
from tests import factories as f
from tests.notifications.post import fan_out
from tests.plans import people
from tests.referral.exports.test_exports import ask, many, state
from tests.referral.pages import Hand, text

from .test_accounts import activate
from .test_members import REFUSED, code_on, invite, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


@pytest.fixture
def home() -> dict:
    """A shelter with one who works and an administrator, below the coordination of its territory."""
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    return {
        "worker": f.member(shelter),
        "boss": f.member(shelter, Role.AGENCY_ADMIN),
        "unit": f.member(unit, Role.COORDINATOR),
    }


def invented(hand) -> Membership:
    """Return the member that an administrator invited, after its code was used."""
    invite(hand)
    made = Membership.objects.get(user__email="recrue@exemple.invalid")
    assert activate(email=made.user.email, code=code_on(hand.post("member-code", made.pk))).status_code == 302
    return made


def test_one_who_invited_does_not_approve_the_export_of_the_invited(home):
    many(home["worker"])
    hand = Hand(home["boss"])
    made = invented(hand)
    export = ask(made)
    assert hand.post("export-approve", export.pk).status_code == 403
    assert state(export) == "waiting"


def test_the_invited_does_not_approve_the_export_of_who_invited(home):
    many(home["worker"])
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=home["boss"].pk).update(roles=["agency_admin", "case_worker"])
    home["boss"].refresh_from_db()
    made = invented(Hand(home["boss"]))
    export = ask(home["boss"])
    with acting_as(made), pytest.raises(NotAllowed):
        exports.approve_export(made, export.pk)
    with pytest.raises(DatabaseError) as refused, acting_as(made):
        ExportMove.objects.create(
            export=export, action="approve", before="waiting", after="queued", membership=made, agency_id=made.agency_id
        )
    assert refused.value.__cause__.pgcode == "42501"


def test_who_arrived_lately_is_no_second_person_and_counts_after_thirty_days(home):
    many(home["worker"])
    export = ask(home["worker"])
    late = f.member(home["worker"].agency, arrived_at=timezone.now() - timedelta(days=29))
    assert Hand(late).post("export-approve", export.pk).status_code == 403
    assert "trente jours" in text(Hand(late).get("export-detail", export.pk))
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=late.pk).update(arrived_at=timezone.now() - timedelta(days=31))
    assert Hand(late).post("export-approve", export.pk).status_code == 302


def test_who_made_a_code_for_a_colleague_does_not_approve_what_the_colleague_asks(home):
    """A code opens the account: for thirty days, the two may be one person."""
    many(home["worker"])
    export, hand = ask(home["worker"]), Hand(home["boss"])
    assert len(code_on(hand.post("member-code", home["worker"].pk))) == 16
    assert hand.post("export-approve", export.pk).status_code == 403
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=home["worker"].pk).update(code_at=timezone.now() - timedelta(days=31))
    assert hand.post("export-approve", export.pk).status_code == 302


def test_coordination_decides_when_nobody_near_can(home):
    """Nothing waits for nobody: the coordination decides instead, and sees the size only."""
    many(home["worker"])
    coordination = Hand(home["unit"])
    near = ask(home["worker"])
    assert coordination.post("export-approve", near.pk).status_code == 404  # the administrator decides
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=home["boss"].pk).update(arrived_at=timezone.now())
    assert "La coordination de votre territoire décide" in text(Hand(home["worker"]).get("export-detail", near.pk))
    fan_out()
    with acting_as(home["unit"]):
        assert Notice.objects.filter(kind="export_waiting", subject_id=near.pk, channel="app").exists()
    assert near.reference in text(coordination.get("export-list"))
    page = text(coordination.get("export-detail", near.pk))
    assert "n'a pas de seconde personne" in page and "MARQUEUR-RAISON" not in page
    assert home["worker"].user.full_name not in page
    assert coordination.post("export-approve", near.pk).status_code == 302 and state(near) == "queued"


def test_who_invited_does_not_admit_what_the_invited_proposed():
    one = people.coordination()
    two = f.member(one.agency, Role.POLICY, invited_by=one)
    f.territory()
    with acting_as(one):
        asked = {"kind": "ngo", "name": "Association des essais (fictive)", "acronym": "", "profile": None}
        first = {"first_name": "Une", "first_email": "une@exemple.invalid"}
        made = admissions.propose(one, **asked, **first, territory=None, services=[], website="")
    with acting_as(two):
        assert admissions.waiting(two) == 0
    assert refusal(two, "SELECT nrm.decide_admission(%s, 'admit', '')", made.pk) == REFUSED
    third = f.member(one.agency, Role.POLICY)
    assert refusal(third, "SELECT nrm.decide_admission(%s, 'admit', '')", made.pk) is None
