"""Public policy: who coordinates, plans and their versions, commitments. One module a subject."""

from .commitments import Commitment, CommitmentBody, CommitmentSource, CommitmentTheme, CommitmentUrgency
from .coordination import Mandate
from .figures import FigureCode, FigureUnit, PushedFigure
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
from .opendata import DatasetRelease
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
    "FigureCode",
    "FigureUnit",
    "DatasetRelease",
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
    "PushedFigure",
    "Sourced",
    "Stage",
    "UNITS",
    "Unit",
]
