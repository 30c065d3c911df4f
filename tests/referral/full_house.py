"""A house with much in it: each method writes more of one thing, by the real operations, so that a page has lines."""

from datetime import time, timedelta

from django.utils import timezone

from agencies.models import Category, Desk, Kind, Role
from foundation.actor import acting_as
from foundation.tables.reading import read
from referral.alerts.operations import additions, alerts
from referral.closing import operations as closing
from referral.desk import operations as searches
from referral.imports import operations as imports
from referral.inbox.operations import charge, silent_desks
from referral.models import MatchAlarm, UnmetNeed
from referral.organisations.operations import duty
from referral.orientations.operations import messages
from tests import factories as f
from tests.referral.inbox.test_silent_desks import older
from tests.roles import as_role
from victims.links.operations import cases
from victims.links.operations.persons_and_papers import add_paper, add_person, correct_paper
from victims.models import TimelineEntry
from victims.needs import operations as needs
from victims.secrecy.operations import correct_secret, write_secret


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
                cases.link_cases(self.lead, self.case.pk, reference=other.reference, sort="family")
                add_person(self.lead, self.case.pk, relation="child", age_side="minor", text="LIGNE")

    def papers(self, n):
        with acting_as(self.lead):
            for _ in range(n):
                made = add_paper(self.lead, self.case.pk, sort="identity", label="LIGNE", place="coffre")
                correct_paper(self.lead, made.pk, label="LIGNE", place="rendu")

    def secrets(self, n):
        with acting_as(self.lead):
            for _ in range(n):
                made = write_secret(self.lead, self.case.pk, text="LIGNE")
                correct_secret(self.lead, made.pk, text="LIGNE")

    def life(self, n):
        for _ in range(n):
            with acting_as(self.lead):
                made = needs.add_need(self.lead, self.case.pk, service=f.service(), priority="soon")
                needs.add_action(self.lead, made.pk, text="x", agency=self.home)
                closing.move_case(
                    self.lead, self.case.pk, "close", reason="lost_contact", outcome={"housing": "unknown"}
                )
                closing.move_case(self.lead, self.case.pk, "reopen")

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
                    messages.write_message(who, self.asked.pk, words="LIGNE")

    def corrections(self, n):
        with acting_as(self.lead):
            made = getattr(self, "paper", None) or add_paper(
                self.lead, self.case.pk, sort="identity", label="LIGNE", place="coffre"
            )
            for _ in range(n):
                made = correct_paper(self.lead, made.pk, label="LIGNE", place="rendu")
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
        older(40)
        with acting_as(self.coord):
            silent_desks.call_desk(self.coord, desk.pk, at=timezone.now(), function="LIGNE")

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
