"""Public policy: who coordinates, plans and their versions, commitments. One module a subject."""

from .commitments import Commitment, CommitmentBody, CommitmentSource, CommitmentTheme, CommitmentUrgency
from .coordination import Mandate
from .money import (
    UNITS,
    BudgetLine,
    Envelope,
    EnvelopeBeneficiary,
    LineReview,
    Nature,
    ResourceKind,
    Stage,
    Unit,
)
from .plans import Axis, Measure, MeasureProgress, MeasureStatus, Metric, Plan, PlanMove, PlanVersion
from .sourcing import Provenance, Sourced

__all__ = [
    "Axis",
    "BudgetLine",
    "Commitment",
    "CommitmentBody",
    "CommitmentSource",
    "CommitmentTheme",
    "CommitmentUrgency",
    "Envelope",
    "EnvelopeBeneficiary",
    "LineReview",
    "Mandate",
    "Measure",
    "MeasureProgress",
    "MeasureStatus",
    "Metric",
    "Nature",
    "Plan",
    "PlanMove",
    "PlanVersion",
    "Provenance",
    "ResourceKind",
    "Sourced",
    "Stage",
    "UNITS",
    "Unit",
]
