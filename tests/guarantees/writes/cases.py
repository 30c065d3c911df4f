"""What hangs on a case, written by members who hold or lack one thing each. Accesses are put as they would be derived,
and some as nothing would derive them, so that each condition of a policy has somebody who lacks it alone."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from agencies.models import Agency, Category, Kind, Role
from referral.models import LegalHold
from tests import factories as f
from tests.roles import as_role
from victims.models import Assignment, CaseAccess, Consent, Restriction, new_reference

from . import world

ALL = int(sum(Category))
IDENTITY, CONTACT, HEALTH = int(Category.IDENTITY), int(Category.CONTACT), int(Category.HEALTH)
RESIDENCE = int(Category.RESIDENCE)


@dataclass(frozen=True)
class Holds:
    """What an agency holds of one case."""

    level: int
    bits: int = 0
    lead: bool = False
    until: timedelta | None = None


EVERYTHING, TOMORROW = Holds(3, ALL, lead=True), timedelta(days=1)
# Of the case, of another one, of a third one. The agency « lead » really leads the first one.
WRITERS = {
    "lead": (None, Holds(1, until=timedelta(days=1)), None),
    "unit": (Holds(2, lead=True), Holds(2), Holds(3, ALL)),
    "lead_status": (Holds(1, ALL, lead=True), Holds(3), None),
    "file": (Holds(3), Holds(2), EVERYTHING),
    "summary": (Holds(2), replace(EVERYTHING, until=TOMORROW), None),
    "status": (Holds(1, ALL), EVERYTHING, Holds(3, until=TOMORROW)),
    "named": (Holds(2, IDENTITY | CONTACT), Holds(3, ALL - IDENTITY - CONTACT, lead=True), None),
    "health": (Holds(2, HEALTH), Holds(3, ALL - HEALTH, lead=True), None),
    "health_file": (Holds(3, HEALTH), None, None),
    "offence": (Holds(2, int(Category.OFFENCE), lead=True, until=TOMORROW), None, None),
    "residence": (Holds(3, int(Category.RESIDENCE)), None, Holds(1, lead=True)),
    "ended": (Holds(3, ALL, lead=True, until=-timedelta(minutes=1)), None, None),
    "neighbour": (None, EVERYTHING, None),
    "kept_in": (replace(EVERYTHING, until=TOMORROW), Holds(2, until=TOMORROW), None),
    "elsewhere": (Holds(2, ALL), Holds(3), None),
}
BY_ME = {"case_id": "case", "by_id": "me"}
WRITTEN = {**BY_ME, "agency_id": "mine"}
OF_NEED = {**BY_ME, "need_id": "plain"}


def in_a_month() -> date:
    return timezone.localdate() + timedelta(days=30)


def give(born: CaseAccess, agency: Agency, holds: Holds) -> None:
    """Copy the access a case was born with to another agency, which holds what is said of it."""
    values = {field.attname: getattr(born, field.attname) for field in born._meta.local_concrete_fields}
    until = holds.until and timezone.now() + holds.until
    held = {"level": holds.level, "categories": holds.bits, "lead": holds.lead, "until": until}
    CaseAccess.objects.create(**{**values, **held, "agency_id": agency.pk})


class World(world.World):
    rows = {
        "victims_consent": {"case_id": "case", "obtained_by_id": "me", "giver": "person"},
        "victims_childopinion": BY_ME,
        "victims_agreementtext": {**BY_ME, "consent_id": "consent"},
        "victims_case": {
            "reference": new_reference, "status": "open", "age_side": "adult", "territory_id": "75",
            "lead_id": "mine", "coordination_id": "mine", "opened_by_id": "me",
        },
        "victims_grant": {
            "case_id": "case", "group_id": "stranger", "permission_id": "summary_case", "ground": "consent",
            "given_by_id": "me",
        },
        "victims_assignment": {"case_id": "case", "agency_id": "mine", "membership_id": "mate", "by_id": "me"},
        "victims_restriction": WRITTEN,
        "victims_ownlabel": WRITTEN,
        "victims_identity": {"case_id": "case", "entered_by_id": "me"},
        "victims_contact": {"case_id": "case"},
        "victims_observation": BY_ME,
        "victims_assessment": BY_ME,
        "victims_casetext": BY_ME,
        "victims_healthnote": BY_ME,
        "victims_offencefact": BY_ME,
        "victims_reportdecision": BY_ME,
        "victims_residencefact": BY_ME,
        "victims_timelineentry": {**WRITTEN, "sort": "message"},
        "victims_secretnote": WRITTEN,
        "victims_linkedperson": {**WRITTEN, "relation": "child"},
        "victims_linkedpersonname": {**BY_ME, "person_id": "person"},
        "victims_paperdocument": {**WRITTEN, "sort": "other"},
        "victims_casefile": {**WRITTEN, "state": "quarantine", "sort": "other", "bit": 0},
        "victims_datarequest": {
            **WRITTEN, "kind": "access", "state": "open", "identity": "known", "received_on": date(2026, 1, 31),
            "due_on": date(2026, 2, 28),
        },
        "victims_limitation": {"case_id": "case", "agency_id": "mine", "by_id": "me"},
        "victims_requisition": {**WRITTEN, "state": "open", "received_on": date(2026, 1, 31)},
        "victims_requisitionmove": {"requisition_id": "demanded", "by_id": "me", "state": "waiting"},
        "victims_episode": BY_ME,
        "victims_profile": BY_ME,
        "victims_caselink": {
            "one_id": "case", "other_id": "other", "sort": "event", "agency_id": "mine", "by_id": "me",
        },
        "victims_identityentry": BY_ME,
        "victims_need": {**WRITTEN, "bit": 0, "priority": "later", "state": "identified"},
        "victims_needtext": OF_NEED,
        "victims_supportaction": {**OF_NEED, "agency_id": "mine"},
        "victims_statement": {**WRITTEN, "status": "presumed"},
        "referral_casemove": {
            "case_id": "case", "membership_id": "me", "agency_id": "mine", "action": "start_support",
            "before": "open", "after": "in_support",
        },
        "referral_caseoutcome": BY_ME,
        "referral_legalhold": {**WRITTEN, "ground": "claim", "state": "asked", "review_on": in_a_month},
        "referral_checklist": {**BY_ME, "procedure": "0" * 64, "data": world.SEALED},
        "referral_stepact": {**BY_ME, "checklist_id": "list", "action": "not_applicable"},
        "referral_clock": {**BY_ME, "checklist_id": "list", "step": 2, "state": "running"},
        "referral_clockmove": {**BY_ME, "clock_id": "clock", "action": "extend"},
        "referral_reflectionoffer": {**BY_ME, "answer": "thinking"},
        "referral_caseimport": {"agency_id": "mine", "by_id": "me"},
        "referral_importedcase": {"case_id": "case", "agency_id": "mine", "origin_id": "import"},
    }  # fmt: skip

    def __init__(self):
        super().__init__()
        f.national()
        self._members()
        opener = f.member(f.shelter())
        self.cases = [f.own_case(self.who["lead"]), f.own_case(opener), f.own_case(opener)]
        self.names |= dict(zip(("case", "other", "third"), (case.pk for case in self.cases), strict=True))
        with as_role("nrm_owner"):
            self.names |= {p.codename: p.pk for p in Permission.objects.filter(content_type__app_label="victims")}
            self._accesses()
            self._kept()
            self._written()
            self._needs()
            self._procedures()
            self._newcomers()
            self._held()

    def _held(self):
        """What kept a case before: of agencies that see its state alone, of one whose access has ended, and of one that
        sees another case only."""
        for name, case in (("status", 0), ("ended", 0), ("neighbour", 0), ("lead", 1)):
            mine = {"by": self.who[name], "agency": self.who[name].agency}
            held = {"ground": "claim", "state": "ended", "data": {}, "review_on": in_a_month()}
            LegalHold.objects.create(case=self.cases[case], **mine, **held)

    def _newcomers(self):
        """Two who arrived after everything in the agency of `elsewhere`; one is assigned to the case."""
        assigned = self.who["new_assigned"]
        Assignment.objects.create(case=self.cases[0], agency=assigned.agency, membership=assigned, by=assigned)
        for name in ("newcomer", "new_assigned"):
            self.who[name].cases_from = timezone.now()
            self.who[name].save()

    def _members(self):
        for name in WRITERS:
            traits = {"may_hold": ALL} if name != "lead" else {}
            agency = f.shelter(entitlements=["presumed"], **traits)
            self.who[name], self.mates[name] = f.member(agency), f.member(agency)
        self.who["kept_out"], self.mates["kept_out"] = self.mates["kept_in"], self.who["kept_in"]
        self.who["frontline"] = f.member(self.who["lead"].agency, Role.FRONTLINE)
        self.mates["frontline"] = self.who["lead"]
        self.who["colleague"], self.mates["colleague"] = self.mates["elsewhere"], self.who["elsewhere"]
        for name in ("newcomer", "new_assigned"):
            self.who[name], self.mates[name] = f.member(self.who["elsewhere"].agency), self.who["elsewhere"]
        self.who["program"] = f.program(self.who["health_file"].agency, Role.CASE_WORKER, Role.COORDINATOR)
        self.mates["program"] = self.who["health_file"]
        strange = f.agency(Kind.NGO, desk=False, may_hold=ALL, entitlements=["presumed"])
        self.names |= {"stranger": strange.pk, "of_stranger": f.member(strange).pk}

    def _accesses(self):
        """Grants first: each derives the accesses of its case anew."""
        for name, ground in (("lead", "consent"), ("file", "orientation"), ("kept_in", "orientation")):
            self.put("victims_grant", name, group_id="mine", ground=ground)
        self.put("victims_grant", "elsewhere", group_id="mine", ground="orientation")
        # the file: in their own right, by emergency alone, of a case of which they read less, or nothing, by now
        right = {"permission_id": "file_case", "ground": "legal"}
        for name in ("file", "elsewhere", "ended", "named"):
            self.put("victims_grant", name, group_id="mine", **right)
        self.put("victims_grant", "health_file", group_id="mine", **right, until=timezone.now() + TOMORROW)
        self.put("victims_grant", "residence", group_id="mine", **{**right, "ground": "break_glass"})
        # beside it the summary, a file that is over, and that of another case; it leads a third one
        self.put("victims_grant", "residence", group_id="mine", **{**right, "permission_id": "summary_case"})
        self.put("victims_grant", "residence", group_id="mine", **right, until=timezone.now() - timedelta(hours=1))
        self.put("victims_grant", "residence", group_id="mine", case_id="other", **right)
        self.put("victims_grant", "lead_status", group_id="mine", case_id="third", **right)
        # of another case: the state alone; one that is over, and one that ends tomorrow
        right |= {"group_id": "mine", "case_id": "other", "permission_id": "status_case"}
        self.put("victims_grant", "lead_status", **right)
        for name, until in (("unit", -timedelta(hours=1)), ("status", TOMORROW)):
            lasts = {"case_id": "third", "permission_id": "file_case", "until": timezone.now() + until}
            self.put("victims_grant", name, **{**right, **lasts})
        CaseAccess.objects.filter(case__in=self.cases, lead=False).delete()
        born = {case.pk: CaseAccess.objects.get(case=case, lead=True) for case in self.cases}
        for name, held in WRITERS.items():
            for case, holds in zip(self.cases, held, strict=True):
                if holds:
                    give(born[case.pk], self.who[name].agency, holds)

    def _kept(self):
        """Three agencies keep a case to those assigned. `elsewhere` is assigned to one and kept out of another."""
        here, there, _ = self.cases
        assigned = [(self.who[name], here) for name in ("lead", "file", "kept_in", "elsewhere")]
        assigned += [(self.mates[name], here) for name in ("ended", "neighbour")]
        for member, case in [*assigned, (self.who["named"], there)]:
            Assignment.objects.create(case=case, agency=member.agency, membership=member, by=member)
        for name, case in (("kept_in", here), ("file", here), ("elsewhere", there)):
            member = self.who[name]
            Restriction.objects.create(case=case, agency=member.agency, by=member)
        filed = self.who["named"]  # who has it open from the archive
        Restriction.objects.create(case=there, agency=filed.agency, archived_at=timezone.now())

    def _written(self):
        n = self.names
        n["consent"] = Consent.objects.get(case=self.cases[0]).pk  # each case was opened with one
        for table in ("victims_identity", "victims_contact", "victims_profile"):
            self.put(table, "lead")
        for who in ("lead", "file", "ended", "kept_in"):
            self.put("victims_ownlabel", who)
        n["person"] = self.put("victims_linkedperson", "lead")
        for name in ("ended", "kept_in", "elsewhere"):
            n[f"note_{name}"] = self.put("victims_secretnote", name)
        for who, but in (("lead", {}), ("summary", {}), ("file", {"bit": HEALTH}), ("lead", {"bit": HEALTH})):
            self.put("victims_casefile", who, **but)
        for who in ("lead", "file", "ended", "kept_in", "elsewhere"):
            self.put("victims_casefile", who, secret=True)
        self.put("victims_casefile", "lead", state="erased")
        self.put("victims_datarequest", "lead")
        ended = {"state": "refused", "ended_at": world.NOW, "ended_by_id": "me", "outcome": world.SEALED}
        self.put("victims_datarequest", "lead", **ended)
        self.put("victims_limitation", "lead")
        ended = {"ended_at": world.NOW, "ended_by_id": "me", "ended_because": "asked"}
        self.put("victims_limitation", "lead", **ended)
        n["demanded"] = self.put("victims_requisition", "lead")
        for who in ("file", "kept_in", "elsewhere", "health_file", "ended"):
            n[f"demanded_{who}"] = self.put("victims_requisition", who)
        self.put("victims_requisition", "ended", case_id="third")
        self.put("victims_requisition", "residence", case_id="third", state="refused", ended_at=world.NOW)
        n["demanded_there"] = self.put("victims_requisition", "elsewhere", case_id="other")
        n["smaller"], n["larger"] = sorted((n["case"], n["other"]))
        for sort in ("family", "same_person"):
            self.put("victims_caselink", "lead", one_id="smaller", other_id="larger", sort=sort)
        n["import"] = self.put("referral_caseimport", "lead")

    def _needs(self):
        written = {
            "plain": ("lead", 0),
            "care": ("lead", HEALTH),
            "papers_lead": ("lead", RESIDENCE),
            "of_unit": ("unit", 0),
            "of_summary": ("summary", 0),
            "of_offence": ("offence", 0),
            "of_lead_status": ("lead_status", 0),
            "care_of_lead_status": ("lead_status", HEALTH),
            "care_of_health": ("health", HEALTH),
            "papers_file": ("file", RESIDENCE),
        }
        for name, (who, bit) in written.items():
            self.names[name] = self.put("victims_need", who, bit=bit)
        for need in ("plain", "care", "of_summary", "of_lead_status"):
            self.put("victims_supportaction", "lead", need_id=need)

    def _procedures(self):
        for name, digest in (("list", "0" * 64), ("sealed_list", "1" * 64)):
            sealed = name == "sealed_list"
            self.names[name] = self.put("referral_checklist", "lead", procedure=digest, sealed=sealed)
            clock = name.replace("list", "clock") if name != "list" else "clock"
            self.names[clock] = self.put("referral_clock", "lead", checklist_id=name)
