"""Who works on cases since a day reads what the organisation received before by assignment only.

A member may be invented by who invited them, and the second person deceived.
"""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from journal.models import Entry
from notifications.models import Notice
from notifications.operations.events import enqueue
from referral.inbox.operations import alerts as inbox
from referral.models import Alert, AlertDesk, Orientation, OrientationDesk
from referral.orientations.operations import orientations
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from victims.access.operations.assignment import assign_member, restrict_case, unassign_member
from victims.cases.access import visible_case
from victims.models import Case, CaseAccess, Grant, GrantLog

from .test_invented_member import invented, waiting
from .test_members import REFUSED, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


def later(member) -> Membership:
    """Make the member arrive after everything that stands."""
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=member.pk).update(cases_from=timezone.now())
    return Membership.objects.select_related("user", "agency").get(pk=member.pk)


@pytest.fixture
def house():
    """A shelter with a case of before, one who works there, and one who arrived since."""
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    worker = f.member(shelter)
    return {
        "worker": worker,
        "unit": f.member(unit, Role.COORDINATOR),
        "case": f.own_case(worker),
        "new": later(f.member(shelter)),
    }


def seen(actor) -> set:
    """Return the cases this member's list shows; what the database alone shows is the same."""
    with acting_as(actor):
        listed = set(CaseAccess.objects.of(actor).values_list("case", flat=True))
        assert listed == set(CaseAccess.objects.values_list("case", flat=True))
        assert listed == set(Case.objects.visible_to(actor, 1).values_list("pk", flat=True))
        return listed


def test_an_invented_member_whom_a_second_person_agrees_to_reads_no_old_file(home):
    old = f.own_case(home["worker"])
    made = invented(Hand(home["boss"]))
    assert Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree").status_code == 302
    made = later(made)  # one transaction holds the whole test: the database's clock stands
    puppet = Hand(made)
    listed = text(puppet.get("case-list"))
    assert old.reference not in listed
    assert puppet.get("case-detail", old.pk).status_code == 404
    assert puppet.get("case-identity", old.pk).status_code == 404
    assert seen(made) == set()


def test_roles_that_open_cases_set_the_arrival_once_and_again_after_they_were_lost(home):
    made = invented(Hand(home["boss"]))
    assert made.cases_from is None
    Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree")
    made.refresh_from_db()
    first = made.cases_from
    assert first is not None
    with f.as_role("nrm_owner"):
        Membership.objects.filter(pk=made.pk).update(cases_from=first - timedelta(days=40))
    boss = Hand(home["boss"])
    boss.post("member", made.pk, title="", roles=["case_worker", "agency_admin"])
    Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree")
    made.refresh_from_db()
    assert set(made.roles) == {"case_worker", "agency_admin"} and made.cases_from == first - timedelta(days=40)
    boss.post("member", made.pk, title="", roles=["agency_admin"])
    boss.post("member", made.pk, title="", roles=["case_worker", "agency_admin"])
    Hand(home["worker"]).post("arrival", waiting(made).pk, act="agree")
    made.refresh_from_db()
    assert made.cases_from == first


def test_a_case_of_before_opens_by_assignment_and_closes_with_it(house):
    new, case = house["new"], house["case"]
    assert seen(house["worker"]) == {case.pk} and seen(new) == set()
    with acting_as(new), pytest.raises(NotFound):
        assign_member(new, case.pk, new)  # nobody opens it for oneself
    with acting_as(house["worker"]):
        assign_member(house["worker"], case.pk, new)
    assert seen(new) == {case.pk}
    assert Hand(new).get("case-detail", case.pk).status_code == 200
    with acting_as(house["worker"]):
        unassign_member(house["worker"], case.pk, new)
    assert seen(new) == set()


def test_a_case_received_since_is_open_also_when_it_is_older_elsewhere(house):
    """What counts is when this organisation received it."""
    elsewhere = f.own_case(f.member(f.shelter()))
    since = f.own_case(house["worker"])
    with f.as_role("nrm_owner"):
        # one transaction holds the whole test: the grants of the test stand at one time
        GrantLog.objects.filter(case_id=since.pk).update(at=house["new"].cases_from)
        CaseAccess.objects.filter(case=since).update(since=house["new"].cases_from)
    assert seen(house["new"]) == {since.pk}
    asked = f.orientation(f.member(elsewhere.lead), elsewhere, house["new"].agency, state="draft")
    assert asked.state == "draft" and elsewhere.pk not in seen(house["new"])


def test_nothing_beside_the_case_tells_of_it(house):
    new, case = house["new"], house["case"]
    sent = f.orientation(house["worker"], case, f.shelter())
    for query in (Grant.rows.all(), GrantLog.objects.all(), Orientation.objects.all()):
        with acting_as(house["worker"]):
            assert query.all().exists(), query.model
        with acting_as(new):
            assert not query.all().exists(), query.model
    with acting_as(new):
        assert not Orientation.objects.visible_to(new).exists() and not Orientation.objects.sent_by(new).exists()
    hand = Hand(new)
    for route in ("case-list", "orientation-sent"):
        body = text(hand.get(route))
        assert case.reference not in body and sent.reference not in body, route
    assert str(case.pk) not in text(hand.post("search", reference=case.reference))
    assert str(case.pk) in text(Hand(house["worker"]).post("search", reference=case.reference))
    with f.as_role("nrm_owner"):
        Notice.objects.all().delete()
    with acting_as(house["unit"]) as unit:
        enqueue("case_addition", case, to=["lead"])
        assert unit
    fan_out()
    with f.as_role("nrm_owner"):
        told = set(Notice.objects.filter(kind="case_addition").values_list("membership", flat=True))
    assert house["worker"].pk in told and new.pk not in told


def test_a_newcomer_answers_what_waits_at_the_desk(house):
    """An alert and a request of before wait: a colleague who arrived since takes both, and keeps what was taken."""
    author = f.member(f.agency(), Role.FRONTLINE)
    alert, other = (
        f.sent_alert(author, desks=[house["new"].agency_id]),
        f.sent_alert(author, desks=[house["new"].agency_id]),
    )
    lead = f.member(f.shelter())
    asked = f.orientation(lead, f.own_case(lead), house["new"].agency)
    declined = f.orientation(lead, f.own_case(lead), house["new"].agency)
    taken = f.orientation(lead, f.own_case(lead), house["new"].agency, state="accepted", answerer=house["worker"])
    new = later(house["new"])
    with acting_as(house["worker"]):
        inbox.open_alert(house["worker"], other.pk)
        inbox.close_alert(house["worker"], other.pk, reason="other")
    with acting_as(new):
        assert set(AlertDesk.objects.of(new).values_list("alert", flat=True)) == {alert.pk}
        assert set(AlertDesk.objects.values_list("alert", flat=True)) == {alert.pk}
        assert set(OrientationDesk.objects.of(new).values_list("orientation", flat=True)) == {asked.pk, declined.pk}
        assert set(OrientationDesk.objects.values_list("orientation", flat=True)) == {asked.pk, declined.pk}
        assert not Alert.objects.visible_to(new).filter(pk=other.pk).exists()
        assert not Orientation.objects.visible_to(new).filter(pk=taken.pk).exists()
    hand = Hand(new)
    assert hand.get("inbox-alert", alert.pk).status_code == 200
    assert hand.get("inbox-alert", other.pk).status_code == 404
    with acting_as(new):
        inbox.open_alert(new, alert.pk)
        inbox.close_alert(new, alert.pk, reason="other")
        orientations.accept_orientation(new, asked.pk)
        orientations.decline_orientation(new, declined.pk, reason="no_place")
    assert {asked.case_id} <= seen(new)
    assert hand.get("inbox-alert", alert.pk).status_code == 200
    assert hand.get("orientation-detail", asked.pk).status_code == 200


def test_who_accepts_a_case_that_the_organisation_had_before_follows_it(house):
    lead = f.member(f.shelter())
    case = f.own_case(lead)
    f.orientation(lead, case, house["new"].agency, state="completed", answerer=house["worker"])
    again = f.orientation(lead, case, house["new"].agency)
    new = later(house["new"])
    assert seen(new) == set()
    with acting_as(new):
        orientations.accept_orientation(new, again.pk)
    assert seen(new) == {case.pk}
    with acting_as(new):
        assert visible_case(new, case.pk) == case


def test_alerts_sent_before_are_not_shown_those_written_by_oneself_are(house):
    sent = f.sent_alert(house["worker"])
    mine = f.sent_alert(house["new"])
    new = later(house["new"])
    with acting_as(new):
        assert set(Alert.objects.visible_to(new)) == set(Alert.objects.sent_from(new)) == {mine}
    with acting_as(house["worker"]) as worker:
        assert {sent, mine} <= set(Alert.objects.sent_from(worker))


def test_cases_that_nobody_sees_any_more_are_taken_over_with_two_persons(home):
    """The only one who saw them left. The administrator asks, the coordination agrees: nobody nearer can."""
    orphan, shut = f.own_case(home["worker"]), f.own_case(home["worker"])
    with acting_as(home["worker"]) as worker:
        assign_member(worker, shut.pk, worker)
        restrict_case(worker, shut.pk)
    new, boss, unit = later(f.member(home["worker"].agency)), Hand(home["boss"]), Hand(home["unit"])
    assert boss.post("member-files", new.pk).status_code == 409  # somebody sees them
    assert "Choisissez qui" not in text(boss.get("member", home["worker"].pk))  # no heir arrived before them
    assert boss.post("member-off", home["worker"].pk, heir=new.pk).status_code == 302
    assert seen(new) == set()
    assert "2 dossiers sont parties" in text(boss.get("members"))
    assert "Demander la reprise" in text(boss.get("member", new.pk))
    assert Hand(new).post("member-files", new.pk).status_code == 403
    assert boss.post("member-files", new.pk).status_code == 302
    change = waiting(new)
    for hand in (boss, Hand(new)):
        assert hand.post("arrival", change.pk, act="agree").status_code == 403
    shown = text(unit.get("arrival", change.pk))
    assert "Confier ces dossiers" in shown and orphan.reference not in shown
    assert unit.post("arrival", change.pk, act="agree").status_code == 302
    assert seen(new) == {orphan.pk, shut.pk}
    assert "parties" not in text(boss.get("members"))
    with acting_as(home["unit"]):
        given = Entry.objects.filter(action="case.assign", membership_id=home["unit"].pk)
        assert set(given.values_list("case_id", flat=True)) == {orphan.pk, shut.pk}


def test_an_administrator_gives_kept_cases_to_nobody_who_arrived_after_them(home):
    """Alone, with an invented member as the heir of whoever leaves."""
    kept = f.own_case(home["worker"])
    with acting_as(home["worker"]) as worker:
        assign_member(worker, kept.pk, worker)
        restrict_case(worker, kept.pk)
    colleague, new = f.member(home["worker"].agency), later(f.member(home["worker"].agency))
    boss = Hand(home["boss"])
    assert boss.post("member-off", home["worker"].pk, heir=new.pk).status_code == 200  # not among those offered
    assert refusal(home["boss"], "SELECT nrm.switch_off_member(%s, %s)", home["worker"].pk, new.pk) == REFUSED
    assert boss.post("member-off", home["worker"].pk, heir=colleague.pk).status_code == 302
    assert seen(colleague) == {kept.pk} and seen(new) == set()
