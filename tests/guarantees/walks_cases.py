"""The walks of cases and of possible duplicates."""

from agencies.models import Category, Kind, Role
from foundation.actor import SYSTEM, acting_as
from referral.closing import operations as closing
from referral.duplicates.operations import decisions
from referral.duplicates.operations.comparison import compare_due
from referral.models import CaseMove, Match, MatchMove
from tests import factories as f
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import Case

from .stages import system_of
from .walker import Walk


def moved(action):
    return lambda a, t: closing.move_case(a, t.pk, action, reason="autonomy" if action == "close" else "")


class CaseWalk(Walk):
    noun, model, move, field = "case", Case, CaseMove, "status"
    way = {"open": (), "in_support": ("start_support",), "follow_up": ("start_support", "follow_up"),
           "closed": ("close",)}  # fmt: skip
    states = tuple(way)
    do = {action: moved(action) for action in ("start_support", "follow_up", "close", "reopen")}

    def __init__(self):
        f.national()
        unit = f.member(f.coordination(), Role.COORDINATOR)
        home, partner = f.shelter(), f.member(f.shelter())
        self.lead = f.member(home)
        self.case = f.case(unit, author=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
        f.orientation(unit, self.case, home, state="accepted", answerer=self.lead, verb="transfer", level=3)
        f.orientation(self.lead, self.case, partner.agency, state="accepted", answerer=partner, level=3)
        roles = ("frontline", "coordinator", "agency_admin", "auditor")
        self.actors = {
            **{(role, "lead"): f.member(home, role) for role in roles},
            ("case_worker", "lead"): self.lead,
            ("program", "lead"): f.program(home),
            ("case_worker", "holder"): partner,
            ("coordinator", "status"): unit,
            ("case_worker", "outsider"): f.member(f.shelter()),
            ("system", "lead"): system_of(home),
        }

    def bring(self, state):
        with acting_as(self.lead):
            for action in self.way[state]:
                self.do[action](self.lead, self.case)

    def thing(self, state, action, role, side):
        return self.case

    def claims(self, state, action):
        return {*self.states}

    def insert(self, actor, thing, action, before, after):
        values = {"action": action, "before": before, "after": after, "reason": "autonomy" * (after == "closed")}
        CaseMove.objects.create(case=thing, membership=actor, agency_id=actor.agency_id, **values)


class MatchWalk(Walk):
    noun, model, move = "match", Match, MatchMove
    states = ("open", "apart", "contact", "linked", "merged", "lapsed")
    way = {"apart": "dismiss", "contact": "contact", "linked": "link", "merged": "merge"}
    do = {
        "contact": lambda a, m: decisions.put_in_contact(a, m.pk),
        "dismiss": lambda a, m: decisions.keep_apart(a, m.pk, reason="two_persons"),
        "link": lambda a, m: decisions.link(a, m.pk),
        "merge": lambda a, m: decisions.merge(a, m.pk, keep="first"),
        "undo": lambda a, m: decisions.undo_merge(a, m.pk),
        "reopen": lambda a, m: decisions.reopen(a, m.pk),
    }

    def __init__(self):
        national, unit, home = f.national(), f.coordination(), f.shelter()
        self.coordinator = f.member(unit, Role.COORDINATOR)
        self.actors = {
            ("coordinator", "unit"): self.coordinator,
            ("case_worker", "unit"): f.member(unit, Role.CASE_WORKER),
            ("coordinator", "national"): f.member(national, Role.COORDINATOR),
            ("coordinator", "other_unit"): f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
            ("case_worker", "lead"): f.member(home),
            ("frontline", "lead"): f.member(home, Role.FRONTLINE),
            ("program", "lead"): f.program(home),
            ("auditor", "outside"): f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        }
        for lead in (self.actors["case_worker", "lead"], f.member(f.shelter())):
            made = f.own_case(lead)
            agreed = f.consent(lead, made, agencies=[lead.agency_id], categories=int(Category.IDENTITY))
            with acting_as(lead):
                data = {"family_name": "Marqueur", "given_names": "Nadia", "births": [{"date": "1998-03-12"}]}
                enter_identity(lead, made.pk, consent=agreed, data=data)
        with as_role("nrm_worker"):
            compare_due()
        with as_role("nrm_owner"):
            self.match = Match.objects.get()

    def bring(self, state):
        if state in self.way:
            with acting_as(self.coordinator):
                self.do[self.way[state]](self.coordinator, self.match)
        elif state == "lapsed":
            with as_role("nrm_worker"), acting_as(SYSTEM):
                MatchMove.objects.create(match=self.match, action="lapse", before="open", after="lapsed")

    def thing(self, state, action, role, side):
        return self.match

    def claims(self, state, action):
        return {state, *super().claims(state, action)}

    def legal(self, state, action, role, side, after):
        """The unit's case worker is refused by the operations: the database knows units, not roles."""
        return side == "unit" and super().legal(state, action, "coordinator", side, after)

    def insert(self, actor, thing, action, before, after):
        MatchMove.objects.create(
            match=thing,
            action=action,
            before=before,
            after=after,
            membership=actor,
            agency_id=actor.agency_id,
            keep_id=thing.first_id if action == "merge" else None,
        )
