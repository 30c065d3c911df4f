"""Declare row security of commitments, which are public, and of questionnaires.

The coordination imports commitments, CNCDH may add some. The State states its position, others their opinions.
"""

from foundation.walls import Wall
from plans.models import (
    Answer,
    AnswerDraft,
    CommitmentCheck,
    CommitmentOpinion,
    EvidenceRequest,
    Question,
    Questionnaire,
)

from .plans import EVERYTHING

_ADDS = "(nrm.coordinates() OR nrm.policy_body() = 'cncdh')"
_SIGNED = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"
_MINE = "agency_id = nrm.policy_agency()"

WALLS = [
    Wall(
        "plans_commitment",
        select="true",
        insert=_ADDS,
        update="nrm.coordinates()",
        rights="SELECT, INSERT, UPDATE",
    ),
    *[
        Wall(
            table,
            select="true",
            insert="nrm.coordinates()",
            delete="nrm.coordinates()",
            rights="SELECT, INSERT, DELETE",
        )
        for table in ("plans_commitment_repeats", "plans_commitment_measures")
    ],
    Wall("plans_commitmentsource", select="true", insert=_ADDS, rights="SELECT, INSERT"),
    Wall(
        "plans_commitmentprogress",
        select="true",
        # a ministry states its own position, unless another body is in charge; the coordination names that body
        insert=(
            f"{_SIGNED} AND (nrm.coordinates() OR (nrm.policy_state() AND responsible_id = nrm.policy_body()"
            " AND COALESCE(nrm.commitment_responsible(commitment_id), responsible_id) = responsible_id))"
        ),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        CommitmentCheck,
        insert=f"{_SIGNED} AND nrm.coordinates()",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        CommitmentOpinion,
        insert=f"{_SIGNED} AND released_at IS NULL AND NOT nrm.policy_state()",
        update=f"{_MINE} AND released_at IS NULL",
        check=f"{_SIGNED} AND NOT nrm.policy_state()",
        delete=f"{_MINE} AND released_at IS NULL",
        rights="SELECT, INSERT, UPDATE (stance, text, evidence, by_id, at, released_at), DELETE",
    ),
]
# drafts of a unit are read by no other unit, not even the coordination
_ASKED = "EXISTS (SELECT 1 FROM plans_evidencerequest r WHERE r.id = request_id AND r.body_id = nrm.policy_body()"
_OPEN = f"{_ASKED} AND nrm.questionnaire_state(r.question_id) = 'open')"
WALLS += [
    Wall.of(
        Questionnaire,
        insert=f"{_SIGNED} AND nrm.coordinates() AND state = 'draft'",
        update="nrm.coordinates()",
        delete="nrm.coordinates() AND state = 'draft'",
        rights="SELECT, INSERT, UPDATE (body_id, round_id, title_fr, title_en, received_on, due_on, state), DELETE",
    ),
    Wall.of(
        Question,
        insert="nrm.coordinates()",
        update="nrm.coordinates()",
        delete="nrm.coordinates() AND nrm.questionnaire_state(id) = 'draft'",
        rights="SELECT, INSERT, UPDATE (place, number, text_fr, text_en), DELETE",
    ),
    Wall.of(
        EvidenceRequest,
        insert=f"{_SIGNED} AND nrm.coordinates() AND nrm.questionnaire_state(question_id) <> 'closed'",
        update="nrm.coordinates()",
        delete="nrm.coordinates() AND nrm.questionnaire_state(question_id) = 'draft'",
        rights="SELECT, INSERT, UPDATE (wanted, due_on, asked_at, agency_id, by_id), DELETE",
    ),
    Wall.of(
        AnswerDraft,
        insert=f"{_SIGNED} AND {_OPEN}",
        update=_MINE,
        check=f"{_SIGNED} AND {_OPEN}",
        delete=_MINE,
        rights=EVERYTHING,
    ),
    Wall.of(
        Answer,
        insert=f"{_SIGNED} AND {_OPEN}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "plans_finalanswer",
        select="nrm.coordinates() OR nrm.questionnaire_state(question_id) = 'closed'",
        insert=f"{_SIGNED} AND nrm.coordinates() AND nrm.questionnaire_state(question_id) = 'open'",
        rights="SELECT, INSERT",
    ),
]
RIGHTS = {
    "plans_commitmentbody": "SELECT",
    "plans_commitmenttheme": "SELECT",
    "plans_commitmenturgency": "SELECT",
}
