"""What joins the case of a child after its report was made: the CRIP is told of it too, within a time, by somebody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Event
from referral import tasks
from referral.closing import operations as closing
from referral.inbox.operations import alerts as desks
from referral.inbox.operations import silent_desks
from referral.models import AlertLink, Clock, Orientation, OrientationDesk, StepAct
from referral.procedures.operations import checklists, clocks
from referral.procedures.selectors import report_owed
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told
from tests.referral.pages import text
from tests.referral.procedures.reports import REPORT, TELL, joined, noted
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db


def running(shared) -> list[Clock]:
    with as_role("nrm_owner"):
        return list(Clock.objects.filter(checklist__procedure=REPORT, step=1, case=shared.child, state="running"))


def told_of(kind: str) -> set[int]:
    """Return who gets a notice of this kind, once the worker made them."""
    fan_out()
    return told(kind)


def test_a_second_alert_has_a_time_limit_again_and_those_of_the_case_are_told(shared):
    """A new danger of a child, joined to a case whose report was made: nobody was reminded of the one it calls for."""
    who, mate = shared.lead.member, f.member(shared.lead.member.agency)
    with acting_as(who):
        clocks.start_clock(who, shared.list.pk, 1, moment=timezone.now() - timedelta(days=2))
    assert noted(who, shared.list).status_code == 302 and running(shared) == []
    now = timezone.now()
    joined(shared)
    (clock,) = running(shared)
    assert now + timedelta(hours=23) < clock.due_at < now + timedelta(hours=25) and clock.remind_at == clock.due_at
    assert told_of("report_owed") == {mate.pk, shared.unit.member.pk}, "whoever joined it knows"
    with as_role("nrm_owner"):
        Clock.objects.filter(pk=clock.pk).update(remind_at=now, due_at=now)
    with as_role("nrm_worker"):
        assert tasks.clocks() == 1
    assert {who.pk, mate.pk} <= told_of("clock_late"), "and whoever joined it is reminded as the others"
    assert noted(who, shared.list).status_code == 302 and running(shared) == []


def test_what_is_mailed_of_it_tells_nothing_of_the_new_alert(shared, mailoutbox):
    mate = f.member(shared.lead.member.agency)
    one_pass()
    mailoutbox.clear()
    second = joined(shared)
    one_pass()
    (mail,) = [mail for mail in mailoutbox if mate.user.email in mail.to and shared.child.reference in mail.body]
    words = f"{mail.subject} {mail.body}"
    assert second.reference not in words and "MARQUEUR" not in words and "mineur" not in words.lower()


def test_a_program_that_joins_an_alert_leaves_nobody_untold(shared):
    program = f.program(shared.lead.member.agency, Role.CASE_WORKER)
    joined(shared, by=program)
    assert shared.lead.member.pk in told_of("report_owed") and len(running(shared)) == 1


def test_a_time_limit_that_runs_stays_when_a_second_alert_joins(shared):
    with acting_as(shared.lead.member):
        first = clocks.start_clock(shared.lead.member, shared.list.pk, 1, moment=timezone.now() - timedelta(hours=9))
    joined(shared)
    assert [clock.due_at for clock in running(shared)] == [first.due_at]


def test_no_time_limit_for_an_adult_nor_where_the_crip_was_sent_the_alert(shared):
    crip = f.agency(Kind.CHILD_PROTECTION, services=("child_care",), supports_people=True, profile_id="crip")
    assert noted(shared.lead.member, shared.list).status_code == 302
    joined(shared, crip.pk)
    assert running(shared) == [] and told_of("report_owed") == set(), "its own time limit holds there"
    joined(shared, case=f.own_case(shared.lead.member))
    with as_role("nrm_owner"):
        assert (
            not Clock.objects.filter(state="running").exists() and not Event.objects.filter(kind="report_owed").exists()
        )


def let_go(crip, shared, how):
    """Return what makes an alert wait at the CRIP no more: a coordination gives it to another, or the CRIP itself."""
    other = f.agency(Kind.NGO, supports_people=True).pk

    def done(alert):
        with acting_as(shared.unit.member if how == "readdress" else crip):
            if how == "readdress":
                desks.readdress_alert(shared.unit.member, alert.pk, other, instead_of=crip.agency_id)
            elif how == "redirect":
                desks.redirect_alert(crip, alert.pk, [other], reason="competence")
            elif how == "close":
                desks.close_alert(crip, alert.pk, reason="out_of_scope")

    return done


def reach(shared, alert, crip):
    said = {"at": timezone.now(), "function": "Cadre de permanence"}
    with acting_as(shared.unit.member):
        silent_desks.reach_desk(shared.unit.member, alert.pk, crip.agency_id, **said)


@pytest.mark.parametrize(("how", "owed"), [("readdress", 1), ("redirect", 1), ("close", 1), ("waits", 0)])
def test_a_crip_that_the_alert_waits_at_no_more_leaves_the_report_owed(shared, how, owed):
    """It was sent the alert once, and nobody there was bound to answer: no time limit ran anywhere."""
    crip = crip_desk("75")
    asked_of(crip, shared)
    joined(shared, shared.unit.member.agency_id, crip.agency_id, first=let_go(crip, shared, how))
    assert len(running(shared)) == owed and (shared.unit.member.pk in told_of("report_owed")) is bool(owed)
    assert (TELL in text(shared.lead.get("case-detail", shared.child.pk))) is bool(owed), "it has a request of before"


def test_an_alert_that_waits_at_one_crip_is_not_told_to_another_one_that_has_the_request(shared):
    """A child who changes département has two: each knows what it was sent."""
    asked_of(crip_desk("93"), shared)
    second = joined(shared, crip_desk("75").agency_id)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and second.reference in page.split("ne dit rien de")[1].split("</li>")[0]


def test_a_time_limit_that_is_over_gives_way_to_that_of_the_alert_that_joins(shared):
    """It ran on, late, for weeks: the new alert had no end of its own, and nobody was reminded."""
    who = shared.lead.member
    with acting_as(who):
        late = clocks.start_clock(who, shared.list.pk, 1, moment=timezone.now() - timedelta(days=20))
    now = timezone.now()
    joined(shared)
    (clock,) = running(shared)
    assert clock.pk != late.pk and now + timedelta(hours=23) < clock.due_at and clock.remind_at == clock.due_at
    with as_role("nrm_owner"):
        former = Clock.objects.get(pk=late.pk)
        assert (former.state, former.due_at) == ("stopped", late.due_at), "it was late, and not met"
        assert former.moves.last().at > former.due_at


# -- a request sent to the CRIP, and an alert that it acts on
def crip_desk(place="93"):
    """Return a member of the CRIP of a place: that of the alerts is sent each of a child, by rule."""
    f.territory(place, place)
    crip = {"services": ("child_care",), "supports_people": True, "profile_id": "crip", "territories": (place,)}
    return f.member(f.agency(Kind.CHILD_PROTECTION, **crip))


def asked_of(crip, shared, state="accepted", **fields):
    """Return a request of the lead to the CRIP, for the child in danger."""
    said = {"service": f.service("child_care"), "consent": None, "legal_ground": "child_in_danger", **fields}
    return f.orientation(shared.lead.member, shared.child, crip.agency, state=state, answerer=crip, **said)


@pytest.mark.parametrize("state", ["sent", "accepted", "completed"])
def test_a_request_of_before_tells_the_crip_nothing_of_an_alert_that_joins_and_one_sent_since_does(shared, state):
    """The CRIP has the child, and was told nothing of the new danger: it would wait for nobody."""
    crip = crip_desk()
    asked_of(crip, shared, state)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL not in page and "?service=child_care" not in page
    second = joined(shared)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "?service=child_care" in page and "la noter" in page
    said = page.split("ne dit rien de")[1].split("</li>")[0]
    assert second.reference in said and shared.alert.reference not in said
    partner = text(shared.partner.get("case-detail", shared.child.pk))
    assert "?service=child_care" not in partner, "the lead asks"
    assert len(running(shared)) == 1
    asked_of(crip, shared, "sent")
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL not in page and "?service=child_care" not in page and running(shared) == []


def test_a_draft_or_a_request_to_the_ase_meets_no_time_limit_of_the_report(shared):
    joined(shared)
    asked_of(crip_desk(), shared, "draft")
    ase = f.member(f.agency(Kind.CHILD_PROTECTION, services=("child_care",), profile_id="departement_ase"))
    asked_of(ase, shared, "sent")
    assert len(running(shared)) == 1


def test_an_alert_that_the_crip_was_sent_too_is_no_news_to_a_crip_that_has_a_request(shared):
    crip = crip_desk("75")
    asked_of(crip, shared)
    joined(shared, crip.agency_id)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL not in page and "?service=child_care" not in page, "its own time limit holds at the CRIP"


def test_the_crip_that_acts_on_one_alert_is_told_nothing_of_another_by_it(shared):
    crip = crip_desk("75")
    with as_role("nrm_owner"):
        AlertLink.objects.filter(case=shared.child).delete()
    second = joined(shared, crip.agency_id)
    with acting_as(crip):
        desks.open_alert(crip, second.pk)
        desks.declare(crip, second.pk, what="with_person", words="Une éducatrice est avec elle.")
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    third = joined(shared)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and third.reference in page.split("ne dit rien de")[1].split("</li>")[0]


def test_a_request_of_before_the_case_was_opened_again_tells_nothing_of_what_opened_it(shared):
    who, crip = shared.lead.member, crip_desk()
    asked_of(crip, shared, "completed")
    with acting_as(who):
        closing.move_case(who, shared.child.pk, "close", reason="autonomy")
        closing.move_case(who, shared.child.pk, "reopen")
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk))
    asked_of(crip, shared, "sent")
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


# -- what was told is told no more: a time limit runs again, above the walls, whoever did it
def ended(shared, crip, state):
    """Return the end of the time limit that runs once the request to the CRIP came to this."""
    made = asked_of(crip, shared, "sent" if state == "expired" else state)
    if state == "expired":
        with as_role("nrm_owner"):
            OrientationDesk.objects.update(due_at=timezone.now(), answer_by=timezone.now())
            Orientation.objects.filter(pk=made.pk).update(sent_at=timezone.now() - timedelta(days=90))
        for _ in range(4):
            with as_role("nrm_worker"):
                tasks.due()
            with as_role("nrm_owner"):
                OrientationDesk.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        with as_role("nrm_owner"):
            assert Orientation.objects.get(pk=made.pk).state == "expired"
    return [clock.due_at for clock in running(shared)]


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired"])
def test_a_request_to_the_crip_that_comes_to_nothing_starts_the_time_limit_of_the_report(shared, state):
    """It was declined, taken back or left without an answer: the report was owed again, and no time limit said when."""
    now = timezone.now()
    (due,) = ended(shared, crip_desk(), state)
    assert now + timedelta(hours=23) < due < timezone.now() + timedelta(hours=25)
    assert {shared.lead.member.pk, shared.unit.member.pk} & told_of("report_owed"), "and somebody is told"
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "restantes" in page.split("(CRIP) : information préoccupante")[1].split("Parquet")[0]


@pytest.mark.parametrize("state", ["sent", "accepted", "in_progress", "completed"])
def test_a_request_that_the_crip_has_or_had_to_its_end_starts_no_time_limit(shared, state):
    assert ended(shared, crip_desk(), state) == [] and told_of("report_owed") == set()


def test_a_declined_request_starts_nothing_where_the_report_was_written_or_another_crip_has_one(shared):
    asked_of(crip_desk("94"), shared, "sent")
    assert ended(shared, crip_desk(), "declined") == []


def test_a_declined_request_starts_nothing_where_the_report_was_written(shared):
    assert noted(shared.lead.member, shared.list).status_code == 302
    assert ended(shared, crip_desk(), "declined") == []


def test_a_request_of_the_same_service_to_the_ase_starts_nothing_when_declined(shared):
    ase = f.member(f.agency(Kind.CHILD_PROTECTION, services=("child_care",), profile_id="departement_ase"))
    assert ended(shared, ase, "declined") == []


def test_no_report_of_an_adult_is_owed_when_a_request_is_declined(shared):
    with as_role("nrm_owner"):
        Case.objects.filter(pk=shared.child.pk).update(age_side="adult")
    said = {"service": f.service("child_care"), "consent": None, "legal_ground": "vital_danger"}
    f.orientation(shared.lead.member, shared.child, crip_desk().agency, state="declined", **said)
    assert running(shared) == [] and told_of("report_owed") == set()


def test_a_case_that_is_opened_again_has_a_time_limit_and_one_that_is_closed_none(shared):
    who, mate = shared.lead.member, f.member(shared.lead.member.agency)
    with acting_as(who):
        closing.move_case(who, shared.child.pk, "start_support")
        assert running(shared) == [], "nothing is new"
        closing.move_case(who, shared.child.pk, "close", reason="autonomy")
        assert running(shared) == []
        closing.move_case(who, shared.child.pk, "reopen")
    assert len(running(shared)) == 1 and mate.pk in told_of("report_owed")


@pytest.mark.parametrize("how", ["readdress", "redirect", "close", "reached"])
def test_a_crip_that_lets_go_of_an_alert_after_it_joined_starts_the_time_limit(shared, how):
    """It had the alert when it joined the case: its own time limit held there, and then nobody's did."""
    crip = crip_desk("75")
    assert noted(shared.lead.member, shared.list).status_code == 302
    second = joined(shared, shared.unit.member.agency_id, crip.agency_id)
    assert running(shared) == []
    if how == "reached":
        reach(shared, second, crip)
    else:
        let_go(crip, shared, how)(second)
    assert len(running(shared)) == 1 and shared.lead.member.pk in told_of("report_owed")


def test_another_desk_that_lets_go_of_an_alert_starts_nothing(shared):
    crip = crip_desk("75")
    assert noted(shared.lead.member, shared.list).status_code == 302
    third = f.member(f.agency(Kind.NGO, supports_people=True))
    second = joined(shared, third.agency_id, crip.agency_id)
    with acting_as(third):
        desks.close_alert(third, second.pk, reason="out_of_scope")
    assert running(shared) == [] and told_of("report_owed") == set(), "the CRIP has it still"


# -- before the first case was opened, and by who hands it over
@pytest.mark.parametrize(
    ("how", "owed"), [("readdress", 1), ("redirect", 1), ("close", 1), ("reached", 1), ("waits", 0)]
)
def test_a_case_that_is_opened_once_the_crip_let_go_of_the_alert_has_the_time_limit(shared, how, owed):
    crip, mate = crip_desk("75"), f.member(shared.lead.member.agency)
    nurse, who = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), shared.lead.member
    alert = f.sent_alert(nurse, desks=[who.agency_id, shared.unit.member.agency_id, crip.agency_id], minor="yes")
    if how == "reached":
        reach(shared, alert, crip)
    else:
        let_go(crip, shared, how)(alert)
    shared.child = f.case(who, alert=alert)
    assert len(running(shared)) == owed
    told_here = {mate.pk, shared.unit.member.pk} if owed else set()
    assert told_of("report_owed") == told_here, "whoever opened it reads it there"


def test_who_takes_the_case_of_a_child_over_from_the_crip_is_told_that_the_report_is_owed(shared):
    """The CRIP let go of the alert by it, and no time limit ran at anybody's."""
    crip, partner = crip_desk("75"), shared.partner.member
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    shared.child = f.case(crip, alert=f.sent_alert(nurse, desks=[crip.agency_id], minor="yes"))
    assert running(shared) == [] and told_of("report_owed") == set(), "a CRIP leads it"
    handed_over(crip, shared.child, partner)
    assert len(running(shared)) == 1 and partner.pk not in told_of("report_owed")
    with as_role("nrm_owner"):
        (event,) = Event.objects.filter(kind="report_owed", subject_id=shared.child.pk)
    assert event.actor_id == partner.pk and "lead" in event.audience


def test_handing_over_a_child_whose_crip_was_told_starts_nothing(shared):
    assert noted(shared.lead.member, shared.list).status_code == 302
    with as_role("nrm_owner"):  # an hour before: a test is one transaction, whose acts have one time
        StepAct.objects.filter(case=shared.child).update(at=timezone.now() - timedelta(hours=1))
    handed_over(shared.lead.member, shared.child, f.member(f.shelter()))
    assert running(shared) == [] and told_of("report_owed") == set()


def handed_over(lead, case, to):
    said = {"verb": "transfer", "level": 3, "consent": None, "legal_ground": "child_in_danger"}
    f.orientation(lead, case, to.agency, state="accepted", answerer=to, **said)


# -- forged with an account of the lead and the application's database password
def forged(shared, made, step=1, **fields):
    given = {"checklist": made, "case": shared.child, "step": step, "action": "done", "on": timezone.localdate()}
    return StepAct.objects.create(**{**given, "tells": [shared.alert.pk], "by": shared.lead.member, **fields})


def test_a_step_of_another_procedure_or_another_step_is_no_writing_to_the_crip(shared):
    who = shared.lead.member
    with acting_as(who):
        forged(shared, checklists.start_procedure(who, shared.child.pk, "signalement_procureur"))
        forged(shared, shared.list, step=2)
        assert [fact.told for fact in report_owed(shared.child)] == [None]
        forged(shared, shared.list)
        assert [fact.told for fact in report_owed(shared.child)] == [timezone.localdate()], "the step of the report"


def test_the_hour_of_an_act_is_the_database_s_and_its_day_is_not_to_come(shared):
    """A writing of a year ahead would outlive whoever undoes it, and the reopening of the case."""
    who, year = shared.lead.member, timezone.now() + timedelta(days=365)
    with acting_as(who):
        made = forged(shared, shared.list, at=year)
        made.refresh_from_db()
        assert abs(made.at - timezone.now()) < timedelta(minutes=5)
        with pytest.raises(IntegrityError), transaction.atomic():
            forged(shared, shared.list, on=year.date())
        checklists.reopen_step(who, shared.list.pk, 1)
        assert [fact.told for fact in report_owed(shared.child)] == [None]
