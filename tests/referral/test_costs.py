"""What a page asks of the database does not grow with what it shows: each list at two sizes, and the large case.

Lists that have such a test beside their own are not repeated here. Each line grows what its page shows, and says by
which words of the page one sees that it grew.
"""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.actor import acting_as
from agencies.models import Category, Desk, Kind, Role
from referral.models import MatchAlarm, UnmetNeed
from referral.operations import (
    additions,
    alerts,
    case_life,
    case_links,
    charge,
    duty,
    imports,
    needs,
    orientation_talk,
    searches,
    silence,
    written,
)
from referral.table_reading import read
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import TimelineEntry

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 7


class Place:
    """A shelter that leads a case, its administrator, its coordination, and a nurse who sends alerts."""

    def __init__(self):
        f.national()
        self.coord = f.member(f.coordination(), Role.COORDINATOR)
        self.nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
        self.home = f.shelter()
        self.lead = f.member(self.home)
        self.admin = f.member(self.home, Role.AGENCY_ADMIN)
        self.case = f.own_case(self.lead)
        self.auditor = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)

    # -- sections of a case -------------------------------------------------------------------------------------------
    def links(self, n):
        for _ in range(n):
            other = f.own_case(self.lead)
            with acting_as(self.lead):
                case_links.link_cases(self.lead, self.case.pk, reference=other.reference, sort="family")
                written.add_person(self.lead, self.case.pk, relation="child", age_side="minor", text="LIGNE")

    def papers(self, n):
        with acting_as(self.lead):
            for _ in range(n):
                made = written.add_paper(self.lead, self.case.pk, sort="identity", label="LIGNE", place="coffre")
                written.correct_paper(self.lead, made.pk, label="LIGNE", place="rendu")

    def secrets(self, n):
        with acting_as(self.lead):
            for _ in range(n):
                made = written.write_secret(self.lead, self.case.pk, text="LIGNE")
                written.correct_secret(self.lead, made.pk, text="LIGNE")

    def life(self, n):
        for _ in range(n):
            with acting_as(self.lead):
                made = needs.add_need(self.lead, self.case.pk, service=f.service(), priority="normal")
                needs.add_action(self.lead, made.pk, text="x", agency=self.home)
                case_life.move_case(self.lead, self.case.pk, "close", reason="lost_contact", outcome=OUTCOME)
                case_life.move_case(self.lead, self.case.pk, "reopen")

    def case_alerts(self, n):
        for _ in range(n):
            joined = f.sent_alert(self.nurse, desks=[self.home.pk])
            with acting_as(self.nurse):
                additions.add_to_alert(self.nurse, joined.pk, "LIGNE")
            with acting_as(self.lead):
                alerts.join_case(self.lead, joined.pk, self.case)

    def thread(self, n):
        with acting_as(self.lead):
            TimelineEntry.objects.bulk_create(
                TimelineEntry(case=self.case, agency=self.home, by=self.lead, sort="message", data={"text": "MARQUE"})
                for _ in range(n * 15)
            )

    def talk(self, n):
        if not hasattr(self, "asked"):
            self.partner = f.member(f.shelter())
            self.asked = f.orientation(
                self.lead, self.case, self.partner.agency, level=3, state="accepted", answerer=self.partner
            )
        for who in (self.partner, self.lead):
            with acting_as(who):
                for _ in range(n):
                    orientation_talk.write_message(who, self.asked.pk, words="LIGNE")

    def corrections(self, n):
        with acting_as(self.lead):
            made = getattr(self, "paper", None) or written.add_paper(
                self.lead, self.case.pk, sort="identity", label="LIGNE", place="coffre"
            )
            for _ in range(n):
                made = written.correct_paper(self.lead, made.pk, label="LIGNE", place="rendu")
            self.paper = made

    # -- lists --------------------------------------------------------------------------------------------------------
    def inbox(self, n):
        """Every column filled: taken by another desk, in charge, called about, danger, late."""
        for _ in range(n):
            other = f.member(f.shelter())
            both = f.sent_alert(self.nurse, desks=[self.home.pk, other.agency_id])
            with acting_as(other):
                alerts.open_case(other, both.pk)
            f.sent_alert(self.nurse, danger="yes", desks=[self.home.pk])
            f.sent_alert(self.nurse, desks=[self.home.pk], minor="yes")
            mine = f.sent_alert(self.nurse, desks=[self.home.pk])
            with acting_as(self.lead):
                charge.assign_desk(self.lead, "alert", mine.pk, f.member(self.home))

    def unmet(self, n):
        with as_role("nrm_owner"):
            first = timezone.localdate().replace(day=1)
            for k in range(n):
                month = (first - timedelta(days=31 * k)).replace(day=1)
                UnmetNeed.objects.get_or_create(
                    service=f.service(f"need-{n}-{k}"), territory=f.territory(), profile="adult", month=month,
                    defaults={"refusals": 5, "situations": 4},
                )  # fmt: skip

    def duty(self, n):
        called = {self.lead.pk: ""}
        for _ in range(n):
            called[f.member(self.home).pk] = "06 39 98 00 00"
        with acting_as(self.admin):
            duty.set_duty_list(self.admin, called)
            duty.set_hours(self.admin, [(day, time(9), time(17)) for day in range(min(n, 7))])

    def silent(self, n):
        for _ in range(n):
            desk = f.shelter()
            with as_role("nrm_owner"):
                Desk.objects.filter(pk=desk.pk).update(second=self.home.pk)
            f.sent_alert(self.nurse, desks=[desk.pk])
        silent_for(40)
        with acting_as(self.coord):
            silence.call_desk(self.coord, desk.pk, at=timezone.now(), function="LIGNE")

    def imports(self, n):
        for _ in range(n):
            table = "Référence;Majeur / mineur;Département\n" + "".join(f"L-{k};majeure;75\n" for k in range(n))
            with acting_as(self.lead):
                made = imports.start_import(self.lead, read(table.encode()))
                self.table = imports.match_columns(
                    self.lead, made.pk, {int(k): v for k, v in made.content["matching"].items()}
                )

    def searches(self, n):
        with acting_as(self.lead):
            for k in range(n):
                searches.save_search(self.lead, "cases", "urgency=high", f"LIGNE {n} {k}")

    def alarms(self, n):
        with as_role("nrm_owner"):
            for _ in range(n):
                MatchAlarm.objects.create(member=f.member(f.shelter()), day=timezone.localdate(), count=9)

    def agreements(self, n):
        for _ in range(n):
            f.consent(self.lead, self.case, agencies=[f.shelter().pk], level=2, categories=int(Category.CONTACT))


OUTCOME = {"housing": "unknown"}


def silent_for(hours: int) -> None:
    from tests.referral.test_silence import older

    older(hours)


PAGES = {
    # name: (grows, who reads, route, its arguments, what grows in the page)
    "links": ("links", "lead", "case-links", lambda p: [p.case.pk], "LIGNE"),
    "papers": ("papers", "lead", "case-papers", lambda p: [p.case.pk], "LIGNE"),
    "versions of a paper": ("corrections", "lead", "paper-detail", lambda p: [p.paper.pk], "LIGNE"),
    "notes under secrecy": ("secrets", "lead", "case-secrets", lambda p: [p.case.pk], "LIGNE"),
    "notes under secrecy, all": ("secrets", "lead", "secret-list", lambda p: [], "LIGNE"),
    "state and life": ("life", "lead", "case-life", lambda p: [p.case.pk], "rp-timeline__item"),
    "alerts of a case": ("case_alerts", "lead", "case-alerts", lambda p: [p.case.pk], "LIGNE"),
    "agreements": ("agreements", "lead", "case-consents", lambda p: [p.case.pk], "Unité fictive"),
    "access": ("agreements", "lead", "case-access", lambda p: [p.case.pk], ""),
    "thread": ("thread", "lead", "case-timeline", lambda p: [p.case.pk], ""),
    "thread of a request": ("talk", "lead", "orientation-detail", lambda p: [p.asked.pk], "LIGNE"),
    "inbox": ("inbox", "lead", "alert-inbox", lambda p: [], "rp-reference"),
    "inbox, handled": ("inbox", "coord", "alert-inbox", lambda p: [], "rp-reference"),
    "needs without a place": ("unmet", "coord", "unmet-needs", lambda p: [], "need-"),
    "duty": ("duty", "admin", "duty", lambda p: [], "rp-duty__person"),
    "silent desks": ("silent", "coord", "silent-desks", lambda p: [], "Unité fictive"),
    "imports": ("imports", "lead", "import-list", lambda p: [], 'scope="row"'),
    "lines of an import": ("imports", "lead", "import-detail", lambda p: [p.table.pk], ""),
    "saved searches": ("searches", "lead", "saved-searches", lambda p: [], "LIGNE"),
    "alarms": ("alarms", "auditor", "match-alarm-list", lambda p: [], "Agent"),
    "own data": ("links", "lead", "own-data", lambda p: [], ""),
}


def cost(hand, route, args, query="") -> tuple[int, str]:
    hand.get(route, *args, query=query)  # caches of the process
    with CaptureQueriesContext(connection) as said:
        answer = hand.get(route, *args, query=query)
    assert answer.status_code == 200
    return len(said), text(answer)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_at_two_sizes(name):
    grows, who, route, args, word = PAGES[name]
    place, counts, seen = Place(), [], []
    for more in (FEW, MANY):
        getattr(place, grows)(more)
        said, page = cost(Hand(getattr(place, who)), route, args(place))
        counts.append(said)
        seen.append(page.count(word) if word else 0)
    assert counts[0] == counts[1] <= 50, counts
    if word:
        assert 0 < seen[0] < seen[1], seen


def test_the_case_page_costs_the_same_with_two_hundred_entries():
    place = Place()
    place.thread(2)
    place.talk(1)
    place.agreements(1)
    place.links(1)
    place.case_alerts(1)
    hand, counts = Hand(place.lead), []
    for more in (False, True):
        if more:
            place.thread(12)
            for grows in ("talk", "agreements", "links", "case_alerts", "papers", "secrets"):
                getattr(place, grows)(MANY)
            for _ in range(5):
                f.orientation(place.lead, place.case, f.shelter(), state="declined")
        counts.append(cost(hand, "case-detail", [place.case.pk])[0])
    with acting_as(place.lead):
        assert TimelineEntry.objects.filter(case=place.case).count() >= 200
    assert counts[0] == counts[1] <= 60, counts
