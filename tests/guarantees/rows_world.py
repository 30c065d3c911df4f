"""The world of `expected/rows.csv`: a case, another one of the same lead, a third that its lead lost, and everybody who
stands near them. Made by the real operations; above the walls only what no operation would leave in few steps.
"""

import uuid
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from agencies.models import Category, Kind, Level, Membership, Role
from foundation.actor import acting_as
from referral.alerts.operations import additions, alerts
from referral.breaches import operations as breaches
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations import silent_desks
from referral.inbox.operations.alerts import open_alert
from referral.models import (
    Alert,
    AlertDesk,
    CaseImport,
    CaseMove,
    CaseOutcome,
    CaseTerm,
    DeskAnswer,
    ImportedCase,
    LegalHold,
    Match,
    MatchAlarm,
    MatchFinding,
    MatchMove,
    SituationCase,
)
from referral.orientations.operations import messages, orientations
from referral.procedures.operations import checklists, clocks
from referral.situations.operations import situations
from tests import factories as f
from tests.roles import as_role
from victims.access.operations import emergency
from victims.access.operations.assignment import assign_member, restrict_case
from victims.categories import operations as categories
from victims.consents import operations as consents
from victims.data_requests.operations import add_request, answer
from victims.identity.operations import enter_identity
from victims.links.operations import cases as cases_operations
from victims.links.operations.persons_and_papers import add_paper, add_person
from victims.models import (
    AgreementText,
    Archive,
    ArchiveOpening,
    Case,
    CaseAccess,
    CaseFile,
    ChildOpinion,
    EmergencyAccess,
    Grant,
    Identity,
    LinkedPerson,
    MatchToken,
    Need,
    NeedText,
    OwnLabel,
    PaperDocument,
    ReadingAlarm,
    Relocation,
    Requisition,
    RequisitionMove,
    SupportAction,
    TimelineEntry,
)
from victims.needs import operations as needs
from victims.path import operations as path
from victims.reporting import operations as reporting
from victims.requisitions.operations import add_requisition
from victims.secrecy.operations import write_secret
from victims.statements import operations as statements
from victims.thread import operations as thread

from .rows_newcomers import newcomers

ALL = sum(Category)
REASON = "Personne injoignable, hospitalisation en urgence"
# What each holds of the case, beside its level. `state_bits` came down to the state and kept its categories, as a lead
# that hands a case on may; `lowered` accepted the file and keeps the summary; the time of `expired` has run out.
GIVEN = {
    "file": (Level.FILE, 0),
    "summary": (Level.SUMMARY, 0),
    "mixed": (Level.SUMMARY, 0),
    "mixed_file": (Level.FILE, 0),
    "health": (Level.FILE, Category.HEALTH),
    "health_only": (Level.SUMMARY, Category.HEALTH),
    "residence": (Level.FILE, Category.RESIDENCE),
    "residence_only": (Level.SUMMARY, Category.RESIDENCE),
    "offence": (Level.SUMMARY, Category.OFFENCE),
    "identity": (Level.SUMMARY, Category.IDENTITY),
    "contact": (Level.SUMMARY, Category.CONTACT),
    "asylum": (Level.FILE, 0),
    "kept_in": (Level.FILE, 0),
    "ended": (Level.FILE, ALL),
    "declined": (Level.FILE, ALL),
    "sent": (Level.FILE, ALL),
    "expired": (Level.FILE, ALL),
    "lowered": (Level.FILE, Category.HEALTH),
    "state_bits": (Level.STATUS, ALL),
    "file_state": (Level.FILE, 0),
    "state_file": (Level.STATUS, 0),
}
# … and of the other case
ALSO = {
    **dict.fromkeys(["neighbour", "mixed", "mixed_file", "ended", "lowered", "state_file"], (Level.FILE, ALL)),
    "file_state": (Level.STATUS, 0),
    "kept_in": (Level.SUMMARY, 0),
}
ASKED = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand", "received_on": date(2026, 1, 31)}
LIMIT = {**ASKED, "kind": "limitation"}
DEMANDED = {"authority": "judge", "body": "MARQUEUR", "ground": "other", "text": "MARQUEUR"}
DEMANDED["received_on"] = date(2026, 1, 31)
KINDS = {"asylum": Kind.ASYLUM, "offence": Kind.INTERIOR}
LEFT_AT = {"ended": "completed", "declined": "sent", "sent": "sent"}
WITH_AN_END = ("kept_in", "expired")  # by an agreement that ends in three days
# in the worker's role: the system's membership of an agency, which acts for due work, and a person there
WORKERS = {"kept_in": "worker_kept", "status": "worker_unit", "neighbour": "worker_other", "expired": "worker_expired"}


class House:
    """`who`: the readers of the file. `requests`: what the lead sent to each about the case."""

    def __init__(self):
        self.national = f.national()
        self.soon = timezone.now() + timedelta(days=3)
        self.school, self.away, self.elsewhere = f.agency(Kind.EDUCATION, desk=False), f.shelter(), f.shelter()
        self.who, self.alerts, self.requests, self.demands = {}, {}, {}, {}
        self._people()
        self.case, self.other = self._opened("main"), self._opened("waiting")
        self._asked()
        self._written_by_the_lead()
        self._written_by_others()
        self._said_before_leaving()
        self._kept_by_their_agencies()
        self._of_the_coordination()
        self._led_again_by_the_coordination()
        self._reported()
        with as_role("nrm_owner"):
            self._left_behind()
        newcomers(self)

    def _people(self):
        school, unit = self.school, f.coordination()
        self.who = {name: f.member(school, Role.FRONTLINE) for name in ("author", "colleague", "former")}
        self.who |= {"head": f.member(school), "away": f.member(self.away)}
        self.who |= {name: f.member(unit, Role.COORDINATOR) for name in ("status", "unitmate")}
        self.lead = self.who["lead"] = f.member(f.shelter())
        self.who["auditor"] = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
        self.who["national"] = f.member(self.national, Role.COORDINATOR)
        for name in {**GIVEN, **ALSO, "broke": 0}:
            self.who[name] = f.member(f.agency(KINDS.get(name, Kind.NGO), may_hold=ALL))
        self.who["kept_out"] = f.member(self.who["kept_in"].agency)
        self.who["broke_mate"] = f.member(self.who["broke"].agency)
        self.who["worker_mate"] = self.who["kept_out"]
        with as_role("nrm_owner"):
            for name, worker in WORKERS.items():
                self.who[worker] = Membership.objects.get(agency=self.who[name].agency, kind="system")

    def _opened(self, name) -> Case:
        """An alert sent to the coordination, to a desk that waits or passes it on, and to the agency that keeps the
        case to some members. The coordination opens the case, asks for help without agreement and hands it on."""
        unit, contact = self.who["status"], {"channel": "sms", "value": "MARQUEUR-CONTACT"}
        alert = self.alerts[name] = f.sent_alert(
            self.who["author"],
            recipients=["association", "contact"],
            contact=contact,
            observations={"ILO-AL-DR-01": "observed"},
            none_of_these=False,
            story="MARQUEUR-RECIT",
            desks=[self.away.pk, self.who["kept_in"].agency_id],
        )
        if name == "main":
            with acting_as(self.who["away"]) as passing:
                alerts_operations.redirect_alert(passing, alert.pk, [f.shelter().pk], reason="not_ours")
        with acting_as(unit):
            open_alert(unit, alert.pk)
        case = f.case(unit, alert=alert)
        self.requests[f"unit_{name}"] = f.orientation(unit, case, self.elsewhere, legal_ground="vital_danger")
        given = {"verb": "transfer", "level": Level.FILE, "categories": int(Category.CONTACT), "exclusive": False}
        sent = f.orientation(unit, case, self.lead.agency, state="in_progress", answerer=self.lead, **given)
        self.requests[f"transfer_{name}"] = sent
        return case

    def _asked(self):
        for name, (level, mask) in GIVEN.items():
            until = self.soon if name in WITH_AN_END else None
            self.requests[name] = self._sent(self.case, name, LEFT_AT.get(name, "accepted"), level, mask, until)
        for name, (level, mask) in ALSO.items():
            self._sent(self.other, name, "accepted", level, mask)
        self.requests["again"] = self._sent(self.case, "residence", "completed", Level.FILE, 0)
        fields = {"legal_ground": "vital_danger", "level": Level.FILE}
        self.requests["unagreed"] = f.orientation(self.lead, self.case, f.shelter(), **fields)
        self.requests["draft"] = f.orientation(self.lead, self.case, f.shelter(), state="draft", **fields)

    def _sent(self, case, name, state, level, mask, until=None):
        to = self.who[name].agency
        carried = {"level": level, "categories": int(mask)}
        consent = f.consent(self.lead, case, agencies=[to.pk], until=until, **carried)
        fields = {**carried, "exclusive": False, "verb": "refer", "consent": consent}
        return f.orientation(self.lead, case, to, state=state, answerer=self.who[name], **fields)

    def _written_by_the_lead(self):
        lead, case = self.lead, self.case
        for sort in ("message", "internal"):
            self._entry(lead, sort)
        with acting_as(lead):
            mask = Category.IDENTITY | Category.HEALTH
            given = {"level": 3, "categories": int(mask), "giver": "person", "text": {"proxy": "MARQUEUR"}}
            named = consents.record_consent(lead, case.pk, agencies=[lead.agency_id], **given)
            enter_identity(lead, case.pk, consent=named, data={"family_name": "MARQUEUR-NOM"})
            add_paper(lead, case.pk, sort="other", label="MARQUEUR", place="coffre")
            add_person(lead, case.pk, relation="child", age_side="minor", text="x", name="MARQUEUR-NOM")
            write_secret(lead, case.pk, text="MARQUEUR-SECRET")
            self._document(lead, case)
            add_request(lead, case.pk, **ASKED)
            answer(lead, add_request(lead, case.pk, **LIMIT).pk, text="MARQUEUR")
            add_requisition(lead, case.pk, **DEMANDED)
            for bit in (Category.IDENTITY, Category.HEALTH):
                self._document(lead, case, bit=int(bit))
            self._document(lead, case, secret=True)
            for service in ("safe_housing", "health_care"):
                need = needs.add_need(lead, case.pk, service=f.service(service), priority="now", text="MARQUEUR")
                needs.add_action(lead, need.pk, text="MARQUEUR", agency=lead.agency)
            categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "MARQUEUR"})
            path.write_episode(lead, case.pk, data={"form": "unknown", "note": "MARQUEUR"})
            path.record_profile(lead, case.pk, data={"sex": "female"})
            cases_operations.link_cases(lead, case.pk, reference=self.other.reference, sort="family")
            self._procedures(lead, case)
            self._states(lead)

    @staticmethod
    def _document(actor, case, **fields):
        said = {"sort": "other", "data": {"title": "MARQUEUR"}, "size": 1, "media_type": "text/plain", **fields}
        CaseFile.objects.create(case=case, agency=actor.agency, by=actor, reference=case.reference, **said)

    def _procedures(self, actor, case):
        for code, step in (("indemnisation_civi", 2), ("asile", 3)):
            made = checklists.start_procedure(actor, case.pk, code)
            checklists.settle_step(actor, made.pk, 1, "not_applicable")
            clocks.start_clock(actor, made.pk, step, counted_on=date(2026, 11, 2))
        offer = {"offered_on": date(2026, 11, 2), "answer": "thinking", "answered_on": None}
        checklists.offer_reflection(actor, case.pk, **offer)

    def _written_by_others(self):
        who, case = self.who, self.case
        self._entry(who["file"], "internal")
        with acting_as(who["file"]) as actor:
            needs.add_need(actor, case.pk, service=f.service("reception_conditions"), priority="now")
            messages.write_message(actor, self.requests["file"].pk, words="MARQUEUR-MESSAGE")
        with acting_as(who["residence"]) as actor:
            needs.add_need(actor, case.pk, service=f.service("residence_permit"), priority="now", text="MARQUEUR")
            needs.add_need(actor, case.pk, service=f.service("asylum"), priority="now")
            categories.write_entry(actor, case.pk, Category.RESIDENCE, data={"text": "MARQUEUR"})
        with acting_as(who["offence"]) as actor:
            categories.write_entry(actor, case.pk, Category.OFFENCE, data={"text": "MARQUEUR"})
            reporting.record_decision(
                actor, case.pk, data={"decision": "not_made", "on": "2026-01-31", "why": "MARQUEUR"}
            )
        with acting_as(who["summary"]) as actor:
            messages.write_message(actor, self.requests["summary"].pk, words="MARQUEUR-MESSAGE")
        with acting_as(who["kept_in"]) as actor:
            for of in (case, self.other):
                write_secret(actor, of.pk, text="MARQUEUR-SECRET")
                self._document(actor, of, secret=True)
        with acting_as(who["asylum"]) as actor:
            self._states(actor)
        with acting_as(who["author"]) as author:
            for alert in self.alerts.values():
                additions.add_to_alert(author, alert.pk, "MARQUEUR-COMPLEMENT")
            number = {"whose": "controller", "channel": "phone", "value": "MARQUEUR-NUMERO"}
            for name, save in (("draft", alerts.save_draft), ("offence", None)):
                made = self.alerts[name] = alerts.start_draft(author, answers=f.ANSWERS)
                alerts.save_draft(author, made.pk, {}, step=3, contact=number)
                if save is None:
                    alerts.send_alert(author, made.pk)

    def _said_before_leaving(self):
        gone, request = self.who["declined"], self.requests["declined"].pk
        with acting_as(gone):
            orientations.open_orientation(gone, request)
            messages.ask_orientation(gone, request, words="MARQUEUR-QUESTION")
        with acting_as(self.lead):
            messages.answer_question(self.lead, request, words="MARQUEUR-REPONSE")
        with acting_as(gone):
            orientations.decline_orientation(gone, request, reason="no_place")
        with acting_as(self.who["broke"]) as broke:
            emergency.break_glass(broke, reference=self.case.reference, reason=REASON)

    def _kept_by_their_agencies(self):
        """One agency keeps the case to a member, with an alert that it wrote; the coordination the other case."""
        for name, case in (("kept_in", self.case), ("status", self.other)):
            with acting_as(self.who[name]) as keeper:
                assign_member(keeper, case.pk, keeper)
                restrict_case(keeper, case.pk)
        writer = f.member(self.who["kept_in"].agency, Role.FRONTLINE)
        written = self.alerts["written"] = f.sent_alert(writer, desks=[self.elsewhere.pk])
        with as_role("nrm_owner"):
            Alert.objects.filter(pk=written.pk).update(kept_cases=[self.case.pk])

    def _reported(self):
        """A breach of personal data, which the national coordination answers for."""
        said = {"kind": "other", "known_at": timezone.now(), "ongoing": False, "apart": False, "text": "MARQUEUR"}
        with acting_as(self.who["author"]) as author:
            made = breaches.report(author, **said)
        with acting_as(self.who["national"]) as answers:
            breaches.write(answers, made.pk, "assess", nature="MARQUEUR")

    def _of_the_coordination(self):
        """An event with both cases and their alerts, a call to a desk that keeps silent about a third alert."""
        unit = self.who["status"]
        with acting_as(unit):
            day = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory()}
            self.event = situations.start_situation(unit, note="MARQUEUR", **day)
            for name in ("main", "waiting"):
                situations.add_alert(unit, self.event.pk, self.alerts[name].pk)
        self.alerts["silent"] = f.sent_alert(self.who["former"], desks=[self.away.pk])
        with as_role("nrm_owner"):
            rows = AlertDesk.objects.filter(alert=self.alerts["silent"])
            rows.update(received_at=timezone.now() - timedelta(hours=100))
            who = self.who["kept_in"]
            ReadingAlarm.objects.create(agency=who.agency, membership=who, kind="file", window="hour", most=60)
            for name in ("main", "waiting"):
                said = {"agency": self.away, "by": self.who["away"], "code": "acting", "text": "MARQUEUR-INTERVENTION"}
                DeskAnswer.objects.create(alert=self.alerts[name], **said)
        with acting_as(unit):
            silent_desks.call_desk(unit, self.away.pk, at=timezone.now(), function="MARQUEUR-FONCTION")

    def _led_again_by_the_coordination(self):
        """A lead wrote, asked and was asked; its agreement is withdrawn, and the coordination leads again."""
        unit, lead, asked = self.who["status"], f.member(f.shelter()), f.member(self.elsewhere)
        self.alerts["led"] = f.sent_alert(self.who["colleague"])
        self.led = f.case(unit, alert=self.alerts["led"])
        agreed = f.consent(unit, self.led, agencies=[lead.agency_id])
        given = {"verb": "transfer", "level": Level.FILE, "consent": agreed}
        f.orientation(unit, self.led, lead.agency, state="in_progress", answerer=lead, **given)
        sent = f.orientation(lead, self.led, self.elsewhere, legal_ground="vital_danger")
        self.requests["led"] = sent
        with acting_as(asked):
            messages.ask_orientation(asked, sent.pk, words="MARQUEUR-QUESTION")
        with acting_as(lead):
            self._procedures(lead, self.led)
            add_request(lead, self.led.pk, **ASKED)
            answer(lead, add_request(lead, self.led.pk, **LIMIT).pk, text="MARQUEUR")
            consents.withdraw_consent(lead, agreed.pk)
        with acting_as(asked):
            emergency.break_glass(asked, reference=self.led.reference, reason=REASON)

    def _left_behind(self):
        """As the tables' owner: rights that ran out, words written with more rights than now, rows of rare acts."""
        who, case = self.who, self.case
        self._less_than_before()
        for author in (who["summary"], who["ended"], who["status"], who["state_bits"]):
            base = {"case": case, "agency": author.agency, "by": author}
            TimelineEntry.objects.create(sort="message", data={"text": "MARQUEUR"}, **base)
            PaperDocument.objects.create(sort="other", data={"label": "MARQUEUR", "place": "x"}, **base)
            LinkedPerson.objects.create(relation="child", age_side="minor", data={"text": "MARQUEUR"}, **base)
            self._document(author, case)
            need = Need.objects.create(service=f.service("interpreting"), priority="now", **base)
            text = {"case": case, "need": need, "by": author, "data": {"text": "MARQUEUR"}}
            NeedText.objects.create(**text)
            SupportAction.objects.create(agency=author.agency, **text)
        self._demanded()
        opinion = ChildOpinion.objects.hear(case, stance="favourable", by=self.lead)
        AgreementText.objects.create(case=case, opinion=opinion, data={"words": "MARQUEUR"}, by=self.lead)
        units = {"from_unit": who["status"].agency, "to_unit": who["status"].agency}
        places = {"from_territory": f.territory(), "to_territory": f.territory("13", "Bouches-du-Rhône")}
        Relocation.objects.create(case=case, by=self.lead, at=timezone.now(), **units, **places)
        moved = CaseMove.objects.get(case=case)
        today = timezone.localdate()
        CaseTerm.objects.create(case=case, closed_at=timezone.now(), erased_on=today)
        self._archived(today)
        held = {"ground": "claim", "data": {}, "review_on": today + timedelta(days=30)}
        for author in (self.lead, who["status"], who["ended"], who["expired"], who["declined"]):
            LegalHold.objects.create(case=case, by=author, agency=author.agency, **held)
        CaseOutcome.objects.create(move=moved, case=case, by=self.lead, data={"wish": "MARQUEUR", "feedback": ""})
        held = {"agency": who["kept_in"].agency}
        loaded = CaseImport.objects.create(by=who["kept_in"], content={}, state="loaded", **held)
        ImportedCase.objects.create(origin=loaded, case=case, line=1, **held)
        for reader in (who["lead"], who["status"], who["ended"], who["expired"], who["kept_in"]):
            label = {"case": case, "agency": reader.agency, "by": reader}
            OwnLabel.objects.create(data={"reference": "MARQUEUR", "nickname": "MARQUEUR"}, **label)
        for number, of in enumerate((case, self.other), 1):  # put there while the coordination led them
            line = {"situation": self.event, "agency": who["status"].agency, "agreement": "yes"}
            SituationCase.objects.create(case=of, number=number, **line)
        MatchAlarm.objects.create(member=who["lead"], day=timezone.localdate(), count=9)
        self._matches()

    def _archived(self, today):
        """One case for all of its agency, one for those to whom another kept it; an opening by who reads the file, and
        one of a case that the coordination leads again, by another agency."""
        kept, now = self.who["kept_in"], timezone.now()
        row = {"agency": kept.agency, "at": now, "reference": "MARQUEUR", "closed_at": now, "erased_on": today}
        Archive.objects.create(case=self.led, **row)
        Archive.objects.create(case=self.case, **row | {"agency": self.who["file"].agency})
        unit = row | {"agency": self.who["status"].agency, "team": [self.who["unitmate"].pk], "kept": True}
        Archive.objects.create(case=self.other, **unit)
        asked = EmergencyAccess.objects.get(case=self.led).membership
        for case, member in ((self.case, self.who["file"]), (self.led, asked)):
            said = {"membership": member, "agency": member.agency, "at": now, "until": now, "why": "other"}
            ArchiveOpening.objects.create(case=case, reason={"text": "MARQUEUR"}, **said)

    def _demanded(self):
        """What justice demands of agencies that see the case, or did: it waits for all but `ended`, which answered.
        Of `declined` in the other case alone; of the unit there before it kept that one to a member, and since."""
        who = self.who
        where = dict.fromkeys(("file", "summary", "expired", "kept_in", "ended"), self.case)
        where |= {"status": self.led, "declined": self.other, "unitmate": self.other, "since": self.other}
        where |= {"elsewhere": self.led, "before": self.case}  # of an agency that keeps the one case to a member, since
        of = {"since": "unitmate", "elsewhere": "kept_in", "before": "kept_in"}
        for name, case in where.items():
            by = who[of.get(name, name)]
            said = {"case": case, "agency": by.agency, "by": by, "received_on": date(2026, 1, 31)}
            made = self.demands[name] = Requisition.objects.create(data={"text": "MARQUEUR"}, **said)
            move = {"state": "refused" if name == "ended" else "waiting", "by": by}
            RequisitionMove.objects.create(requisition=made, data={"text": "MARQUEUR"}, **move)
        before = [self.demands["unitmate"].pk, self.demands["before"].pk]
        Requisition.objects.filter(pk__in=before).update(at=timezone.now() - timedelta(days=900))

    def _less_than_before(self):
        who, case = self.who, self.case
        Grant.rows.filter(content_object=case, ground="break_glass").delete()
        Membership.objects.filter(pk=who["former"].pk).update(roles=[Role.POLICY])
        who["former"].refresh_from_db()
        gave = Grant.rows.filter(ground_id=self.requests["lowered"].pk)
        gave.exclude(permission__codename="file_case").delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nrm.give(%s, %s, 2, 0, 'consent', %s, NULL)",
                [case.pk, who["lowered"].agency_id, uuid.uuid4()],
            )
        gave.delete()
        late = CaseAccess.objects.get(agency=who["expired"].agency_id)
        late.until = timezone.now() - timedelta(hours=1)
        Grant.rows.filter(group=late.agency_id).update(until=late.until)  # ends the row at once…
        late.save(force_insert=True)  # … and this is the one that only a late sweep would leave

    def _matches(self):
        """Three questions of the unit. It keeps the other case to one member, as the first of two or as the second."""
        unit = self.who["status"]
        with acting_as(unit):
            low, high = (
                Case.objects.create(
                    id=uuid.UUID(int=number), lead=unit.agency, coordination=unit.agency, opened_by=unit,
                    age_side="adult", territory=f.territory(),
                )
                for number in (1, 2**128 - 1)
            )  # fmt: skip
            pairs = {"open": (low, high), "second": (low, self.other), "first": (self.other, high)}
            for name, (first, second) in pairs.items():
                made = Match(first=first, second=second, strength="likely", digest=name)
                made.save()
                self.requests[f"match_{name}"] = made
                move = {"action": "contact", "before": "open", "after": "contact"}
                MatchMove.objects.create(match=made, membership=unit, agency=unit.agency, **move)
        MatchToken.objects.create(identity=Identity.objects.get(case=self.case), digest=b"0" * 16)
        MatchFinding.objects.create(match=self.requests["match_open"], by=self.lead)

    def _entry(self, author, sort):
        with acting_as(author):
            thread.write_entry(author, self.case.pk, sort=sort, text="MARQUEUR")

    def _states(self, actor):
        said = {"stated_on": date(2026, 11, 20), "function": "Fonction d'essai", "motives": "MARQUEUR"}
        statements.make_statement(actor, self.case.pk, status="presumed", **said)
