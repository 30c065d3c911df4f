"""The walks of public policy: plans and contributions."""

from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from plans.models import Contribution, ContributionMove, Mandate, Plan, PlanMove, PlanVersion
from plans.participation.operations import participation
from plans.plan.operations import measures, moves
from tests import factories as f
from tests.plans import participants, people
from tests.roles import as_role

from .walker import Walk

TO_PUBLISHED = ("consult", "arbitrate", "publish")
# the state, and with `_amending` an amendment under way
WAY = {
    "draft": (),
    "consultation": ("consult",),
    "arbitration": ("consult", "arbitrate"),
    "published": TO_PUBLISHED,
    "published_amending": (*TO_PUBLISHED, "prepare"),
    "amended": (*TO_PUBLISHED, "prepare", "amend"),
    "amended_amending": (*TO_PUBLISHED, "prepare", "amend", "prepare"),
    "closed": (*TO_PUBLISHED, "close"),
}
STATES = ("draft", "consultation", "arbitration", "published", "amended", "closed")
GATED = {"publish": "publication", "amend": "amendment"}
KEEPS_A_VERSION = {"consult", "publish", "amend", "review", "close", "completed"}


def insert_move(actor, plan, action, before, after, *, keeps=True):
    """A move by itself, and the version that it must leave. `plan`: its key, whoever sees it."""
    PlanMove.objects.bulk_create(
        [PlanMove(plan_id=plan, action=action, before=before, after=after, agency=actor.agency, by=actor)]
    )
    if keeps:
        keep(actor, plan, GATED.get(action, "review") if keeps is True else keeps, content())


def keep(actor, plan, kind, said):
    """A version by itself."""
    number = PlanVersion.objects.filter(plan=plan).count() + 1
    PlanVersion.objects.bulk_create(
        [PlanVersion(plan_id=plan, number=number, kind=kind, content=said, checksum="0" * 64, by=actor)]
    )


def content(**more) -> dict:
    """What passes the gate, or lacks something, as the database reads it."""
    openly = {"envelopes": [], "not_funded": True, "not_funded_reason": "À négocier"}
    said = {"code": "m", "lead": "dgcs", "end": "2029-12-31", "metrics": [{"target": "80.00"}], **openly}
    return {"measures": [{**said, **more}]}


class PlanWalk(Walk):
    noun, model, move, states = "plan", Plan, PlanMove, tuple(WAY)
    refusals = {*Walk.refusals, "P0001"}
    names = (*TO_PUBLISHED, "prepare", "amend", "abandon", "review", "close", "complete", "completed")
    do = {name: partial(lambda name, a, t: moves.move_plan(a, "plan4", name, reason="Essai"), name) for name in names}

    def __init__(self):
        self.lead = people.coordination()
        home = self.lead.agency
        with acting_as(self.lead):
            made = measures.add_measure(
                self.lead, "plan4", title_fr="Ouvrir des places", lead=Directory.objects.get(pk="dgcs"),
                end=date(2029, 12, 31), not_funded=True, not_funded_reason="À négocier",
            )  # fmt: skip
            target = {"label_fr": "Places", "unit": "places", "target": 80, "target_on": date(2029, 12, 31)}
            measures.save_metric(self.lead, made.code, **target)
        with as_role("nrm_owner"):
            Mandate.objects.create(body_id="delegation", start="2010-01-01", end="2012-12-31", legal_basis_fr="Essai")
            self.plan = Plan.objects.get(code="plan4")
        roles = ("coordinator", "agency_admin", "auditor")
        self.actors = {
            **{(role, "coordination"): f.member(home, role) for role in roles},
            ("policy", "coordination"): self.lead,
            ("program", "coordination"): f.program(home),
            ("policy", "lead"): people.ministry("dgcs", Kind.SOCIAL_AFFAIRS),
            ("policy", "ministry"): people.ministry("dacg"),
            ("policy", "independent"): people.cncdh(),
            ("policy", "network"): people.collective(),
            ("policy", "association"): people.speaker(),
            ("policy", "ended"): people.speaker(Kind.COORDINATION, body="delegation"),
            ("case_worker", "outsider"): f.member(f.shelter(), Role.CASE_WORKER),
        }

    def bring(self, state):
        with acting_as(self.lead):
            for action in WAY[state]:
                self.do[action](self.lead, self.plan)

    def thing(self, state, action, role, side):
        return self.plan

    def claims(self, state, action):
        return {*STATES}

    def insert(self, actor, thing, action, before, after):
        insert_move(actor, thing.pk, action, before, after, keeps=action in KEEPS_A_VERSION)


class ContributionWalk(Walk):
    noun, model, move = "contribution", Contribution, ContributionMove
    way = {
        "draft": (),
        "submitted": ("submit",),
        "published": ("submit", "publish"),
        "set_aside": ("submit", "set_aside"),
        "withdrawn": ("submit", "withdraw"),
    }
    states = tuple(way)
    do = {
        "submit": lambda a, t: participation.send_contribution(a, t.pk),
        "release": lambda a, t: participation.send_contribution(a, t.pk),
        "take_back": lambda a, t: participation.take_back_contribution(a, t.pk),
        "withdraw": lambda a, t: participation.withdraw_contribution(a, t.pk),
        "publish": lambda a, t: participation.publish_contribution(a, t.pk),
        "set_aside": lambda a, t: participation.set_contribution_aside(a, t.pk, reason="Une personne y est nommée."),
    }

    def __init__(self):
        f.national()
        self.author, self.coordination = people.speaker(), people.coordination()
        self.actors = {
            ("policy", "author"): self.author,
            ("case_worker", "author"): f.member(self.author.agency, Role.CASE_WORKER),
            ("policy", "colleague"): f.member(self.author.agency, Role.POLICY),
            ("policy", "independent"): people.cncdh(),
            ("policy", "coordination"): self.coordination,
            ("policy", "association"): people.speaker(),
            ("policy", "ministry"): people.ministry(),
            ("case_worker", "outsider"): f.member(f.shelter(), Role.CASE_WORKER),
        }

    def bring(self, state):
        self.made = participants.draft(self.author)
        for action in self.way[state]:
            hand = self.coordination if action in ("publish", "set_aside") else self.author
            with acting_as(hand):
                self.do[action](hand, self.made)
        body = self.actors["policy", "independent"]
        self.own = None
        if state == "draft":
            self.own = participants.draft(body)
        elif state in ("submitted", "published"):
            self.own = participants.sent(body, confidential=state == "submitted")

    def thing(self, state, action, role, side):
        """An independent body before its own; the others before what an association wrote."""
        return self.own if side == "independent" else self.made

    def has_operation(self, action, side):
        """One operation sends: whether it waits for the moderation or is published follows from who wrote it."""
        return side == "independent" if action == "release" else action != "submit" or side != "independent"

    def insert(self, actor, thing, action, before, after):
        due = timezone.now() + timedelta(days=30) if action in ("submit", "release") else None
        made = {"contribution": thing, "action": action, "before": before, "after": after, "reason": "Essai"}
        ContributionMove.objects.bulk_create([ContributionMove(**made, due_at=due, agency=actor.agency, by=actor)])
