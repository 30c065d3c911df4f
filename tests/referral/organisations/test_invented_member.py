"""An administrator invites an invented person and plays both: the two are never two persons."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from agencies.models import Agency, MemberChange, Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from notifications.models import Notice, Preference
from notifications.operations import delivery
from plans.participation.operations import admissions
from referral.exports import operations as exports
from referral.models import ExportMove
from tests import factories as f
from tests.notifications.post import fan_out
from tests.plans import people
from tests.referral.exports.test_exports import ask, many, state
from tests.referral.pages import Hand, text

from .test_accounts import activate
from .test_members import LATE, REFUSED, code_on, invite, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


def invented(hand, **typed) -> Membership:
    """Return the member that an administrator invited, after its code was used."""
    invite(hand, **typed)
    made = Membership.objects.get(user__email="recrue@exemple.invalid")
    assert activate(email=made.user.email, code=code_on(hand.post("member-code", made.pk))).status_code == 302
    return Membership.objects.select_related("user", "agency").get(pk=made.pk)


def waiting(of: Membership) -> MemberChange:
    with f.as_role("nrm_owner"):
        return MemberChange.objects.get(membership=of, state="waiting")


def decide(actor, change, act="agree", why="") -> str | None:
    """Return the code the database refuses this with; None when it obeys, which is then taken back."""
    return refusal(actor, "SELECT nrm.decide_member(%s, %s, %s)", change.pk, act, why)


def test_an_invented_member_opens_nothing_and_the_two_export_nothing(home):
    """The attack: invite, show the code, sign in as the invented, read each case and export the list."""
    mine = f.own_case(home["worker"])
    hand = Hand(home["boss"])
    made = invented(hand)
    assert made.roles == [] and made.sight == "none"
    puppet = Hand(made)
    assert puppet.get("case-list").status_code == 403
    assert puppet.post("case-identity", mine.pk).status_code in (403, 404)
    assert "attendent l'accord d'une seconde personne" in text(puppet.client.get("/"))
    change = waiting(made)
    assert hand.post("arrival", change.pk, act="agree").status_code == 403
    assert puppet.post("arrival", change.pk, act="agree").status_code == 403
    for actor in (home["boss"], made):
        assert decide(actor, change) == REFUSED
    made.refresh_from_db()
    assert made.roles == []


def test_roles_hold_when_a_second_person_agrees_who_is_told_and_finds_them(home):
    made = invented(Hand(home["boss"]))
    fan_out()
    with acting_as(home["worker"]):
        kinds = set(Notice.objects.filter(membership=home["worker"], channel="app").values_list("kind", flat=True))
    assert kinds == {"member_waiting", "member_changed", "member_code"}
    hand, change = Hand(home["worker"]), waiting(made)
    assert "Des rôles à accorder" in text(hand.client.get("/")) and "Recrue Démo" in text(hand.get("arrivals"))
    assert "Accorder ces rôles" in text(hand.get("arrival", change.pk))
    assert "une seconde personne de votre organisme" in text(Hand(home["boss"]).get("arrival", change.pk))
    assert hand.post("arrival", change.pk, act="agree").status_code == 302
    made.refresh_from_db()
    assert made.roles == ["case_worker"] and Hand(made).get("case-list").status_code == 200
    assert hand.post("arrival", change.pk, act="agree").status_code == 409


def test_refused_with_a_reason_or_taken_back_the_roles_never_hold(home):
    made = invented(Hand(home["boss"]))
    hand, change = Hand(home["worker"]), waiting(made)
    assert "Dites pourquoi" in text(hand.post("arrival", change.pk, act="refuse", reason=""))
    assert "300 caractères" in text(hand.post("arrival", change.pk, act="refuse", reason="x" * 301))
    assert hand.post("arrival", change.pk, act="invented").status_code == 404
    assert hand.post("arrival", change.pk, act="withdraw").status_code == 403
    assert hand.post("arrival", change.pk, act="refuse", reason="Inconnue au foyer.").status_code == 302
    assert "Inconnue au foyer." in text(Hand(made).get("arrival", change.pk))
    boss = Hand(home["boss"])
    assert boss.post("member", made.pk, title="Accueil", roles=["case_worker"]).status_code == 302
    again = waiting(made)
    assert boss.post("arrival", again.pk, act="withdraw").status_code == 302
    assert decide(home["worker"], again) == LATE
    made.refresh_from_db()
    assert made.roles == []


def test_roles_added_or_a_member_switched_on_wait_as_well(home):
    """An old account given more, or brought back, is as good as an invented one."""
    boss, front = Hand(home["boss"]), f.member(home["worker"].agency, Role.FRONTLINE)
    boss.post("member", front.pk, title="", roles=["frontline", "agency_admin"])
    front.refresh_from_db()
    assert front.roles == ["frontline"] and waiting(front).asked == ["agency_admin"]
    boss.post("member", front.pk, title="Accueil", roles=["frontline", "agency_admin"])  # the title alone changes
    assert waiting(front).act == "roles"
    gone = f.member(home["worker"].agency, active=False)
    boss.post("member-on", gone.pk)
    gone.refresh_from_db()
    assert gone.active and gone.roles == [] and waiting(gone).asked == ["case_worker"]


def test_coordination_agrees_when_nobody_near_can(home):
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=home["worker"].pk).update(active=False)
    made = invented(Hand(home["boss"]))
    change, unit = waiting(made), Hand(home["unit"])
    assert f"En attente de {home['unit'].agency.name}" in text(Hand(made).get("arrival", change.pk))
    fan_out()
    with acting_as(home["unit"]):
        assert Notice.objects.filter(kind="member_waiting", channel="app").count() == 1
    assert "Recrue Démo" in text(unit.get("arrivals"))
    elsewhere = Hand(f.member(f.coordination(territories=("13",)), Role.COORDINATOR))
    assert elsewhere.post("arrival", change.pk, act="agree").status_code == 404
    assert unit.post("arrival", change.pk, act="agree").status_code == 302
    made.refresh_from_db()
    assert made.roles == ["case_worker"]


def _waits_for(made, change, second, *, others) -> None:
    """Check who reads that these roles wait, who is told, who decides: one person, and none of the others."""
    fan_out()
    for other in others:
        with acting_as(other):
            assert not Notice.objects.filter(kind="member_waiting").exists()
        assert "Recrue Démo" not in text(Hand(other).get("arrivals"))
        assert Hand(other).post("arrival", change.pk, act="agree").status_code == 404
    with acting_as(second):
        assert Notice.objects.filter(kind="member_waiting", channel="app").count() == 1
    assert "Recrue Démo" in text(Hand(second).get("arrivals"))
    assert "Des rôles à accorder" in text(Hand(second).client.get("/"))
    assert Hand(second).post("arrival", change.pk, act="agree").status_code == 302
    made.refresh_from_db()
    assert made.roles == change.asked


def test_national_coordination_agrees_when_the_territorial_one_has_nobody(home):
    nation = Agency.objects.get(mandate=Agency.Mandate.NATIONAL)
    second, audit = f.member(nation, Role.COORDINATOR), f.member(nation, Role.AUDITOR)
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk__in=[home["worker"].pk, home["unit"].pk]).update(active=False)
    made = invented(Hand(home["boss"]))
    change = waiting(made)
    assert f"En attente de {nation.name}" in text(Hand(made).get("arrival", change.pk))
    _waits_for(made, change, second, others=[audit])


def test_auditor_agrees_when_no_coordinator_is_left(home):
    """The last coordinator of the nation brings a colleague in: somebody else must be able to agree."""
    nation = Agency.objects.get(mandate=Agency.Mandate.NATIONAL)
    audit = f.member(nation, Role.AUDITOR)
    alone = f.member(nation, Role.COORDINATOR, Role.AGENCY_ADMIN)
    stranger = f.member(f.agency(), Role.AGENCY_ADMIN)
    made = invented(Hand(alone), roles=["coordinator"])
    change = waiting(made)
    assert "En attente d'un auditeur" in text(Hand(made).get("arrival", change.pk))
    _waits_for(made, change, audit, others=[stranger])


def test_owner_of_an_account_learns_at_once_that_a_code_was_made(home):
    """In the product and by mail, which nobody can mute; and every colleague reads it."""
    worker = home["worker"]
    with f.as_role("nrm_owner"):
        Preference.objects.create(membership=worker, kind="account_code", mail=False)
    mate = f.member(worker.agency, Role.POLICY)
    Hand(home["boss"]).post("member-code", worker.pk)
    fan_out()
    with f.as_role("nrm_owner"):
        told = set(Notice.objects.values_list("membership", "kind", "channel"))
    assert told == {
        (worker.pk, "account_code", "app"), (worker.pk, "account_code", "mail"),
        (mate.pk, "member_code", "app"), (mate.pk, "member_code", "mail"),
    }  # fmt: skip
    letter = delivery.Letter(1, uuid4(), "account_code", "1A2B-3C4D", 1, "a@b.invalid", "fr").message()
    assert "code" in letter.subject and "Appelez tout de suite" in letter.body


def test_one_who_invited_does_not_approve_the_export_of_the_invited(home):
    many(home["worker"])
    hand = Hand(home["boss"])
    made = invented(hand)
    Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree")
    made.refresh_from_db()
    f.bare_case(home["worker"])
    export = ask(made)
    assert hand.post("export-approve", export.pk).status_code == 403
    assert state(export) == "waiting"


def test_the_invited_does_not_approve_the_export_of_who_invited(home):
    many(home["worker"])
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=home["boss"].pk).update(roles=["agency_admin", "case_worker"])
    home["boss"].refresh_from_db()
    made = invented(Hand(home["boss"]))
    Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree")
    made.refresh_from_db()
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
    said = f"Une seconde personne de {home['unit'].agency.name} décide"
    assert said in text(Hand(home["worker"]).get("export-detail", near.pk))
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
