"""The world of `expected/definers_cases.csv`: that of the rows, cases on their first day, and who lacks one thing."""

import uuid
from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from agencies.models import Category, Desk, DeskChange, Kind, Level, MemberChange, Membership, Role, Territory, User
from foundation.actor import acting_as
from notifications.words import identifier
from plans.evaluation import operations as evaluation
from plans.models import Campaign, Evaluation, Meeting
from referral.alerts.operations import alerts
from referral.breaches.operations import report
from referral.closing import operations as closing
from referral.exports import operations as exports
from referral.inbox.operations import alerts as alerts_operations
from referral.models import Alert, AlertDesk, AlertLink, Clock, LegalHold, Match, OrientationDesk
from referral.relocation import operations as relocation
from tests import factories as f
from tests.notifications.listener import hook_of
from tests.plans import participants as p
from tests.plans import people
from tests.plans.commitments.test_questionnaires import opened
from tests.roles import as_role
from victims.access.access import grant
from victims.access.operations import emergency
from victims.consents import operations as consents
from victims.models import (
    Archive,
    Assignment,
    Case,
    CaseAccess,
    CaseFile,
    Consent,
    DataRequest,
    Episode,
    Grant,
    ReadingAlarm,
    Relocation,
    Requisition,
    Restriction,
    TimelineEntry,
)

from . import definers_calls, definers_derived, definers_guards, definers_moves
from .definers import Stage
from .rows_world import REASON, House

WORDS = {
    "nobody": None,
    "long": "Personne injoignable, hospitalisation",
    "short": "Trop court",
    "padded": "   Dix-neuf lettres.      ",
    "unknown": uuid.UUID(int=7),
    "unknown.reference": "ZZZZ-ZZZZ",
}
CONTACT = {"channel": "sms", "value": "MARQUEUR-CONTACT"}


class Doors(House):
    """`cases`, `alerts` and `requests` are named in the file with their kind, the rest of `names` as they stand."""

    def __init__(self):
        super().__init__()
        self.names = dict(WORDS)
        self.cases = {"case": self.case, "other": self.other, "led": self.led}
        self._more_people()
        self._first_days()
        self._led_by_the_lead()
        self._desks_that_wait()
        self._policy()
        self._ending()
        definers_derived.add(self)
        definers_moves.add(self)
        with as_role("nrm_owner"):
            Desk.objects.filter(pk=self.away.pk).update(second=self.elsewhere.pk)
            self._agreements()
            self._beside()
            for name, newcomer in self.who.items():
                if newcomer and newcomer.cases_from and name != "new_between":  # after what was added here
                    newcomer.cases_from = timezone.now()
                    newcomer.save()

    def _more_people(self):
        who, home = self.who, self.lead.agency
        who |= {"far": f.member(f.coordination(territories=("13",)), Role.COORDINATOR), "mate": f.member(home)}
        who["lead_worker"] = Membership.objects.get(agency=home, kind="system")
        who |= {"elsewhere": f.member(self.elsewhere), "desk_front": f.member(self.away, Role.FRONTLINE)}
        for name in ("file", "national", "status"):
            who[f"{name}_front"] = f.member(who[name].agency, Role.FRONTLINE)
        who["left"] = f.member(who["file"].agency, active=False)
        who["barred"] = f.member(who["file"].agency)
        who["shut"] = f.member(f.agency(active=False))
        with as_role("nrm_owner"):
            User.objects.filter(pk=who["barred"].user_id).update(is_active=False)
        with acting_as(who["head"]) as head:
            self.alerts["worker_draft"] = alerts.start_draft(head, answers={})

    def _first_days(self):
        """Cases that the coordination leads for now: `fresh` asks of many, `plain` of one, `twice` shares its alert."""
        unit = self.who["status"]
        for name in ("fresh", "plain", "twice"):
            told = {"recipients": ["association", "contact"], "contact": CONTACT, "desks": [self.away.pk]}
            self.alerts[name] = f.sent_alert(self.who["colleague"], **told)
            self.cases[name] = f.case(unit, alert=self.alerts[name])
        with_contact = {"level": Level.SUMMARY, "categories": Category.CONTACT}
        transfer = {"verb": "transfer", "level": Level.FILE}
        for name, case, to, fields in (
            ("wanted", "fresh", "sent", {"exclusive": True, **with_contact}),
            ("same_need", "fresh", "declined", {"exclusive": True}),
            (
                "other_need",
                "fresh",
                "ended",
                {"exclusive": True, "service": f.service("health_care"), "state": "opened"},
            ),
            ("side_by_side", "fresh", "mixed", {}),
            ("same_draft", "fresh", "summary", {"exclusive": True, "state": "draft"}),
            ("handed", "fresh", "neighbour", transfer),
            ("handed_too", "fresh", "away", transfer),
            ("urgent", "fresh", "file_state", {"legal_ground": "vital_danger"}),
            ("plain_need", "plain", "declined", {"exclusive": True}),
            ("twice", "twice", "sent", with_contact),
            ("led_draft", "led", "away", {"state": "draft"}),
        ):
            fields = {"exclusive": False, "answerer": self.who[to], **fields}
            self.requests[name] = f.orientation(unit, self.cases[case], self.who[to].agency, **fields)

    def _led_by_the_lead(self):
        """A case kept inside an organisation, one whose lead ends by a date, one that is closed."""
        unit, lead, to = self.who["status"], self.lead, self.lead.agency
        self.cases |= {"own": f.own_case(lead), "closed": f.own_case(lead), "followed": f.case(unit)}
        given = {"level": Level.FILE, "verb": "transfer", "exclusive": False}
        agreed = f.consent(unit, self.cases["followed"], agencies=[to.pk], until=self.soon)
        self.names["agreement:followed"] = agreed.pk
        given |= {"state": "accepted", "answerer": lead, "consent": agreed}
        self.requests["followed"] = f.orientation(unit, self.cases["followed"], to, **given)
        given = {"level": Level.FILE, "verb": "transfer", "exclusive": False}
        self.requests["own_transfer"] = f.orientation(lead, self.cases["own"], self.away, **given)
        self.requests["to_unit"] = f.orientation(lead, self.cases["own"], unit.agency, exclusive=False)
        with acting_as(lead):
            outcome = {"wish": "", "feedback": ""}
            closing.move_case(lead, self.cases["closed"].pk, "close", reason="autonomy", outcome=outcome)
            order = {"purpose": "meeting", "reason": "Réunion du lundi, à deux", "file_format": "csv"}
            self.names["export"] = exports.ask_export(lead, "cases", "", **order).pk
            reached = {"agency": lead.agency, "membership": lead, "kind": "file", "window": "hour", "most": 60}
            said = {"kind": "other", "known_at": timezone.now(), "ongoing": False, "apart": False, "text": "MARQUEUR"}
            self.names["breach"] = report(lead, **said).pk
            self.names["limit"] = ReadingAlarm.objects.create(**reached).pk
        self._waiting_for_a_second(unit)
        self._webhooks()
        with acting_as(lead):
            for clock in Clock.objects.filter(case=self.case.pk):
                self.names[f"clock:{'sealed' if clock.sealed else 'open'}"] = clock.pk
            self.names["demanded:case"] = Requisition.objects.get(case=self.case.pk).pk
            self.names["asked:case"] = DataRequest.objects.get(case=self.case.pk, kind="access").pk
        self._documents()
        for name in ("file", "summary", "expired", "kept_in"):
            self.names[f"demanded:{name}"] = self.demands[name].pk
        self._demands_and_holds()
        self._archives()
        with acting_as(unit):
            self.names["demanded:led"] = Requisition.objects.get(case=self.led.pk).pk
            self.names["asked:led"] = DataRequest.objects.get(case=self.led.pk, kind="access").pk
            self.names["clock:led"] = Clock.objects.get(case=self.led.pk, sealed=True).pk

    def _documents(self):
        """One of each author; behind health, under secrecy."""
        rows = {
            name: (name, {}) for name in ("lead", "summary", "kept_in", "ended", "state_bits", "expired", "file_front")
        }
        rows |= {"held": ("lead", {"bit": 4}), "not_held": ("file", {"bit": 4})}
        rows |= {f"secret_{name}": (name, {"secret": True}) for name in ("ended", "kept_in", "kept_out")}
        said = {"case": self.case, "reference": self.case.reference, "sort": "other", "size": 1}
        with as_role("nrm_owner"):
            for name, (who, fields) in rows.items():
                by = self.who[who]
                made = CaseFile.objects.create(agency=by.agency, by=by, data={"title": "x"}, **said, **fields)
                self.names[f"document:{name}"] = made.pk
            held = {"ground": "claim", "review_on": date(2030, 1, 1), "data": {}}
            mine = {"by": self.lead, "agency": self.lead.agency}
            self.names["hold"] = LegalHold.objects.create(case=self.case, **held, **mine).pk
            mine = {"by": self.who["state_bits"], "agency": self.who["state_bits"].agency}
            self.names["hold:state"] = LegalHold.objects.create(case=self.case, **held, **mine).pk

    def _archives(self):
        """Archived cases of the unit and of an agency that keeps one, each for a member who was not assigned to it."""
        row = {"at": timezone.now(), "reference": "x", "closed_at": timezone.now(), "erased_on": timezone.localdate()}
        unit = self.who["status"]
        with acting_as(unit):
            led = {"lead": unit.agency, "coordination": unit.agency, "opened_by": unit, "age_side": "adult"}
            place = f.territory()
            low, high = (Case.objects.create(id=uuid.UUID(int=n), territory=place, **led) for n in (2, 2**128 - 2))
        for name, to, cases in (("unit_files", "status", [low, high]), ("kept_files", "kept_in", [self.case])):
            member = self.who[name] = f.member(self.who[to].agency, *self.who[to].roles)
            with as_role("nrm_owner"):
                for case in cases:
                    Archive.objects.create(case=case, agency=member.agency, team=[member.pk], kept=True, **row)
        with as_role("nrm_owner"):
            for name, pair in (("first", (low, self.case)), ("second", (self.case, high))):
                filed = next(case for case in pair if case != self.case)
                Restriction.objects.create(case=filed, agency=unit.agency, archived_at=timezone.now())
                said = {"strength": "likely", "digest": f"filed {name}"}
                made = Match.objects.create(first=pair[0], second=pair[1], **said)
                self.names[f"filed:{name}"] = made.pk
        with as_role("nrm_owner"):
            made = Archive.objects.create(case=self.other, agency=self.who["keeps_access"].agency, **row)
            self.names["archive:lead"] = made.pk
            self.names["archive:file"] = Archive.objects.get(case=self.case, agency=self.who["file"].agency).pk

    def _demands_and_holds(self):
        """A requisition received before its case was restricted, one of another case, one that was answered; and what
        agencies keep whose access is over."""
        kept, past, over = (self.who[name] for name in ("kept_in", "expired", "ended"))
        self.who["expired_program"] = f.program(past.agency, Role.CASE_WORKER)
        self.who["expired_mate"] = f.member(past.agency)
        self.who["expired_new"] = f.member(past.agency, cases_from=timezone.now())
        with as_role("nrm_owner"):
            for name, by, case, state in (
                ("older", kept, self.case, {}),
                ("elsewhere", kept, self.led, {}),
                ("over", over, self.case, {"state": "refused", "ended_at": timezone.now()}),
            ):
                of = {"case": case, "agency": by.agency, "by": by, "received_on": date(2026, 1, 31), "data": {}}
                self.names[f"demanded:{name}"] = Requisition.objects.create(**of, **state).pk
            older = Requisition.objects.filter(pk=self.names["demanded:older"])
            older.update(at=timezone.now() - timedelta(days=900))
            held = {"ground": "law", "review_on": date(2030, 1, 1), "data": {}}
            for name, by, case in (
                ("expired", past, self.case),
                ("elsewhere", past, self.other),
                ("ended", over, self.case),
            ):
                made = LegalHold.objects.create(case=case, agency=by.agency, by=by, **held)
                self.names[f"hold:{name}"] = made.pk

    def _webhooks(self):
        """An address of a program of the lead's organisation, and one of another's; who administers the first."""
        self.who["keeps_access"] = f.member(self.lead.agency, Role.AGENCY_ADMIN)
        for name, agency in (("own", self.lead.agency), ("of_others", self.away)):
            self.names[f"hook:{name}"] = hook_of(f.program(agency), f"https://{name}.exemple.invalid/").pk

    def _waiting_for_a_second(self, unit):
        """What a desk would receive in addition, a stand-in, and roles that wait in an agency of one."""
        alone = self.who["alone"] = f.member(f.shelter())
        row = {"desk_id": self.lead.agency_id, "unit": unit.agency, "by": self.lead, "state": "waiting", "reason": ""}
        self.names |= {name: uuid.uuid4() for name in ("desk_asked", "asked_stand_in", "asked_above")}
        with as_role("nrm_owner"):
            DeskChange.objects.create(batch=self.names["desk_asked"], what="territory", value="13", **row)
            # asked of a unit without a coordinator: the national one decides
            self.who["checks"] = f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR)
            apart = {**row, "unit": alone.agency, "by": alone, "desk_id": alone.agency_id}
            DeskChange.objects.create(batch=self.names["asked_above"], what="territory", value="13", **apart)
            stand_in = {"what": "second", "value": str(self.away.pk), "stand_in_id": self.away.pk}
            DeskChange.objects.create(batch=self.names["asked_stand_in"], **stand_in, **row)
            waits = {"act": "invite", "by": alone, "asked": ["case_worker"], "state": "waiting"}
            arrival = MemberChange.objects.create(agency=alone.agency, membership=f.member(alone.agency), **waits)
            self.names["arrival"] = arrival.pk
        platform = Membership.objects.get(agency=self.lead.agency, kind="system")
        with acting_as(platform):
            self.alerts["platform"] = Alert.objects.create(
                author=platform, agency=self.lead.agency, territory=f.territory(), age_side="adult"
            )

    def _ending(self):
        """A case about to be closed, on every ground; it moved, and who had the state alone knows the former place."""
        lead, unit = self.lead, self.who["status"].agency
        case = self.cases["ending"] = f.own_case(lead)
        asked = {"level": Level.FILE, "exclusive": False}
        for name, to, fields in (
            ("ending_file", "neighbour", {"state": "accepted"}),
            ("ending_file_too", "file", {"state": "accepted"}),
            ("ending_state", "state_file", {"state": "in_progress", "level": Level.STATUS}),
            ("ending_sent", "declined", {}),
            ("ending_draft", "away", {"state": "draft"}),
            ("ending_done", "ended", {"state": "completed"}),
        ):
            fields = {**asked, "answerer": self.who[to], **fields}
            self.requests[name] = f.orientation(lead, case, self.who[to].agency, **fields)
        with acting_as(lead):
            mask = int(Category.IDENTITY)
            named = consents.record_consent(lead, case.pk, agencies=[lead.agency_id], level=3, categories=mask)
            grant(case, lead.agency_id, categories=mask, ground="consent", ground_id=named.pk, given_by=lead)
        with as_role("nrm_owner"):
            unit.desk.territories.add(f.territory("77", "Seine-et-Marne"))
        with acting_as(lead):
            relocation.move_case(lead, case.pk, f.territory("77"))
        with acting_as(self.who["broke"]) as broke:
            emergency.break_glass(broke, reference=case.reference, reason=REASON)
        with as_role("nrm_owner"):
            # in the order of days: given, moved, given elsewhere
            now, right = timezone.now(), Permission.objects.get(codename="status_case")
            for name, elsewhere in (("state_file", "plain"), ("neighbour", "twice")):
                later = {"content_object": self.cases[elsewhere], "ground": "legal", "ground_id": case.pk}
                Grant.rows.create(group_id=self.who[name].agency_id, permission=right, **later)
            Grant.rows.filter(ground_id=case.pk, ground="legal").update(given_at=now - timedelta(1))
            Relocation.objects.filter(case=case).update(at=now - timedelta(2))
            Grant.rows.filter(content_object=case).update(given_at=now - timedelta(3))

    def _desks_that_wait(self):
        """Alerts at the coordination and at another desk: one passed on, one settled, one about a kept case."""
        unit = self.who["status"]
        for name in ("passed", "settled", "kept"):
            self.alerts[name] = f.sent_alert(self.who["colleague"], desks=[self.away.pk])
        with acting_as(unit):
            alerts_operations.redirect_alert(unit, self.alerts["passed"].pk, [self.elsewhere.pk], reason="not_ours")
        with as_role("nrm_owner"):
            mine = AlertDesk.objects.filter(agency=unit.agency)
            mine.filter(alert=self.alerts["settled"]).update(due_at=None)
            mine.filter(alert=self.alerts["kept"]).update(kept_cases=[self.other.pk])
            row = {"alert": self.alerts["silent"], "state": "sent", "received_at": timezone.now(), "urgency": "normal"}
            row |= {"reference": "x", "age_side": "adult", "form": "unknown", "territory": f.territory()}
            AlertDesk.objects.create(agency=self.who["ended"].agency, live=False, due_at=self.soon, **row)
            AlertDesk.objects.create(agency=self.who["mixed"].agency, due_at=None, **row)

    def _policy(self):
        """Who builds public policy, and what one of them is told of: each noun of a notice in two states."""
        unit, association, asked = people.coordination(), people.speaker(), people.ministry("dacg")
        self.who |= {"policy_unit": unit, "association": association, "asked": asked}
        self.who |= {"association_front": f.member(association.agency, Role.FRONTLINE)}
        self.who |= {"asked_front": f.member(asked.agency, Role.FRONTLINE), "dgcs": people.ministry("dgcs")}
        self.names |= {
            "consultation:open": p.consultation(unit).pk,
            "consultation:coming": p.consultation(unit, opens=5, title="À venir").pk,
            "contribution:draft": p.draft(association).pk,
            "contribution:sent": p.sent(association, title="Autre").pk,
            "question:open": opened(unit, "dacg").pk,
            "question:prepared": opened(unit, "dacg", opens=False).pk,
            "question:of_others": opened(unit, "dgcs").pk,
        }
        self.who["evaluator"] = cncdh = people.cncdh()
        with acting_as(cncdh):
            self.names["evaluation:draft"] = evaluation.start_evaluation(cncdh, "plan2", "yearly").pk
            self.names["evaluation:asked"] = asked_pk = evaluation.start_evaluation(cncdh, "plan1", "yearly").pk
            evaluation.save_evaluation(cncdh, asked_pk, head={"text_fr": "Bilan"})
            evaluation.ask_release(cncdh, asked_pk)
        with as_role("nrm_owner"):
            self.names["evaluation:released"] = Evaluation.objects.filter(state="released")[0].pk
            today, signed = timezone.localdate(), {"agency": unit.agency, "by": unit}
            for name, year, days in (("open", 2041, 0), ("coming", 2042, 5)):
                dates = {"opens": today + timedelta(days), "closes": today + timedelta(30)}
                self.names[f"campaign:{name}"] = identifier(Campaign.objects.create(year=year, **dates, **signed).pk)
            self.names["account:file"] = identifier(self.who["file"].pk)
            self.names["meeting"] = identifier(Meeting.objects.create(on=today, title_fr="Séance").pk)

    def _agreements(self):
        """Agreements that each fail the request `wanted` in one way."""
        now, to = timezone.now(), self.who["sent"].agency_id
        base = {"agencies": [to], "level": 2, "categories": 2, "obtained_by": self.who["status"]}
        base |= {"case": self.cases["fresh"]}
        for name, but in {
            "fits": {},
            "by_kind": {"agencies": [], "kinds": [Kind.NGO]},
            "for_others": {"agencies": [self.away.pk], "kinds": [Kind.UNION]},
            "withdrawn": {"withdrawn_at": now},
            "over": {"until": now - timedelta(hours=1)},
            "ends": {"until": now + timedelta(days=1)},
            "low": {"level": 1},
            "bare": {"categories": 0},
            "other_case": {"case": self.other},
        }.items():
            self.names[f"agreement:{name}"] = Consent.objects.create(**{**base, **but}).pk

    def _beside(self):
        """Rows that each pass all conditions of a function but one."""
        who, now, sent = self.who, timezone.now(), OrientationDesk.objects
        row = {"state": "sent", "received_at": now, "urgency": "normal", "reference": "x", "due_at": self.soon}
        row["orientation"] = self.requests["wanted"]
        sooner = {**row, "due_at": now + timedelta(hours=2)}
        sent.create(agency=who["offence"].agency, answers=False, **sooner)  # looks after a silent desk
        sent.create(agency=who["asylum"].agency, live=False, **sooner)
        sent.create(**{**row, "agency": who["status"].agency, "answers": False, "orientation": self.requests["sent"]})
        sent.create(**{**row, "agency": who["status"].agency, "live": False, "orientation": self.requests["unagreed"]})
        sent.filter(orientation=self.requests["unit_main"]).update(received_at=now - timedelta(hours=100))
        sent.filter(orientation=self.requests["urgent"]).update(urgency="vital")
        for name, state in (("led_old_transfer", "sent"), ("led_old_draft", "draft")):  # of who led before
            old = self.requests["plain_need"]
            made = type(old)(case=self.led, sender=self.lead.agency, addressee=self.away, service=old.service)
            made.verb, made.created_by, made.state = "transfer", self.lead, state
            made.consent_id = Consent.objects.create(case=self.led, obtained_by=self.lead, agencies=[self.away.pk]).pk
            made.save()
            self.requests[name] = made
        AlertLink.objects.create(alert=self.alerts["twice"], case=self.cases["closed"])
        Assignment.objects.create(
            case=self.other, agency=who["kept_out"].agency, membership=who["kept_out"], by=self.lead
        )
        self._named_rows()
        stale = CaseAccess.objects.get(case=self.cases["own"])
        stale.agency, stale.lead, stale.until = who["status"].agency, False, now - timedelta(hours=1)
        stale.categories = Category.OFFENCE
        stale.save(force_insert=True)
        f.territory("13", "Bouches-du-Rhône")
        Territory.objects.create(code="R1", sort="region", label_fr="Région", label_en="Region")

    def _named_rows(self):
        for name in ("own", "closed", "ending"):
            kept = AlertLink.objects.filter(case=self.cases[name]).exclude(alert=self.alerts["twice"])
            self.names[f"alert:of_{name}"] = kept.get().alert_id
        self.names["episode"] = Episode.objects.get(case=self.case).pk
        entries = TimelineEntry.objects.filter(case=self.case, agency=self.lead.agency)
        self.names |= {f"entry:{entry.sort}": entry.pk for entry in entries}
        for name, current in (("former", False), ("latter", True)):
            base = {"case": self.case, "agency": self.lead.agency, "by": self.lead, "sort": "message"}
            former = {"replaces_id": self.names["entry:former"]} if current else {}
            with acting_as(self.lead):
                self.names[f"entry:{name}"] = TimelineEntry.objects.create(
                    data={"text": "MARQUEUR"}, **former, **base
                ).pk


def doors() -> Stage:
    house = Doors()
    names = dict(house.names)
    for name, member in house.who.items():
        names |= {name: member.agency_id, f"{name}.member": member.pk}
    for kind, rows in (("", house.cases), ("alert:", house.alerts), ("request:", house.requests)):
        for name, row in rows.items():
            names |= {f"{kind}{name}": row.pk, f"{kind}{name}.reference": row.reference}
    parts = (definers_calls, definers_guards, definers_derived, definers_moves)
    calls = {name: call for part in parts for name, call in part.CALLS.items()}
    looks = {name: look for part in parts for name, look in part.LOOKS.items()}
    return Stage(names, {**house.who, "system": None}, calls, looks)
