"""What is promised about telling people, on the real database under the real roles.

Operations write events as the application; `worker()` does what the worker does, in the worker's role. Expected
readers are written by hand from design, section 7.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Kind, Role, User
from foundation.actor import acting_as
from notifications.models import Event, Notice, Preference
from notifications.operations import delivery
from notifications.operations.events import access_ended, enqueue
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.models import Alert
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, states, told, worker
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.consents import operations as consents
from victims.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db):
    f.national()
    return f.agency(Kind.EDUCATION, desk=False)


@pytest.fixture
def nurse(school):
    return f.member(school, Role.FRONTLINE)


@pytest.fixture
def coordinator(school):
    return f.member(f.coordination(), Role.COORDINATOR)


def seen_by(member) -> list[str]:
    with acting_as(member):
        return sorted(Notice.objects.of(member).values_list("kind", flat=True))


def test_each_move_tells_those_concerned_and_not_its_author(school, nurse, coordinator):
    colleague, other_nurse = f.member(coordinator.agency), f.member(school, Role.FRONTLINE)
    head, outsider = f.member(school), f.member(f.shelter())
    alert = f.sent_alert(nurse)
    fan_out()
    addressed = told("alert_sent")
    assert {coordinator.pk, colleague.pk} <= addressed
    assert not {nurse.pk, other_nurse.pk, head.pk, outsider.pk} & addressed
    with acting_as(coordinator):
        open_alert(coordinator, alert.pk)
        alerts.open_case(coordinator, alert.pk)
    fan_out()
    assert told("alert_opened") == {nurse.pk}
    assert told("alert_acted") & {nurse.pk, coordinator.pk, colleague.pk} == {nurse.pk}
    assert told("case_opened") & {nurse.pk, coordinator.pk, colleague.pk} == {colleague.pk}  # its own unit, by the case


def test_rolled_back_tells_nobody(coordinator):
    case = f.own_case(f.member(f.shelter()))
    with pytest.raises(RuntimeError, match="on purpose"), acting_as(case.opened_by), transaction.atomic():
        enqueue("case_opened", case, to=["holders"])
        raise RuntimeError("on purpose")
    fan_out()
    assert told("case_opened") == set()


def test_twice_tells_once(nurse, coordinator):
    f.sent_alert(nurse)
    assert fan_out() == 1
    before = told("alert_sent")
    with as_role("nrm_owner"):
        Event.objects.update(fanned_at=None)
        count = Notice.objects.count()
    assert fan_out() == 1
    assert told("alert_sent") == before
    with as_role("nrm_owner"):
        assert Notice.objects.count() == count


def test_the_same_ids_twice_send_once(nurse, coordinator, mailoutbox):
    f.sent_alert(nurse)
    fan_out()
    with worker():
        ids = delivery.hand_over()
        assert delivery.send_all(ids) == len(ids)
        assert delivery.send_all(ids) == 0
        assert delivery.hand_over() == []
    assert len(mailoutbox) == len(ids)


def test_a_lost_task_is_found_by_the_sweep(nurse, coordinator):
    """The broker told nobody of the event, then lost the ids: the tables know both."""
    f.sent_alert(nurse)
    fan_out()
    with worker():
        lost = delivery.hand_over()
        assert lost and delivery.hand_over() == []  # given to the broker: not again at once
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").update(due_at=timezone.now() - timedelta(hours=1))
    with worker():
        assert delivery.hand_over() == lost
        assert delivery.send_all(lost) == len(lost)


def test_a_worker_that_died_is_replaced_when_its_lease_ends(nurse, coordinator):
    f.sent_alert(nurse)
    fan_out()
    with worker():
        ids = delivery.hand_over()
        assert all(delivery.claim(pk) for pk in ids)  # and then the process is gone
        assert delivery.send_all(ids) == 0
        assert delivery.hand_over() == []
    with as_role("nrm_owner"):
        Notice.objects.filter(state="sending").update(due_at=timezone.now() - timedelta(hours=1))
    with worker():
        assert delivery.send_all(delivery.hand_over()) == len(ids)


def test_a_lease_that_always_ends_fails_at_last(nurse, coordinator, caplog):
    f.sent_alert(nurse)
    fan_out()
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").update(
            state="sending", attempts=delivery.MAX_ATTEMPTS, due_at=timezone.now() - timedelta(hours=1)
        )
    with worker():
        assert delivery.hand_over() == []
    assert set(states("alert_sent").values()) == {"failed"}
    assert "no worker came back" in caplog.text


def test_who_lost_access_before_the_sending_is_dropped(coordinator):
    shelter = f.member(f.shelter())
    partner = f.member(f.agency(Kind.NGO))
    case = f.own_case(shelter)
    orientation = f.orientation(shelter, case, partner.agency, state="accepted", answerer=partner)
    with acting_as(shelter):
        enqueue("case_opened", case, to=["holders"])
    fan_out()
    assert partner.pk in told("case_opened")
    with acting_as(shelter):
        consents.withdraw_consent(shelter, orientation.consent_id)
    one_pass()
    assert states("case_opened")[partner.pk] == "dropped"
    assert "case_opened" not in seen_by(partner)
    # told of the end itself, which needs no sight
    assert partner.pk in told("access_ended")
    assert states("access_ended")[partner.pk] == "sent"


def test_a_grant_expired_by_the_clock_gives_nothing_at_once(coordinator):
    """No sweep, no beat: the list and the count of unread answer by the database's clock."""
    shelter = f.member(f.shelter())
    partner = f.member(f.agency(Kind.NGO))
    case = f.own_case(shelter)
    f.orientation(shelter, case, partner.agency, state="accepted", answerer=partner)
    with acting_as(shelter):
        enqueue("case_opened", case, to=["holders"])
    fan_out()
    assert "case_opened" in seen_by(partner)
    with as_role("nrm_owner"):
        Grant.objects.filter(group_id=partner.agency_id).update(until=timezone.now() - timedelta(minutes=1))
        # the trigger of a correction recomputes; a real expiry runs no trigger, so put back the row it left
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO victims_caseaccess (agency_id, received_at, since, case_id, level, categories, until,"
            " restricted, lead, assigned, reference, status, form, territory_id, urgency)"
            " SELECT %s, received_at, now(), id, 2, 0, now() - interval '1 minute', false, false, false, reference,"
            " status, form, territory_id, urgency"
            " FROM victims_case WHERE id = %s",
            [partner.agency_id, case.pk],
        )
    assert "case_opened" not in seen_by(partner)
    with acting_as(partner):
        unread = Notice.objects.of(partner).filter(kind="case_opened").unread()
        assert unread.capped_count() == 0
        assert not Notice.objects.filter(kind="case_opened").exists()
    one_pass()
    assert states("case_opened")[partner.pk] == "dropped"


def test_a_restricted_case_tells_its_assigned_members_only(coordinator):
    shelter = f.shelter()
    assigned, colleague = f.member(shelter), f.member(shelter)
    case = f.own_case(assigned)
    with acting_as(assigned):
        assign_member(assigned, case.pk, assigned)
        enqueue("case_opened", case, to=["holders"])
    fan_out()
    assert "case_opened" in seen_by(colleague)
    with acting_as(assigned):
        restrict_case(assigned, case.pk)
    assert "case_opened" not in seen_by(colleague)
    with acting_as(coordinator):  # somebody else acts, so that the assigned member is told
        Event.objects.create(
            kind="consent_withdrawn",
            subject="case",
            subject_id=case.pk,
            reference=case.reference,
            audience=["holders"],
            actor_id=coordinator.pk,
        )
        access_ended(case.reference, [shelter.pk])
    fan_out()
    assert told("consent_withdrawn") == {assigned.pk}
    assert told("access_ended") == {assigned.pk}
    one_pass()
    assert states("case_opened")[colleague.pk] == "dropped"


def test_orientations_of_a_restricted_case_too(coordinator):
    shelter = f.shelter()
    assigned = f.member(shelter)
    f.member(shelter)
    partner = f.member(f.agency(Kind.NGO))
    case = f.own_case(assigned)
    with acting_as(assigned):
        assign_member(assigned, case.pk, assigned)
        restrict_case(assigned, case.pk)
    f.orientation(assigned, case, partner.agency, state="declined", answerer=partner)
    fan_out()
    assert told("orientation_declined") == {assigned.pk}


@pytest.mark.parametrize("what", ["membership", "person", "agency", "role"])
def test_who_was_switched_off_is_told_nothing(nurse, coordinator, what):
    colleague = f.member(coordinator.agency)
    f.sent_alert(nurse)
    fan_out()
    assert states("alert_sent")[colleague.pk] == "queued"
    with as_role("nrm_owner"):
        if what == "person":
            User.objects.filter(pk=colleague.user_id).update(is_active=False)
        elif what == "agency":
            type(colleague.agency).objects.filter(pk=colleague.agency_id).update(active=False)
        elif what == "role":
            type(colleague).objects.filter(pk=colleague.pk).update(roles=[Role.AGENCY_ADMIN])
        else:
            type(colleague).objects.filter(pk=colleague.pk).update(active=False)
    assert seen_by(colleague) == []
    one_pass()
    assert states("alert_sent")[colleague.pk] == "dropped"
    f.sent_alert(nurse)
    fan_out()
    with as_role("nrm_owner"):
        assert Notice.objects.filter(membership=colleague, channel="app").count() == 1  # the former one


def test_a_company_learns_that_it_was_read_and_no_more(coordinator):
    hotel = f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(hotel, agreement="not_asked")
    with acting_as(coordinator):
        open_alert(coordinator, alert.pk)
        close_alert(coordinator, alert.pk, reason="duplicate")
    fan_out()
    assert seen_by(hotel) == ["alert_opened"]


def test_preferences_silence_mails_not_the_application(nurse, coordinator):
    colleague = f.member(coordinator.agency)
    with acting_as(colleague):
        Preference.objects.create(membership=colleague, kind="alert_sent", mail=False)
    f.sent_alert(nurse)
    fan_out()
    assert colleague.pk in told("alert_sent", "app")
    assert told("alert_sent", "mail") >= {coordinator.pk}
    assert colleague.pk not in told("alert_sent", "mail")


def test_a_danger_to_life_cannot_be_muted(nurse, coordinator):
    with pytest.raises(DatabaseError, match="vital_cannot_be_muted"), acting_as(coordinator):
        Preference.objects.create(membership=coordinator, kind="alert_vital", mail=False)
    with as_role("nrm_owner"), connection.cursor() as cursor:  # even if the row stood there
        cursor.execute("ALTER TABLE notifications_preference DROP CONSTRAINT vital_cannot_be_muted")
        Preference.objects.create(membership=coordinator, kind="alert_vital", mail=False)
    f.sent_alert(nurse, danger="yes")
    fan_out()
    assert coordinator.pk in told("alert_vital", "mail")


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
def test_only_the_workers_system_mode_writes_notices(nurse, coordinator, role):
    """Neither a member, nor the application whatever mode it claims."""
    f.sent_alert(nurse)
    with as_role(role), acting_as(coordinator):
        if role == "nrm_app":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('nrm.system', 'on', true)")
        assert Event.objects.count() == 0
        with connection.cursor() as cursor:
            if role == "nrm_app":  # it may not even ask what others see
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute("SELECT nrm.fan_out(100)")
            else:
                cursor.execute("SELECT nrm.fan_out(100)")
                assert cursor.fetchone() == (0,)
        with as_role("nrm_owner"):
            event = Event.objects.get(kind="alert_sent")
            assert event.fanned_at is None
        forged = {"kind": "alert_sent", "subject": "alert", "reference": "x", "at": timezone.now()}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Notice.objects.bulk_create(
                [Notice(event=event, membership=coordinator, channel="app", subject_id=event.subject_id, **forged)]
            )


def test_the_application_changes_only_the_reading_of_its_own_notices(nurse, coordinator):
    f.sent_alert(nurse)
    fan_out()
    colleague = f.member(coordinator.agency)
    with acting_as(coordinator):
        assert Notice.objects.filter(channel="app").update(read_at=timezone.now()) == 1
        assert Notice.objects.filter(channel="mail").update(state="queued") == 0
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Notice.objects.update(subject_id=nurse.alerts.first().pk)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Notice.objects.all()._raw_delete(Notice.objects.db)
    with acting_as(colleague):
        assert Notice.objects.update(read_at=timezone.now()) == 0


def test_a_draft_tells_nobody_of_its_agency(school, nurse):
    """An alert never sent is seen by its author alone, so a notice about it reaches nobody else."""
    head = f.member(school)
    draft = f.draft(nurse)
    with acting_as(nurse):
        assert Alert.objects.filter(pk=draft.pk).exists()
    with as_role("nrm_worker"), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.still_sees(%s, 'alert', %s)", [head.pk, draft.pk])
        assert cursor.fetchone() == (False,)
