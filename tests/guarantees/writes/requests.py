"""Requests (orientations) with their sheets, moves, desks, messages and legal grounds, put as they would be derived."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Role
from referral.models import LegalShare, Orientation
from tests import factories as f
from tests.roles import as_role
from victims.models import Assignment, CaseAccess, GrantLog, Restriction, new_reference

from . import world
from .cases import EVERYTHING, Holds, give

# the case, and a third one; the agency « lead » really leads the first
WRITERS = {
    "lead": (None, None),
    "lead_now": (Holds(2, lead=True, until=timedelta(days=1)), None),
    "former": (Holds(2), EVERYTHING),
    "reader": (Holds(3), EVERYTHING),
    "desk": (None, None),
    "plain_desk": (None, None),
    "gone": (None, None),
    "stranger": (None, None),
    "office": (None, None),
}
OF_SENT = {"orientation_id": "sent"}
LEGAL = {"legal_ground": "vital_danger"}


class World(world.World):
    """Four agencies keep a case to some members: this one, but for `former`, which keeps another one that it reads."""

    rows = {
        "referral_orientation": {
            "reference": new_reference, "case_id": "case", "sender_id": "mine", "addressee_id": "desk_agency",
            "service_id": "safe_housing", "state": "draft", "verb": "refer", "created_by_id": "me",
        },
        "referral_orientationsheet": {"orientation_id": "draft", "part": "file"},
        "referral_orientationmove": {
            **OF_SENT, "membership_id": "me", "agency_id": "mine", "action": "withdraw", "before": "sent",
            "after": "withdrawn",
        },
        "referral_orientationdesk": {**OF_SENT, "agency_id": "mine", "live": True, "answers": True, "state": "sent"},
        "referral_orientationmessage": {**OF_SENT, "agency_id": "mine", "by_id": "me", "sort": "message"},
        "referral_legalshare": {"orientation_id": "legal_new", "by_id": "me"},
        "referral_legalreason": {"share_id": "legal"},
    }  # fmt: skip

    def __init__(self):
        super().__init__()
        f.national()
        f.service()
        for name in WRITERS:
            agency = f.shelter()
            self.who[name], self.mates[name] = f.member(agency), f.member(agency)
            self.names[f"{name}_agency"] = agency.pk
        for name, colleague in (("kept_out", "lead"), ("desk_kept", "desk")):
            self.who[name], self.mates[name] = self.mates[colleague], self.who[colleague]
        self.who["frontline"] = f.member(self.who["lead"].agency, Role.FRONTLINE)
        self.mates["frontline"] = self.who["lead"]
        for name, colleague in (("new_former", "former"), ("new_assigned", "former"), ("new_office", "office")):
            self.who[name], self.mates[name] = f.member(self.who[colleague].agency), self.who[colleague]
        opener = f.member(f.shelter())
        self.cases = [f.own_case(self.who["lead"]), f.own_case(opener), f.own_case(opener)]
        self.names |= dict(zip(("case", "other", "third"), (case.pk for case in self.cases), strict=True))
        with as_role("nrm_owner"):
            self._accesses()
            self._requests()
            self._legal()
            for name, case in (("lead", 0), ("desk", 0), ("reader", 0), ("former", 1)):
                self._keep(self.who[name], self.cases[case], assigned=name != "former")
            self._newcomers()

    def _accesses(self):
        case, _, third = self.cases
        for name, held in WRITERS.items():
            for of, holds in zip((case, third), held, strict=True):
                if holds:
                    give(CaseAccess.objects.get(case=of, agency=of.lead_id), self.who[name].agency, holds)

    def _newcomers(self):
        """Arrived after the case and the requests: in an agency that sent some, and at a desk with four live rows."""
        case, _, third = self.cases
        given = {"case_id": case.pk, "agency_id": self.who["former"].agency_id, "permission": "summary_case"}
        GrantLog.objects.create(at=timezone.now(), ended=False, ground="orientation", ground_id=case.pk, **given)
        for name in ("waits", "answered", "charge", "followed"):
            self._request(f"office_{name}", "stranger", "sent" if name == "waits" else "accepted", case_id="other")
            said = {} if name == "waits" else {"state": "accepted"}
            said |= {
                "answered": {"case_id": case.pk},
                "charge": {"in_charge_id": self.who["new_office"].pk},
                "followed": {"case_id": third.pk},
            }.get(name, {})
            self._desk(f"office_{name}", "office", **said)
        for name, of in (("new_assigned", case), ("office", case), ("new_office", third)):
            member = self.who[name]
            Assignment.objects.create(case=of, agency=member.agency, membership=member, by=member)
        for name in ("new_former", "new_assigned", "new_office"):
            self.who[name].cases_from = timezone.now()
            self.who[name].save()

    def _keep(self, member, case, *, assigned):
        if assigned:
            Assignment.objects.create(case=case, agency=member.agency, membership=member, by=member)
        Restriction.objects.create(case=case, agency=member.agency, by=member)

    def _request(self, name, sender, state="draft", **said):
        self.names[name] = self.put("referral_orientation", sender, state=state, **said)

    def _desk(self, name, who, **said):
        self.put("referral_orientationdesk", who, orientation_id=name, **said)

    def _requests(self):
        self._request("draft", "lead")
        self._request("sent", "lead", "sent")
        self._request("declined", "lead", "declined", addressee_id="gone_agency")
        self._request("left", "former", **LEGAL)
        self._request("left_sent", "former", "sent")
        self._request("read_sent", "reader", "sent")
        self._request("now_sent", "lead_now", "sent")
        self._request("back", "lead", "sent", addressee_id="former_agency")
        self._request("of_other", "stranger", case_id="other")
        self._desk("sent", "desk")
        self._desk("back", "former")
        self._desk("declined", "gone", live=False, state="declined")
        self._desk("left_sent", "former", live=False)  # nobody is its own addressee
        for name in ("draft", "left"):
            self.put("referral_orientationsheet", "lead", orientation_id=name)

    def _legal(self):
        self._request("legal_new", "lead", **LEGAL)
        self._request("left_new", "former", **LEGAL)
        for name, sender in (("legal", "lead"), ("legal_sent", "lead"), ("left", "former")):
            if name != "left":
                self._request(name, sender, addressee_id="plain_desk_agency", **LEGAL)
            self.put("referral_legalshare", sender, orientation_id=name)
            self.put("referral_legalreason", sender, share_id=name)
        self.put("referral_orientationsheet", "lead", orientation_id="legal_sent")
        sent = self.names["legal_sent"]
        Orientation.objects.filter(pk=sent).update(state="sent")
        LegalShare.objects.filter(pk=sent).update(sent_at=timezone.now())
        self._desk("legal_sent", "plain_desk")
