"""Declare row security of plans: a draft is read by the role `policy`; written while the plan is open.

The coordination writes all, a body the measures it leads. States come from moves, versions are inserted and never
changed.
"""

from foundation.walls import Wall
from plans.models import Axis, MeasureProgress, Metric, MetricValue, Plan, PlanMove, PlanVersion, YearStep

_MINE = "(nrm.coordinates() OR lead_id = nrm.policy_body())"
# the coordination alone vouches that a line is that of the official list; what its lead writes is its own
_VOUCHED = "(provenance <> 'official' OR nrm.coordinates())"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def _measure(column: str, condition: str = "true") -> str:
    return f"EXISTS (SELECT 1 FROM plans_measure m WHERE m.id = {column} AND ({condition}))"


_OPEN_MINE = "nrm.plan_open(m.plan_id) AND (nrm.coordinates() OR m.lead_id = nrm.policy_body())"
_PLAN_COLUMNS = (
    'number, title_fr, title_en, summary_fr, summary_en, lead_id, start, "end", measures_announced, axes_announced,'
    " source, note_fr, note_en, recorded_on, edited_at"
)

WALLS = [
    Wall.of(
        Plan,
        insert="nrm.coordinates() AND state = 'draft' AND amending_since IS NULL AND published_on IS NULL",
        update="nrm.coordinates()",
        delete="nrm.coordinates() AND state = 'draft'",
        rights=f"SELECT, INSERT, UPDATE ({_PLAN_COLUMNS}), DELETE",
    ),
    Wall.of(
        Axis,
        insert="nrm.coordinates() AND nrm.plan_open(plan_id)",
        update="nrm.coordinates() AND nrm.plan_open(plan_id)",
        delete="nrm.coordinates() AND nrm.plan_open(plan_id)",
        rights=EVERYTHING,
    ),
    Wall(
        "plans_measure",
        # the public reads those of the last version, not those being written
        # (measure_public applies the policy of the plan for drafts)
        select="(SELECT nrm.policy_agency()) IS NOT NULL OR nrm.measure_public(plan_id, code, withdrawn_at)",
        insert=(
            "nrm.plan_open(plan_id) AND (nrm.coordinates() OR (nrm.policy_state() AND lead_id = nrm.policy_body()))"
            f" AND {_VOUCHED}"
        ),
        update=f"nrm.plan_open(plan_id) AND {_MINE}",
        check=f"nrm.plan_open(plan_id) AND {_MINE} AND {_VOUCHED}",
        delete="nrm.plan_open(plan_id) AND nrm.coordinates()",
        rights=EVERYTHING,
    ),
    Wall(
        "plans_measure_partners",
        select=_measure("plans_measure_partners.measure_id"),
        insert=_measure("measure_id", _OPEN_MINE),
        delete=_measure("measure_id", _OPEN_MINE),
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        Metric,
        insert=_measure("measure_id", _OPEN_MINE),
        update=_measure("measure_id", _OPEN_MINE),
        delete=_measure("measure_id", _OPEN_MINE),
        rights=EVERYTHING,
    ),
    Wall.of(
        YearStep,
        insert=_measure("measure_id", _OPEN_MINE),
        update=_measure("measure_id", _OPEN_MINE),
        delete=_measure("measure_id", _OPEN_MINE),
        rights=EVERYTHING,
    ),
    Wall.of(
        MetricValue,
        insert=(
            "agency_id = nrm.policy_agency() AND by_id = nrm.membership() AND EXISTS (SELECT 1 FROM plans_metric k"
            " JOIN plans_measure m ON m.id = k.measure_id WHERE k.id = metric_id"
            " AND (nrm.coordinates() OR m.lead_id = nrm.policy_body()))"
        ),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        MeasureProgress,
        insert=(
            "agency_id = nrm.policy_agency() AND by_id = nrm.membership() AND "
            + _measure("measure_id", "nrm.coordinates() OR m.lead_id = nrm.policy_body()")
        ),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        PlanMove,
        insert="nrm.coordinates() AND agency_id = nrm.policy_agency() AND by_id = nrm.membership()",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        PlanVersion,
        insert="nrm.coordinates() AND by_id = nrm.membership()",
        rights="SELECT, INSERT",
    ),
]
RIGHTS: dict[str, str] = {}
