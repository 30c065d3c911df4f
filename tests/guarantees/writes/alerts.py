"""Alerts, matches, situations, exports and searches, by the real operations."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.inbox.operations import alerts as alerts_operations
from referral.models import AlertDesk, AlertLink
from tests import factories as f
from tests.roles import as_role
from victims.models import Assignment, Case, CaseAccess, new_reference

from . import world

MOVE = {"membership_id": "me", "agency_id": "mine"}
OF_EVENT = {"situation_id": "event", "agency_id": "mine"}


class World(world.World):
    rows = {
        "referral_alert": {
            "reference": new_reference, "author_id": "me", "agency_id": "mine", "state": "draft", "form": "unknown",
            "urgency": "normal",
        },
        "referral_alertcontent": {"alert_id": "bare"},
        "referral_alertcontact": {"alert_id": "bare"},
        "referral_alertoffence": {"alert_id": "bare"},
        "referral_alertaddition": {"alert_id": "sent", "by_id": "me"},
        "referral_alertmove": {**MOVE, "alert_id": "sent", "action": "open", "before": "sent", "after": "opened"},
        "referral_alertlink": {"alert_id": "taken", "case_id": "case"},
        "referral_deskanswer": {"alert_id": "sent", "agency_id": "mine", "by_id": "me", "code": "acting"},
        "referral_deskcall": {"alert_id": "sent", "called_id": "home", "agency_id": "mine", "by_id": "me"},
        "referral_matchmove": {**MOVE, "match_id": "match", "action": "dismiss", "before": "open", "after": "apart"},
        "referral_situation": {
            "reference": new_reference, "agency_id": "mine", "created_by_id": "me", "sort": "raid",
            "territory_id": "75",
        },
        "referral_situationbatch": {**OF_EVENT, "by_id": "me"},
        "referral_situationalert": {**OF_EVENT, "alert_id": "seen"},
        "referral_situationcase": {**OF_EVENT, "case_id": "read_case", "number": 9, "agreement": "not_asked"},
        "referral_export": {
            "reference": new_reference, "agency_id": "mine", "by_id": "me", "listed": "cases", "purpose": "report",
            "format": "csv", "state": "asked", "done": 0,
        },
        "referral_exportorder": {"export_id": "asked", "agency_id": "mine"},
        "referral_exportmove": {**MOVE, "export_id": "asked", "action": "queue", "before": "asked", "after": "queued"},
        "referral_exportfile": {"export_id": "making", "membership_id": "me"},
        "referral_exportpiece": {"export_id": "making", "membership_id": "me", "first": 0},
        "referral_caseimport": {"agency_id": "mine", "by_id": "me"},
        "referral_importpiece": {"origin_id": "brought", "agency_id": "mine", "first": 0},
        "referral_savedsearch": {"membership_id": "me", "listed": "cases"},
        "victims_readingalarm": {
            "reference": new_reference, "agency_id": "mine", "membership_id": "me", "kind": "file", "window": "hour",
        },
        "referral_breach": {"reference": new_reference, "agency_id": "mine", "by_id": "me", "kind": "other"},
        "referral_breachentry": {"breach_id": "breach", "by_id": "me", "sort": "assess"},
        "referral_match": {"reference": new_reference, "state": "open", "strength": "likely"},
        "referral_matchalarm": {"reference": new_reference, "member_id": "mate", "count": 9},
    }  # fmt: skip

    def __init__(self):
        super().__init__()
        f.national()
        school, home, strange = f.agency(Kind.EDUCATION, desk=False), f.shelter(), f.shelter()
        unit, far, early = f.coordination(), f.coordination(territories=("13",)), f.shelter()
        office = f.shelter()
        self.who = {
            "nurse": f.member(school, Role.FRONTLINE), "colleague": f.member(school, Role.FRONTLINE),
            "paper": f.member(school, Role.POLICY), "lead": f.member(home), "mate": f.member(home),
            "stranger": f.member(strange), "early": f.member(early), "coord": f.member(unit, Role.COORDINATOR),
            "unitmate": f.member(unit, Role.COORDINATOR), "far": f.member(far, Role.COORDINATOR),
            "national": f.member(Agency.objects.get(mandate="national"), Role.COORDINATOR),
            "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR), "office": f.member(office),
        }  # fmt: skip
        self.names = {name: member.pk for name, member in self.who.items()}
        self.names |= {"home": home.pk, "strange": strange.pk, "unit": unit.pk, "farunit": far.pk}
        self.names["early_agency"] = early.pk
        self._alerts(home, strange, unit)
        self._cases()
        with as_role("nrm_owner"):
            self._above_the_walls(home, unit)
            self._of_a_newcomer(office)
            self._exports()
            self._matches()

    def _alerts(self, home, strange, unit):
        nurse, lead = self.who["nurse"], self.who["lead"]
        with acting_as(nurse):
            draft = alerts.start_draft(nurse, answers={})
            alerts.save_draft(nurse, draft.pk, {}, step=3, contact={"channel": "sms", "value": "MARQUE"})
        sent, passed, taken, kept = (f.sent_alert(nurse, desks=[home.pk]) for _ in range(4))
        reach = {"channel": "sms", "value": "MARQUE"}
        seen = f.sent_alert(nurse, desks=[unit.pk], contact=reach, recipients=["association", "contact"])
        own = f.sent_alert(lead, desks=[strange.pk])
        with acting_as(lead):
            alerts_operations.redirect_alert(lead, passed.pk, [strange.pk], reason="not_ours")
        found = {"draft": draft, "sent": sent, "passed": passed, "taken": taken, "kept": kept, "seen": seen, "own": own}
        self.names |= {name: alert.pk for name, alert in found.items()}

    def _cases(self):
        coord = self.who["coord"]
        found = {"case": f.own_case(self.who["lead"]), "others_case": f.own_case(self.who["stranger"])}
        found["closed_case"] = f.own_case(self.who["lead"])
        found["far_case"] = f.own_case(self.who["stranger"], territory="13")
        for name in ("read_case", "other_read", "status_case"):
            sent = f.sent_alert(self.who["nurse"], desks=[coord.agency_id])
            found[name] = f.case(coord, alert=sent)
        self.names |= {name: case.pk for name, case in found.items()}

    def _above_the_walls(self, home, unit):
        """What no operation would leave in so few steps, or at all: a draft that a desk sees already."""
        n = self.names
        Case.objects.filter(pk=n["closed_case"]).update(status=Case.Status.CLOSED, closure_reason="autonomy")
        AlertDesk.objects.filter(alert__in=AlertLink.objects.filter(case=n["closed_case"]).values("alert")).update(
            live=False
        )
        rows = AlertDesk.objects.filter(agency=home.pk)
        rows.filter(alert__in=[n["passed"], n["taken"]]).update(taken_by=home)
        rows.filter(alert=n["taken"]).update(live=True)
        AlertDesk.objects.filter(alert=n["own"]).update(taken_by=self.who["stranger"].agency)
        rows.filter(alert=n["kept"]).update(kept_cases=[n["case"]])
        Assignment.objects.create(case_id=n["case"], agency=home, membership_id=n["mate"], by_id=n["mate"])
        CaseAccess.objects.filter(agency=unit, case=n["status_case"]).update(level=1)
        read = CaseAccess.objects.get(agency=unit, case=n["read_case"])
        read.agency, read.lead, read.level = home, False, 3
        read.save(force_insert=True)
        tomorrow = timezone.now() + timedelta(days=1)
        far = CaseAccess.objects.get(agency=unit, case=n["read_case"])
        far.agency, far.lead, far.until = self.who["far"].agency, False, tomorrow
        far.save(force_insert=True)
        CaseAccess.objects.filter(case=n["case"]).update(until=tomorrow)
        n["bare"] = self.put("referral_alert", "nurse")
        for alert in ("draft", "sent"):
            self.put("referral_alertoffence", "nurse", alert_id=alert)
        for alert in ("draft", "bare"):
            desk = AlertDesk.objects.get(alert=n["sent"], agency=home.pk)
            desk.pk, desk.alert_id, desk.agency_id = None, n[alert], n["early_agency"]
            desk.save(force_insert=True)
        n["event"], n["far_event"] = self.put("referral_situation", "coord"), self.put("referral_situation", "far")
        for event, alert in (("event", "taken"), ("event", "draft"), ("far_event", "seen")):
            self.put("referral_situationalert", event_of(event), situation_id=event, alert_id=alert)
        for event in ("event", "far_event"):
            self.put("referral_situationbatch", event_of(event), situation_id=event)
        joined = [("event", "other_read"), ("event", "status_case"), ("event", "case"), ("far_event", "read_case")]
        for event, case in joined:
            self.put("referral_situationcase", event_of(event), situation_id=event, case_id=case)

    def _of_a_newcomer(self, office):
        """Four live rows of a desk before a member came: one waits, one has nothing, one is in charge, one followed."""
        waits, _, charge, followed = (f.sent_alert(self.who["nurse"], desks=[office.pk]) for _ in range(4))
        new = self.who["newcomer"] = f.member(office, cases_from=timezone.now())
        with as_role("nrm_owner"):
            rows = AlertDesk.objects.filter(agency=office)
            rows.exclude(alert=waits).update(due_at=None)
            rows.filter(alert=charge).update(in_charge=new)
            AlertLink.objects.create(alert=followed, case_id=self.names["others_case"])
            Assignment.objects.create(case_id=self.names["others_case"], agency=office, membership=new, by=new)

    def _exports(self):
        n = self.names
        n["asked"] = self.put("referral_export", "lead")
        n["making"] = self.put("referral_export", "lead", state="building")
        self.put("referral_export", "mate", state="building")
        self.put("referral_export", "stranger")
        n["made"] = self.put("referral_export", "lead", state="ready")
        self.put("referral_exportfile", "lead", export_id="made")
        self.put("referral_exportpiece", "lead", export_id="made")
        n["brought"] = self.put("referral_caseimport", "lead", state="uploaded")
        n["checked"] = self.put("referral_caseimport", "lead", state="matched")
        n["elsewhere"] = self.put("referral_caseimport", "stranger", state="matched")
        self.put("referral_importpiece", "lead", origin_id="checked")
        self.put("referral_importpiece", "stranger", origin_id="elsewhere")
        self.put("referral_savedsearch", "lead")
        self.put("victims_readingalarm", "lead")
        self.put("victims_readingalarm", "lead", lifted_at="now")
        self.put("victims_readingalarm", "lead", kind="alert")
        self.put("victims_readingalarm", "stranger")
        n["breach"] = self.put("referral_breach", "lead")

    def _matches(self):
        n = self.names
        n["first"], n["second"] = sorted((n["case"], n["others_case"]))
        n["match"] = self.put("referral_match", "coord", first_id="first", second_id="second")
        n["third"], n["fourth"] = sorted((n["read_case"], n["far_case"]))
        self.put("referral_match", "national", first_id="third", second_id="fourth")
        self.put("referral_matchalarm", "coord", day="2026-01-01")
        self.put("referral_matchalarm", "coord", day="2026-01-02", seen_at=timezone.now())


def event_of(event: str) -> str:
    return "coord" if event == "event" else "far"
