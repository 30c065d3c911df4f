"""Declare row security of evaluations: a draft is read by its own unit only, not even by the coordination.

One that waits for its release is read by its second person too. Once released, it is public and nobody may change it.
"""

from foundation.walls import Wall
from plans.models import Evaluation, EvaluationNote, MeasureOpinion, RightOfReply

_MINE = "agency_id = nrm.policy_agency()"
_SIGNED = f"{_MINE} AND by_id = nrm.membership()"
_COLUMNS = 'kind, "on", title_fr, title_en, text_fr, text_en, saved_at'


def _evaluation(column: str, condition: str = "true") -> str:
    """Select through the policy of the evaluation."""
    return f"EXISTS (SELECT 1 FROM plans_evaluation e WHERE e.id = {column} AND ({condition}))"


_DRAFT = _evaluation("evaluation_id", "e.agency_id = nrm.policy_agency() AND e.state = 'draft'")
_RELEASED = "e.state = 'released'"
# the lead of the plan answers for the plan, the lead of a measure for the measure, the coordination for the plan and
# for a measure without a lead
_ANSWERS = (
    "(measure = '' AND nrm.coordinates()) OR (measure = '' AND EXISTS (SELECT 1 FROM plans_evaluation e"
    " JOIN plans_plan p ON p.id = e.plan_id WHERE e.id = evaluation_id AND p.lead_id = nrm.policy_body()))"
    " OR EXISTS (SELECT 1 FROM plans_evaluation e JOIN plans_measure m ON m.plan_id = e.plan_id"
    " WHERE e.id = evaluation_id AND m.code = measure"
    " AND (m.lead_id = nrm.policy_body() OR (m.lead_id IS NULL AND nrm.coordinates())))"
)

WALLS = [
    Wall.of(
        Evaluation,
        insert=f"state = 'draft' AND code IS NULL AND asked_by_id IS NULL AND {_SIGNED}"
        " AND evaluator_id = nrm.policy_body() AND nrm.evaluates() AND EXISTS (SELECT 1 FROM plans_planversion v"
        " WHERE v.id = version_id AND v.plan_id = plans_evaluation.plan_id)",
        update=f"{_MINE} AND state = 'draft'",
        check=_MINE,
        delete=f"{_MINE} AND state = 'draft'",
        rights=f"SELECT, INSERT, UPDATE ({_COLUMNS}), DELETE",
    ),
    Wall.of(
        MeasureOpinion,
        insert=_DRAFT,
        update=_DRAFT,
        delete=_DRAFT,
        rights="SELECT, INSERT, UPDATE (status, score, evidence, comment), DELETE",
    ),
    Wall.of(
        EvaluationNote,
        insert=f"{_SIGNED} AND {_evaluation('evaluation_id', f'{_RELEASED} AND e.agency_id = nrm.policy_agency()')}",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        RightOfReply,
        insert=f"{_SIGNED} AND body_id = nrm.policy_body() AND {_evaluation('evaluation_id', _RELEASED)}"
        f" AND ({_ANSWERS})",
        rights="SELECT, INSERT",
    ),
]
