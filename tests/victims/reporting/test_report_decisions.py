"""A report to the prosecutor, made or not: who records it, who reads it, and what it never does by itself."""

from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Category, Kind, Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from journal.models import Entry
from notifications.models import Event
from referral.factors.rules import asks_recent
from referral.models import Clock, Orientation
from referral.orientations.selectors.sheets import sheets
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import ReportDecision
from victims.reporting import operations as reporting
from victims.reporting.forms import ReportDecisionForm

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()
NOT_MADE = {"decision": "not_made", "on": TODAY, "agreement": "no", "why": "MARQUEUR-POURQUOI"}
MADE = {
    "decision": "made", "on": TODAY, "agreement": "yes", "ground": "agreement", "court": "MARQUEUR-TRIBUNAL",
    "way": "called_written",
}  # fmt: skip
CHILD = {key: value for key, value in MADE.items() if key != "agreement"} | {"ground": "article_434_3"}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """An adult's case that an association leads without the presumed authors; police that read them; others."""
    f.national()
    f.coordination()
    w = SimpleNamespace(lead=f.member(f.shelter()), helper=f.member(f.shelter()), away=f.member(f.shelter()))
    w.police = f.member(f.agency(Kind.INTERIOR, may_hold=Category.OFFENCE))
    w.case = f.own_case(w.lead)
    f.orientation(w.lead, w.case, w.helper.agency, state="accepted", answerer=w.helper, level=Level.FILE)
    with_bit = {"level": Level.SUMMARY, "categories": int(Category.OFFENCE), "exclusive": False}
    f.orientation(w.lead, w.case, w.police.agency, state="accepted", answerer=w.police, **with_bit)
    return w


def decide(who, case, **said):
    return Hand(who).post("case-reporting", case.pk, act="write", **said)


def written(case) -> list[dict]:
    with as_role("nrm_owner"):
        return [made.data for made in ReportDecision.objects.filter(case=case).order_by("at")]


def test_the_lead_and_who_reads_the_presumed_authors_record_and_read_it(w):
    assert decide(w.lead, w.case, **NOT_MADE).status_code == 302
    assert decide(w.police, w.case, **MADE).status_code == 302
    for who in (w.lead, w.police):
        hand = Hand(who)
        before = text(hand.get("case-reporting", w.case.pk))
        assert "MARQUEUR" not in before and "Afficher" in before
        after = text(hand.post("case-reporting", w.case.pk, act="reveal"))
        assert "MARQUEUR-POURQUOI" in after and "MARQUEUR-TRIBUNAL" in after
        assert after.index("MARQUEUR-TRIBUNAL") < after.index("MARQUEUR-POURQUOI"), "newest first; both stay"
    with as_role("nrm_owner"):
        read = Entry.objects.filter(action="reporting.read", case_id=w.case.pk).values_list("membership_id", flat=True)
        assert sorted(read) == sorted([w.lead.pk, w.police.pk])
        assert Entry.objects.filter(action="reporting.write", case_id=w.case.pk).count() == 2


def test_who_reads_the_file_alone_learns_nothing_of_it(w):
    """A partner at the whole file, a stranger: the page is not there, the row is not there, nor is its section."""
    decide(w.lead, w.case, **MADE)
    for who in (w.helper, w.away):
        hand = Hand(who)
        assert hand.get("case-reporting", w.case.pk).status_code == 404
        assert decide(who, w.case, **NOT_MADE).status_code == 404
        with acting_as(who):
            assert not ReportDecision.objects.filter(case=w.case).exists()
            with pytest.raises(NotFound):
                reporting.record_decision(who, w.case.pk, data=NOT_MADE)
    page = text(Hand(w.helper).get("case-detail", w.case.pk))
    assert "/signalement/" not in page
    assert "/signalement/" in text(Hand(w.lead).get("case-detail", w.case.pk))
    assert [one["decision"] for one in written(w.case)] == ["made"]


@pytest.mark.parametrize("role", [Role.FRONTLINE, Role.AUDITOR, Role.AGENCY_ADMIN])
def test_a_role_that_does_not_work_on_cases_records_nothing(w, role):
    other = f.member(w.lead.agency, role)
    with acting_as(other), pytest.raises((NotFound, NotAllowed)):
        reporting.record_decision(other, w.case.pk, data=NOT_MADE)
    assert not written(w.case)


def test_nothing_is_sent_and_nobody_is_told(w):
    with as_role("nrm_owner"):
        before = (Event.objects.count(), Orientation.objects.count())
    assert decide(w.lead, w.case, **MADE).status_code == 302
    with as_role("nrm_owner"):
        assert (Event.objects.count(), Orientation.objects.count()) == before
    draft = f.orientation(
        w.lead, w.case, f.agency(Kind.INTERIOR, may_hold=Category.OFFENCE), level=3, categories=int(Category.OFFENCE)
    )
    with acting_as(w.lead):
        assert "MARQUEUR-TRIBUNAL" not in str(sheets(w.lead, draft)), "no request carries it"


def test_the_agreement_of_the_person_is_never_assumed(w):
    """Form by form: what is accepted, and the near miss beside it."""

    def refused(child=False, **said) -> set:
        return set(ReportDecisionForm(said, child=child).errors)

    def without(said, *names) -> dict:
        return {name: value for name, value in said.items() if name not in names}

    assert not refused(**MADE) and not refused(**NOT_MADE)
    assert refused(**without(MADE, "agreement")) == {"agreement", "ground", "why"}
    for said in ("no", "not_asked"):
        assert refused(**MADE | {"agreement": said}) == {"ground", "why"}
        assert refused(**MADE | {"agreement": said, "ground": "danger"}) == {"why"}
        assert not refused(**MADE | {"agreement": said, "ground": "danger", "why": "Menaces de mort ce matin"})
    assert refused(**without(MADE, "ground", "court", "way")) == {"ground", "court", "way"}
    assert refused(**NOT_MADE | {"why": "   "}) == {"why"}
    assert refused(**NOT_MADE | {"court": "Paris"}) == {"court"}
    latest = timezone.localdate(timezone=ZoneInfo("Pacific/Wallis"))  # of France: it is the present day there
    assert not refused(**MADE | {"on": latest.isoformat()})
    assert refused(**MADE | {"on": (latest + timedelta(days=1)).isoformat()}) == {"on"}
    assert not refused(child=True, **CHILD)
    assert refused(child=True, **CHILD | {"ground": "agreement"}) == {"ground"}
    page = text(Hand(w.lead).get("case-reporting", w.case.pk))
    assert "checked" not in page[page.index('name="decision"') :], "nothing is chosen beforehand"


def test_for_a_child_neither_answer_stops_a_time_limit_or_takes_a_duty_off():
    f.national()
    unit = f.member(f.coordination(), Role.COORDINATOR)
    lead = f.member(f.shelter())
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    desks = [unit.agency_id, lead.agency_id]
    child = f.case(lead, alert=f.sent_alert(nurse, desks=desks, minor="yes"))
    with acting_as(lead):
        made = checklists.start_procedure(lead, child.pk, "mineur_information_preoccupante")
        clocks.start_clock(lead, made.pk, 1, moment=timezone.now())
    page = text(Hand(lead).get("case-reporting", child.pk))
    assert 'name="agreement"' not in page and "Répondre « Fait » ou « Non fait » n'arrête aucun délai" in page
    owed = text(Hand(lead).get("case-detail", child.pk))
    duties = ("?service=child_care", "?service=prosecution")
    assert all(duty in owed for duty in duties)
    not_made = {name: value for name, value in NOT_MADE.items() if name != "agreement"}
    for said in (not_made, CHILD):
        assert decide(lead, child, **said).status_code == 302
        page = text(Hand(lead).get("case-detail", child.pk))
        assert all(duty in page for duty in duties)
        with as_role("nrm_owner"):
            assert list(Clock.objects.filter(case=child).values_list("state", flat=True)) == ["running"]


def test_showing_it_asks_for_a_factor_and_writing_does_not():
    assert asks_recent("referral:case-reporting", "POST", "reveal")
    assert not asks_recent("referral:case-reporting", "POST", "write")
    assert not asks_recent("referral:case-reporting", "GET", "")


def test_programs_record_and_read_it_by_the_same_rule(w):
    mine, helper = (Caller(f.program(who.agency)) for who in (w.lead, w.helper))
    address = f"cases/{w.case.pk}/reporting/"
    assert mine.post(address, NOT_MADE).status_code == 200
    refused = mine.post(address, {**NOT_MADE, "why": ""})
    assert refused.status_code == 400
    shown = mine.get(address).json()["decisions"]
    assert [(one["decision"], one["why"]) for one in shown] == [("not_made", "MARQUEUR-POURQUOI")]
    assert helper.get(address).status_code == 404 and helper.post(address, NOT_MADE).status_code == 404
    assert len(written(w.case)) == 1


def test_what_was_decided_is_sealed(w):
    decide(w.lead, w.case, **MADE)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM victims_reportdecision d")
        (row,) = cursor.fetchone()
    assert "MARQUEUR" not in row and "made" not in row and "agreement" not in row
