"""Define rules of sight by the access of the acting agency, from `CaseAccess`.

Each rule queries one derived table, never one whose policy queries again, so that row security does not recurse.
Restrictions need no condition here: the queryset and the policy of `CaseAccess` apply inside the EXISTS.
"""

from django.apps import apps
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from agencies.models import Level
from foundation.sight import EVERYTHING, NOTHING, Rule, column

# Ends an EXISTS that a list runs for each row. PostgreSQL may otherwise gather all matching rows beforehand, for
# instance every access of the agency; with OFFSET 0 it runs one index lookup per row, and a page costs what it shows.
ROW_BY_ROW = " OFFSET 0"


class Probe(Exists):
    """Ask an EXISTS for each row, by one index lookup, and never by gathering all rows that it could find."""

    template = f"EXISTS(%(subquery)s{ROW_BY_ROW})"


class Sees(Rule):
    """Keep rows whose case the acting agency sees at `level`, with the category `bit`; or leads, when `lead`.

    Level 1 needs no condition: any access row suffices. `case`: attribute with the id of the case; `end`: SQL appended
    to the EXISTS.
    """

    def __init__(self, level: int = 1, bit: int = 0, lead: bool = False, case: str = "case_id", end: str = ""):
        self.level, self.bit, self.lead, self.case, self.end = int(level), int(bit), lead, case, end

    def q(self, actor):
        rows, held = apps.get_model("victims", "CaseAccess").objects.of(actor), Q()
        if self.level > Level.STATUS:
            held &= Q(level__gte=self.level)
        if self.bit:
            rows = rows.annotate(held=F("categories").bitand(self.bit))
            held &= Q(held__gt=0)
        if self.lead:
            held |= Q(lead=True)
        return Q(Exists(rows.filter(held, case=OuterRef(self.case))))

    def sql(self, model):
        return self.of(f"{model._meta.db_table}.{column(model, self.case)}")

    def of(self, case: str) -> str:
        """Return the condition for the case whose id this SQL expression gives."""
        held = [f"a.level >= {self.level}"] if self.level > Level.STATUS else []
        held += [f"a.categories & {self.bit} <> 0"] if self.bit else []
        wanted = " AND ".join(held)
        return self.exists(case, f"(a.lead OR ({wanted}))" if self.lead else wanted)

    def exists(self, case: str, wanted: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = {case} AND a.agency_id = nrm.desk()"
            f"{' AND ' + wanted if wanted else ''} AND (a.until IS NULL OR a.until > now()){self.end})"
        )


class Leads(Sees):
    """Keep rows whose case the acting agency leads."""

    def __init__(self, case: str = "case_id"):
        super().__init__(case=case)

    def q(self, actor):
        rows = apps.get_model("victims", "CaseAccess").objects.of(actor)
        return Q(Exists(rows.filter(lead=True, case=OuterRef(self.case))))

    def of(self, case):
        return self.exists(case, "a.lead")


class Person(Rule):
    """The actor is a person, no program: what a program learns may be posted anywhere."""

    def q(self, actor):
        return EVERYTHING if actor.kind == "person" else NOTHING

    def sql(self, model):
        return "EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = nrm.membership() AND m.kind = 'person')"


class OpenToMe(Rule):
    """Keep rows whose case the acting agency does not restrict to other members, and did not receive before the arrival
    of the acting member; or to which this member is assigned.

    For rows read without an access row: orientations of their sender, grants of one's own agency. `at`: attribute with
    the moment of the row, which no restriction made after it hides. `archives`: nor does the archive, from who may open
    it: what waits for somebody waits for them.
    """

    def __init__(self, case: str = "case_id", at: str = "", archives: bool = False):
        self.case, self.at, self.archives = case, at, archives

    def q(self, actor):
        this = {"case": OuterRef(self.case)}
        before = {"at__lte": OuterRef(self.at)} if self.at else {}
        kept = apps.get_model("victims", "Restriction").objects.against(actor).filter(**this, **before)
        if self.archives:
            mine = apps.get_model("victims", "Archive").objects.visible_to(actor)
            kept = kept.filter(~Q(Exists(mine.filter(case=OuterRef("case")))))
        open_to_all = ~Q(Probe(kept))
        if not actor.cases_from:
            return open_to_all
        early = Func(self.case, function="nrm.came_before_me", output_field=BooleanField())
        mine = Probe(apps.get_model("victims", "Assignment").objects.to(actor).filter(**this))
        return open_to_all & (~Q(early) | Q(mine))

    def sql(self, model):
        case = f"{model._meta.db_table}.{column(model, self.case)}"
        before = f" AND r.at <= {model._meta.db_table}.{column(model, self.at)}" if self.at else ""
        if self.archives:
            before += " AND NOT nrm.in_my_archive(r.case_id)"
        return (
            f"NOT EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = {case} AND r.agency_id = nrm.desk()"
            f"{before} AND NOT nrm.assigned_to_all(ARRAY[r.case_id], nrm.membership()){ROW_BY_ROW})"
            f" AND (NOT nrm.came_before_me({case}) OR {case} IN"
            " (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership()))"
        )


class Demanded(Rule):
    """Justice waits for the acting agency in the case of the row, as far as the acting member reads: the table is asked
    by its own policy."""

    def q(self, actor):
        waits = apps.get_model("victims", "Requisition").objects.visible_to(actor).filter(ended_at=None)
        return Q(Exists(waits.filter(case=OuterRef("case_id"))))

    def sql(self, model):
        case = f"{model._meta.db_table}.{column(model, 'case_id')}"
        return f"EXISTS (SELECT 1 FROM victims_requisition x WHERE x.case_id = {case} AND x.ended_at IS NULL)"
