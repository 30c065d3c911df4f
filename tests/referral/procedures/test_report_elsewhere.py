"""A report of concern made outside the platform: whose word takes the duty off the page of a child's case."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.templatetags.words import day
from foundation.workflow import WrongState
from notifications.models import Event
from referral import tasks
from referral.alerts.operations import alerts
from referral.closing import operations as closing
from referral.inbox.operations import alerts as desks
from referral.models import Alert, AlertLink, Clock, StepAct
from referral.procedures.operations import checklists, clocks
from referral.procedures.selectors import report_owed
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TELL = "saisir la protection de l'enfance maintenant"
REPORT = "mineur_information_preoccupante"


@pytest.fixture
def shared():
    """The case of a child that a shelter leads: the coordination, and a partner that reads the file."""
    unit = Hand(f.member(f.coordination(name="Coordination fictive"), Role.COORDINATOR))
    lead = Hand(f.member(f.shelter(name="Foyer fictif")))
    partner = Hand(f.member(f.shelter(name="Abri fictif"), title="Une fonction"))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    desks = [unit.member.agency_id, lead.member.agency_id]
    alert = f.sent_alert(nurse, desks=desks, minor="yes")
    child = f.case(lead.member, alert=alert)
    f.orientation(lead.member, child, partner.member.agency, state="accepted", answerer=partner.member,
                  level=Level.FILE, consent=None, legal_ground="child_in_danger")  # fmt: skip
    with acting_as(lead.member):
        made = checklists.start_procedure(lead.member, child.pk, REPORT)
    return SimpleNamespace(unit=unit, lead=lead, partner=partner, child=child, alert=alert, list=made)


SHOWN = re.compile(r'type="hidden" name="tells" value="([^"]+)"')


def noted(who, made, how="written", on=None, **said):
    on = (on or timezone.localdate()).isoformat()
    said.setdefault("tells", SHOWN.findall(Hand(who).get("checklist-step", made.pk, 1).content.decode()))
    return Hand(who).post("checklist-step", made.pk, 1, act="done", on=on, how=how, **said)


def joined(shared, *desks, by=None, case=None):
    """Return another alert, of a new danger, that the lead joined to the open case."""
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    who = by or shared.lead.member
    alert = f.sent_alert(nurse, desks=[who.agency_id, *desks], minor="yes", note="MARQUEUR-SECOND")
    with acting_as(who):
        alerts.join_case(who, alert.pk, case or shared.child)
    return alert


def sent(alert, days_ago: int) -> None:
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=alert.pk).update(sent_at=timezone.now() - timedelta(days=days_ago))


def test_report_noted_by_another_agency_leaves_the_duty_and_the_lead_is_told(shared):
    assert noted(shared.partner.member, shared.list).status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "?service=child_care" in page and "la noter" in page
    assert "à confirmer par le service qui suit le dossier : Abri fictif" in page
    assert shared.partner.member.called not in page, "the name of a person of another agency"
    assert shared.partner.member.called in text(shared.partner.get("case-detail", shared.child.pk)), "its own"
    with as_role("nrm_owner"):
        told = Event.objects.filter(kind="case_addition", subject_id=shared.child.pk).values_list("audience", flat=True)
        assert list(told) == [["lead"]]
    assert 'name="how"' in shared.lead.get("checklist-step", shared.list.pk, 1).content.decode(), "the lead confirms it"
    assert noted(shared.lead.member, shared.list).status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL not in page and f": {shared.lead.member.called}" in page
    assert noted(shared.lead.member, shared.list).status_code == 409, "it counts: nothing is to confirm"
    page = text(shared.partner.get("case-detail", shared.child.pk))
    assert shared.lead.member.called not in page and "Foyer fictif" in page


def test_report_noted_by_a_program_of_the_lead_leaves_the_duty(shared):
    program = f.program(shared.lead.member.agency, Role.CASE_WORKER)
    with acting_as(program):
        checklists.settle_step(program, shared.list.pk, 1, "done", on=timezone.localdate(), how="written")
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk))
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="case_addition", subject_id=shared.child.pk).exists()


def test_call_to_119_is_no_report_in_writing(shared):
    assert noted(shared.lead.member, shared.list, how="").status_code == 200, "which of the two is asked"
    assert noted(shared.lead.member, shared.list, how="called").status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "mais pas par écrit" in page
    assert noted(shared.lead.member, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


def test_report_of_before_the_alert_or_the_reopening_tells_nothing_of_it(shared):
    who, yesterday = shared.lead.member, timezone.localdate() - timedelta(days=1)
    late = noted(who, shared.list, on=yesterday)
    assert late.status_code == 200 and "Ce jour est avant l'alerte" in text(late)
    older = noted(who, shared.list, on=yesterday - timedelta(days=3))
    assert older.status_code == 200 and "depuis l'alerte" in text(older)
    with acting_as(who), pytest.raises(WrongState):
        checklists.settle_step(who, shared.list.pk, 1, "done", on=yesterday, how="written")
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    with acting_as(who):
        closing.move_case(who, shared.child.pk, "close", reason="autonomy")
        closing.move_case(who, shared.child.pk, "reopen")
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "avant ce qui est signalé aujourd'hui" in page
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


def test_the_time_limit_of_the_report_runs_until_it_counts(shared):
    """The lead would be reminded no more of what nobody wrote: another's word, « déjà fait ailleurs », a call."""
    who = shared.lead.member
    with acting_as(who):
        clocks.start_clock(who, shared.list.pk, 1, moment=timezone.now())

    def running() -> bool:
        with as_role("nrm_owner"):
            return Clock.objects.get(checklist=shared.list, step=1).state == "running"

    with acting_as(shared.partner.member):
        checklists.settle_step(
            shared.partner.member, shared.list.pk, 1, "waived", reason="elsewhere", words="L'école l'a fait"
        )
    assert running()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="case_addition", subject_id=shared.child.pk, audience=["lead"]).count() == 1
    with acting_as(who):
        checklists.reopen_step(who, shared.list.pk, 1)
    assert noted(shared.partner.member, shared.list).status_code == 302 and running()
    assert noted(who, shared.list, how="called").status_code == 302 and running()
    assert noted(who, shared.list).status_code == 302 and not running()


def test_a_writing_for_a_first_alert_tells_nothing_of_a_second_one_that_joins_the_case(shared):
    """A child of whom a new danger is told would wait for the CRIP, which nobody told."""
    who = shared.lead.member
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    second = joined(shared)
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and "la noter" in page
    assert f"Reste sans écrit : Alerte {second.reference}" in page
    asked = text(shared.lead.get("checklist-step", shared.list.pk, 1))
    assert f"Alerte {second.reference}" in asked and "De quelles alertes" not in asked, (
        "of one alert nothing is to choose"
    )
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    assert noted(who, shared.list).status_code == 409, "each has its writing"
    Hand(who).post("checklist-step", shared.list.pk, 1, act="reopen")
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk)), "undone, of both"


def test_the_lead_says_of_which_of_two_alerts_the_writing_tells(shared):
    who, second = shared.lead.member, joined(shared)
    assert "Cochez les alertes" in text(noted(who, shared.list))
    assert noted(who, shared.list, tells=[str(shared.child.pk)]).status_code == 200, "nothing of it"
    assert noted(who, shared.list, tells=[str(second.pk)]).status_code == 302
    page = text(shared.lead.get("case-detail", shared.child.pk))
    assert TELL in page and f"Reste sans écrit : Alerte {shared.alert.reference}" in page
    assert second.reference not in page.split("Reste sans écrit")[1].split("</li>")[0][:80]
    assert noted(who, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


def test_both_alerts_may_be_told_by_one_writing_and_the_time_limit_runs_until_both_are(shared):
    who, second = shared.lead.member, joined(shared)
    assert noted(who, shared.list, tells=[str(second.pk)]).status_code == 302
    with as_role("nrm_owner"):
        assert Clock.objects.get(checklist=shared.list, step=1).state == "running"
    Hand(who).post("checklist-step", shared.list.pk, 1, act="reopen")
    assert noted(who, shared.list, tells=[str(shared.alert.pk), str(second.pk)]).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))
    with as_role("nrm_owner"):
        assert Clock.objects.get(checklist=shared.list, step=1).state == "met"


@pytest.mark.parametrize(
    ("days", "words", "counts"),
    [(1, "", False), (1, "L'école, qui a alerté, à la CRIP", True), (3, "L'école, qui a alerté", True),
     (4, "L'école, qui a alerté", False)],
)  # fmt: skip
def test_what_the_sender_wrote_just_before_its_alert_counts_where_the_lead_says_so_in_words(
    shared, days, words, counts
):
    """A school that writes to the CRIP on Friday and alerts on Monday was to write again, or to date it falsely."""
    on = timezone.localdate() - timedelta(days=days)
    answer = noted(shared.lead.member, shared.list, on=on, words=words)
    assert (answer.status_code == 302) is counts, text(answer)
    assert (TELL not in text(shared.lead.get("case-detail", shared.child.pk))) is counts
    if counts:
        assert words in text(shared.lead.get("checklist-step", shared.list.pk, 1)).replace("&#x27;", "'")


def test_words_of_another_agency_make_no_older_writing_count(shared):
    on = timezone.localdate() - timedelta(days=1)
    assert noted(shared.partner.member, shared.list, on=on, words="L'école, qui a alerté").status_code == 302
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk))


def test_the_day_is_that_of_the_alert_whoever_reads_it(shared):
    """A lead that was not sent the alert was refused a writing made since: it had to be dated falsely."""
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(nurse, desks=[shared.unit.member.agency_id], minor="yes")
    sent(alert, 5)
    child = f.case(shared.unit.member, alert=alert)
    heir = Hand(f.member(f.shelter(name="Refuge fictif")))
    f.orientation(shared.unit.member, child, heir.member.agency, state="accepted", answerer=heir.member,
                  verb="transfer", level=Level.FILE, consent=None, legal_ground="child_in_danger")  # fmt: skip
    with acting_as(heir.member):
        assert not Alert.objects.visible_to(heir.member).filter(pk=alert.pk).exists()
        made = checklists.start_procedure(heir.member, child.pk, REPORT)
    before = noted(heir.member, made, on=timezone.localdate() - timedelta(days=6))
    assert before.status_code == 200, "before the alert, whoever wrote"
    assert noted(heir.member, made, on=timezone.localdate() - timedelta(days=4)).status_code == 302
    assert TELL not in text(heir.get("case-detail", child.pk))


OWED = "À faire maintenant, sans attendre d'accord"


def test_a_coordination_that_does_not_lead_reads_that_the_report_was_made_and_not_by_whom(shared):
    """It called the CRIP again, or the lead, about what was done."""

    def crip() -> str:
        page = text(shared.unit.get("case-detail", shared.child.pk))
        return page.split("information préoccupante")[1].split("Parquet")[0]

    assert OWED in crip()
    assert noted(shared.partner.member, shared.list).status_code == 302
    assert OWED in crip() and "Abri fictif" not in crip() and "Notée" not in crip(), "it does not count"
    assert noted(shared.lead.member, shared.list).status_code == 302
    said = crip()
    assert f"Notée comme faite par écrit le {day(timezone.localdate())}" in said and OWED not in said
    assert "Foyer fictif" not in said and shared.lead.member.called not in said and "/listes/" not in said
    joined(shared)
    assert OWED in crip(), "of a new danger nobody wrote"


def test_what_joined_the_case_after_the_page_was_opened_is_not_taken_as_told(shared):
    """The page spoke of the first alert; it was told meanwhile, and only a second one, of a new danger, is owed."""
    lead, mate = shared.lead.member, f.member(shared.lead.member.agency)
    opened = SHOWN.findall(shared.lead.get("checklist-step", shared.list.pk, 1).content.decode())
    assert noted(mate, shared.list).status_code == 302
    second = joined(shared)
    refused = noted(lead, shared.list, tells=opened)
    assert refused.status_code == 200
    assert "Une autre alerte a rejoint le dossier depuis l'ouverture de cette page" in text(refused)
    assert TELL in text(shared.lead.get("case-detail", shared.child.pk)), "nothing was written of it"
    assert SHOWN.findall(refused.content.decode()) == [str(second.pk)], "the page given back is of what is owed now"
    assert noted(lead, shared.list, tells=[]).status_code == 200, "nor from a page that says nothing"
    assert noted(lead, shared.list).status_code == 302
    assert TELL not in text(shared.lead.get("case-detail", shared.child.pk))


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
    joined(shared, crip.pk)
    assert running(shared) == [] and told_of("report_owed") == set(), "its own time limit holds there"
    joined(shared, case=f.own_case(shared.lead.member))
    with as_role("nrm_owner"):
        assert not Clock.objects.exists() and not Event.objects.filter(kind="report_owed").exists()


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
