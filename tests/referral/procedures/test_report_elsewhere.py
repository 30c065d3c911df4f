"""A report of concern made outside the platform: whose word takes the duty off the page of a child's case."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.templatetags.words import day
from foundation.workflow import WrongState
from notifications.models import Event
from referral.closing import operations as closing
from referral.models import Alert, Clock
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.referral.procedures.reports import REPORT, SHOWN, TELL, joined, noted
from tests.roles import as_role

pytestmark = pytest.mark.django_db


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
        return page.split("(CRIP) : information préoccupante")[1].split("Parquet")[0]

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
