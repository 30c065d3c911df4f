"""Public policy in small, row by row, above the walls: who takes part, and one row of each sort that a policy tells
apart. Guards by trigger are off, so that the policies stand alone."""

from datetime import date, timedelta
from itertools import count

from django.db import connection
from django.utils import timezone

from agencies.models import Kind, Membership, Role
from plans.models import Mandate
from tests import factories as f
from tests.plans.people import speaker
from tests.roles import as_role

from . import policy_plan_rows, policy_table_rows

TODAY = timezone.localdate()
ENDED = date(2013, 12, 31)
ROW = (
    "no such row: put one into tests/guarantees/policy_plan_rows.py (plans, money, commitments) or policy_table_rows.py"
    " (committee, evaluations, participation)"
)
# tables whose key is not `id`
KEYS = {"plans_focalcontact": "point_id", "plans_withdrawnpassage": "withdrawal_id"}


class PolicyWorld:
    """`who`: members by name, None for the public; `rows`: rows by name; `names`: keys by name, of both."""

    def __init__(self):
        self.rows, self.names, self.numbers = {}, {}, count(1)
        with as_role("nrm_owner"):
            _empty()
            switch_guards("DISABLE")
            self.who = _people()
            self.names |= {name: member.pk for name, member in self.who.items()}
            self.names |= {f"{name}_unit": member.agency_id for name, member in self.who.items()}
            _mandates()
            policy_plan_rows.fill(self)
            policy_table_rows.fill(self)
        self.who["public"] = None

    def put(self, name, model, /, **fields):
        """Insert a row and keep it under this name. A bare number is given where a code must be unique."""
        self.rows[name] = made = model(**fields)
        model._base_manager.bulk_create([made])
        self.names[name] = made.pk
        return made

    def signed(self, who: str) -> dict:
        """Who said it, for which agency."""
        return {"agency_id": self.who[who].agency_id, "by_id": self.who[who].pk}

    def without_end(self) -> None:
        """From now on nobody is to follow on the mandate that runs: it has no last day."""
        with as_role("nrm_owner"):
            Mandate.objects.filter(body="observatoire").delete()
            Mandate.objects.filter(body="miprof").update(end=None)

    def table(self, name) -> str:
        assert name in self.rows, f"{name}: {ROW}"
        return self.rows[name]._meta.db_table

    @staticmethod
    def seen(table) -> set:
        """Return the keys of a table that the actor reads."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {KEYS.get(table, 'id')} FROM {table}")
            return {key for (key,) in cursor.fetchall()}


def _empty() -> None:
    """Take the pack out, so that every row is one of this world."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(tablename, ', ') FROM pg_tables WHERE tablename LIKE 'plans\\_%%'")
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]}")


def switch_guards(how: str) -> None:
    """Switch the triggers of public policy on or off. `how`: ENABLE or DISABLE."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with a check pending cannot be altered
        cursor.execute(
            f"SELECT format('ALTER TABLE %I {how} TRIGGER %I', c.relname, t.tgname) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'nrm\\_%' AND c.relname LIKE 'plans\\_%'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _people() -> dict[str, Membership]:
    who = {
        "coordination": speaker(Kind.COORDINATION, body="miprof"),
        "lead": speaker(Kind.SOCIAL_AFFAIRS, body="dgcs"),  # leads measures, sits in the committee
        "sister": speaker(Kind.SOCIAL_AFFAIRS, body="dgcs"),  # another unit of the same body
        "funder": speaker(Kind.JUSTICE, body="dacg"),
        "ministry": speaker(Kind.LABOUR, body="dgt"),
        "nameless": speaker(Kind.LABOUR),  # a unit of the State that speaks for no body
        "cncdh": speaker(Kind.INDEPENDENT, body="cncdh"),
        "collective": speaker(Kind.NGO_NETWORK, body="collectif"),
        "association": speaker(Kind.NGO, body="ccem"),
        "union": speaker(Kind.UNION, body="cgt"),
        "steward": speaker(Kind.UNION, Role.POLICY, Role.FRONTLINE),
        "company": speaker(Kind.EMPLOYER),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        "platform": f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN),
        "closed": speaker(Kind.COORDINATION, body="miprof"),
        "closed_auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        "former": speaker(Kind.COORDINATION, body="delegation"),
        "coming": speaker(Kind.COORDINATION, body="observatoire"),
        "annulled": speaker(Kind.COORDINATION, body="dnum"),
    }
    for name, beside, *roles in (
        ("colleague", "coordination", Role.POLICY),
        ("mate", "lead", Role.POLICY),
        ("co_author", "association", Role.POLICY),
        ("frontline", "association", Role.FRONTLINE),
        ("clerk", "cncdh", Role.FRONTLINE),
        ("secretary", "coordination", Role.FRONTLINE),
        ("left", "coordination", Role.POLICY),
        ("left_auditor", "auditor", Role.AUDITOR),
        ("left_platform", "platform", Role.PLATFORM_ADMIN),
    ):
        who[name] = f.member(who[beside].agency, *roles)
    Membership.objects.filter(pk__in=[who[name].pk for name in who if name.startswith("left")]).update(active=False)
    Membership.objects.filter(pk=who["company"].pk).update(invited_by=who["colleague"])
    for name in ("closed", "closed_auditor"):
        type(who[name].agency).objects.filter(pk=who[name].agency_id).update(active=False)
    return who


def _mandates() -> None:
    """One ended, one taken back, one that runs, one to come."""
    said = {"function_fr": "Essai", "legal_basis_fr": "Essai"}
    back = {"given_on": TODAY, "annulled_on": TODAY, "annulled_reason": "Essai"}
    turn = TODAY + timedelta(30)
    Mandate.objects.bulk_create(
        [
            Mandate(body_id="delegation", start=date(2010, 1, 1), end=ENDED, **said),
            Mandate(body_id="dnum", start=date(2014, 1, 1), **back, **said),
            Mandate(body_id="miprof", start=date(2014, 1, 1), end=turn, **said),
            Mandate(body_id="observatoire", start=turn + timedelta(1), **said),
        ]
    )
