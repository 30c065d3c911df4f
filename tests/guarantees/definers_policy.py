"""The world of `expected/definers_policy.csv`: that of public policy with its guards, and what admission meets."""

import json
import uuid
from datetime import date, timedelta

from django.utils import timezone

from agencies.models import ActivationCode, Directory, Kind, Membership, Role, Territory, User
from plans.models import Admission, BudgetLine, Envelope, Evaluation, Mandate, Plan, PlanMove, PlanVersion
from tests import factories as f
from tests.roles import as_role

from .definers import Stage
from .definers_policy_calls import CALLS, LOOKS
from .policy_world import PolicyWorld, switch_guards

NOW = timezone.now()
OPENLY = {"envelopes": [], "not_funded": True, "not_funded_reason": "Essai"}
MEASURE = {"code": "m", "lead": "dgcs", "end": "2029-12-31", "metrics": [{"target": "80"}], **OPENLY}


def content(**but) -> str:
    return json.dumps({"measures": [{**MEASURE, **but}]})


def paid(envelope: str) -> str:
    return content(not_funded=False, not_funded_reason="", envelopes=[envelope])


CONTENTS = {
    "gated": content(),
    "empty": json.dumps({"measures": []}),
    "nothing_said": json.dumps({}),
    "no_lead": content(lead=None),
    "no_end": content(end=None),
    "no_target": content(metrics=[{"target": None}]),
    "no_metric": content(metrics=[]),
    "no_reason": content(not_funded_reason=""),
    "silent": content(not_funded=False),
    "one_of_two": json.dumps({"measures": [MEASURE, {**MEASURE, "lead": None}]}),
    **{f"paid_{name}": paid(f"c-{name}") for name in ("checked", "read", "unchecked", "corrected", "recorrected")},
    **{f"paid_{name}": paid(f"c-{name}") for name in ("reread", "source", "why", "bare", "empty", "nowhere")},
}


class Policy(PolicyWorld):
    def __init__(self):
        super().__init__()
        self.words = {"nothing": None, "unknown": uuid.UUID(int=7), "digest": "0" * 64, "wide": "0" * 65, **CONTENTS}
        with as_role("nrm_owner"):
            self._people()
            self._directory()
            self._admission()
            self._plans()
            self._money()
            switch_guards("ENABLE")

    def _people(self):
        """A second hat of who proposed; accounts that an address may find; units of bodies that do not answer."""
        other = f.agency(Kind.COORDINATION, desk=False, profile_id="miprof")
        self.who["hat"] = f.member(other, Role.POLICY, user=self.who["coordination"].user)
        # no second person: the one who proposed brought this colleague here
        unit = self.who["coordination"].agency
        self.who["brought"] = f.member(unit, Role.POLICY, invited_by=self.who["coordination"])
        for name, unit, fields in (
            ("gone", "union", {}),  # works nowhere any more
            ("barred", "union", {"is_active": False}),
            ("staff", "union", {"is_staff": True}),
            ("own", "coordination", {}),  # left the unit of who decides
        ):
            member = f.member(self.who[unit].agency, active=False)
            User.objects.filter(pk=member.user_id).update(email=f"{name}@exemple.invalid", last_login=NOW, **fields)
        User.objects.filter(pk=self.who["ministry"].user_id).update(email="works@exemple.invalid")
        for name, over in (("gone", False), ("works", True), ("own", False)):
            user = User.objects.get(email=f"{name}@exemple.invalid")
            until = timezone.now() + timedelta(hours=-1 if over else 1)
            ActivationCode.objects.create(user=user, digest="1" * 64, until=until, by=self.who["platform"])
        for body, kind, fields, roles in (
            ("sadjav", Kind.JUSTICE, {"active": False}, [Role.POLICY]),
            ("jirs", Kind.JUSTICE, {}, [Role.CASE_WORKER]),
            ("hce", Kind.INDEPENDENT, {}, [Role.POLICY]),
        ):
            f.member(f.agency(kind, desk=False, profile_id=body, **fields), *roles)
        f.agency(Kind.INTERIOR, desk=False, profile_id="gendarmerie")
        f.member(f.agency(Kind.JUSTICE, desk=False, profile_id="junalco"), Role.POLICY, active=False)

    def _directory(self):
        for code, fields in (
            ("free", {}),
            ("shut", {"active": False}),
            ("type", {"is_template": True}),
            ("local", {"is_template": True, "kind": Kind.INTERIOR}),
            ("body", {"kind": Kind.INTERIOR}),
            ("of_union", {"kind": Kind.UNION}),
            ("held", {}),
        ):
            said = {"kind": Kind.NGO, "scope": "national", **fields}
            Directory.objects.create(code=code, name=f"Ligne {code}", **said)
        day = date(2001, 1, 1)
        said = {"body_id": "held", "start": day, "end": day, "function_fr": "Essai", "legal_basis_fr": "Essai"}
        Mandate.objects.create(**said, given_on=day, annulled_on=day, annulled_reason="Essai")
        f.territory("976", "Mayotte")
        f.service("detection")
        self.words |= {"region": Territory.objects.filter(sort="region").first().pk}
        self.words |= {"taken_name": self.who["union"].agency.name.upper(), "taken_code": self.who["union"].agency.code}

    def _admission(self):
        said = {"code": "autre", "name": "Autre", "kind": "ngo", "first_email": "autre@exemple.invalid"}
        self.put("other_proposal", Admission, **said, **self.signed("coordination"))
        home = f.agency(Kind.NGO, desk=False)
        first = f.member(home, Role.POLICY)
        User.objects.filter(pk=first.user_id).update(email="first@exemple.invalid")
        said = {"code": "admise", "name": "Admise", "kind": "ngo", "state": "admitted", "first": first}
        self.put("admitted", Admission, **said, **self.signed("coordination"))
        self.who |= {"first": first, "beside": f.member(home.__class__.objects.get(pk=self.who["union"].agency_id))}
        # whom a code must not reach: another account that waits, and one of nobody
        other = f.member(f.agency(Kind.NGO, desk=False), Role.POLICY)
        User.objects.filter(pk=other.user_id).update(password="!x", email="waiting@exemple.invalid")
        said = {"code": "ailleurs", "name": "Ailleurs", "kind": "ngo", "state": "admitted", "first": other}
        self.put("admitted_elsewhere", Admission, **said, **self.signed("coordination"))
        User.objects.create(email="nobody@exemple.invalid", password="!x", full_name="Essai")
        self.words |= {"admitted_unit": home.pk, "first.person": first.user_id}
        second = f.member(self.who["company"].agency)
        self.words |= {"second": second.pk, "second_left": f.member(self.who["company"].agency, active=False).pk}

    def _plans(self):
        """One that was published and left its version; one that an import opened."""
        by = self.signed("coordination")
        for number, (name, state, moves) in enumerate(
            (
                ("settled", "published", ["publish"]),
                ("importing", "published", ["complete"]),
                ("arbitrated", "arbitration", []),
            ),
            start=8,
        ):
            since = NOW if name == "importing" else None
            said = {"state": state, "amending_since": since, "title_fr": "Essai", "lead_id": "miprof"}
            plan = self.put(f"plan_{name}", Plan, code=f"p{number}", number=number, **said)
            for action in ("essai", *moves):
                PlanMove.objects.create(plan=plan, action=action, before="", after="", **by)
            said = {"number": 1, "content": {}, "checksum": "", "by": self.who["coordination"]}
            PlanVersion.objects.create(plan=plan, kind="publication" if moves == ["publish"] else "history", **said)
        said = {"kind": "final", "state": "released", "plan": self.rows["plan_closed"], "evaluator_id": "miprof"}
        self.put("evaluation_of_pack", Evaluation, **said)

    def _money(self):
        """For the gate: an envelope of each sort of figure. For the checks: a figure the coordination entered."""
        self.words |= {f"{name}.year": self.rows[f"line_{name}"].year for name in ("unchecked", "checked", "read")}
        own = {"body_id": "miprof", **self.signed("coordination")}
        for name, fields in (
            ("checked", {"checked_at": NOW}),
            ("read", {"provenance": "seen"}),
            ("unchecked", {}),
            ("corrected", {"checked_at": NOW}),
            ("recorrected", {"checked_at": NOW}),
            ("reread", {"checked_at": NOW}),
            ("source", {"checked_at": NOW, "amount": None, "exactness": "not_isolable", "evidence": "Essai"}),
            ("why", {"checked_at": NOW, "amount": None, "exactness": "not_isolable"}),
            ("bare", {"checked_at": NOW, "amount": None, "exactness": "not_isolable"}),
            ("empty", None),
        ):
            said = {"label_fr": "Essai", "scope_fr": "Essai", "resource_kind": "financial", "unit": "EUR"}
            envelope = self.put(f"gate_{name}", Envelope, code=f"c-{name}", funder_id="miprof", **said)
            if fields is not None:
                said = {"envelope": envelope, "year": 2001, "stage": "voted", "amount": 5, **own, **fields}
                self.put(f"gate_line_{name}", BudgetLine, **said)
        for name, fields in (
            ("corrected", {"exactness": "withdrawn", "amount": None, "checked_at": NOW, "evidence": "Essai"}),
            ("recorrected", {"exactness": "withdrawn", "amount": None}),  # not looked at yet
            ("reread", {"exactness": "withdrawn", "amount": None, "provenance": "seen"}),
            ("why", {"exactness": "not_isolable", "amount": None, "checked_at": NOW, "reason": "Essai"}),
        ):
            former = self.rows[f"gate_line_{name}"]
            said = {"envelope": former.envelope, "year": 2001, "stage": "voted", "replaces": former, **own, **fields}
            self.put(f"gate_again_{name}", BudgetLine, **said)
        said = {"envelope": self.rows["envelope_own"], "stage": "voted", "amount": 5, **own}
        self.put("line_of_coordination", BudgetLine, year=2002, **said)
        self.put("line_signed", BudgetLine, year=2003, checked_at=NOW, signed_at=NOW, **said)
        former = self.put("line_replaced", BudgetLine, year=2004, **said)
        self.put("line_replacing", BudgetLine, year=2004, replaces=former, **said)


def policy() -> Stage:
    world = Policy()
    members = {f"{name}.member": member.pk for name, member in world.who.items() if isinstance(member, Membership)}
    names = {**members, **world.words, **world.names}
    return Stage(names, {**world.who, "public": None}, CALLS, LOOKS)
