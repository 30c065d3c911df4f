"""Public policy: who coordinates, plans and their versions, commitments. One module a subject."""

from .commitments import Commitment, CommitmentBody, CommitmentSource, CommitmentTheme, CommitmentUrgency
from .coordination import Mandate
from .plans import Axis, Measure, MeasureProgress, MeasureStatus, Metric, Plan, PlanMove, PlanVersion
from .sourcing import Provenance, Sourced

__all__ = [
    "Axis",
    "Commitment",
    "CommitmentBody",
    "CommitmentSource",
    "CommitmentTheme",
    "CommitmentUrgency",
    "Mandate",
    "Measure",
    "MeasureProgress",
    "MeasureStatus",
    "Metric",
    "Plan",
    "PlanMove",
    "PlanVersion",
    "Provenance",
    "Sourced",
]
