"""The world of `expected/definers_cases.csv`: that of the rows, a case on its first day, and who lacks one thing."""

import uuid
from datetime import timedelta

from django.utils import timezone

from agencies.actor import acting_as
from agencies.models import Category, Kind, Level, Role, Territory, User
from referral.models import Clock, OrientationDesk
from referral.operations import alerts, case_life, exports
from tests import factories as f
from tests.guarantees.definers import Stage
from tests.guarantees.definers_calls import CALLS, LOOKS
from tests.guarantees.rows_world import House
from tests.roles import as_role
from victims.models import Consent

WORDS = {
    "nobody": None,
    "long": "Personne injoignable, hospitalisation",
    "short": "Trop court",
    "padded": "   Dix-neuf lettres.      ",
    "unknown": uuid.UUID(int=7),
    "unknown.reference": "ZZZZ-ZZZZ",
}


class Doors(House):
    """`fresh`: a case that the coordination leads for now, with what it asks of others."""

    def __init__(self):
        super().__init__()
        self.names = dict(WORDS)
        self._more_people()
        self._first_day()
        self._moving()
        self._agreements()
        self._asked_for_export()

    def _more_people(self):
        who, home = self.who, self.lead.agency
        who["far"] = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
        who["mate"] = f.member(home)
        who["desk_front"] = f.member(self.away, Role.FRONTLINE)
        for name in ("file", "national", "status"):
            who[f"{name}_front"] = f.member(who[name].agency, Role.FRONTLINE)
        who["left"] = f.member(who["file"].agency, active=False)
        who["barred"] = f.member(who["file"].agency)
        who["shut"] = f.member(f.agency(active=False))
        with as_role("nrm_owner"):
            User.objects.filter(pk=who["barred"].user_id).update(is_active=False)
        with acting_as(who["head"]) as head:
            self.alerts["worker_draft"] = alerts.start_draft(head, answers={})

    def _first_day(self):
        unit = self.who["status"]
        contact = {"channel": "sms", "value": "MARQUEUR-CONTACT"}
        told = {"recipients": ["association", "contact"], "contact": contact, "desks": [self.away.pk]}
        self.alerts["fresh"] = f.sent_alert(self.who["colleague"], **told)
        self.fresh = f.case(unit, alert=self.alerts["fresh"])
        with_contact = {"level": Level.SUMMARY, "categories": Category.CONTACT}
        for name, to, fields in (
            ("wanted", "sent", {"exclusive": True, **with_contact}),
            ("same_need", "declined", {"exclusive": True}),
            ("other_need", "ended", {"exclusive": True, "service": f.service("health_care")}),
            ("side_by_side", "mixed", {"exclusive": False}),
            ("same_draft", "summary", {"exclusive": True, "state": "draft"}),
            ("handed", "neighbour", {"verb": "transfer", "level": Level.FILE}),
            ("handed_too", "away", {"verb": "transfer", "level": Level.FILE}),
            ("urgent", "file_state", {"legal_ground": "vital_danger"}),
        ):
            self.requests[name] = f.orientation(unit, self.fresh, self.who[to].agency, **{"exclusive": False, **fields})
        self.requests["led_draft"] = f.orientation(unit, self.led, self.away, state="draft")
        with as_role("nrm_owner"):
            row = {
                "orientation": self.requests["wanted"],
                "state": "sent",
                "received_at": timezone.now(),
                "urgency": "normal",
            }
            OrientationDesk.objects.create(agency=self.who["health"].agency, answers=False, **row)  # escalated to it
            OrientationDesk.objects.create(agency=self.who["asylum"].agency, live=False, **row)
            old = timezone.now() - timedelta(hours=100)
            OrientationDesk.objects.filter(orientation=self.requests["unit_main"]).update(received_at=old)
            OrientationDesk.objects.filter(orientation=self.requests["urgent"]).update(urgency="vital")
            row["orientation"] = self.requests["sent"]
            OrientationDesk.objects.create(agency=unit.agency, answers=False, **row)

    def _moving(self):
        """A case kept inside an organisation, one that the coordination knows of, one that is closed."""
        unit, lead = self.who["status"], self.lead
        self.alerts["plain"] = f.sent_alert(self.who["colleague"])
        self.plain = f.case(unit, alert=self.alerts["plain"])
        self.own, self.closed, self.followed = f.own_case(lead), f.own_case(lead), f.case(unit)
        given = {"verb": "transfer", "level": Level.FILE, "exclusive": False}
        f.orientation(unit, self.followed, lead.agency, state="accepted", answerer=lead, **given)
        with acting_as(lead):
            case_life.move_case(lead, self.closed.pk, "close", reason="autonomy", outcome={"wish": "", "feedback": ""})
        with as_role("nrm_owner"):
            unit.agency.desk.territories.add(f.territory("77", "Seine-et-Marne"))
            f.territory("13", "Bouches-du-Rhône")
            Territory.objects.create(code="R1", sort="region", label_fr="Région", label_en="Region")

    def _agreements(self):
        """Agreements that each fail « wanted » in one way, as the owner of the table writes them."""
        now, to = timezone.now(), self.who["sent"].agency_id
        base = {"case": self.fresh, "agencies": [to], "level": 2, "categories": 2, "obtained_by": self.who["status"]}
        with as_role("nrm_owner"):
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

    def _asked_for_export(self):
        with acting_as(self.lead):
            order = {"purpose": "meeting", "reason": "Réunion du lundi, à deux", "file_format": "csv"}
            self.names["export"] = exports.ask_export(self.lead, "cases", "", **order).pk
            self.names |= {
                f"clock:{'sealed' if clock.sealed else 'open'}": clock.pk
                for clock in Clock.objects.filter(case=self.case.pk)
            }
        with acting_as(self.who["status"]):
            sealed = Clock.objects.get(case=self.led.pk, sealed=True)
            self.names["clock:led"] = sealed.pk


def doors() -> Stage:
    house = Doors()
    names = dict(house.names)
    for name, member in house.who.items():
        names |= {name: member.agency_id, f"{name}.member": member.pk}
    names["elsewhere"] = house.elsewhere.pk
    cases = {
        name: getattr(house, name) for name in ("case", "other", "led", "fresh", "own", "closed", "followed", "plain")
    }
    kinds = [("", cases), ("alert:", house.alerts), ("request:", house.requests)]
    for kind, rows in kinds:
        for name, row in rows.items():
            names |= {f"{kind}{name}": row.pk, f"{kind}{name}.reference": row.reference}
    return Stage(names, {**house.who, "system": None}, CALLS, LOOKS)
