"""Statements an operation would never make, sent straight to the database as the application: the walls alone answer.

Each test is a hole that was open once, or a near miss beside the act that is allowed.
"""

import uuid
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Category, Membership, Role
from foundation.actor import SYSTEM, acting_as
from journal.models import Entry
from notifications.models import Event, Notice
from referral.inbox.operations.alerts import close_alert
from referral.models import (
    Alert,
    AlertContent,
    AlertDesk,
    AlertMove,
    Orientation,
    OrientationDesk,
    OrientationMove,
    OrientationSheet,
)
from referral.orientations.operations import orientations, overdue
from tests import factories as f
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.consents import operations as consents
from victims.models import Assignment, Case, CaseAccess, Consent, Grant, GrantLog, Observation, Restriction

pytestmark = pytest.mark.django_db


@contextmanager
def refused(*codes):
    """The block must be refused by the database, with one of these codes (42501 unless told)."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.pgcode in (codes or ("42501",)), caught.value


def move(model, thing, actor, action, before, after, **fields):
    """A bare insert of a move, as the actor."""
    noun = "alert" if model is AlertMove else "orientation"
    return model.objects.create(
        **{noun: thing},
        action=action,
        before=before,
        after=after,
        membership=actor,
        agency_id=actor.agency_id,
        **fields,
    )


def led(p, by="home", **fields):
    """A case led by the shelter after an accepted transfer."""
    case = f.case(p["coord"], author=p["nurse"])
    f.orientation(p["coord"], case, p[by].agency, state="accepted", answerer=p[by], verb="transfer", level=3, **fields)
    return case


def restrict(p, case, member="home"):
    with acting_as(p[member]):
        assign_member(p[member], case.pk, p[member])
        restrict_case(p[member], case.pk)


def test_frontline_moves_nothing_at_its_own_agencys_desk(p):
    """An alert kept by the author's own agency has a live desk row there; a frontline author still does not answer."""
    alert = f.sent_alert(p["front"], recipients=[])
    with acting_as(p["front"]):
        for action, after in (
            ("close", "sent"),
            ("declare", "taken_up"),
            ("act", "acted"),
            ("redirect", "redirected"),
            ("open", "opened"),
        ):
            with refused():
                move(AlertMove, alert, p["front"], action, "sent", after)
    with acting_as(p["home"]):
        close_alert(p["home"], alert.pk, reason="other")


def test_a_former_lead_sends_nothing_more(p):
    """A draft left from the time one led: sending it afterwards would give a case away that one no longer leads."""
    case = f.case(p["coord"], author=p["nurse"])
    left = f.orientation(p["coord"], case, p["other"].agency, state="draft", level=3)
    f.orientation(p["coord"], case, p["home"].agency, state="accepted", answerer=p["home"], verb="transfer", level=3)
    with acting_as(p["coord"]):
        with refused():
            move(OrientationMove, left, p["coord"], "send", "draft", "sent")
        move(OrientationMove, left, p["coord"], "withdraw", "draft", "withdrawn")


def test_an_old_transfer_of_a_fallen_lead_blocks_nobody(p):
    case = f.case(p["coord"], author=p["nurse"])
    carried = f.consent(p["coord"], case, agencies=[p["home"].agency_id], level=3)
    f.orientation(
        p["coord"],
        case,
        p["home"].agency,
        state="accepted",
        answerer=p["home"],
        verb="transfer",
        level=3,
        consent=carried,
    )
    f.orientation(p["home"], case, p["other"].agency, verb="transfer")
    with acting_as(p["home"]):
        consents.withdraw_consent(p["home"], carried.pk)
    f.orientation(p["coord"], case, p["third"].agency, state="accepted", answerer=p["third"], verb="transfer", level=3)
    with acting_as(p["third"]):
        assert Case.objects.get().lead_id == p["third"].agency_id


def test_an_alert_is_not_attributed_to_another_agency(p):
    alert = f.draft(p["nurse"])
    with acting_as(p["nurse"]), refused():
        Alert.objects.filter(pk=alert.pk).update(agency=p["home"].agency)


def test_the_lead_does_not_choose_who_coordinates(p):
    """The coordination leads again when a lead falls: a lead that renamed it would never lose the case."""
    case = led(p)
    with acting_as(p["home"]):
        for field, value in (("coordination", p["home"].agency), ("opened_by", p["home"]), ("lead", p["other"].agency)):
            with refused():
                Case.objects.filter(pk=case.pk).update(**{field: value})
        Case.objects.filter(pk=case.pk).update(urgency="high")


def test_a_lead_whose_agreement_ran_out_falls_back_too(p, as_role):
    """The end of the agreement is due work: the sweep that deletes the grant leaves no case without a lead."""
    from victims.access.tasks import end_due_grants

    soon = timezone.now() + timezone.timedelta(seconds=5)
    case = f.case(p["coord"], author=p["nurse"])
    carried = f.consent(p["coord"], case, agencies=[p["home"].agency_id], level=3, until=soon)
    f.orientation(
        p["coord"],
        case,
        p["home"].agency,
        state="accepted",
        answerer=p["home"],
        verb="transfer",
        level=3,
        consent=carried,
    )
    with as_role("nrm_owner"):
        Grant.objects.filter(content_object=case, until=soon).update(until=timezone.now() - timezone.timedelta(days=1))
    with as_role("nrm_worker"):
        end_due_grants()
    with acting_as(p["coord"]):
        assert Case.objects.get().lead_id == p["coord"].agency_id
    with acting_as(p["home"]):
        assert not CaseAccess.objects.exists()


def test_a_restricted_case_is_closed_by_every_way_around_it(p):
    """Led by the shelter, which sends an orientation on: a colleague who is not assigned sees neither, the assigned one
    does, and the agency's program for due work still finds its rows."""
    case = led(p)
    sent = f.orientation(p["home"], case, p["other"].agency, level=3)
    around = [CaseAccess, Case, Grant, GrantLog, Observation, Orientation, OrientationSheet, OrientationMove,
              OrientationDesk]  # fmt: skip
    with acting_as(p["home2"]):
        assert Orientation.objects.count() == 2
    restrict(p, case)
    with acting_as(p["home2"]):
        assert {model.__name__: model.objects.count() for model in around} == {model.__name__: 0 for model in around}
        assert not Entry.objects.filter(case_id=case.pk).exists()
        with refused():
            move(OrientationMove, sent, p["home2"], "withdraw", "sent", "withdrawn")
    with acting_as(p["home"]):
        assert Orientation.objects.count() == 2
        assert CaseAccess.objects.count() == 1
        orientations.withdraw_orientation(p["home"], sent.pk)


def test_a_restricted_case_at_an_addressee(p):
    """The desk row of an accepted orientation stays live, and with it the sheet: restriction closes that too."""
    case = f.case(p["coord"], author=p["nurse"])
    f.orientation(p["coord"], case, p["home"].agency, state="accepted", answerer=p["home"], level=3)
    restrict(p, case)
    with acting_as(p["home2"]):
        assert not OrientationSheet.objects.exists()
        assert not OrientationDesk.objects.exists()
        assert not Orientation.objects.visible_to(p["home2"]).exists()
    with acting_as(p["home"]):
        assert OrientationSheet.objects.filter(part="file").exists()
        lift_restriction(p["home"], case.pk)
    with acting_as(p["home2"]):
        assert OrientationSheet.objects.filter(part="file").exists()


def test_a_restricted_case_and_its_alert(p):
    """The alert tells the story of the case: its content follows the restriction, at the desk that restricted."""
    case = f.own_case(p["home"])
    restrict(p, case)
    with acting_as(p["home2"]):
        assert not AlertContent.objects.exists()
        assert not AlertDesk.objects.exists()
    with acting_as(p["home"]):
        assert AlertContent.objects.exists()


def test_a_restriction_does_not_outlive_sight_of_due_work(p):
    """The system membership escalates a request about a restricted case like any other; the same setting under the
    application's role opens nothing."""
    case = f.case(p["coord"], author=p["nurse"])
    f.orientation(p["coord"], case, p["home"].agency, state="accepted", answerer=p["home"])
    restrict(p, case)
    again = f.orientation(p["coord"], case, p["home"].agency)
    with acting_as(p["home2"]):
        assert not Orientation.objects.exists()
    with as_role("nrm_owner"):
        system = Membership.objects.get(agency=p["home"].agency, kind="system")
    with acting_as(system):
        assert not OrientationDesk.objects.exists()
    with as_role("nrm_worker"), acting_as(system):
        row = OrientationDesk.objects.get(orientation=again)
        assert overdue.overdue_orientation(system, row.orientation_id) == "escalate"


def test_notices_of_a_restricted_case_stop(p, as_role):
    case = led(p)
    sent = f.orientation(p["home"], case, p["other"].agency)
    with acting_as(p["other"]):
        orientations.decline_orientation(p["other"], sent.pk, reason="no_place")
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(1000)")
    with acting_as(p["home2"]):
        assert Notice.objects.filter(kind="orientation_declined").exists()
    restrict(p, case)
    with acting_as(p["home2"]):
        assert not Notice.objects.filter(subject="orientation").exists()
    with acting_as(p["home"]):
        assert Notice.objects.filter(kind="orientation_declined").exists()


def test_a_sheet_ends_with_the_access_it_led_to(p):
    """The addressee of an accepted transfer hands the lead on, another's agreement runs out: neither keeps the copy."""
    case = led(p, categories=Category.CONTACT)
    with acting_as(p["home"]):
        assert set(OrientationSheet.objects.values_list("part", flat=True)) >= {"summary", "file"}
    f.orientation(p["home"], case, p["third"].agency, state="accepted", answerer=p["third"], level=3)
    f.orientation(p["home"], case, p["other"].agency, state="accepted", answerer=p["other"], verb="transfer", level=3)
    with acting_as(p["home"]):
        assert CaseAccess.objects.get().level == 1
        assert not OrientationSheet.objects.exists()
        assert Orientation.objects.count() == 3  # the one received, the two sent
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(agency=p["third"].agency).update(until=timezone.now() - timezone.timedelta(hours=1))
    with acting_as(p["third"]):
        assert not OrientationSheet.objects.exists()


def test_who_may_give_what(p):
    """The lead gives at most what it holds, to others; a holder gives nothing; nobody exceeds its agency's bounds."""
    case = f.case(p["coord"], author=p["nurse"])

    def give(actor, agency, codename):
        from django.contrib.auth.models import Permission

        Grant.objects.bulk_create(
            [
                Grant(
                    content_object=case,
                    group_id=agency.pk,
                    permission=Permission.objects.get(codename=codename, content_type__model="case"),
                    ground="legal",
                    ground_id=uuid.uuid4(),
                    given_by=actor,
                )
            ]
        )

    with acting_as(p["coord"]):
        give(p["coord"], p["home"].agency, "summary_case")
        for codename in ("file_case", "identity_case"):
            with refused():
                give(p["coord"], p["home"].agency, codename)
        for codename in ("file_case", "identity_case"):
            with refused("23514"):
                give(p["coord"], p["coord"].agency, codename)
    with acting_as(p["home"]):
        for agency in (p["home"].agency, p["other"].agency):
            with refused():
                give(p["home"], agency, "summary_case")
        with refused():
            Grant.objects.update(until=None)
        with refused():
            Case.objects.filter(pk=case.pk).update(form="unknown")
        with refused():  # the summary is not enough to take the case
            Case.objects.filter(pk=case.pk).update(lead=p["home"].agency)
    with acting_as(p["other"]), refused():
        give(p["other"], p["other"].agency, "status_case")


def test_an_agreement_is_never_rewritten(p):
    case = f.case(p["coord"], author=p["nurse"])
    consent = f.consent(p["coord"], case, agencies=[p["home"].agency_id])
    f.orientation(p["coord"], case, p["home"].agency, state="accepted", answerer=p["home"], consent=consent)
    with acting_as(p["home"]):
        for fields in ({"level": 3}, {"categories": 31}, {"kinds": ["interior"]}, {"until": None}):
            with refused():
                Consent.objects.filter(pk=consent.pk).update(**fields)
        with refused():
            Consent.objects.create(case=case, obtained_by=p["home"], level=3)
        now = {"withdrawn_at": timezone.now(), "withdrawn_by": p["home"]}
        assert Consent.objects.filter(pk=consent.pk).update(**now) == 1
    with acting_as(p["coord"]), refused("NRM01"):
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=None)


def test_what_was_sent_is_frozen(p):
    case = f.case(p["coord"], author=p["nurse"])
    sent = f.orientation(p["coord"], case, p["home"].agency)
    with acting_as(p["coord"]):
        assert Orientation.objects.filter(pk=sent.pk).update(level=3, addressee=p["other"].agency) == 0
        with refused("NRM01"):
            OrientationSheet.objects.create(orientation=sent, part="file", data={})
        with refused():
            OrientationSheet.objects.update(part="file")
        assert OrientationSheet.objects.all().delete()[0] == 0
        with refused():
            OrientationMove.objects.all().update(reason="x")
        with refused():
            OrientationMove.objects.all().delete()
        with refused():
            OrientationDesk.objects.create(
                orientation=sent, agency=p["other"].agency, state="sent", received_at=timezone.now(), reference="A",
                urgency="normal",
            )  # fmt: skip


def test_moves_that_only_the_database_writes(p):
    case = f.case(p["coord"], author=p["nurse"])
    sent = f.orientation(p["coord"], case, p["home"].agency)
    for name in ("home", "coord"):
        with acting_as(p[name]):
            for action, after in (("accept", "accepted"), ("withdraw_consent", "consent_withdrawn")):
                with refused():
                    move(OrientationMove, sent, p[name], action, "sent", after)


def test_a_move_says_who_made_it(p):
    """Neither the membership nor the agency of a move, an entry, an event or a grant can be another's."""
    case = f.case(p["coord"], author=p["nurse"])
    sent = f.orientation(p["coord"], case, p["home"].agency)
    with acting_as(p["home"]):
        for who, agency in ((p["home2"], p["home"].agency_id), (p["home"], p["coord"].agency_id)):
            with refused():
                OrientationMove.objects.create(
                    orientation=sent,
                    action="decline",
                    before="sent",
                    after="declined",
                    membership=who,
                    agency_id=agency,
                )
        for agency, member in ((p["home"].agency_id, p["coord"].pk), (p["coord"].agency_id, p["home"].pk)):
            with refused():
                Entry.objects.create(membership_id=member, agency_id=agency, action="case.read")
        with refused():
            Event.objects.create(kind="x", subject="case", subject_id=case.pk, reference="x", audience=[],
                                 actor_id=p["coord"].pk)  # fmt: skip
        with refused():
            Notice.objects.create(event_id=uuid.uuid4(), membership=p["home"], channel="app", kind="x", subject="case",
                                  subject_id=case.pk, reference="x", at=timezone.now())  # fmt: skip


def test_nobody_lets_himself_into_a_restricted_case(p):
    case = led(p)
    restrict(p, case)
    with acting_as(p["home2"]):
        with refused():
            Assignment.objects.create(case=case, agency=p["home"].agency, membership=p["home2"], by=p["home2"])
        assert Restriction.objects.all().delete()[0] == 0
    with acting_as(p["other"]):
        with refused("23514"):
            Assignment.objects.create(case=case, agency=p["home"].agency, membership=p["other"], by=p["other"])
        with refused():
            Assignment.objects.create(case=case, agency=p["other"].agency, membership=p["other"], by=p["other"])


def test_break_glass_opens_one_hour_of_file_and_no_identity(p):
    case = led(p, categories=Category.CONTACT)
    call, why = "SELECT nrm.break_glass(%s, %s, %s, %s)", "Urgence vitale, médecin au téléphone"
    with acting_as(p["other"]), connection.cursor() as cursor:
        with refused("23514"):
            cursor.execute(call, [uuid.uuid4(), case.reference, "trop court", b"x"])
        cursor.execute(call, [uuid.uuid4(), "2222-2222", why, b"x"])
        assert cursor.fetchone() == (None,)
        cursor.execute(call, [uuid.uuid4(), case.reference, why, b"x"])
        row = CaseAccess.objects.get()
        assert (row.level, row.categories) == (3, 0)
        assert row.until <= timezone.now() + timezone.timedelta(hours=1)
        assert Entry.objects.filter(action="break_glass", case_id=case.pk).count() == 1
    with acting_as(p["front"]), connection.cursor() as cursor, refused():
        cursor.execute(call, [uuid.uuid4(), case.reference, why, b"x"])


def test_a_hidden_case_and_none_answer_the_same(p):
    """No oracle: a child of a hidden case and of a random uuid get one error."""
    case = f.case(p["coord"], author=p["nurse"])
    texts = set()
    with acting_as(p["home"]):
        for target in (case.pk, uuid.uuid4()):
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                Observation.objects.create(case_id=target, data={}, counts=True, catalogue_version="1", by=p["home"])
                connection.check_constraints()
            texts.add(str(caught.value))
    assert len(texts) == 1


def test_a_program_acts_with_the_sight_of_its_roles(p):
    robot = f.program(p["home"].agency)
    mute = f.program(p["other"].agency, Role.FRONTLINE)
    led(p)
    with acting_as(robot):
        assert CaseAccess.objects.count() == 1
    with acting_as(mute):
        assert CaseAccess.objects.count() == 0


def test_an_author_who_lost_the_role_reads_no_alert(p):
    """Having written it is not enough: a membership without a case role sees nothing, its own alerts included."""
    f.sent_alert(p["nurse"])
    p["nurse"].roles = [Role.AGENCY_ADMIN]
    with acting_as(p["nurse"]):
        assert not Alert.objects.exists()
        assert not AlertContent.objects.exists()
        assert not AlertMove.objects.exists()
