"""Declare row security of money: public once checked by the coordination, unless its plan is a draft.

A body enters for itself or for the measures it leads, the coordination checks, an auditor signs. Lines and reviews are
inserted, never changed.
"""

from foundation.walls import Wall
from plans.models import BeneficiaryCorrection, BudgetLine, Envelope, EnvelopeBeneficiary, LineReview

_ENTERS = "nrm.enters_for(funder_id, measure_id)"
_AS_MYSELF = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"
# descriptive columns of an envelope; its funder, kind, unit and provenance cannot change
_WORDS = (
    "series, label_fr, label_en, measure_id, commitment_id, service_id, plan_id, programme, action, scope_fr, scope_en,"
    " beneficiary, money_source, knowledge, source, note_fr, note_en, edited_at"
)


def _envelope(column: str) -> str:
    """Select through the policy of the envelope, which applies those of its measure and plan."""
    return f"EXISTS (SELECT 1 FROM plans_envelope e WHERE e.id = {column})"


WALLS = [
    Wall.of(
        Envelope,
        select=(
            "(measure_id IS NULL OR EXISTS (SELECT 1 FROM plans_measure m WHERE m.id = measure_id))"
            " AND (plan_id IS NULL OR EXISTS (SELECT 1 FROM plans_plan p WHERE p.id = plan_id))"
        ),
        insert=f"{_ENTERS} AND provenance = 'entered'",
        update=_ENTERS,
        rights=f"SELECT, INSERT, UPDATE ({_WORDS})",
    ),
    Wall(
        "plans_envelope_overlaps",
        select=f"{_envelope('from_envelope_id')} AND {_envelope('to_envelope_id')}",
        insert="nrm.enters_in(from_envelope_id) OR nrm.enters_in(to_envelope_id)",
        delete="nrm.enters_in(from_envelope_id) AND nrm.enters_in(to_envelope_id)",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        EnvelopeBeneficiary,
        insert="body_id = nrm.policy_body() AND ended_at IS NULL AND nrm.enters_in(envelope_id)",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        BeneficiaryCorrection,
        insert=f"{_AS_MYSELF} AND body_id = nrm.policy_body() AND nrm.enters_in(envelope_id)",
        rights="SELECT, INSERT",
    ),
    Wall.of(
        BudgetLine,
        insert=(
            f"{_AS_MYSELF} AND body_id = nrm.policy_body() AND provenance = 'entered' AND nrm.enters_in(envelope_id)"
        ),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        LineReview,
        insert=(
            f"(sort IN ('checked', 'returned') AND nrm.coordinates() AND {_AS_MYSELF}) OR"
            " (sort = 'signed' AND nrm.audits_money() AND agency_id = nrm.agency() AND by_id = nrm.membership())"
        ),
        rights="SELECT, INSERT",
    ),
]
RIGHTS: dict[str, str] = {}
